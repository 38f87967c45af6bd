"""`%runflow remake`: what the cell buys, shows and leaves behind, also when it is run again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.notebook.cell.rewriting import flag_numbered
from runflow_nb.notebook.views.remake_facts import compared, verdict
from runflow_nb.notebook.views.remake_view import remake_bundle, remakes_bundle
from runflow_nb.notebook.views.run_record import MIME
from runflow_nb.record.run import Run, Seeds
from tests.notebook.html_text import lines
from tests.notebook.kernel import Kernel, Ran
from tests.notebook.made import made

NEW = "01KG0000000000000000ABCDEF"
COUNT = "len(calls.history(all=True))"


def pair(root: Path, **changes: Any) -> tuple[Run, Run]:
    old = made(root)
    return old, replace(old, id=NEW, take=2, remake_of=old.id, **changes)


def told(old: Run, new: Run) -> dict[str, tuple[str, str, str]]:
    return {row.label: (row.old, row.new, row.verdict) for row in compared(old, new)}


def test_every_fact_is_told_also_what_is_the_same(tmp_path: Path) -> None:
    facts = told(*pair(tmp_path, seeds=Seeds(42, 42, 7)))
    assert facts["file"][0].startswith("160 × 90 PNG, ")
    assert facts["file"][2] == "same"
    assert facts["sha256"][2] == "same"
    assert facts["seed asked"] == ("none", "42", "differs")
    assert facts["seed sent"] == ("42", "42", "same")
    assert facts["seed returned"] == ("none", "7", "differs")
    assert facts["cost"] == ("$0.08", "$0.08", "same")
    assert (facts["take"], facts["bought"][2]) == (("1", "2", ""), "")


def test_what_the_provider_said_otherwise_is_named(tmp_path: Path) -> None:
    old, new = pair(tmp_path, model_data={"usage": {"tokens": 9}, "version": "b"})
    facts = told(replace(old, model_data={"usage": {"tokens": 7}, "version": "b"}), new)
    assert facts["model data: usage.tokens"] == ("7", "9", "differs")
    assert "model data: version" not in facts
    assert told(new, replace(new, id=old.id))["model data"] == ("2 facts", "2 facts", "same")


def test_one_line_says_what_came_of_it(tmp_path: Path) -> None:
    old, new = pair(tmp_path)
    assert verdict(old, new) == "The same request, made again with the same seed, 42: the same bytes."
    other = replace(new, images=(), seeds=Seeds(None, 43, None))
    assert verdict(old, other) == "The same request, made again with another seed (42, then 43): other bytes."


def test_a_price_that_comes_in_later_changes_nothing(tmp_path: Path) -> None:
    old, new = pair(tmp_path, cost=None, shown_cost=None)
    later = replace(new, cost=old.cost)
    assert remake_bundle(old, later) == remake_bundle(old, new)
    assert remakes_bundle([(old, later)], []) == remakes_bundle([(old, new)], [])


def test_both_pictures_stand_in_the_table_and_both_runs_in_the_record(tmp_path: Path) -> None:
    old, new = pair(tmp_path)
    for bundle in (remake_bundle(old, new), remakes_bundle([(old, new)], [])):
        assert bundle["text/html"].count('<img src="data:image/') == 2
        assert [run["id"] for run in bundle[MIME]["runs"]] == [old.id, new.id]
        assert bundle[MIME]["runs"][1]["remake_of"] == old.id
        assert old.prompt in bundle["text/plain"]
    assert "remake_of" not in remake_bundle(old, new)[MIME]["runs"][0]


def test_a_cell_that_says_again_gets_the_number() -> None:
    assert flag_numbered("%runflow remake fox --again --yes\n", "remake", "--again", 3) == (
        "%runflow remake fox --take 3 --yes"
    )
    assert flag_numbered("%runflow remake --again fox", "remake", "--again", 3) == "%runflow remake --take 3 fox"
    for other in ("x = 1\n%runflow remake fox --again", "%runflow remake fox --agains", "%runflow tag fox --again"):
        assert flag_numbered(other, "remake", "--again", 3) is None


def test_the_cell_buys_once_and_leaves_the_same_again(cells: Kernel) -> None:
    """Picture, caption and comparison; a cell that wants another one is rewritten to its number."""
    assert not cells.run("%nanobanana -r 0.5K -o fox -q a red fox").error
    first = cells.run("%runflow remake fox")
    assert not first.error, first.error
    assert [sorted(set(out["data"]) - {MIME}) for out in first.outputs] == [
        ["image/jpeg", "text/plain"], ["text/html", "text/plain"], ["text/html", "text/plain"],
    ]  # fmt: skip
    assert "the same bytes." in lines(first.outputs[2]["data"]["text/html"])[-1]
    assert cells.run("%runflow remake fox").outputs == first.outputs
    assert cells.value(COUNT) == "2"

    refused = cells.run("%runflow remake fox --again")
    assert "did you mean --take 3?" in refused.error
    assert cells.value(COUNT) == "2"
    again = cells.run("%runflow remake fox --again", cell_id="here")
    assert again.next_input == {"source": "set_next_input", "text": "%runflow remake fox --take 3", "replace": True}
    assert cells.run("%runflow remake fox --take 3").outputs == again.outputs
    assert cells.value(COUNT) == "3"


def test_all_of_a_notebook_are_made_again_with_one_price(cells: Kernel) -> None:
    """A film too, at its second showing; those that cannot be are named, and mistakes come all at once."""
    assert not cells.run("%nanobanana -r 0.5K -o fox -q a red fox").error
    assert not cells.run("%nanobanana -r 0.5K --seed 4 -q a $5 owl").error
    assert not cells.run("%%runflow sandbox/flipbook --duration 1 --yes -q\na red fox").error
    estimate = cells.run("%runflow remake --all --estimate")
    assert "at least $0.12" in estimate.text
    assert "Nothing was sent or billed." in estimate.text
    refused = cells.run("%runflow remake --all")
    assert "Not sent: these 3 runs cost at least $0.12, and nothing bounds it." in refused.error
    assert cells.value(COUNT) == "3"
    first = cells.run("%runflow remake --all --yes")
    assert "3 runs made again: 3 with the same bytes, 0 with others" in first.text
    assert len(first.outputs) == 1
    assert cells.run("%runflow remake --all").outputs == first.outputs
    assert cells.value(COUNT) == "6"
    film = "calls.history(all=True).where(model='flipbook')[1]"
    assert "the same bytes." in cells.run(f"film = {film}\n%runflow remake film").text

    for line, words in {
        "remake": "takes runs or --all",
        "remake fox --all": "takes runs or --all",
        "remake fox 000000 --agian": "did you mean --again?",
        "remake fox --new-seed --take x": "takes a number from 1",
        "remake --all --again": "goes with one run",
    }.items():
        assert words in cells.run(f"%runflow {line}").error
    assert cells.value(COUNT) == "6"


@pytest.mark.thorough
def test_stopped_while_many_are_bought_those_that_are_begun_go_on(slow_cells: Kernel) -> None:
    """The others are not bought; the cell run again collects the first and buys the rest."""
    for seed in range(6):
        assert not slow_cells.run(f"%nanobanana -r 0.5K --seed {seed} --background -q a red fox").error
    assert not slow_cells.run("%runflow resume").error

    def interrupt(ran: Ran) -> None:
        if ran.messages[-1][0] == "display_data":
            slow_cells.manager.interrupt_kernel()

    stopped = slow_cells.finish(slow_cells.start("%runflow remake --all"), interrupt)
    assert "goes on" in stopped.error
    assert "Stopped waiting; the runs that were begun go on." in stopped.text
    begun = int(slow_cells.value(COUNT)) - 6
    assert 1 <= begun < 6
    assert "6 runs made again: 6 with the same bytes" in slow_cells.run("%runflow remake --all").text
    assert slow_cells.value(COUNT) == "12"
