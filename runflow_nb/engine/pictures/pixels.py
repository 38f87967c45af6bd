"""Pictures that are pixels in memory: PIL images and arrays. One digest for the same pixels, however they are held."""

from __future__ import annotations

import hashlib
import io
import sys
from typing import TYPE_CHECKING, Any

from ...record.formats import MAXIMUM_PIXELS, TOO_LARGE, NotAPicture

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

LOSSLESS = frozenset({"1", "L", "LA", "RGB", "RGBA", "I;16"})
"""Modes that a PNG holds as they are."""
CONVERTED = {"PA": "RGBA", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "CMYK": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
ROUNDING = 1e-3
"""Floats this far outside of 0 to 1 are taken for rounding errors."""


def is_pil(given: object) -> bool:
    """Whether this is a PIL image; nothing is imported to find out."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(given, module.Image)


def is_array(given: object) -> bool:
    """Whether this is a numpy array or something that offers its memory the same way."""
    return hasattr(given, "__array_interface__") and not isinstance(given, type)


def canonical(picture: PilImage) -> PilImage:
    """The picture in a mode that a PNG holds without loss, its pixels loaded. Raises NotAPicture."""
    if not picture.width or not picture.height:
        raise NotAPicture("has no pixels")
    if picture.width * picture.height > MAXIMUM_PIXELS:
        raise NotAPicture(TOO_LARGE)
    try:
        picture.load()
        if picture.mode == "P" or "transparency" in picture.info:
            return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        if picture.mode in CONVERTED:
            return picture.convert(CONVERTED[picture.mode])
    except MemoryError:
        raise
    except Exception as reason:  # noqa: BLE001 - an opened file is decoded here, and decoders raise whatever they trip over
        raise NotAPicture(f"cannot be loaded ({reason})") from None
    if picture.mode not in LOSSLESS:
        raise NotAPicture(f'has the mode {picture.mode}: give image.convert("RGB")')
    return picture


def pixel_digest(picture: PilImage) -> str:
    """`sha256:...` over mode, size and pixels of a canonical picture. A changed digest means paying again."""
    digest = hashlib.sha256(f"{picture.mode} {picture.width} {picture.height}\n".encode())
    digest.update(picture.tobytes())
    return "sha256:" + digest.hexdigest()


def lossless_png(picture: PilImage) -> bytes:
    """A canonical picture as a PNG, without whatever else its file said (places, cameras)."""
    stream = io.BytesIO()
    # Level 2 is six times as fast as the default and within an eighth of its size.
    picture.save(stream, "PNG", compress_level=2)
    return stream.getvalue()


def array_picture(array: Any) -> PilImage:
    """The picture that an array holds: uint8, or floats from 0 to 1; rows × columns, also × 3 or × 4.

    Raises NotAPicture, which says what to do.
    """
    from PIL import Image

    interface = array.__array_interface__
    shape = tuple(interface["shape"])
    if len(shape) == 3 and shape[2] == 1 and hasattr(array, "reshape"):
        array, shape = array.reshape(shape[:2]), shape[:2]
    _check_shape(shape)
    kind = interface["typestr"]
    if kind[1] == "f" and hasattr(array, "astype"):
        array = _bytes_from_floats(array)
    elif kind[1:] != "u1":
        raise NotAPicture(f"holds {getattr(array, 'dtype', kind)}: give uint8 from 0 to 255, or floats from 0 to 1")
    return Image.fromarray(array)


def _check_shape(shape: tuple[int, ...]) -> None:
    wanted = "rows × columns, rows × columns × 3 or rows × columns × 4"
    given = " × ".join(map(str, shape)) or "a single number"
    if len(shape) == 3 and shape[0] in (3, 4) and shape[2] not in (3, 4):
        raise NotAPicture(f"is {given}, its channels first: give array.transpose(1, 2, 0)")
    if len(shape) == 4 and shape[0] == 1:
        raise NotAPicture(f"is {given}, a batch of one: give array[0]")
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (3, 4)):
        raise NotAPicture(f"is {given}; a picture is {wanted}")
    if not all(shape):
        raise NotAPicture(f"is {given}: it has no pixels")
    if shape[0] * shape[1] > MAXIMUM_PIXELS:
        raise NotAPicture(TOO_LARGE)


def _bytes_from_floats(array: Any) -> Any:
    low, high = float(array.min()), float(array.max())
    if low != low or high != high:
        raise NotAPicture("holds NaN, which is no colour")
    if low < -ROUNDING or high > 1 + ROUNDING:
        advice = "divide by 255" if low >= 0 and high <= 255 else "scale it"
        raise NotAPicture(f"holds floats from {low:g} to {high:g}; they must lie between 0 and 1: {advice}")
    return (array.clip(0, 1) * 255).round().astype("uint8")
