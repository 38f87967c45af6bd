"""Bad input: each has one clear error, nothing is sent, nothing is billed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.errors import (
    InvalidRequest,
)
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.engine.refusals import CREATE, EDIT, png, refused


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"aspect_ration": "16:9"}, "is no field of google/nano-banana-2; did you mean aspect_ratio?"),
        ({"thinking_level": "high", "model": "pro"}, "is no field of google/nano-banana-pro"),
        ({"resolution": "2k"}, "not offered by google/nano-banana-2 (0.5K, 1K, 2K, 4K); did you mean 2K?"),
        (
            {"resolution": "0.5K", "model": "pro"},
            "not offered by google/nano-banana-pro (1K, 2K, 4K); did you mean 1K?",
        ),
        ({"aspect_ratio": "16x9"}, "did you mean 16:9?"),
        ({"output_format": "jpg"}, "(jpeg, png, webp); did you mean jpeg?"),
        ({"safety_tolerance": 7}, "did you mean 6?"),
        ({"num_images": 5}, "takes 1 to 4; did you mean 4?"),
        ({"num_images": 0}, "takes 1 to 4; did you mean 1?"),
        ({"num_images": "many"}, "takes a whole number"),
        ({"num_images": 2.5}, "takes a whole number from 1 to 4; did you mean 2?"),
        ({"seed": "lucky"}, "takes a whole number"),
        ({"enable_web_search": "perhaps"}, "takes true or false"),
        ({"resolution": ["1K"]}, "takes text"),
        ({"prompt": ""}, "prompt   is missing: say what to draw"),
        ({"prompt": " \n "}, "prompt   is missing: say what to draw"),
        ({"prompt": None}, "prompt   is missing: say what to draw"),
        ({"prompt": b"an owl"}, "takes text"),
        ({"prompt": "ox"}, "has 2 characters; 3 to 50,000 are allowed"),
        ({"prompt": "o" * 50_001}, "has 50,001 characters; 3 to 50,000 are allowed"),
        ({"prompt": "an\0owl"}, "holds a null byte, which no text may"),
        ({"prompt": "an owl \ud83e"}, "holds half of a surrogate pair, which is no valid text"),
        ({"model": "google/nano-bananna-2"}, "nor known from the API's list; did you mean google/nano-banana-2?"),
        (
            {"model": "google/nano-banana-2", "images": b"x"},
            "takes no pictures; did you mean google/nano-banana-2/edit?",
        ),
        ({"model": EDIT}, "are missing: google/nano-banana-2/edit edits pictures; from text alone use google/nano-"),
        ({"max_cost": "lots"}, "takes an amount in USD, such as 0.50"),
        ({"take": 0}, "takes a number from 1, or new; did you mean 1?"),
        ({"take": 3}, "is not on record, and takes are bought in order (0 held); did you mean 1?"),
        ({"callback_url": "ftp://example.org"}, "takes an http or https address"),
        ({"metadata": {"when": object()}}, "takes an object that JSON can carry"),
    ],
)
def test_a_wrong_request_is_not_sent_and_says_what_is_right(
    given: dict[str, Any], line: str, untouched: EmbeddedSandbox, tmp_path: Path
) -> None:
    refused(InvalidRequest, "Not sent: 1 problem in this request. Nothing was billed.", line, **given)
    assert untouched.book.requests.get(CREATE) is None
    assert not (tmp_path / ".runflow").exists()


def test_all_problems_of_a_request_come_in_one_error(untouched: EmbeddedSandbox) -> None:
    given = {"resolution": "2k", "num_images": 9, "aspect": "1:1", "max_cost": "x"}
    error = refused(InvalidRequest, "Not sent: 5 problems in this request.", prompt="ox", **given)
    assert isinstance(error, InvalidRequest)
    assert [problem.subject for problem in error.problems] == [
        "prompt",
        "resolution",
        "num_images",
        "aspect",
        "max_cost",
    ]
    assert untouched.book.requests.get(CREATE) is None


# --- pictures that are none


def damaged(folder: Path) -> Path:
    return _file(folder, png()[:-200])


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "owl.png"
    path.write_bytes(data)
    return path


def beside(folder: Path) -> Path:
    return _file(folder, png()).with_name("owll.png")


def sixty_megabytes(folder: Path) -> Path:
    path = _file(folder, png())
    os.truncate(path, 60 * 2**20)
    return path


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (damaged, "is a damaged PNG"),
        (lambda folder: _file(folder, b""), "is empty"),
        (lambda folder: _file(folder, b"just some words"), "looks like text"),
        (lambda folder: _file(folder, b"%PDF-1.7 "), "looks like a PDF document"),
        (lambda folder: _file(folder, b"<html>no</html>"), "looks like an HTML page"),
        (lambda folder: b"\x00\x01\x02\x03" * 99, "looks like no picture format that is known here"),
        (lambda folder: "data:image/png;base64,AAA", "is no valid base64: it may have been cut off"),
        (lambda folder: folder, "is a folder: give a file in it"),
        (beside, "is not there; did you mean "),
        (lambda folder: folder / "nowhere" / "owl.png", "is not there, nor is the folder"),
        (lambda folder: "owl\0.png", "is no path that can exist here"),
        (lambda folder: "ftp://example.org/owl.png", "only http and https can be read"),
        (lambda folder: 7, "is no picture: give a file's path, an http(s) address"),
        (sixty_megabytes, "has 60 MiB; 50 MiB are taken. Save it smaller, e.g. as JPEG, or host it and give its URL"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_no_picture_is_not_sent_and_says_why(
    make: Callable[[Path], Any], line: str, untouched: EmbeddedSandbox, tmp_path: Path
) -> None:
    (folder := tmp_path / "pictures").mkdir()
    refused(InvalidRequest, "Nothing was billed.", line, images=[make(folder)])
    assert untouched.book.requests.get(CREATE) is None
    assert not (tmp_path / ".runflow").exists()


def test_every_picture_that_is_none_is_named_at_once(untouched: EmbeddedSandbox, tmp_path: Path) -> None:
    given = [damaged(tmp_path), tmp_path / "other.png", png()]
    refused(InvalidRequest, "Not sent: 2 problems", "is a damaged PNG", "is not there", images=given)
