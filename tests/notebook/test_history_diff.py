"""What differs between two runs: facts, and the prompt word by word."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runflow_nb.notebook.views.diff_view import diff_bundle
from runflow_nb.notebook.views.word_diff import difference, difference_html, difference_text
from runflow_nb.record.run import Seeds
from tests.notebook.made import made


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("a red fox", "a blue fox", "a [-red-]{+blue+} fox"),
        ("a fox, asleep.", "a fox asleep.", "a fox [-, -]asleep."),
        ("a fox", "a fox at night", "a fox {+at night+}"),
        ("fox\nsnow", "fox\nice", "fox\n[-snow-]{+ice+}"),
    ],
)
def test_words_are_marked(old: str, new: str, shown: str) -> None:
    assert difference_text(difference(old, new)) == shown


def test_in_html_words_are_struck_out_and_underlined() -> None:
    page = difference_html(difference("a <red> fox", "a <blue> fox"))
    assert "line-through" in page
    assert "underline" in page
    assert ">red</del>" in page
    assert ">blue</ins>" in page
    assert "&lt;" in page
    assert "</del> <ins" in page


@given(st.text("ab .,\n", max_size=60), st.text("ab .,\n", max_size=60))
def test_the_words_of_both_are_all_there(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(p.text for p in pieces if p.kind != "new").split() or not old.split()
    for kind, text in (("old", new), ("new", old)):
        kept = "".join(piece.text for piece in pieces if piece.kind != kind)
        assert "".join(kept.split()) == "".join(text.split())


def test_long_prompts_are_compared_at_once_and_shown_near_the_difference() -> None:
    words = [f"word{number % 700}" for number in range(6000)]
    other = [*words[:3000], "another", *words[3001:]]
    begun = time.perf_counter()
    text = difference_text(difference(" ".join(words), " ".join(other)))
    assert "[-word200-]{+another+}" in text
    assert len(text) < 1000
    difference("a " * 25_000, "b a " * 12_500)
    difference(" ".join(words), " ".join(reversed(words)))
    assert time.perf_counter() - begun < 5


def test_equal_facts_are_left_out(tmp_path: Path) -> None:
    old = made(tmp_path)
    new = replace(old, id="01KG0000000000000000ABCDEF", input={**old.input, "resolution": "2K"}, recipe="other")
    bundle = diff_bundle(old, new)
    assert bundle["text/plain"].splitlines()[:2] == ["            000000  ABCDEF", "resolution  1K      2K"]
    assert "The pictures are the same, byte for byte." in bundle["text/plain"]
    assert bundle["text/html"].count("<img ") == 2
    assert "seed" not in bundle["text/plain"]


def test_the_same_request_is_said_to_be_so(tmp_path: Path) -> None:
    old = made(tmp_path)
    new = replace(old, id="01KG0000000000000000ABCDEF", take=2, seeds=replace(old.seeds, sent=43), images=())
    text = diff_bundle(old, new)["text/plain"]
    assert "The same request: nothing differs but seed sent, take and size." in text
    assert diff_bundle(old, old)["text/plain"] == "Both are run 000000."


def test_one_seed_is_one_row(tmp_path: Path) -> None:
    """Asked for, sent and returned are told apart only where they differ."""
    run = made(tmp_path)
    old, new = (replace(run, id=f"01KG000000000000000000000{n}", seeds=Seeds(n, n, n)) for n in (7, 8))
    assert "seed  7" in diff_bundle(old, new)["text/plain"]
    other = replace(new, seeds=Seeds(None, 8, 9))
    told = diff_bundle(old, other)["text/plain"]
    assert all(label in told for label in ("seed asked", "seed sent", "seed returned"))


def test_pictures_that_went_in_are_compared_by_digest(tmp_path: Path) -> None:
    """The same file renamed is the same; another file of the same name is another."""
    old = replace(made(tmp_path), pictures=({"digest": "sha256:" + "1" * 64, "name": "a.png", "source": "file"},))
    new = replace(old, id="01KG0000000000000000ABCDEF", take=2)
    renamed = replace(new, pictures=({**old.pictures[0], "name": "b.png"},))
    changed = replace(new, pictures=({**old.pictures[0], "digest": "sha256:" + "2" * 64},))
    assert "picture [" not in diff_bundle(old, renamed)["text/plain"]
    text = diff_bundle(old, changed)["text/plain"]
    assert "a.png (sha256:111111111111)" in text
    assert "a.png (sha256:222222222222)" in text
