"""The pictures: size, format, sameness, difference, speed."""

from __future__ import annotations

import math
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from runflow_nb.models.catalog import CATALOG
from runflow_nb.sandbox.paint.commission import Commission
from runflow_nb.sandbox.paint.painter import SCENES, describe, paint, paint_stand_in
from runflow_nb.sandbox.paint.retouch import STYLES
from runflow_nb.sandbox.paint.size import nearest_ratio, picture_size
from runflow_nb.sandbox.paint.subjects import FIGURES
from runflow_nb.sandbox.paint.words import SCENES as NAMED
from runflow_nb.sandbox.paint.words import SUBJECTS, read_motif

RATIOS = [ratio for ratio in CATALOG["google/nano-banana-2"].field("aspect_ratio").allowed if ":" in ratio]  # type: ignore[union-attr]
SMALL = Commission("google/nano-banana-2", "a fox in the snow", 7, 0, 256, 256, "png")


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def difference(one: bytes, other: bytes) -> float:
    """Mean difference of two pictures, 0 to 255."""
    a, b = opened(one).convert("RGB"), opened(other).convert("RGB")
    return sum(ImageStat.Stat(ImageChops.difference(a, b)).mean) / 3


@pytest.mark.parametrize("tier", ["0.5K", "1K", "2K", "4K"])
@pytest.mark.parametrize("ratio", RATIOS)
def test_a_picture_has_the_area_of_its_tier_and_the_proportions_asked(ratio: str, tier: str) -> None:
    width, height = picture_size(ratio, tier)
    wide, high = (int(part) for part in ratio.split(":"))
    assert math.isclose(width * height, (1024 * float(tier[:-1])) ** 2, rel_tol=0.015)
    assert math.isclose(width / height, wide / high, rel_tol=0.015)
    assert width % 4 == height % 4 == 0


def test_the_nearest_ratio_is_nearest_by_proportion() -> None:
    assert [nearest_ratio(*size, RATIOS) for size in ((1920, 1080), (500, 505), (100, 900), (4, 3))] == [
        "16:9", "1:1", "1:8", "4:3",
    ]  # fmt: skip


@pytest.mark.parametrize("ratio", RATIOS)
def test_every_proportion_can_be_painted(ratio: str) -> None:
    width, height = picture_size(ratio, "0.5K")
    assert opened(paint(replace(SMALL, width=width, height=height))).size == (width, height)


@pytest.mark.parametrize(("kind", "known"), [("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_every_format_is_what_it_says(kind: str, known: str) -> None:
    assert opened(paint(replace(SMALL, format=kind))).format == known


@pytest.mark.parametrize("prompt", [*(words.split()[0] for words in NAMED.values()), "snow", "rain", "日本の狐", "{}"])
def test_the_same_commission_is_the_same_bytes(prompt: str) -> None:
    commission = replace(SMALL, prompt=prompt)
    assert paint(commission) == paint(commission)


def test_every_part_of_a_commission_decides_the_picture() -> None:
    given = paint_stand_in("https://example.org/a.png")
    others = [
        replace(SMALL, model="google/nano-banana-pro"),
        replace(SMALL, prompt="a fox in the snow!"),
        replace(SMALL, seed=8),
        replace(SMALL, index=1),
        replace(SMALL, pictures=(given,)),
    ]
    first = paint(SMALL)
    for other in others:
        assert difference(first, paint(other)) > 2, other


@pytest.mark.parametrize(
    "prompt", ["a fox in the snow", "hello", "a city at night", "tulips", "the sea at sunset", "galaxy"]
)
def test_four_pictures_of_one_run_are_visibly_different(prompt: str) -> None:
    four = [paint(replace(SMALL, prompt=prompt, index=i)) for i in range(4)]
    assert min(difference(four[a], four[b]) for a in range(4) for b in range(a)) > 12


def test_a_picture_looks_the_same_in_every_tier() -> None:
    small, large = paint(replace(SMALL, width=512, height=512)), paint(replace(SMALL, width=1024, height=1024))
    shrunk = BytesIO()
    opened(large).resize((512, 512)).save(shrunk, "PNG")
    assert difference(small, shrunk.getvalue()) < 4


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_can_be_asked_for(scene: str) -> None:
    word = next(word for word in NAMED[scene].split() if sum(word in words.split() for words in NAMED.values()) == 1)
    assert read_motif(f"a {word}", 0, SMALL.dice("x")).scene == scene


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_is_painted_where_it_is_named(subject: str) -> None:
    named = replace(SMALL, prompt=f"{SUBJECTS[subject].split()[0]} by the sea at dawn")
    assert read_motif(named.prompt, 0, named.dice("x")).subject == subject
    assert subject in describe(named)
    assert opened(paint(named)).size == (256, 256)


def test_no_subject_lacks_a_drawing() -> None:
    from runflow_nb.sandbox.paint.creatures import CREATURES

    assert set(SUBJECTS) == {*FIGURES, *CREATURES}


def test_words_choose_the_hour() -> None:
    assert all(read_motif("the sea at night", i, SMALL.dice("x")).palette.dark for i in range(3))
    assert not any(read_motif("the sea at noon", i, SMALL.dice("x")).palette.dark for i in range(3))


@pytest.mark.parametrize("style", STYLES)
def test_every_style_of_an_edit_keeps_the_lie_of_its_input(style: str) -> None:
    halves = Image.new("RGB", (256, 256), (235, 235, 235))
    halves.paste((20, 20, 20), (0, 0, 128, 256))
    out = BytesIO()
    halves.save(out, "PNG")
    edit = opened(paint(replace(SMALL, prompt=STYLES[style][1].split()[0], pictures=(out.getvalue(),)))).convert("L")
    left, right = (ImageStat.Stat(edit.crop((x, 60, x + 90, 160))).mean[0] for x in (20, 146))
    assert right - left > 25


def test_further_pictures_are_laid_onto_the_first() -> None:
    base, extra = paint(replace(SMALL, index=1)), paint(replace(SMALL, index=2))
    alone = paint(replace(SMALL, prompt="noir", pictures=(base,)))
    together = paint(replace(SMALL, prompt="noir", pictures=(base, extra)))
    assert difference(alone, together) > 3


def test_every_picture_carries_the_mark_in_its_corner() -> None:
    plain = opened(paint(replace(SMALL, seed=111))).convert("L")
    corner = plain.crop((0, 220, 130, 256))
    brightest = corner.getextrema()[1]
    assert isinstance(brightest, int | float)
    assert brightest > 200
