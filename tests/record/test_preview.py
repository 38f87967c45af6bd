"""The picture that goes into the notebook."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageCms

from runflow_nb.record.contact_sheet import grid
from runflow_nb.record.formats import NotAPicture
from runflow_nb.record.preview import EncodedPreview, make_preview

RATIOS = {"1:1": (1024, 1024), "16:9": (1376, 768), "9:16": (768, 1376), "8:1": (3072, 384), "1:8": (384, 3072)}


def noise(width: int, height: int, mode: str = "RGB", seed: int = 0) -> Image.Image:
    """The hardest picture there is to compress."""
    bands = len(mode)
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, bands), dtype="uint8"))


def disc(side: int = 1024) -> Image.Image:
    """A painted disc on nothing."""
    rows, columns = np.mgrid[:side, :side]
    alpha = np.clip((side * 0.45 - np.hypot(rows - side / 2, columns - side / 2)) / 8, 0, 1) * 255
    colours = np.dstack([rows * 255 / side, columns * 255 / side, (rows + columns) % 256, alpha])
    return Image.fromarray(colours.astype("uint8"))


def scene(width: int, height: int, hue: int = 0) -> Image.Image:
    gradient = Image.linear_gradient("L").resize((width, height))
    rings = Image.radial_gradient("L").resize((width, height))
    return Image.merge("HSV", (gradient.point(lambda v: (v // 4 + hue) % 256), rings, gradient.rotate(180))).convert(
        "RGB"
    )


def saved(folder: Path, *pictures: Image.Image, suffix: str = "png", **options: Any) -> list[Path]:
    paths = [folder / f"{index}.{suffix}" for index in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        picture.save(path, **options)
    return paths


def shown(preview: EncodedPreview) -> Image.Image:
    picture = Image.open(io.BytesIO(preview.data))
    picture.load()
    assert (picture.width, picture.height) == (preview.width, preview.height)
    assert Image.MIME[str(picture.format)] == preview.mime
    return picture


def fits(preview: EncodedPreview) -> bool:
    return len(base64.b64encode(preview.data)) <= 120_000


@pytest.mark.parametrize("ratio", RATIOS)
def test_the_hardest_pictures_fit_at_every_ratio(ratio: str, tmp_path: Path) -> None:
    preview = make_preview(saved(tmp_path, noise(*RATIOS[ratio])))
    assert fits(preview)
    assert preview.mime == "image/jpeg"
    width, height = RATIOS[ratio]
    assert preview.width / preview.height == pytest.approx(width / height, rel=0.02)


@pytest.mark.parametrize("count", [2, 3, 4, 7])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_sheets_of_the_hardest_pictures_fit_too(count: int, mode: str, tmp_path: Path) -> None:
    assert fits(make_preview(saved(tmp_path, *(noise(512, 512, mode, seed) for seed in range(count)))))


def test_a_4k_picture_is_shown_768_wide_and_an_ordinary_one_needs_no_second_try(tmp_path: Path) -> None:
    preview = make_preview(saved(tmp_path, scene(4096, 4096), compress_level=1))
    assert (preview.width, preview.height) == (768, 768)
    assert fits(preview)


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    preview = make_preview(saved(tmp_path, scene(300, 200)))
    assert (preview.width, preview.height) == (300, 200)


def test_the_same_originals_give_the_same_bytes(tmp_path: Path) -> None:
    one = saved(tmp_path, scene(800, 600), disc(600))
    assert make_preview(one) == make_preview(one)
    assert make_preview(one[:1]) == make_preview(one[:1])


def test_transparency_stays_transparent(tmp_path: Path) -> None:
    preview = make_preview(saved(tmp_path, disc()))
    picture = shown(preview).convert("RGBA")
    assert preview.mime == "image/png"
    assert picture.getpixel((2, 2))[3] == 0  # type: ignore[index]
    assert picture.getpixel((picture.width // 2, picture.height // 2))[3] == 255  # type: ignore[index]


def test_an_alpha_channel_that_hides_nothing_gives_a_jpeg(tmp_path: Path) -> None:
    opaque = scene(640, 480)
    opaque.putalpha(255)
    assert make_preview(saved(tmp_path, opaque)).mime == "image/jpeg"


HELD = {
    "png": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "jpg": ("L", "RGB", "CMYK"),
    "webp": ("RGB", "RGBA"),
    "gif": ("L", "P"),
    "tif": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"),
}


@pytest.mark.parametrize(("suffix", "mode"), [(suffix, mode) for suffix, modes in HELD.items() for mode in modes])
def test_every_mode_of_every_format_looks_as_it_should(mode: str, suffix: str, tmp_path: Path) -> None:
    picture = scene(400, 300)
    deep = Image.fromarray(np.asarray(picture.convert("L")).astype("uint16") * 257)
    paths = saved(tmp_path, deep if mode == "I;16" else picture.convert(mode), suffix=suffix)
    with Image.open(paths[0]) as kept:
        expected = picture.convert("L").convert("RGB") if kept.mode.startswith("I;16") else kept.convert("RGB")
    difference = ImageChops.difference(shown(make_preview(paths)).convert("RGB").reduce(8), expected.reduce(8))
    assert np.asarray(difference).mean() < 6


def test_a_photo_taken_upright_is_shown_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    preview = make_preview(saved(tmp_path, scene(400, 300), suffix="jpg", exif=exif))
    assert (preview.width, preview.height) == (300, 400)


def test_colours_keep_their_profile_and_nothing_else_is_carried_over(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    told = {"icc_profile": profile, "exif": exif, "comment": b"another secret place"}
    preview = make_preview(saved(tmp_path, scene(400, 300), suffix="jpg", **told))
    assert shown(preview).info["icc_profile"] == profile
    assert b"secret" not in preview.data


def test_a_flagged_picture_cannot_be_made_out(tmp_path: Path) -> None:
    stripes = Image.fromarray((np.indices((768, 768))[1] // 24 % 2 * 255).astype("uint8")).convert("RGB")
    paths = saved(tmp_path, stripes)
    assert np.asarray(shown(make_preview(paths)).convert("L")).std() > 100
    assert np.asarray(shown(make_preview(paths, blur=True)).convert("L")).std() < 20


@pytest.mark.parametrize(
    ("count", "shape", "columns"),
    [
        *((2, 1, 2), (2, 16 / 9, 2), (2, 9 / 16, 2)),
        *((3, 1, 3), (3, 9 / 16, 3), (3, 16 / 9, 1)),
        *((4, 1, 2), (4, 16 / 9, 2), (4, 8, 1), (4, 1 / 8, 4)),
        (7, 1, 3),
    ],
)
def test_the_grid_suits_the_shape(count: int, shape: float, columns: int) -> None:
    assert grid(count, shape) == columns


@pytest.mark.parametrize("colour", ["white", "black", "gray", "red"])
def test_each_picture_on_a_sheet_carries_its_index(colour: str, tmp_path: Path) -> None:
    sheet = shown(make_preview(saved(tmp_path, *(Image.new("RGB", (1024, 1024), colour) for _ in range(4))))).convert(
        "L"
    )
    assert sheet.size == (768, 768)
    half = 387
    corners = [np.asarray(sheet.crop((x, y, x + 40, y + 40)), dtype=int) for y in (0, half) for x in (0, half)]
    for corner in corners:
        assert corner.max() - corner.min() > 60
    for one in range(4):
        for other in range(one):
            assert np.abs(corners[one] - corners[other]).max() > 60


def test_the_numbers_stay_legible_where_the_sheet_had_to_shrink(tmp_path: Path) -> None:
    black = Image.new("RGB", (512, 512))
    sheet = shown(make_preview(saved(tmp_path, black, *(noise(512, 512, seed=seed) for seed in range(3)))))
    assert sheet.width < 700
    badge = np.asarray(sheet.convert("L").crop((0, 0, 40, 40)))
    rows = np.flatnonzero((badge > 20).any(axis=1))
    assert rows[-1] - rows[0] >= 20


def test_the_gaps_of_a_transparent_sheet_are_transparent(tmp_path: Path) -> None:
    preview = make_preview(saved(tmp_path, disc(400), scene(400, 400)))
    picture = shown(preview).convert("RGBA")
    assert preview.mime == "image/png"
    assert picture.getpixel((picture.width // 2, picture.height // 2))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("data", [b"", b"<html>", b"\x89PNG\r\n\x1a\n"])
def test_a_damaged_original_is_a_typed_error(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "original.png"
    path.write_bytes(data)
    with pytest.raises(NotAPicture):
        make_preview([path])
    whole = saved(tmp_path, noise(200, 200))[0]
    whole.write_bytes(whole.read_bytes()[:-5000])
    with pytest.raises(NotAPicture):
        make_preview([whole])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_one_original_is_in_memory_at_a_time(tmp_path: Path) -> None:
    paths = saved(tmp_path, *(scene(3000, 3000, hue) for hue in (0, 60, 120, 180)), compress_level=1)
    program = """
import re, sys
from pathlib import Path
from runflow_nb.record.preview import make_preview
small, *paths = map(Path, sys.argv[1:])
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
make_preview([small] * 4)
before = peak()
make_preview(paths)
print(peak() - before)
"""
    small = tmp_path / "small.png"
    scene(700, 700).save(small)

    def growth(*originals: Path) -> int:
        command = [sys.executable, "-c", program, str(small), *map(str, originals)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert growth(*paths) < 1.4 * growth(paths[0])
