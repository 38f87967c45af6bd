"""Pictures as artifacts, and the size of those that are given."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image

from ..assets import UNREADABLE
from ..paint.commission import Commission
from ..paint.painter import paint
from ..sources import Unreadable
from .offer import Made

MIMES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def picture(data: bytes, form: str, width: int, height: int) -> Made:
    """A finished file; `form` is one of MIMES."""
    return Made(data, form, MIMES[form], "image", width, height)


def painting(commission: Commission) -> Callable[[], Made]:
    """The task of painting this."""
    return lambda: picture(paint(commission), commission.format, commission.width, commission.height)


def seen_size(data: bytes) -> tuple[int, int]:
    """(width, height) as seen. Raises Unreadable where this is no picture."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            turned = opened.getexif().get(0x0112, 1) >= 5
            return (opened.height, opened.width) if turned else opened.size
    except UNREADABLE:
        raise Unreadable("a picture could not be decoded") from None
