"""Packs that somebody forged, by what their lines claim: to answer a cell, or to be overruled by nothing."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.errors import UnsafePack
from runflow_nb.models.declared import untyped_spec
from runflow_nb.models.request import recipe
from runflow_nb.pack.unpacking import unpack
from runflow_nb.record.forget import forget
from runflow_nb.record.ids import AHEAD
from runflow_nb.record.journal import encode, moment
from runflow_nb.record.store import Store

from .forging import Files, forged, journal_name, refusal
from .made import bought, entries, fox_notebook, manifest_of, packed, picture, saved
from .test_attacks import OUTPUT, added_line, changed_line

Change = Callable[[Files], None]
ANOTHER = "sha256:1:" + "0" * 64
"""The recipe of a request that somebody else's cell makes."""
HUGE = 10**400


def refused_words(change: Change, pack: Path, there: Path) -> str:
    refused = refusal(forged(pack, change), there)
    assert type(refused) is UnsafePack
    return str(refused)


def lines(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files[journal_name(files)].splitlines()]


def line(pack: Path, kind: str, **facts: Any) -> bytes:
    """A further line like the first of this kind."""
    first = next(each for each in lines(entries(pack)) if each["event"] == kind)
    return encode({**first, **facts})


# --- a run answers its own request


@pytest.mark.parametrize(
    "change",
    [
        changed_line("intent", recipe=ANOTHER),
        changed_line("intent", input={"prompt": "a request of somebody else", "seed": 11}),
        changed_line("intent", model="owner/another-model"),
        changed_line("intent", input={"prompt": "\ud800", "seed": 11}, recipe=ANOTHER),
    ],
)
def test_a_run_does_not_answer_for_the_request_of_another(fox_pack: Path, there: Path, change: Change) -> None:
    """Also where what was asked cannot be told any more."""
    assert "the recipe of another request" in refused_words(change, fox_pack, there)


@pytest.mark.parametrize(
    ("kind", "first", "forgery", "words"),
    [
        ("intent", {"notebook": "a.ipynb"}, {"notebook": "b.ipynb", "recipe": ANOTHER}, "the recipe of another"),
        ("intent", {"from": "z"}, {"recipe": ANOTHER}, "the recipe of another"),
        (
            "finished",
            {"from": "z"},
            {"outputs": [{**OUTPUT, "sha256": "../evil", "bytes": 0}]},
            "files that are no store's",
        ),
    ],
)
def test_of_two_lines_that_one_is_judged_which_will_be_believed(
    fox_pack: Path, there: Path, kind: str, first: dict[str, Any], forgery: dict[str, Any], words: str
) -> None:
    """They are of one moment, and by what unpacking writes anew the forged one comes first here."""
    added = line(fox_pack, kind, **forgery)

    def change(files: Files) -> None:
        changed_line(kind, **first)(files)
        added_line(added)(files)

    assert words in refused_words(change, fox_pack, there)


def test_a_forgotten_run_is_taken(there: Path, tmp_path: Path) -> None:
    """It has no request any more that a recipe could be derived from, and shows nothing."""
    notebook, sender, (run, _) = fox_notebook(tmp_path / "here")
    forget(sender, run)
    store = Store(there / ".runflow")
    unpack(packed(notebook, sender, tmp_path / "fox.runflow.zip"), there, store, None)
    assert store.index.run(run).forgotten  # type: ignore[union-attr]


def test_a_run_of_an_older_version_is_taken(fox_pack: Path, there: Path) -> None:
    """Its recipe cannot be derived here, and is that of no request here."""
    older = "sha256:0:" + "b" * 64
    store = Store(there / ".runflow")
    unpack(forged(fox_pack, changed_line("intent", recipe=older)), there, store, None)
    assert older in {run.recipe for run in store.index.runs(manifest_of(entries(fox_pack))["runs"])}


def test_runs_of_a_model_that_was_declared_are_taken(there: Path, tmp_path: Path) -> None:
    """By what is told of them, whether or not their fields were known when they were bought."""
    store = Store(tmp_path / ".runflow")
    model = "owner/sketch"
    asked = {"prompt": "a fox", "style": "ink"}
    run = bought(store, 3)
    digest = recipe(untyped_spec(model), asked, [])
    pack = packed(saved(tmp_path / "fox.ipynb"), store, tmp_path / "fox.runflow.zip")
    change = changed_line("intent", model=model, input=asked, recipe=digest)
    unpack(forged(pack, change), there, Store(there / ".runflow"), None)
    known = Store(there / ".runflow").index.run(run)
    assert known is not None
    assert (known.model, known.recipe) == (model, digest)


# --- a preview is a small picture


