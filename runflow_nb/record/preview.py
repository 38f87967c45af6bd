"""The small picture that goes into the notebook: bounded in bytes, the same for the same originals."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .contact_sheet import sheet
from .formats import opened

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

LONGEST = 768
"""Pixels of a preview's longest side; a smaller original is never enlarged."""
MAXIMUM_BYTES = 84_000
"""112,000 in base64, which leaves room for record and caption below 120,000 bytes a picture."""
PROFILE_BYTES = 4_000
"""A colour profile up to this size is kept, for without it the colours would be wrong; print profiles are not."""
JPEG_STEPS = (
    (1.0, 84, 1.0),
    (1.0, 76, 0.78),
    (1.0, 66, 0.64),
    (1.0, 54, 0.54),
    (1.0, 46, 0.49),
    (0.75, 60, 0.36),
    (0.75, 46, 0.3),
    (0.5, 46, 0.16),
    (0.33, 40, 0.0),
)
"""(scale, quality, expected share of the first one's bytes), from the best to one that always fits."""
PNG_STEPS = (
    (1.0, 0, 1.0),
    (1.0, 256, 0.15),
    (0.8, 256, 0.1),
    (0.66, 256, 0.07),
    (0.52, 256, 0.045),
    (0.4, 256, 0.03),
    (0.3, 256, 0.0),
)
"""(scale, colours or 0 for all of them, expected share)."""
BLUR = 14
"""Cells along the longest side that a hidden picture is reduced to."""


class EncodedPreview(NamedTuple):
    """A preview as it is stored and shown."""

    data: bytes
    mime: str
    width: int
    height: int


def make_preview(originals: Sequence[Path | bytes], *, blur: bool = False) -> EncodedPreview:
    """The preview of these originals: one picture, or one contact sheet numbered from 0.

    JPEG, or PNG where something is transparent. `blur` makes what is shown unrecognisable. Originals are decoded one
    at a time. Raises NotAPicture where one of them is damaged, OSError where it cannot be read.
    """
    if not originals:
        raise ValueError("a preview needs at least one picture")
    small = [reduced(original) for original in originals]
    profiles = {picture.info.get("icc_profile") for picture in small}
    profile = profiles.pop() if len(profiles) == 1 else None
    if blur:
        small = [blurred(picture) for picture in small]
    return _fitting(small, profile)


def reduced(source: Path | bytes, longest: int = LONGEST) -> PilImage:
    """At most `longest` on a side, upright, in mode RGB or RGBA (only where something is really transparent).

    Raises NotAPicture, OSError.
    """
    from PIL import Image, ImageOps

    with opened(source) as original:
        profile = original.info.get("icc_profile") if original.mode in ("RGB", "RGBA") else None
        original.draft(None, (2 * longest, 2 * longest))
        plain = _plain(original)
        factor = max(plain.size) / longest
        target = (max(1, round(plain.width / factor)), max(1, round(plain.height / factor)))
        if factor > 1:
            # A box filter down to about twice the size first: a good filter over every pixel of 4K would take longer
            # than decoding it.
            whole = max(1, min(int(factor / 2), min(plain.size)))
            coarse = plain.reduce(whole) if whole > 1 else plain
            plain = coarse.resize(target, Image.Resampling.BICUBIC)
        upright = ImageOps.exif_transpose(plain)
    if upright.mode == "RGBA" and upright.getchannel("A").getextrema()[0] == 255:
        upright = upright.convert("RGB")
    upright.info = {"icc_profile": profile} if profile and len(profile) <= PROFILE_BYTES else {}
    return upright


def _plain(picture: PilImage) -> PilImage:
    """The same picture in RGB, or in RGBA where its file can say that something is transparent."""
    if picture.mode in ("RGB", "RGBA") and "transparency" not in picture.info:
        return picture
    if picture.mode.startswith("I;16"):
        return picture.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    transparent = picture.has_transparency_data
    return picture.convert("RGBA" if transparent else "RGB")


def blurred(picture: PilImage) -> PilImage:
    """The same picture, with nothing in it that could be recognised."""
    from PIL import Image, ImageFilter

    scale = BLUR / max(picture.size)
    few = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    coarse = picture.resize(few, Image.Resampling.BOX).resize(picture.size, Image.Resampling.BICUBIC)
    return coarse.filter(ImageFilter.GaussianBlur(max(picture.size) / BLUR / 2))


def _fitting(pictures: Sequence[PilImage], profile: bytes | None) -> EncodedPreview:
    """The best encoding that fits. The size of the first try tells which others are worth trying."""
    transparent = any(picture.mode == "RGBA" for picture in pictures)
    steps = PNG_STEPS if transparent else JPEG_STEPS
    best = _encoded(_composed(pictures, 1.0), profile, steps[0][1])
    first = len(best.data)
    for scale, setting, share in steps[1:]:
        if len(best.data) <= MAXIMUM_BYTES:
            break
        if first * share <= MAXIMUM_BYTES:
            best = _encoded(_composed(pictures, scale), profile, setting)
    return best


def _composed(pictures: Sequence[PilImage], scale: float) -> PilImage:
    from PIL import Image

    if len(pictures) > 1:
        return sheet(pictures, scale)
    (picture,) = pictures
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture if size == picture.size else picture.resize(size, Image.Resampling.BICUBIC)


def _encoded(picture: PilImage, profile: bytes | None, setting: int) -> EncodedPreview:
    """`setting`: a JPEG's quality, a PNG's number of colours (0: all)."""
    from PIL import Image

    stream = io.BytesIO()
    if picture.mode == "RGBA":
        shown = picture.quantize(setting, Image.Quantize.FASTOCTREE) if setting else picture
        shown.save(stream, "PNG", icc_profile=profile)
        return EncodedPreview(stream.getvalue(), "image/png", *picture.size)
    picture.save(stream, "JPEG", quality=setting, icc_profile=profile)
    return EncodedPreview(stream.getvalue(), "image/jpeg", *picture.size)
