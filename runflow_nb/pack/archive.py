"""A pack, opened: what it says of itself is checked before any of it is believed. Writes nothing."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..errors import DamagedPack, NewerPack, NotAPack, NotUnpacked, UnsafePack
from .manifest import Manifest, NewerManifest, NoManifest, decode
from .names import MANIFEST, Kind, alike, kind_of, shown, trouble_with

STEP = 2**20
MOST_FILES = 100_000
LARGEST: Mapping[Kind, int] = {
    "manifest": 2**25,
    "readme": 2**20,
    "page": 2**28,
    "notebook": 2**28,
    "journal": 2**28,
    "preview": 2**24,
    "image": 2**32,
    "model": 2**20,
}
"""Bytes of one file."""
LARGEST_TOTAL = 2**38
"""Bytes of all."""
DENSEST, SMALL = 200, 2**20
"""Times that a file may be larger than it is packed, above so many bytes: text shrinks to a twentieth."""
HEADER = 30
"""Bytes of a file's header in a zip, its name and its extra field left out."""
ENCRYPTED = 0x1 | 0x40 | 0x2000
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, OSError)
"""What reading trips over where a zip is not as it was written."""


class Archive:
    """The files of a pack, by name."""

    def __init__(self, pack: str, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.pack = pack
        self.manifest = manifest
        self._archive = archive

    def chunks(self, name: str) -> Iterator[bytes]:
        """A file's content, piece by piece. Raises DamagedPack."""
        try:
            with self._archive.open(name) as stream:
                while chunk := stream.read(STEP):
                    yield chunk
        except BROKEN:
            raise DamagedPack(self.pack, f"is damaged: {shown(name)} cannot be read") from None

    def read(self, name: str) -> bytes:
        """A file's content. Raises DamagedPack."""
        return b"".join(self.chunks(name))


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The pack in this file; nothing but names, sizes and the manifest has been looked at. Raises NotUnpacked."""
    pack = shown(path.name)
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise _no_zip(pack, path, error) from None
    with archive:
        _check_entries(pack, archive)
        yield Archive(pack, archive, _manifest(pack, archive))


def _no_zip(pack: str, path: Path, error: Exception) -> NotUnpacked:
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
    except OSError as unreadable:
        return NotAPack(pack, f"cannot be read: {unreadable.strerror or type(unreadable).__name__}")
    if isinstance(error, zipfile.BadZipFile) and head != b"PK\x03\x04":
        return NotAPack(pack, "is no zip file")
    return DamagedPack(pack, "is damaged: its end is missing, or its list of files cannot be read")


def _check_entries(pack: str, archive: zipfile.ZipFile) -> None:
    """Raises NotAPack, UnsafePack."""
    entries = archive.infolist()
    names = [entry.orig_filename for entry in entries]
    if MANIFEST not in names:
        raise NotAPack(pack, f"is no pack of runflow_nb: it has no {MANIFEST}")
    if len(entries) > MOST_FILES:
        raise UnsafePack(pack, f"has more than {MOST_FILES:,} files")
    for entry in entries:
        if (trouble := trouble_with(entry.orig_filename)) is not None:
            raise UnsafePack(pack, f"has a file that {trouble} ({shown(entry.orig_filename)})")
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise UnsafePack(pack, f"has two files of one name ({shown(twice)})")
    if same := alike(names):
        raise UnsafePack(pack, f"has names that are one file on some systems ({', '.join(map(shown, same[:2]))})")
    for entry in entries:
        for rule in RULES:
            if (reason := rule(entry)) is not None:
                raise UnsafePack(pack, f"{reason} ({shown(entry.orig_filename)})")
    if sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
        raise UnsafePack(pack, f"would take more than {LARGEST_TOTAL // 2**30} GiB")
    if _overlapping(archive, entries):
        raise UnsafePack(pack, "has files that share their bytes, as bombs do")


def _no_file(entry: zipfile.ZipInfo) -> str | None:
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) in (0, stat.S_IFREG):
        return None
    return f"has a {'link' if stat.S_ISLNK(mode) else 'device or folder'} in it"


def _encrypted(entry: zipfile.ZipInfo) -> str | None:
    return "has an encrypted file" if entry.flag_bits & ENCRYPTED else None


def _strange(entry: zipfile.ZipInfo) -> str | None:
    if kind_of(entry.orig_filename) is None:
        return "has a file that belongs to no pack"
    return None if entry.compress_type in METHODS else "has a file that is compressed in a way that no pack uses"


def _too_large(entry: zipfile.ZipInfo) -> str | None:
    kind = kind_of(entry.orig_filename)
    if kind is not None and entry.file_size > LARGEST[kind]:
        return f"has a file of more than {LARGEST[kind] // 2**20} MiB"
    if entry.file_size > max(SMALL, DENSEST * entry.compress_size):
        return f"has a file that grows to more than {DENSEST} times its packed size, as bombs do"
    return None


RULES: tuple[Callable[[zipfile.ZipInfo], str | None], ...] = (_no_file, _encrypted, _strange, _too_large)


def _overlapping(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bool:
    """Whether a file begins before the one in front of it has ended."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + HEADER + len(entry.orig_filename.encode()) + entry.compress_size
    return end > archive.start_dir


def _manifest(pack: str, archive: zipfile.ZipFile) -> Manifest:
    """Raises NotAPack, NewerPack, DamagedPack, UnsafePack."""
    try:
        manifest = decode(archive.read(MANIFEST))
    except NewerManifest:
        raise NewerPack(pack, "was packed by a newer version of runflow_nb") from None
    except NoManifest as reason:
        raise NotAPack(pack, f"has a manifest that {reason}") from None
    except BROKEN:
        raise DamagedPack(pack, f"is damaged: {MANIFEST} cannot be read") from None
    sizes = {entry.orig_filename: entry.file_size for entry in archive.infolist()}
    if strange := sizes.keys() - manifest.files.keys() - {MANIFEST}:
        raise UnsafePack(pack, f"has a file that its manifest does not name ({shown(min(strange))})")
    if absent := manifest.files.keys() - sizes.keys():
        raise DamagedPack(pack, f"lacks a file that its manifest names ({shown(min(absent))})")
    for name, sealed in manifest.files.items():
        if sizes[name] != sealed.size:
            raise DamagedPack(pack, f"has a file of another size than its manifest says ({shown(name)})")
    notebooks = [name for name in manifest.files if kind_of(name) == "notebook"]
    journals = [name for name in manifest.files if kind_of(name) == "journal"]
    if notebooks != [manifest.notebook] or len(journals) > 1:
        raise UnsafePack(pack, "holds another notebook or journal than the one that it is of")
    return manifest
