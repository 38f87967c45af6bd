"""Studio, gallery and compare with models that no page describes: no price that is known, and outputs that are no
pictures."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import runflow_nb
from runflow_nb import calls
from runflow_nb.engine.session import Session
from runflow_nb.errors import RunflowError
from runflow_nb.models import catalog
from runflow_nb.models.price import Estimate
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.widgets.files import PIECE, by_hash, kinds, piece, told_files
from runflow_nb.widgets.gallery.actions import edit
from runflow_nb.widgets.gallery.cells import cell, looked_at
from runflow_nb.widgets.gallery.copies import copy
from runflow_nb.widgets.studio.cards import Card, told
from runflow_nb.widgets.studio.offer import Offer, costs_no_more, offer
from runflow_nb.widgets.studio.presses import Pressed
from runflow_nb.widgets.studio.sheet import caption_bundle, on_sheet, sheet_bundle
from tests.notebook.kernel import Kernel
from tests.widgets.comms import ask
from tests.widgets.studio_page import StudioPage, created
from tests.widgets.test_studio_money import Button
from tests.widgets.test_studio_offers import LIMIT, one

SKETCH, FILM, TUNE = "sandbox/sketch", "sandbox/flipbook", "sandbox/jingle"
UNKNOWN = "Make it · price unknown"


@pytest.fixture(autouse=True)
def nothing_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "_declared", {})


def unknown(said: str = "", seen: str | None = None) -> Estimate:
    return Estimate(None, "unknown", (), 1, said=said, seen=None if seen is None else Decimal(seen))


def film(prompt: str = "a fox") -> Run:
    return runflow_nb.generate(prompt, model=FILM, duration=1, yes=True)


def test_a_price_nobody_knows_is_said_with_what_is_known_and_asked_about() -> None:
    """Even where nothing else would ask."""
    first = offer("Make it", [one(unknown("five cents\x1b[2J a second.", "0.10"))], Decimal(1000))
    assert (first.label, first.asks, first.orders[0].yes) == (UNKNOWN, True, False)
    assert first.remark == (
        "The API says of its price: five cents␛[2J a second. Runs of this model cost up to $0.10 so far."
    )
    sure = offer("Make it", [one(unknown())], Decimal(1000), agreed=True)
    assert (sure.label, sure.sure, sure.orders[0].yes) == (f"{UNKNOWN}, sure?", True, True)
    assert sure.remark == "The API does not say what it costs."
    assert offer("Make it", [one(unknown(), on_record=True)], Decimal(1)).remark == ""


def test_what_past_runs_cost_is_held_against_the_budget() -> None:
    several = [one(unknown(seen="0.60"), left=((LIMIT, Decimal(1)),))] * 2
    refused = offer("Make all", several, Decimal(10))
    assert not refused.enabled
    assert "of $1.00 a kernel session $1.00 are left" in refused.reason


@pytest.mark.parametrize(
    ("now", "seen", "fine"),
    [
        (unknown("a cent"), unknown("a cent"), True),
        (unknown("a dollar"), unknown("a cent"), False),
        (unknown("a cent", "9.00"), unknown("a cent"), False),
        (Estimate(Decimal("0.01"), "exact", (), 1, upper=Decimal("0.01")), unknown(), False),
        (unknown(), Estimate(Decimal(9), "exact", (), 1, upper=Decimal(9)), False),
    ],
)
def test_what_was_read_of_an_unknown_price_has_to_be_what_is_so(now: Estimate, seen: Estimate, fine: bool) -> None:
    assert costs_no_more(Offer("", price=now), Offer("", price=seen)) is fine


def test_no_single_press_buys_at_a_price_that_nobody_knows(session: Session) -> None:
    order = calls.make_order("an odd stint", session.settings(), model=SKETCH)
    button = Button([order])
    button.till.changed()
    assert button.next().label == UNKNOWN
    button.till.press(Pressed(UNKNOWN, 0, 1.0))
    assert button.next().label == f"{UNKNOWN}, sure?"
    button.till.press(Pressed(f"{UNKNOWN}, sure?", 0, 1.4))  # the second click of that hand
    button.till.changed()
    button.next()
    assert not button.placed
    button.till.press(Pressed(UNKNOWN, 0, 10.0))
    assert button.next().sure
    button.till.press(Pressed(f"{UNKNOWN}, sure?", 0, 20.0))
    button.next()
    button.next()
    assert [[each.yes for each in orders] for orders in button.placed] == [[True]]


@pytest.mark.usefixtures("session")
def test_a_card_and_a_cell_say_what_a_file_is() -> None:
    run = film()
    (file,) = run.files
    card = told(Card("k", "a fox", run=run))
    assert (card["hash"], card["alt"]) == (None, "a fox")
    assert card["absent"].startswith("video AVI, 512 × 288, 1.0 s, ")
    (shown,) = card["files"]
    assert (shown["hash"], shown["words"], shown["name"]) == (file.sha256, card["absent"], file.shown.name)
    assert cell(run)["absent"] == card["absent"]
    assert looked_at(run)["files"] == card["files"]
    several = replace(run, files=(file, replace(file, type="audio"), file))
    assert kinds(several) == "video AVI, audio AVI"
    assert told_files(replace(run, forgotten=True)) == []
    assert cell(replace(run, forgotten=True))["absent"] == "forgotten"


@pytest.mark.usefixtures("session")
def test_a_file_is_sent_in_pieces_and_only_one_that_was_offered() -> None:
    run = film()
    (file,) = run.files
    data = b"x" * (PIECE + 5)
    file.path.chmod(0o600)
    file.path.write_bytes(data)
    offered = by_hash([replace(run, files=(replace(file, size=len(data)),))])
    first, (begin,) = piece(offered, file.sha256, 0)
    last, (end,) = piece(offered, file.sha256, PIECE)
    assert (first["size"], begin + end, last["at"]) == (len(data), data, PIECE)
    assert piece(offered, "another", 0) == ({"told": "file", "hash": "another", "at": 0}, [])
    assert [piece(offered, file.sha256, at)[1] for at in (-1, 2**70)] == [[], []]
    file.path.unlink()
    assert piece(offered, file.sha256, 0)[1] == []
    assert by_hash([replace(run, forgotten=True)]) == {}


@pytest.mark.usefixtures("session")
def test_files_are_saved_with_the_pictures(tmp_path: Path) -> None:
    sketch, moving = runflow_nb.generate("a fox", model=SKETCH, yes=True), film()
    assert copy([sketch, moving], str(tmp_path / "all.zip")) == f"2 files saved in {tmp_path / 'all.zip'}"
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert sorted(Path(name).suffix for name in archive.namelist()) == [".avi", ".png"]
    assert copy([moving], f"{tmp_path}/one/") == f"1 file saved in {tmp_path / 'one'}"
    assert [path.read_bytes()[:4] for path in (tmp_path / "one").iterdir()] == [b"RIFF"]


@pytest.mark.usefixtures("session")
def test_files_have_their_rows_below_a_sheet_of_pictures() -> None:
    """Numbers are those of the sheet, so that runs without a picture come after those with one."""
    moving, sketch = film(), runflow_nb.generate("an owl", model=SKETCH, yes=True)
    runs = on_sheet([moving, sketch])
    assert [run.model for run in runs] == [SKETCH, FILM]
    data, _ = sheet_bundle("odds", runs)
    assert "image/jpeg" in data
    assert data["text/plain"].startswith("Studio odds: 2 runs")
    caption = caption_bundle("odds", runs)
    assert f'href="runflow_files/{moving.files[0].shown.name}"' in caption["text/html"]
    assert "runflow_files/" in caption["text/plain"]
    both = on_sheet([moving, film("an owl")])
    data, metadata = sheet_bundle("odds", both)
    assert (set(data) & {"image/jpeg", "image/png"}, metadata) == (set(), {})


@pytest.mark.usefixtures("session")
def test_a_film_is_not_edited() -> None:
    with pytest.raises(RunflowError, match="has no picture that could be edited"):
        edit([film()])


def test_a_studio_of_any_model_from_its_button_to_its_cell(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    ran = cells.run(
        f"from runflow_nb import Studio\nstudio = Studio('s', model={FILM!r}, prompt='A film of knots')\nstudio"
    )
    assert not ran.error, ran.error
    page = StudioPage(cells, "studio")
    page.shows("make", UNKNOWN)
    page.press("make")
    page.shows("make", f"{UNKNOWN}, sure?")
    assert created(sandbox, "knots") == 0
    page.press("make")
    page.made(1)
    page.shows("more", "Make another · price unknown")
    assert created(sandbox, "knots") == 1
    (card,) = page.state("cards")
    told_file, buffers = ask(cells, page.model, ask="file", hash=card["files"][0]["hash"], at=0)
    assert (buffers[0][:4], told_file["size"]) == (b"RIFF", len(buffers[0]))
    page.tell(ask="choose", run=card["run"])
    page.shows("seeds", "4 new seeds · price unknown")
    assert page.label("edit") == ""
    page.press("cell")
    page.until("studio._board.menu.get('cell')")
    text = page.state("menu")["cell"]
    assert text.startswith(f"%%runflow {FILM} -s ")
    shown = cells.run(text)
    assert not shown.error, shown.error
    assert created(sandbox, "knots") == 1
    for code in ("Studio.of(studio.runs[0])", f"get_ipython().run_line_magic('runflow', 'studio --model {TUNE}')"):
        ran = cells.run(code)
        assert not ran.error, ran.error
    assert "goes with no run" in cells.run(f"%runflow studio @last --model {TUNE}").error
