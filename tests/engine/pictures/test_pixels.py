"""PIL images and arrays are identified by their pixels, and go out without loss."""

from __future__ import annotations

import hashlib
import io
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from runflow_nb.engine.pictures.files import Seen
from runflow_nb.engine.pictures.reading import keep, read_picture
from runflow_nb.record.images import ImageStore

from .made import painted, sent_bytes

GOLDEN = {
    "L": "sha256:bb3874dd60e474f005e745dc079d42da9e28d194e69d145ef9ac33a4cc77fe2e",
    "RGB": "sha256:18d39d515d967a831e77154a3410625ba6e1d75e254e9af71e5f7ef777841f33",
    "RGBA": "sha256:f229c8dd23c1039e3e16c9ae930b477d40f0fa200f663582af40a5e83ff915c8",
}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "I;16"])
def test_a_pil_image_goes_out_as_a_png_with_the_same_pixels(mode: str, images: ImageStore) -> None:
    given = Image.fromarray(np.arange(2400, dtype="uint16").reshape(40, 60) * 20) if mode == "I;16" else painted(mode)
    picture = keep(read_picture(given, images=images), images)
    arrived = Image.open(io.BytesIO(sent_bytes(picture)))
    assert (arrived.format, arrived.mode, arrived.tobytes()) == ("PNG", mode, given.tobytes())
    assert picture.stored is not None
    assert picture.stored.stem == hashlib.sha256(picture.stored.read_bytes()).hexdigest()


@pytest.mark.parametrize("mode", ["P", "CMYK", "YCbCr", "HSV", "RGBX", "RGBa"])
def test_other_modes_are_sent_as_what_they_look_like(mode: str, images: ImageStore) -> None:
    given = painted("RGBA" if mode == "RGBa" else "RGB").convert(mode)
    picture = keep(read_picture(given, images=images), images)
    arrived = Image.open(io.BytesIO(sent_bytes(picture))).convert("RGB")
    assert np.abs(np.asarray(arrived, dtype=int) - np.asarray(given.convert("RGB"), dtype=int)).max() <= 3


def test_a_pil_image_is_identified_by_its_pixels_not_by_the_file_it_came_from(images: ImageStore, here: Path) -> None:
    painted().save(here / "fast.png", compress_level=1)
    painted().save(here / "small.png", compress_level=9)
    digests = set()
    for name in ("fast.png", "small.png"):
        with Image.open(name) as picture:
            digests.add(read_picture(picture, images=images).digest)
    assert digests == {read_picture(painted(), images=images).digest}
    assert digests != {read_picture(painted().rotate(180), images=images).digest}
    assert read_picture(painted("L"), images=images).digest not in digests


def test_two_palettes_are_two_pictures(images: ImageStore) -> None:
    one, other = painted("P"), painted("P")
    palette = other.getpalette()
    assert palette is not None
    other.putpalette(palette[::-1])
    assert one.tobytes() == other.tobytes()
    assert read_picture(one, images=images).digest != read_picture(other, images=images).digest


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_an_array_is_the_pil_image_of_the_same_pixels(mode: str, images: ImageStore) -> None:
    expected = read_picture(painted(mode), images=images).digest
    array = np.asarray(painted(mode))
    floats = array.astype("float64") / 255
    wide = np.repeat(array, 2, axis=1)[:, ::2]
    assert not wide.flags.c_contiguous
    for same in (array, floats, floats.astype("float32"), wide, np.asfortranarray(array)):
        picture = read_picture(same, images=images)
        assert (picture.digest, picture.source) == (expected, "array")
    if mode == "L":
        assert read_picture(array[:, :, None], images=images).digest == expected


def test_digests_of_pixels_stay_as_they_are_for_ever(images: ImageStore) -> None:
    for mode, shape in {"L": (3, 4), "RGB": (3, 4, 3), "RGBA": (3, 4, 4)}.items():
        array = (np.arange(math.prod(shape)) * 5).astype("uint8").reshape(shape)
        assert read_picture(array, images=images).digest == GOLDEN[mode]


def test_painting_on_after_reading_changes_nothing(images: ImageStore) -> None:
    array = np.asarray(painted("RGBA")).copy()
    picture = read_picture(array, images=images)
    before = array.tobytes()
    array[:] = 0
    assert Image.open(io.BytesIO(sent_bytes(keep(picture, images)))).tobytes() == before


def test_the_png_of_the_same_pixels_is_made_once(images: ImageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen()
    first = keep(read_picture(painted(), images=images, seen=seen), images, seen)
    again = read_picture(painted(), images=images, seen=seen)
    assert again.stored == first.stored
