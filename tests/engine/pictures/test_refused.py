"""What is no picture, or cannot be read, is one problem each that says what to give."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from runflow_nb.engine.pictures.reading import read_pictures
from runflow_nb.errors import InvalidRequest
from runflow_nb.record.images import ImageStore

from .made import encoded, noisy, offline, problem


def test_a_missing_file_is_answered_with_the_nearest_name(images: ImageStore, here: Path) -> None:
    (here / "pictures").mkdir()
    (here / "pictures" / "Red-Fox.PNG").write_bytes(encoded())
    text = problem("pictures/redfox.png", images)
    assert "is not there" in text
    assert f"did you mean {Path('pictures/Red-Fox.PNG')}?" in text
    assert "nor is the folder" in problem("picturse/fox.png", images)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html>", "looks like an HTML page"),
        (b"%PDF-1.4", "looks like a PDF"),
        (encoded()[:-40], "is a damaged PNG"),
        (encoded("JPEG")[:-200], "is a damaged JPEG"),
    ],
)
def test_what_is_no_picture_is_named_wherever_it_comes_from(
    data: bytes, words: str, images: ImageStore, here: Path
) -> None:
    (here / "fox.png").write_bytes(data)
    assert words in problem("fox.png", images)
    assert words in problem(data, images)
    assert words in problem("https://example.org/fox", images, fetch=lambda _: data)
    assert words in problem(f"data:image/png;base64,{base64.b64encode(data).decode()}", images)


def test_a_file_of_60_mb_is_refused_unread_with_the_way_out(images: ImageStore, here: Path) -> None:
    with (here / "huge.png").open("wb") as file:
        file.truncate(60_000_000)
    text = problem("huge.png", images)
    assert "has 57 MiB; 50 MiB are taken" in text
    assert "as JPEG, or host it and give its URL" in text
    assert "50 MiB are taken" in problem(bytes(60_000_000), images)
    assert "has 52,428,801 bytes; 52,428,800 bytes = 50 MiB are taken" in problem(bytes(52_428_801), images)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (".", "is a folder"),
        ("a\0b.png", "is no path"),
        ("x" * 5000, "cannot be read"),
        ("ftp://example.org/fox.png", "only http and https"),
        ("https://", "names no host"),
        ("https://exa mple.org/a.png", "holds a blank"),
        ("http://[::1/a.png", "names no host"),
        ("data:image/png;base64", "has no comma"),
        ("data:image/png;base64,aGVsbG8", "is no valid base64"),
        (None, "is no picture: give a file's path"),
        (7, "is no picture"),
        (["fox.png"], "is no picture"),
        ({}, "is no picture"),
        (np.ndarray, "is no picture"),
        (np.float64(1), "is a single number"),
        (np.zeros((3, 64, 64), "uint8"), "transpose(1, 2, 0)"),
        (np.zeros((1, 64, 64, 3), "uint8"), "array[0]"),
        (np.zeros((64, 64, 5), "uint8"), "64 × 64 × 5"),
        (np.zeros((0, 64), "uint8"), "no pixels"),
        (np.zeros((8, 8), "int64"), "holds int64: give uint8"),
        (np.zeros((8, 8), "bool"), "holds bool"),
        (np.full((8, 8), 200.0), "divide by 255"),
        (np.full((8, 8), -1.0), "between 0 and 1: scale it"),
        (np.full((8, 8), np.nan), "NaN"),
        (np.array([["a"]]), "give uint8"),
        (Image.new("F", (8, 8)), 'give image.convert("RGB")'),
        (Image.new("RGB", (0, 8)), "no pixels"),
    ],
)
def test_everything_else_is_one_problem_that_says_what_to_give(
    given: Any, words: str, images: ImageStore, here: Path
) -> None:
    assert words in problem(given, images, fetch=offline)


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self/mem").exists(), reason="everything can be read")
def test_a_file_that_may_not_be_read_says_so(images: ImageStore, here: Path) -> None:
    (here / "fox.png").write_bytes(encoded())
    (here / "fox.png").chmod(0)
    if os.access("fox.png", os.R_OK):
        assert "is no ordinary file" in problem("/dev/null", images)
    else:
        assert "cannot be read: Permission denied" in problem("fox.png", images)


def test_a_pil_image_whose_file_is_broken_is_a_problem_too(images: ImageStore) -> None:
    broken = Image.open(io.BytesIO(noisy(64)[:-3000]))
    assert "cannot be loaded" in problem(broken, images)


def test_all_problems_of_all_pictures_come_at_once(images: ImageStore, here: Path) -> None:
    (here / "page.png").write_bytes(b"<html>")
    with pytest.raises(InvalidRequest) as refused:
        read_pictures(["gone.png", encoded(), "page.png", 7], images=images)
    assert [one.given for one in refused.value.problems] == ["gone.png", "page.png", "7"]


def test_telling_what_something_is_imports_neither_pillow_nor_numpy() -> None:
    program = """
import sys, tempfile
from pathlib import Path
from runflow_nb.engine.pictures.reading import read_picture
from runflow_nb.errors import InvalidRequest
from runflow_nb.record.disk import Disk
from runflow_nb.record.images import ImageStore
images = ImageStore(Path(tempfile.gettempdir()) / "none", Disk())
read_picture("https://example.org/a.png", images=images)
for given in (7, "missing.png", []):
    try:
        read_picture(given, images=images)
    except InvalidRequest:
        pass
assert not {"numpy", "PIL"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
