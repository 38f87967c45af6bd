"""`%runflow history`, `show` and `diff` in a kernel, and `runflow-nb history` in a shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from runflow_nb.cli import main
from runflow_nb.errors import InvalidCommand
from runflow_nb.notebook.runflow.arguments import read_arguments
from runflow_nb.notebook.runflow.narrowing import narrow
from runflow_nb.notebook.runflow.subcommands import SUBCOMMANDS
from runflow_nb.record.history import History
from runflow_nb.record.store import Store
from tests.checking.made import code, notebook
from tests.notebook.kernel import Kernel
from tests.record.made import buy


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / ".runflow")
    buy(store, prompt="a red fox", tags=["cover"], seed_asked=7)
    buy(store, prompt="a blue fox", model="google/nano-banana-pro", origin="sandbox")
    buy(store, prompt="an owl", status="failed", cost=None, outputs=[], notebook="owl.ipynb")
    return store


def found(store: Store, line: str) -> list[str]:
    arguments = read_arguments("history", SUBCOMMANDS["history"], line)
    return [run.prompt for run in narrow(History(store.index), arguments, "").runs]


@pytest.mark.parametrize(
    ("line", "prompts"),
    [
        ("", ["an owl", "a blue fox", "a red fox"]),
        ("--limit 1", ["an owl"]),
        ('--text "red fox"', ["a red fox"]),
        ("--text fox --text blue", ["a blue fox"]),
        ("--model pro", ["a blue fox"]),
        ("--seed=7", ["a red fox"]),
        ("--tag cover", ["a red fox"]),
        ("--tag cover --tag other", []),
        ("--status failed", ["an owl"]),
        ("--origin sandbox", ["a blue fox"]),
        ("--until 2020-01-01", []),
        ("--since 2020-01-01 --limit 2", ["an owl", "a blue fox"]),
    ],
)
def test_flags_narrow(store: Store, line: str, prompts: list[str]) -> None:
    assert found(store, line) == prompts


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--status suceeded", "did you mean succeeded?"),
        ("--model nano-bananna-pro", "is no model of the catalog or of any run; did you mean google/nano-banana-pro?"),
        ("--origin sandbx", "is nowhere that a run was made; did you mean sandbox?"),
        ("--since 2026-1-5", "is no date: write 2026-01-31, or 2026-01-31T14:00; did you mean 2026-01-05?"),
        ("--seed seven --limit 0", "--seed seven takes a whole number, --limit 0 takes a number from 1"),
        ("fox", "fox is left over"),
    ],
)
def test_a_condition_that_cannot_hold_is_a_mistake(store: Store, line: str, said: str) -> None:
    with pytest.raises(InvalidCommand) as refused:
        found(store, line)
    assert said in str(refused.value)


def test_what_was_looked_for_is_said_where_nothing_is_found(store: Store) -> None:
    arguments = read_arguments("history", SUBCOMMANDS["history"], "--text cow --since 2026-01-05")
    view = narrow(History(store.index), arguments, "")
    assert view.nothing("this store") == "Nothing found in this store for text “cow”, since 2026-01-05."


def test_the_shell_prints_a_store(store: Store, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = str(store.root)
    assert main(["history", "--store", folder]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert lines[-1] == "3 runs, cost $0.08 and $0.08 play money"
    assert main(["history", "--store", folder, "--limit", "1", "--notebook", str(tmp_path / "fox.ipynb")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "a blue fox" in lines[1]
    assert lines[-1].startswith("the newest 1 of 2 runs; all 2 cost ")
    assert main(["history", "--store", folder, "--text", "cow"]) == 0
    assert capsys.readouterr().out == f"Nothing found in {folder} for text “cow”.\n"


def test_the_shell_makes_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--store", str(tmp_path / "none"), "--status", "suceeded"]) == 1
    assert "is no folder" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_store_that_is_not_there_is_called_as_it_was_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RUNFLOW_NB_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(["history"]) == 1
    unnamed = capsys.readouterr().err
    assert f"Not done: {tmp_path / '.runflow'} is no folder; name a store with --store FOLDER" in unnamed
    monkeypatch.setenv("RUNFLOW_NB_STORE", "none")
    assert main(["history"]) == 1
    assert f"RUNFLOW_NB_STORE={tmp_path / 'none'} is no folder" in capsys.readouterr().err
    assert main(["history", "--store", "other"]) == 1
    assert "--store other is no folder" in capsys.readouterr().err


def test_a_kernel_shows_the_history_one_run_and_two(cells: Kernel, tmp_path: Path) -> None:
    """The table holds pictures; a run is shown as by its own cell; mistakes name what is meant."""
    shown = cells.run("%nanobanana -r 0.5K --seed 7 --tag cover -o a a red fox")
    assert not cells.run("%nanobanana -q -r 0.5K --take 2 --seed 7 -o b a red fox").error
    table = cells.run("%runflow history --limit 1").outputs[0]["data"]
    assert "the newest 1 of 2 runs; all 2 cost $0.12 play money" in table["text/plain"]
    assert table["text/html"].count('<img src="data:image/jpeg;base64,') == 1
    assert cells.run("history = __import__('runflow_nb').history(); history").outputs[0]["data"]["text/html"]
    short = cells.value("a.short").strip("'")
    again = cells.run(f"%runflow show {short}")
    assert [out["data"] for out in again.outputs] == [out["data"] for out in shown.outputs[:2]]
    assert "take  1" in cells.run(f"%runflow diff {short} b").text
    saved = notebook(tmp_path / "my fox.ipynb", [code("a fox", *shown.outputs)])
    assert "a red fox" in cells.run(f'%runflow history "{saved}" --seed 7').text
    assert "all of it anew" in cells.run(f'%runflow cost "{saved}"').text
    assert cells.run(f'%runflow cost "{saved}" --ledger').text.count(short) == 1
    assert "--all is the store's" in cells.run(f'%runflow history "{saved}" --all').error
    assert "none.ipynb cannot be read" in cells.run("%runflow history none.ipynb").error
    assert "takes two runs" in cells.run("%runflow diff a").error
    assert "Nothing found in this store for text “cow”." in cells.run("%runflow history --text cow").text
