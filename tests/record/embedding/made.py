"""Pictures of every kind that the three formats know, and images of a store that have them."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin

from runflow_nb.record.embedding.recipe import Recipe
from runflow_nb.record.image import Image
from runflow_nb.record.run import Seeds

RECIPE = Recipe(
    model="google/nano-banana-2",
    input={"prompt": 'A fox & <a "cat"> in 雪 ]]> \u0001\ufffe\r\n{"a": 1}', "resolution": "1K", "seed": 42},
    seeds=Seeds(None, 42, None),
    take=2,
    recipe="sha256:1:" + "0" * 64,
    origin="live",
    run="01KG0000000000000000000000",
    run_id="0198f2a4",
    created_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC),
    cost=Decimal("0.08"),
)
FOREIGN = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:source>camera</dc:source></rdf:Description></rdf:RDF>'
    b'</x:xmpmeta><?xpacket end="w"?>'
)


def noise(mode: str = "RGB", size: tuple[int, int] = (67, 33), seed: int = 0) -> Pillow.Image:
    picture = Pillow.effect_noise(size, 40 + seed).convert("RGB")
    if mode == "RGBA":
        picture.putalpha(Pillow.linear_gradient("L").resize(size))
    return picture if mode in ("RGB", "RGBA") else picture.convert(mode)


def saved(family: str, mode: str = "RGB", **options: Any) -> bytes:
    stream = io.BytesIO()
    noise(mode).save(stream, family, **options)
    return stream.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def in_png(data: bytes, extra: bytes) -> bytes:
    return data[:33] + extra + data[33:]


def in_jpeg(data: bytes, marker: int, body: bytes) -> bytes:
    return data[:2] + bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body + data[2:]


def in_webp(data: bytes, name: bytes, body: bytes) -> bytes:
    more = name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
    return data[:4] + (len(data) - 8 + len(more)).to_bytes(4, "little") + data[8:] + more


def _text() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "of another program")
    info.add_itxt("Comment", "雪", zip=True)
    return info


def _with_xmp() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", FOREIGN.decode())
    return info


def _exif() -> bytes:
    exif = Pillow.Exif()
    exif[0x010E] = "a fox"
    exif[0x0112] = 6
    return exif.tobytes()


def _icc() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def interlaced_png() -> bytes:
    """Pillow writes none: Adam7 of a picture of one pixel is its first pass."""
    header = b"\0\0\0\1\0\0\0\1\x08\x02\0\0\1"
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\x11\x22\x33")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _frames(mode: str) -> dict[str, Any]:
    return {"save_all": True, "append_images": [noise(mode, seed=n) for n in (5, 9)], "duration": 40}


def _filled_jpeg() -> bytes:
    """With fill bytes before a marker, which the standard allows."""
    data = saved("JPEG")
    return data[:2] + b"\xff\xff" + data[2:]


KINDS: dict[str, Callable[[], bytes]] = {
    "png": lambda: saved("PNG"),
    "png with alpha": lambda: saved("PNG", "RGBA"),
    "png with a palette": lambda: saved("PNG", "P"),
    "png with texts": lambda: saved("PNG", pnginfo=_text()),
    "png with xmp": lambda: saved("PNG", pnginfo=_with_xmp()),
    "png with exif and icc": lambda: saved("PNG", exif=_exif(), icc_profile=_icc()),
    "interlaced png": interlaced_png,
    "apng": lambda: saved("PNG", "RGBA", **_frames("RGBA")),
    "png with something behind it": lambda: saved("PNG") + b"written by a camera",
    "jpeg": lambda: saved("JPEG"),
    "grey jpeg": lambda: saved("JPEG", "L"),
    "cmyk jpeg": lambda: saved("JPEG", "CMYK"),
    "progressive jpeg": lambda: saved("JPEG", progressive=True),
    "jpeg with exif, icc, comment": lambda: saved("JPEG", exif=_exif(), icc_profile=_icc(), comment="mine"),
    "jpeg with xmp": lambda: in_jpeg(saved("JPEG"), 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + FOREIGN),
    "jpeg with fill bytes": _filled_jpeg,
    "jpeg with restarts": lambda: saved("JPEG", restart_marker_rows=1),
    "webp": lambda: saved("WEBP"),
    "webp with alpha": lambda: saved("WEBP", "RGBA"),
    "lossless webp": lambda: saved("WEBP", lossless=True),
    "lossless webp with alpha": lambda: saved("WEBP", "RGBA", lossless=True),
    "webp with exif and icc": lambda: saved("WEBP", exif=_exif(), icc_profile=_icc()),
    "webp with xmp": lambda: saved("WEBP", xmp=FOREIGN),
    "animated webp": lambda: saved("WEBP", "RGBA", **_frames("RGBA")),
    "extended webp without need": lambda: _bare_extended(),
}


def _bare_extended() -> bytes:
    simple = saved("WEBP")
    sides = b"".join((side - 1).to_bytes(3, "little") for side in (67, 33))
    extended = b"WEBPVP8X\x0a\0\0\0" + b"\0\0\0\0" + sides + simple[12:]
    return b"RIFF" + len(extended).to_bytes(4, "little") + extended


def image_of(data: bytes, folder: Path, recipe: Recipe | None = RECIPE) -> Image:
    """An image of a store whose original has these bytes."""
    with Pillow.open(io.BytesIO(data)) as picture:
        family, (width, height) = str(picture.format), picture.size
    name = {"MPO": "jpeg"}.get(family, family.lower())
    path = folder / f"original.{name}"
    path.write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    return Image(sha256, path, name, f"image/{name}", width, height, len(data), 0, "", recipe and replace(recipe))


def pixels(data: bytes) -> list[tuple[str, tuple[int, int], bytes, Any]]:
    """Every frame, decoded."""
    found = []
    with Pillow.open(io.BytesIO(data)) as picture:
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            found.append((picture.mode, picture.size, picture.tobytes(), picture.info.get("duration")))
    return found
