"""Zip files that somebody forged, by their names, sizes and structure: each is refused by name, and nothing is written
for it.
"""

from __future__ import annotations

import hashlib
import struct
import time
import zipfile
from pathlib import Path

import pytest

from runflow_nb.errors import (
    DamagedPack,
    NotAPack,
    NotUnpacked,
    UnsafePack,
)
from runflow_nb.pack import archive as archive_module
from runflow_nb.pack.verifying import verify

from .forging import forged, refusal
from .made import entries, manifest_of, picture, zipped


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil.ipynb", "leaves this folder"),
        (".runflow/../../evil", "leaves this folder"),
        ("a/./b", "leaves this folder"),
        ("a//b", "leaves this folder"),
        ("/etc/evil", "names a place on the disk"),
        ("C:evil.ipynb", "names a place on the disk"),
        ("c:/evil.ipynb", "names a place on the disk"),
        ("..\\evil.ipynb", "backslash"),
        ("\\\\server\\share", "backslash"),
        ("evil.ipynb\0.png", "null byte"),
        ("evil\n.ipynb", "not to be seen"),
        ("fox\u202ebnypi.exe", "not to be seen"),
        ("CON.ipynb", "named like a device"),
        ("aux", "named like a device"),
        (".runflow/images/nul.png", "named like a device"),
        ("com1.txt", "named like a device"),
        ("fox.ipynb.", "not every system takes"),
        ("fox.ipynb ", "not every system takes"),
        ("fox.ipynb:stream", "not every system takes"),
        ("folder/", "is a folder"),
        ("x" * 250 + ".ipynb", "too long"),
    ],
)
def test_a_name_that_leads_elsewhere(fox_pack: Path, there: Path, name: str, words: str) -> None:
    hidden = name.replace("\0", "\x01")  # zipfile would cut the name there
    pack = forged(fox_pack, lambda files: {**files, hidden: b"evil"})
    if hidden != name:
        pack.write_bytes(pack.read_bytes().replace(hidden.encode(), name.encode()))
    refused = refusal(pack, there)
    assert type(refused) is UnsafePack
    assert words in str(refused)


@pytest.mark.parametrize(
    "name", ["evil.py", ".bashrc", ".runflow/evil", ".runflow/images/evil.png", ".ipynb", ".git/config"]
)
def test_a_file_that_belongs_to_no_pack(fox_pack: Path, there: Path, name: str) -> None:
    refused = refusal(forged(fox_pack, lambda files: {**files, name: b"evil"}), there)
    assert type(refused) is UnsafePack
    assert "belongs to no pack" in str(refused)


@pytest.mark.parametrize(
    ("mode", "words"), [(0o120777, "a link"), (0o020666, "a device"), (0o010666, "a device"), (0o040755, "a device")]
)
def test_a_link_or_a_device(fox_pack: Path, there: Path, mode: int, words: str) -> None:
    files = entries(fox_pack)
    name = next(name for name in files if name.endswith(".png"))
    link = zipfile.ZipInfo(name)
    link.create_system, link.external_attr = 3, mode << 16
    pack = zipped(fox_pack.with_name("forged.zip"), [(link if each == name else each, files[each]) for each in files])
    refused = refusal(pack, there)
    assert type(refused) is UnsafePack
    assert words in str(refused)


def test_one_name_twice(fox_pack: Path, there: Path) -> None:
    files = entries(fox_pack)
    with pytest.warns(UserWarning, match="Duplicate name"):
        pack = zipped(fox_pack.with_name("forged.zip"), [*files.items(), ("fox.ipynb", b"{}")])
    refused = refusal(pack, there)
    assert type(refused) is UnsafePack
    assert "two files of one name" in str(refused)


@pytest.mark.parametrize("name", ["FOX.ipynb", "ﬁ.ipynb", "Caf\u00e9.ipynb"])
def test_names_that_are_one_file_elsewhere(fox_pack: Path, there: Path, name: str) -> None:
    twin = {"FOX.ipynb": "fox.ipynb", "ﬁ.ipynb": "FI.ipynb", "Caf\u00e9.ipynb": "Cafe\u0301.ipynb"}[name]
    refused = refusal(forged(fox_pack, lambda files: {**files, name: b"{}", twin: b"{}"}), there)
    assert type(refused) is UnsafePack
    assert "one file on some systems" in str(refused)


