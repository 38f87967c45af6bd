"""What a saved notebook tells by itself; and that whatever stands in it never does more than be left out."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow
from PIL import ImageStat

import runflow_nb
from runflow_nb.cli import main
from runflow_nb.errors import NotANotebook
from runflow_nb.notebook.views.bundles import picture_bundle
from runflow_nb.notebook.views.history_view import history_bundle
from runflow_nb.notebook.views.run_record import record
from runflow_nb.notebook.views.saved_cost import saved_cost_text
from runflow_nb.record.notebook_file import MIME
from runflow_nb.record.saved.reader import history_of

from .saved_notebooks import damaged, output, save, small, text_of, told


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Three runs, one of them shown twice."""
    fox, owl = told(1), told(2, "an owl", cost=None, origin="sandbox")
    pro = told(3, "a fox at night", model="google/nano-banana-pro", cost="0.15", status="partial_succeeded")
    outputs = [output(fox, small(1)), output(owl, small(2, "PNG"), mime="image/png"), output(fox), output(pro)]
    return save(tmp_path / "fox.ipynb", *outputs)


def test_a_saved_notebook_alone_tells_its_runs_seeds_and_costs(
    book: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    history = runflow_nb.history("fox.ipynb")
    assert [(run.prompt, run.seed, run.take) for run in history] == [
        ("a fox at night", 13, 1),
        ("an owl", 12, 1),
        ("a red fox", 11, 1),
    ]
    assert history.cost()["live"] == Decimal("0.23")
    assert (len(history), history[2].status, history.remarks) == (3, "succeeded", ())
    assert [run.prompt for run in history.where(origin="sandbox")] == ["an owl"]
    assert list(history.to_frame()["cost"]) == [Decimal("0.15"), None, Decimal("0.08")]
    assert [path.name for path in tmp_path.iterdir()] == ["fox.ipynb"], "nothing is written beside it"


def test_its_small_pictures_are_the_notebooks_own(book: Path) -> None:
    pro, owl, fox = history_of(book)
    assert fox.preview is not None
    assert fox.preview.path.read_bytes() == small(1)
    assert (fox.preview.width, fox.preview.height) == (24, 16)
    assert owl.preview is not None
    assert owl.preview.path.read_bytes() == small(2, "PNG")
    assert pro.preview is None
    assert history_bundle(history_of(book))["text/html"].count("<img") == 2


def test_the_sheet_of_several_runs_is_the_picture_of_none_of_them(tmp_path: Path) -> None:
    sheet = output(told(1), small(1))
    sheet["data"][MIME]["runs"].append(told(2, "an owl"))
    owl, fox = history_of(save(tmp_path / "x.ipynb", sheet))
    assert (fox.preview, owl.preview) == (None, None)
    owl, fox = history_of(save(tmp_path / "y.ipynb", sheet, output(told(1), small(3))))
    assert fox.preview is not None
    assert (fox.preview.path.read_bytes(), owl.preview) == (small(3), None)


def test_a_flagged_picture_that_was_saved_unveiled_comes_back_blurred(tmp_path: Path) -> None:
    with io.BytesIO() as stream:
        Pillow.effect_noise((200, 200), 120).convert("RGB").save(stream, "JPEG")
        noise = stream.getvalue()
    outputs = [output(told(1, nsfw=True), noise), output(told(2, "an owl", nsfw=False), noise)]
    owl, fox = history_of(save(tmp_path / "x.ipynb", *outputs))
    contrasts = []
    for run in (owl, fox):
        assert run.preview is not None
        with Pillow.open(run.preview.path) as shown:
            contrasts.append(ImageStat.Stat(shown.convert("L")).stddev[0])
    assert contrasts[0] > 5 * contrasts[1]


def test_what_is_shown_of_it_is_what_was_saved(book: Path) -> None:
    """Byte for byte: the record and the picture."""
    for cell in json.loads(book.read_text())["cells"][:2]:
        (saved,) = cell["outputs"]
        run = next(run for run in history_of(book) if run.id == saved["data"][MIME]["runs"][0]["id"])
        shown, _ = picture_bundle(run)
        for image in saved["data"][MIME]["runs"][0]["images"]:
            image["file"] = f"images/{image['sha256'][:2]}/{image['sha256']}.png"
        assert json.dumps(shown[MIME]) == json.dumps(saved["data"][MIME])
        assert {shown[kind] for kind in shown if kind.startswith("image/")} == {
            saved["data"][kind] for kind in saved["data"] if kind.startswith("image/")
        }


def test_a_run_outlives_the_history_it_was_taken_from(book: Path) -> None:
    run = history_of(book)[2]
    assert run.preview is not None
    assert run.preview.path.exists()


def test_a_notebook_that_was_saved_again_is_read_again(book: Path) -> None:
    first = history_of(book)
    assert history_of(book) is first
    save(book, output(told(4, "a hare")))
    assert [run.prompt for run in history_of(book)] == ["a hare"]
    assert len(first) == 3


def test_the_folder_it_was_read_into_ends_with_the_process(book: Path, tmp_path: Path) -> None:
    code = f"import runflow_nb; print(runflow_nb.history({str(book)!r})[2].preview.path)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    folder = Path(done.stdout.strip())
    assert folder.suffix == ".jpg"
    assert not folder.parents[2].exists()


def test_shells_ask_for_history_and_cost_of_a_notebook(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", str(book), "--text", "fox"]) == 0
    said = capsys.readouterr().out
    assert "a red fox" in said
    assert "an owl" not in said
    assert "2 runs, cost $0.23" in said
    assert main(["cost", str(book)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["live", "2", "$0.23"] in lines
    assert ["Sandbox", "1", "$0.00", "$0.08"] in lines
    assert ["google/nano-banana-2", "2", "$0.16"] in lines
    assert ["google/nano-banana-pro", "1", "$0.15"] in lines
    assert ["all", "3", "$0.31"] in lines
    assert main(["cost", str(book), "--ledger", "--limit", "1"]) == 0
    assert "the newest 1 of 3 runs" in capsys.readouterr().out


def test_the_price_of_making_it_anew_is_todays_and_each_request_counts_once(tmp_path: Path) -> None:
    """Whatever it did cost then, wherever it was bought; what nobody knows the price of is said to be unknown."""
    again = {"id": told(5)["id"], "origin": "sandbox"}
    outputs = [
        output(told(1, cost="9.99", estimate={"amount": "9.99", "kind": "exact"})),
        output(told(2, **again)),
        output(told(3, take=2)),
        output(told(4, "a fox in 2K", input={"resolution": "2K"})),
        output(told(6, "an owl", model="acme/owl", recipe="sha256:9:" + "0" * 64)),
    ]
    said = saved_cost_text(history_of(save(tmp_path / "x.ipynb", *outputs)))
    rows = [line.split(maxsplit=2) for line in said.splitlines()]
    assert ["google/nano-banana-2", "3", "about $0.28"] in rows
    assert ["acme/owl", "1", "1 unknown"] in rows
    assert ["all", "4", "about $0.28 + 1 unknown"] in rows


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (2**28 + 1, "of up to 256 MiB"),
        (None, "No such file"),
        (b"\x89PNG", "it is no notebook"),
        ("folder", "is a folder"),
        (b"", "it is no notebook"),
    ],
)
def test_what_is_no_notebook_is_refused_in_words(
    tmp_path: Path, content: bytes | str | int | None, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.ipynb"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, int):
        path.touch()
        os.truncate(path, content)
    with pytest.raises(NotANotebook, match=reason):
        history_of(path)
    assert [main([verb, str(path)]) for verb in ("history", "cost")] == [1, 1]
    assert "Traceback" not in capsys.readouterr().err


def changed(**facts: Any) -> Callable[[dict[str, Any]], None]:
    return lambda run: run.update(facts)


FORGED: dict[str, Callable[[dict[str, Any]], None]] = {
    "id": changed(id="../../etc/passwd"),
    "id of a far future": changed(id="7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
    "run_id": changed(run_id="../../assets?x="),
    "origin": changed(origin="a\x1b[31m"),
    "model": changed(model="../x"),
    "status": changed(status="queued"),
    "recipe": changed(recipe="sha256:1:" + "0" * 64),
    "take 0": changed(take=0),
    "take": changed(take=10**40),
    "input": changed(input={"prompt": {"a": []}}),
    "prompt": changed(input={"prompt": "\ud800"}),
    "seeds": changed(seeds={"asked": 10**30}),
    "cost": changed(cost="-5"),
    "cost of a float": changed(cost=float("inf")),
    "estimate": changed(estimate={"amount": "1e99", "kind": "exact"}),
    "kind": changed(estimate={"amount": None, "kind": "free"}),
    "created_at": changed(created_at="9999-12-31T23:59:59+14:00"),
    "created_at of a far future": changed(created_at="2990-01-01T00:00:00Z"),
    "created_at of a past": changed(created_at="0001-01-01T00:00:00+14:00"),
    "completed_at": changed(completed_at="soon"),
    "duration": changed(duration=10**400),
    "duration not a number": changed(duration=float("nan")),
    "nsfw": changed(nsfw="no"),
    "images": changed(images=[{"sha256": "../../../x", "mime": "image/png"}]),
    "format": changed(images=[{"sha256": "0" * 64, "mime": "text/html", "width": 1, "height": 1, "bytes": 1}]),
    "no outputs": changed(images=[]),
    "many outputs": changed(images=[{}] * 1000),
    "files": changed(files=[{"sha256": "0" * 64, "type": "<script>", "mime": ""}]),
    "notes": changed(notes=[7]),
    "half a letter": changed(notes=["\ud800"]),
    "metadata": changed(metadata=[1]),
    "pictures": changed(pictures=[{"digest": "x", "name": "y", "source": "file"}]),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_record_that_is_none_of_ours_is_left_out_with_a_word(
    tmp_path: Path, forge: Callable[[dict[str, Any]], None]
) -> None:
    run = told(2, "an owl")
    forge(run)
    path = save(tmp_path / "x.ipynb", output(run, small()), output(told(1)))
    history = history_of(path)
    assert [one.prompt for one in history] == ["a red fox"]
    assert len(history.remarks) == 1
    assert history.remarks[0].startswith("1 record left out: ")
    assert history.remarks[0] in repr(history)
    assert history.remarks[0] in saved_cost_text(history)
    assert history.remarks[0] in history_bundle(history.where(text="fox"))["text/plain"]


@pytest.mark.parametrize("schema", [2, 0, "1", None, True, 1.5])
def test_a_record_of_another_schema_is_left_out_with_a_word(tmp_path: Path, schema: object) -> None:
    history = history_of(save(tmp_path / "x.ipynb", output(told(1), schema=schema)))
    expected = () if schema == 1 and schema is not True else ("1 record left out: of another schema",)
    assert (len(history), history.remarks) == (0, expected)


@pytest.mark.parametrize(
    ("picture", "mime"),
    [
        (b"<svg onload=alert(1)>", "image/jpeg"),
        (small(kind="PNG"), "image/jpeg"),
        (small(kind="GIF"), "image/png"),
        ("%%%", "image/jpeg"),
        ("é" * 40, "image/jpeg"),
        (small(size=(4000, 3000)), "image/jpeg"),
        (small() + b"\0" * 2**21, "image/jpeg"),
        (b"", "image/png"),
    ],
)
def test_a_picture_that_is_none_of_ours_is_left_out(tmp_path: Path, picture: bytes | str, mime: str) -> None:
    (run,) = history_of(save(tmp_path / "x.ipynb", output(told(1), picture, mime=mime)))
    assert run.preview is None


def test_texts_of_a_record_act_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = "<img src=x onerror=alert(1)>\x1b[2J\u202e $x$ \x07"
    path = save(tmp_path / "x.ipynb", output(told(1, words, notes=[words]), small()))
    html = history_bundle(history_of(path))["text/html"]
    assert "<img src=x" not in html
    assert [main([verb, str(path)]) for verb in ("history", "cost")] == [0, 0]
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\x07" not in said


def test_a_notebook_that_is_half_written_or_in_conflict_tells_what_can_be_read(tmp_path: Path) -> None:
    whole = text_of(output(told(1), small(1)), output(told(2, "an owl"), small(2)))
    path = tmp_path / "x.ipynb"
    path.write_text(whole[: whole.rindex("image/jpeg")])
    assert [(run.prompt, run.preview is not None) for run in history_of(path)] == [
        ("an owl", False),
        ("a red fox", True),
    ]
    path.write_text(f"<<<<<<< HEAD\n{whole}=======\n{text_of(output(told(3, 'a hare')))}>>>>>>> theirs\n")
    assert [run.prompt for run in history_of(path)] == ["a hare", "an owl", "a red fox"]


@pytest.mark.parametrize(
    "piece",
    [
        f'{{"{MIME}": [',
        f'{{"{MIME}": {{"a": ',
        f'"data": {{"{MIME}": {{}}, ',
        f'"data": {{"{MIME}": {{"runs": [' + "1," * 999,
    ],
)
def test_a_notebook_that_was_made_to_be_read_for_ever_is_given_up(tmp_path: Path, piece: str) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text('{"cells": [' + piece * (2_000_000 // len(piece)))
    assert len(history_of(path)) == 0


def fuzzed(path: Path, seeds: range) -> None:
    for seed in seeds:
        path.write_bytes(damaged(seed))
        assert main(["history", str(path)]) in (0, 1)
        assert main(["cost", str(path)]) in (0, 1)
        try:
            history = history_of(path)
        except NotANotebook:
            continue
        history_bundle(history)
        record(history)


def test_damaged_notebooks_are_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fuzzed(tmp_path / "x.ipynb", range(40))


@pytest.mark.thorough
def test_a_thousand_damaged_notebooks_are_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fuzzed(tmp_path / "x.ipynb", range(1000))