def with_preview(data: bytes, extension: str, **facts: Any) -> Change:
    """Another file in the place of the first run's preview, everything else fitting."""

    def change(files: Files) -> None:
        first = next(each for each in lines(files) if each["event"] == "finished")["preview"]
        del files[f".runflow/previews/{first['key']}.jpg"]
        key = hashlib.sha256(data).hexdigest()[:32]
        files[f".runflow/previews/{key}.{extension}"] = data
        changed_line("finished", preview={**first, "key": key, **facts})(files)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_preview(b"{}", "bin", mime="application/vnd.runflow.run+json"), "a preview that is none of ours"),
        (with_preview(b"<script>", "bin", mime="text/html"), "a preview that is none of ours"),
        (with_preview(b"<svg/>", "bin", mime="image/svg+xml"), "a preview that is none of ours"),
        (with_preview(picture(1, "WEBP"), "webp", mime="image/webp"), "a preview that is none of ours"),
        (with_preview(b"<script>alert(1)</script>", "jpg"), "a preview that is not what its runs say"),
        (with_preview(picture(1, "PNG"), "jpg"), "a preview that is not what its runs say"),
        (with_preview(picture(1, "PNG"), "png", mime="image/png", width=0), "a preview that is not what its runs say"),
        (changed_line("finished", preview="a.jpg"), "a preview that is none of ours"),
    ],
)
def test_a_preview_that_is_no_small_picture(fox_pack: Path, there: Path, change: Change, words: str) -> None:
    """Its type becomes the key of an output, which a front end shows by."""
    assert words in refused_words(change, fox_pack, there)


def test_a_preview_with_transparency_is_one(fox_pack: Path, there: Path) -> None:
    pack = forged(fox_pack, with_preview(picture(1, "PNG"), "png", mime="image/png"))
    assert unpack(pack, there, Store(there / ".runflow"), None).previews == 2


# --- moments and numbers


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("9999-12-31T00:00:00.000Z", "yet to come"),
        pytest.param(moment(time.time() + AHEAD + 3600), "yet to come", id="a day and an hour on"),
        ("2026-W52-7", "no moment"),
        ("2026-13-01T00:00:00.000Z", "no moment"),
        ("zzz", "no moment"),
        ("", "no moment"),
        (None, "no moment"),
        (7, "no moment"),
    ],
)
@pytest.mark.parametrize("kind", ["input", "rated", "tagged", "finished"])
def test_a_line_that_nothing_could_overrule(fox_pack: Path, there: Path, kind: str, at: object, words: str) -> None:
    run = manifest_of(entries(fox_pack))["runs"][0]
    said = {
        "input": {"name": "fox.png", "digest": "sha256:" + "a" * 64, "notebook": None},
        "rated": {"run": run, "stars": 1},
        "tagged": {"run": run, "add": ["theirs"], "remove": []},
    }
    event = encode({"v": 1, "at": at, "event": kind, **said[kind]}) if kind in said else None
    change = changed_line(kind, at=at) if event is None else added_line(event)
    found = refused_words(change, fox_pack, there)
    assert words in found or (kind == "input" and "in a way that is not ours" in found)


def test_a_clock_that_is_a_little_ahead_is_forgiven(fox_pack: Path, there: Path) -> None:
    run = manifest_of(entries(fox_pack))["runs"][0]
    event = {"v": 1, "at": moment(time.time() + AHEAD / 2), "event": "rated", "run": run, "stars": 4}
    store = Store(there / ".runflow")
    unpack(forged(fox_pack, added_line(encode(event))), there, store, None)
    assert store.index.run(run).stars == 4  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "change",
    [
        changed_line("finished", outputs=[{**OUTPUT, "sha256": "a" * 64, "bytes": HUGE}]),
        changed_line("finished", outputs=[{"type": "video", "mime": "video/mp4", "sha256": "a" * 64, "bytes": HUGE}]),
        changed_line("finished", duration=HUGE),
        changed_line("finished", duration=-HUGE),
        changed_line("finished", seed_returned=HUGE),
        changed_line("accepted", up=1e300),
        changed_line("finished", preview={"key": "0" * 32, "mime": "image/png", "width": HUGE, "height": 1}),
    ],
)
def test_a_number_that_no_run_has(fox_pack: Path, there: Path, change: Change) -> None:
    assert "a number that no run has" in refused_words(change, fox_pack, there)


def test_what_a_model_says_besides_is_not_judged(fox_pack: Path, there: Path) -> None:
    """An API may tell numbers of any size, and what is none."""
    told = {"model_data": {"nonce": 2**200}, "duration": float("nan"), "timing": {"inference": float("inf")}}
    unpack(forged(fox_pack, changed_line("finished", **told)), there, Store(there / ".runflow"), None)
