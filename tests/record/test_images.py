"""Originals and inputs by the hash of their bytes."""

from __future__ import annotations

import hashlib
import io
import zlib
from pathlib import Path

import pytest
from PIL import Image

from runflow_nb.errors import StoreUnavailable
from runflow_nb.record.disk import Disk
from runflow_nb.record.formats import MAXIMUM_PIXELS, check_whole
from runflow_nb.record.images import ImageStore, NotAPicture, facts


def encoded(kind: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 40).convert(mode).save(stream, kind, **options)
    return stream.getvalue()


@pytest.fixture
def images(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path / "store", Disk())


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("step", [1000, 7, 10**9])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_what_comes_of_a_picture_seems_whole_only_at_its_end(images: ImageStore, kind: str, step: int) -> None:
    data = encoded(kind)

    def whole(content: bytes) -> bool:
        incoming = images.receive()
        for start in range(0, len(content), step):
            incoming.write(content[start : start + step])
        incoming.discard()
        return incoming.whole

    assert whole(data)
    assert whole(data + bytes(200)), "some programs write a little after a picture's end"
    if kind in ("PNG", "JPEG", "WEBP"):
        assert not whole(data[: len(data) // 2])
        assert not whole(data[:-20])
    assert not whole(b"")
    assert not whole(b"<html>" + bytes(5000))


def test_streamed_bytes_lie_under_their_own_hash(images: ImageStore, tmp_path: Path) -> None:
    data = encoded("PNG")
    incoming = images.receive()
    for start in range(0, len(data), 100):
        incoming.write(data[start : start + 100])
    stored = incoming.commit("png")
    sha256 = hashlib.sha256(data).hexdigest()
    assert stored.path == tmp_path / "store" / "images" / sha256[:2] / f"{sha256}.png"
    assert (stored.sha256, stored.size, stored.path.read_bytes()) == (sha256, len(data), data)
    assert files(tmp_path) == [stored.path]


def test_without_an_extension_the_bytes_name_it(images: ImageStore) -> None:
    assert images.put(encoded("JPEG")).path.suffix == ".jpg"
    assert images.put(encoded("WEBP")).path.suffix == ".webp"
    assert images.put(b"what is this").path.suffix == ".bin"


def test_a_file_that_is_there_is_not_written_again(images: ImageStore, tmp_path: Path) -> None:
    first = images.put(b"x" * 1000, "png")
    before = first.path.stat()
    incoming = images.receive()
    incoming.write(b"x" * 1000)
    assert incoming.commit("jpg") == first
    assert images.put(b"x" * 1000, "png") == first
    after = first.path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert files(tmp_path) == [first.path]


def test_a_file_that_was_cut_off_is_healed_by_its_whole_bytes(images: ImageStore) -> None:
    stored = images.put(b"x" * 1000, "png")
    stored.path.write_bytes(b"x" * 10)
    assert images.put(b"x" * 1000, "png") == stored
    assert stored.path.read_bytes() == b"x" * 1000


def test_a_discarded_download_leaves_nothing(images: ImageStore, tmp_path: Path) -> None:
    incoming = images.receive()
    incoming.write(b"half of a pict")
    incoming.discard()
    assert files(tmp_path) == []


def test_looking_up_makes_nothing_and_knows_no_paths(images: ImageStore, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    assert images.find("a" * 64) is None
    assert images.find("../../secret") is None
    assert not images.verify("a" * 64)
    assert not (tmp_path / "store").exists()


def test_verifying_tells_a_changed_file_from_a_good_one(images: ImageStore) -> None:
    stored = images.put(b"picture", "png")
    assert images.find(stored.sha256) == stored.path
    assert images.verify(stored.sha256)
    stored.path.write_bytes(b"pictura")
    assert not images.verify(stored.sha256)


def test_a_store_that_cannot_be_written_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file in the way")
    with pytest.raises(StoreUnavailable):
        ImageStore(tmp_path / "store", Disk()).put(b"picture", "png")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_facts_are_those_of_the_header(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(encoded(kind))
    known = facts(path)
    assert (known.format, known.width, known.height) == (kind.lower(), 64, 48)
    assert known.mime == f"image/{kind.lower()}"
    assert facts(path.read_bytes()) == known


def test_facts_of_a_4k_picture_are_read_without_decoding_it(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.new("RGB", (4096, 4096)).save(path)
    path.write_bytes(path.read_bytes()[:200])
    assert (facts(path).width, facts(path).height) == (4096, 4096)


@pytest.mark.parametrize("side", [9_000, 10_000, 30_000], ids=["ours", "Pillow warns", "Pillow refuses"])
def test_a_decompression_bomb_is_refused_by_its_header(side: int) -> None:
    bomb = bytearray(encoded("PNG"))
    bomb[16:24] = side.to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    assert side * side > MAXIMUM_PIXELS
    with pytest.raises(NotAPicture, match="million pixels"):
        facts(bytes(bomb))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"  <!DOCTYPE html><html>", "an HTML page"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b'<svg xmlns="http://www.w3.org/2000/svg">', "an SVG drawing"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "an HEIC photo"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "a video"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (b'{"url": "https://..."}', "JSON"),
        ("Grüße".encode(), "text"),
        (bytes(range(128, 200)), "no picture format"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "a PostScript document"),
        (b"\x89PNG\r\n\x1a\nand nothing else", "is a damaged PNG"),
        (b"\xff\xd8\xff\xe0", "is a damaged JPEG"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "is a damaged WEBP"),
        (b"II*\0\xff\xff\xff\xff", "is a damaged TIFF"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, words: str) -> None:
    with pytest.raises(NotAPicture, match=words):
        facts(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_picture_that_ends_too_early_is_found_out(kind: str) -> None:
    whole = encoded(kind, (300, 200))
    check_whole(whole)
    with pytest.raises(NotAPicture, match="damaged"):
        check_whole(whole[: len(whole) * 2 // 3])


def test_any_flipped_byte_is_a_picture_or_a_typed_error() -> None:
    for kind in ("PNG", "JPEG", "GIF", "TIFF", "BMP"):
        whole = encoded(kind, (24, 16))
        for place in range(0, min(len(whole), 400), 3):
            broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            try:
                facts(broken)
                check_whole(broken)
            except NotAPicture as reason:
                assert "0x" not in str(reason)
