"""What kind of picture some bytes are. Only headers are read here, and nothing that Pillow trips over gets out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

HEAD = 64
"""Bytes that suffice to tell a format."""
TAIL = 4096
"""Bytes in which the end of a picture is looked for: some programs write a little after it."""
PNG_END = b"IEND\xaeB`\x82"
"""With its checksum."""
MAXIMUM_PIXELS = 80_000_000
"""Larger than any picture of these models (4K: 16.8 million); below the size at which Pillow warns of a bomb."""
TOO_LARGE = f"has more than {MAXIMUM_PIXELS // 1_000_000} million pixels"
MEMORY_LIKE = (bytes, bytearray, memoryview)


@dataclass(frozen=True, slots=True)
class Format:
    """A picture format, by the API's name for it."""

    name: str
    mime: str
    extension: str


FORMATS = {
    "PNG": Format("png", "image/png", "png"),
    "JPEG": Format("jpeg", "image/jpeg", "jpg"),
    "WEBP": Format("webp", "image/webp", "webp"),
    "GIF": Format("gif", "image/gif", "gif"),
    "BMP": Format("bmp", "image/bmp", "bmp"),
    "TIFF": Format("tiff", "image/tiff", "tif"),
    "AVIF": Format("avif", "image/avif", "avif"),
}
"""By Pillow's name. Only formats that Pillow decodes itself: some others start programs (EPS)."""

OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"PK\x03\x04", "a ZIP archive (or an office document)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"8BPS", "a Photoshop file"),
    (b"\x7fELF", "a program"),
    (b"version https://git-lfs", "a Git LFS pointer: fetch the file itself with git lfs pull"),
)


class NotAPicture(ValueError):
    """These bytes are no picture that can be read. The text says why, ready to follow "it "."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture's header says. Sizes in pixels."""

    format: str
    """As the API spells it: png, jpeg, webp; also gif, bmp, tiff, avif."""
    mime: str
    width: int
    height: int
    extension: str
    """Of its file, without a dot."""


def facts(source: Path | bytes) -> PictureFacts:
    """What the header of this file, or of these bytes, says.

    Raises NotAPicture; OSError where the file cannot be read.
    """
    with opened(source) as picture:
        known = FORMATS[_family(picture.format)]
        return PictureFacts(known.name, known.mime, picture.width, picture.height, known.extension)


def check_whole(source: Path | bytes) -> None:
    """Make sure that no part of the picture is missing or damaged. Raises NotAPicture, OSError."""
    with opened(source) as picture:
        if picture.format == "PNG":
            picture.verify()  # checksums of every chunk, about ten times faster than decoding
        else:
            picture.draft(None, (picture.width // 8, picture.height // 8))
            picture.load()


@contextmanager
def opened(source: Path | bytes) -> Iterator[PilImage]:
    """The picture with its header read and its pixels not yet; whatever fails inside is a NotAPicture.

    Raises OSError where the file itself cannot be read.
    """
    from PIL import Image

    with io.BytesIO(source) if isinstance(source, MEMORY_LIKE) else source.open("rb") as stream:
        head = stream.read(HEAD)
        stream.seek(0)
        family = _signature(head)
        if not head:
            raise NotAPicture("is empty")
        if family is None:
            raise NotAPicture(f"looks like {looks_like(head)}")
        try:
            with Image.open(stream, formats=(family,)) as picture:
                if picture.width * picture.height > MAXIMUM_PIXELS:
                    raise NotAPicture(TOO_LARGE)
                yield picture
        except NotAPicture:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise NotAPicture(TOO_LARGE) from None
        except MemoryError:
            raise
        except Exception as reason:  # noqa: BLE001 - decoders raise whatever damaged bytes make them trip over
            raise NotAPicture(f"is a damaged {FORMATS[family].name.upper()} ({_first_line(reason)})") from None


def _first_line(reason: Exception) -> str:
    lines = str(reason).splitlines()
    # Pillow names the stream's address, which says nothing to anybody and differs every time.
    return lines[0] if lines and "0x" not in lines[0] else type(reason).__name__


def _family(name: str | None) -> str:
    """Phones write JPEGs with several frames, which Pillow calls MPO."""
    return "JPEG" if name == "MPO" else str(name)


def _signature(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head.startswith((b"II*\0", b"MM\0*")):
        return "TIFF"
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"):
        return "AVIF"
    if head.startswith(b"BM") and head[14:18] in (b"\x28\0\0\0", b"\x0c\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"):
        return "BMP"
    return None


def extension_of(head: bytes) -> str:
    """The file extension for what these first bytes show, `bin` where they show no picture."""
    family = _signature(head)
    return FORMATS[family].extension if family else "bin"


def seems_whole(head: bytes, tail: bytes, size: int) -> bool:
    """Whether a file with these first and last bytes can be a whole picture; the rest is not looked at."""
    match _signature(head):
        case None:
            return False
        case "PNG":
            return PNG_END in tail
        case "JPEG":
            return b"\xff\xd9" in tail
        case "WEBP":
            return size >= int.from_bytes(head[4:8], "little") + 8
        case _:
            return True


def looks_like(head: bytes) -> str:
    """What the first bytes of something that is no picture seem to be, for a message."""
    for signature, words in OTHERS:
        if head.startswith(signature):
            return words
    if head[4:8] == b"ftyp":
        heic = head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc")
        return "an HEIC photo: save it as JPEG or PNG" if heic else "a video"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "an HTML page"
    if text.startswith((b"<svg", b"<!doctype svg")) or (text.startswith(b"<?xml") and b"<svg" in text):
        return "an SVG drawing: export it as PNG"
    if text.startswith((b"<?xml", b"<")):
        return "an XML or HTML document"
    if text.startswith((b"{", b"[")):
        return "JSON"
    return "text" if _is_text(head) else "no picture format that is known here"


def _is_text(head: bytes) -> bool:
    text = head.decode("utf-8", errors="ignore")
    whole = len(text.encode()) >= len(head) - 3  # the last character may be cut in two
    return whole and all(char.isprintable() or char.isspace() for char in text)
