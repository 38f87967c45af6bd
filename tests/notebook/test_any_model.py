"""`%%runflow MODEL`, from the cell to what it shows: a model for pictures and one for film that no page describes."""

from __future__ import annotations

import json
from pathlib import Path

from runflow_nb.record.notebook_file import MIME
from tests.notebook.kernel import Kernel


def test_a_picture(cells: Kernel) -> None:
    cell = "%%runflow sandbox/sketch --style poster --guidance-scale 7.5 --no-paper --yes -s 5\nA red fox"
    first = cells.run(cell)
    assert not first.error
    (picture,) = first.pictures
    record = picture[MIME]["runs"][0]
    assert (record["model"], record["estimate"]["amount"], record["cost"]) == ("sandbox/sketch", None, "0.01")
    assert record["input"] == {
        "prompt": "A red fox", "style": "poster", "guidance_scale": 7.5, "paper": False, "seed": 5,
    }  # fmt: skip
    caption = first.outputs[-1]["data"]["text/plain"]
    assert "sandbox/sketch · 768 × 768 PNG · seed 5 · take 1 · $0.01 play money" in caption
    again = cells.run(cell)
    assert [out["data"] for out in again.outputs] == [out["data"] for out in first.outputs]


def test_a_film_is_a_link_that_leads_to_it(cells: Kernel, tmp_path: Path) -> None:
    ran = cells.run("%%runflow sandbox/flipbook --duration 1 --yes -o film\nA red fox")
    assert not ran.error
    shown, caption = (out["data"] for out in ran.outputs)
    (kept,) = (tmp_path / "runflow_files").iterdir()
    assert f'<a href="runflow_files/{kept.name}"' in shown["text/html"]
    assert shown["text/plain"].startswith("video AVI, 512 × 288, 1.0 s, ")
    assert kept.read_bytes()[:4] == b"RIFF"
    (file,) = shown[MIME]["runs"][0]["files"]
    assert (file["type"], file["mime"], file["bytes"]) == ("video", "video/x-msvideo", kept.stat().st_size)
    assert "sandbox/flipbook · video AVI" in caption["text/plain"]
    kept.unlink()
    assert not cells.run("film").error
    assert kept.exists()


def test_a_film_and_a_sound_are_saved_under_their_own_extension(cells: Kernel, tmp_path: Path) -> None:
    ran = cells.run(f"%runflow sandbox/jingle --yes --save {tmp_path / 'tune.mp3'} a tune")
    assert f"Saved {tmp_path / 'tune.wav'}" in ran.text
    assert (tmp_path / "tune.wav").read_bytes()[8:12] == b"WAVE"


def test_mistakes_are_named_in_the_spelling_of_the_model_s_own_options(cells: Kernel) -> None:
    error = cells.run("%%runflow sandbox/sketch --styl ink --guidance-scale much -n 2\nA fox").error
    assert "--styl ink" in error
    assert "no such option; did you mean --style?" in error
    assert "--guidance-scale much   takes a number" in error
    assert "All options: %runflow sandbox/sketch --help" in error
    assert "has an unknown price (the API says: one cent per image)" in cells.run("%runflow sandbox/sketch a fox").error


def test_help_says_what_the_model_takes(cells: Kernel) -> None:
    text = cells.run("%runflow sandbox/sketch --help").text
    assert "--style STYLE" in text
    assert "One of sketch, watercolour, poster, noir." in " ".join(text.split())
    assert "--aspect-ratio" not in text


def test_the_cell_of_a_run_asks_for_it_again(cells: Kernel) -> None:
    ran = cells.run("first = %runflow sandbox/sketch --yes --quiet --palette {{ '#112233,#ffffff' }} a fox")
    assert not ran.error
    assert not cells.run("larger = %runflow sandbox/upscale --yes --quiet -i first --factor 2").error
    for name, begins in (("first", "%%runflow sandbox/sketch --palette"), ("larger", "%runflow sandbox/upscale")):
        found = cells.run(f"%runflow cell {name}").next_input
        assert found is not None
        assert found["text"].startswith(begins)
        # No yes is needed for what is on record.
        shown = cells.run(found["text"])
        assert not shown.error
        assert shown.pictures[0][MIME]["runs"][0]["id"] == cells.value(f"{name}.id").strip("'")


def test_the_list_of_models_and_completion_know_them(cells: Kernel) -> None:
    assert "sandbox/jingle" in cells.run("%runflow models --all").text
    reply = cells.client.complete("%%runflow sandbox/fl", reply=True, timeout=30)
    assert reply["content"]["matches"] == ["sandbox/flipbook"]
    line = "%%runflow sandbox/sketch --gui"
    assert cells.client.complete(line, reply=True, timeout=30)["content"]["matches"] == ["--guidance-scale"]
    history = cells.run("%runflow sandbox/sketch --yes -q a cat\n%runflow history --model sandbox/sketch").text
    assert "sandbox/sketch" in history
    assert json.loads(
        cells.value("__import__('json').dumps(len(__import__('runflow_nb').history(all=True)))").strip("'")
    )