def test_a_bomb_by_its_ratio(fox_pack: Path, there: Path) -> None:
    refused = refusal(forged(fox_pack, lambda files: {**files, "index.html": bytes(30_000_000)}), there)
    assert type(refused) is UnsafePack
    assert "as bombs do" in str(refused)


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [("LARGEST_TOTAL", 1000, "would take more than"), ("MOST_FILES", 3, "more than 3 files")],
)
def test_a_bomb_by_its_size(
    fox_pack: Path, there: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, words: str
) -> None:
    monkeypatch.setattr(archive_module, limit, value)
    refused = refusal(fox_pack, there)
    assert type(refused) is UnsafePack
    assert words in str(refused)


def test_a_file_that_is_too_large_for_what_it_is(fox_pack: Path, there: Path) -> None:
    noise = picture(1) * 20_000
    refused = refusal(forged(fox_pack, lambda files: {**files, "README.md": noise}), there)
    assert type(refused) is UnsafePack
    assert "of more than 1 MiB" in str(refused)


def central_entries(data: bytearray) -> list[int]:
    """Where the entries of the list of files begin."""
    end = data.rfind(b"PK\x05\x06")
    count, place = struct.unpack_from("<H", data, end + 10)[0], struct.unpack_from("<I", data, end + 16)[0]
    found = []
    for _ in range(count):
        found.append(place)
        place += 46 + sum(struct.unpack_from("<HHH", data, place + 28))
    return found


def test_files_that_share_their_bytes(fox_pack: Path, there: Path) -> None:
    data = bytearray(fox_pack.read_bytes())
    first, second = central_entries(data)[-2:]
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    fox_pack.write_bytes(data)
    refused = refusal(fox_pack, there)
    assert type(refused) is UnsafePack
    assert "share their bytes" in str(refused)


@pytest.mark.parametrize("offset", [24, 20])
def test_a_file_that_is_larger_or_smaller_than_it_says(fox_pack: Path, there: Path, offset: int) -> None:
    """24: its size; 20: its packed size."""
    data = bytearray(fox_pack.read_bytes())
    place = central_entries(data)[-1]
    struct.pack_into("<I", data, place + offset, struct.unpack_from("<I", data, place + offset)[0] - 5)
    fox_pack.write_bytes(data)
    assert type(refusal(fox_pack, there)) is DamagedPack


def test_an_encrypted_file(fox_pack: Path, there: Path) -> None:
    data = bytearray(fox_pack.read_bytes())
    data[central_entries(data)[-1] + 8] |= 1
    fox_pack.write_bytes(data)
    refused = refusal(fox_pack, there)
    assert type(refused) is UnsafePack
    assert "encrypted" in str(refused)


def test_a_compression_that_no_pack_uses(fox_pack: Path, there: Path) -> None:
    with zipfile.ZipFile(fox_pack.with_name("forged.zip"), "w", zipfile.ZIP_LZMA) as archive:
        for name, data in entries(fox_pack).items():
            archive.writestr(name, data)
    refused = refusal(fox_pack.with_name("forged.zip"), there)
    assert type(refused) is UnsafePack
    assert "in a way that no pack uses" in str(refused)


@pytest.mark.parametrize("cut", [10, 200, 1000])
def test_a_file_that_is_cut_off(fox_pack: Path, there: Path, cut: int) -> None:
    fox_pack.write_bytes(fox_pack.read_bytes()[:-cut])
    assert type(refusal(fox_pack, there)) is DamagedPack


def test_bytes_that_are_damaged_on_the_way(fox_pack: Path, there: Path) -> None:
    """Wherever a byte is flipped: refused, or, where nothing depends on that byte, each file is what it was."""
    sealed = manifest_of(entries(fox_pack))["files"]
    refused = 0
    whole = fox_pack.read_bytes()
    for place in range(0, len(whole), 97):
        data = bytearray(whole)
        data[place] ^= 0x55
        fox_pack.write_bytes(data)
        try:
            with archive_module.opened(fox_pack) as archive:
                verify(archive, there / ".runflow", None, time.time())
                found = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.manifest.files}
        except NotUnpacked:
            refused += 1
        else:
            assert found == {name: each["sha256"] for name, each in sealed.items()}
    assert refused > len(range(0, len(whole), 97)) // 2


@pytest.mark.parametrize("text", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_pack(fox_pack: Path, there: Path, text: bytes) -> None:
    fox_pack.write_bytes(text)
    assert type(refusal(fox_pack, there)) is NotAPack


def test_a_zip_of_something_else_a_folder_and_nothing(tmp_path: Path, there: Path) -> None:
    other = zipped(tmp_path / "other.zip", [("readme.txt", b"hello")])
    assert "no manifest.json" in str(refusal(other, there))
    assert type(refusal(there, there)) is NotAPack
    assert type(refusal(tmp_path / "nothing.zip", there)) is NotAPack
