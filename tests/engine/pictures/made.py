"""Pictures, and what becomes of them, for the tests of this room."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from runflow_nb.engine.pictures.reading import PictureInput, Upload, outgoing, read_picture
from runflow_nb.errors import InvalidRequest
from runflow_nb.record.images import ImageStore


def painted(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    return Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 40).convert(mode)


def encoded(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    stream = io.BytesIO()
    painted(size=size).save(stream, kind)
    return stream.getvalue()


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def noisy(side: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype="uint8")).save(stream, "PNG")
    return stream.getvalue()


def offline(url: str) -> bytes:
    raise OSError("no route to host")


def problem(given: Any, images: ImageStore, **options: Any) -> str:
    with pytest.raises(InvalidRequest) as refused:
        read_picture(given, images=images, **options)
    (one,) = refused.value.problems
    assert one.subject == "images"
    assert "Nothing was billed" in str(refused.value)
    return one.line("python", 10)


def sent_bytes(picture: PictureInput) -> bytes:
    way = outgoing(picture)
    if isinstance(way, Upload):
        return way.path.read_bytes()
    return base64.b64decode(way.partition(",")[2], validate=True)
