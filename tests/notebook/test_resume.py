"""Runs that were cut off: said when the extension is loaded, collected by `%runflow resume` and `runflow-nb resume`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runflow_nb import calls
from runflow_nb.cli import main
from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel
from tests.record.made import accepted, intent

TWO = "from runflow_nb import generate\nfor word in ('hare', 'lynx'): generate(f'a cut-off {word}', resolution='0.5K')"


def cut(folder: Path) -> Store:
    """Two runs as a process leaves them that ended right after they were accepted."""
    store = Store(folder / ".runflow")
    for journal in (folder / ".runflow" / "journal").glob("*.jsonl"):
        lines = journal.read_text().splitlines(keepends=True)
        journal.write_text("".join(line for line in lines if '"finished"' not in line))
    for run in store.index.open_runs():
        store.mark_open(run.id)
    return store


@pytest.fixture
def folder(cells: Kernel, tmp_path: Path) -> Iterator[Path]:
    """Where two runs were cut off; the kernel is as good as new."""
    assert not cells.run(TWO).error
    cells.run("from runflow_nb import calls\ncalls.session().close(); calls.use(None)")
    assert len(cut(tmp_path).open_markers()) == 2
    yield tmp_path
    calls.session().close()
    calls.use(None)


def test_loading_says_how_many_there_are_and_what_they_may_have_cost(
    cells: Kernel, sandbox: EmbeddedSandbox, folder: Path
) -> None:
    """Resuming collects them all, and buys nothing; then there is nothing to say."""
    before = len(sandbox.book.runs)
    assert cells.run("%unload_ext runflow_nb\n%load_ext runflow_nb").text.split("\n") == [
        "2 runs were cut off, and may have cost up to $0.12 play money.",
        "%runflow resume collects them, and buys nothing.",
    ]
    cells.run(f"%runflow connect {sandbox.url}")
    ran = cells.run("%runflow resume")
    assert not ran.error
    assert "collecting: 2 of 2 ended" in ran.text
    assert "2 collected" in ran.text
    assert "a cut-off hare" in ran.text
    assert Store(folder / ".runflow").open_markers() == []
    assert len(sandbox.book.runs) == before
    assert cells.run("%unload_ext runflow_nb\n%load_ext runflow_nb").text == ""


def test_a_clone_of_a_store_has_no_markers_and_is_collected_too(cells: Kernel, folder: Path) -> None:
    for marker in (folder / ".runflow" / "open").iterdir():
        marker.unlink()
    assert "2 collected" in cells.run("%runflow resume").text


def test_what_cannot_be_settled_is_listed_with_why_and_what_to_do(cells: Kernel, folder: Path) -> None:
    """It does not stop the cells below it."""
    store = Store(folder / ".runflow")
    run = store.new_id()
    store.journal.append(intent(run, session=store.new_id(), origin="live"))
    store.mark_open(run)
    ran = cells.run("%runflow resume")
    assert not ran.error
    assert "2 collected · 1 still open" in ran.text
    assert "this session is connected elsewhere" in ran.text
    assert f"%runflow settle {run[-6:]} --billed" in ran.text


def test_a_shell_collects_too(
    sandbox: EmbeddedSandbox, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RUNFLOW_BASE_URL", sandbox.url)
    assert main(["resume", "--store", str(folder / ".runflow")]) == 0
    told = capsys.readouterr().out
    assert "a cut-off lynx" in told
    assert "2 collected" in told
    assert main(["resume", "--store", str(folder / ".runflow")]) == 0
    assert "nothing to collect" in capsys.readouterr().out


def test_runs_of_a_sandbox_that_died_are_closed(cells: Kernel, folder: Path) -> None:
    """They cost nothing any more, and their takes are free."""
    with EmbeddedSandbox(latency=0) as other:
        cells.run(f"%runflow connect {other.url}")
        ran = cells.run("%runflow resume")
        assert "2 ended without a picture" in ran.text
        assert "the sandbox that ran it is gone" in ran.text
        assert "%nanobanana" not in ran.error
    store = Store(folder / ".runflow")
    assert store.open_markers() == []
    assert store.index.committed("sandbox") == (0, 0)


def test_without_a_connection_or_a_yes_to_the_network_nothing_is_asked(cells: Kernel, folder: Path) -> None:
    cells.run("%runflow config reuse=only")
    assert 'reuse is "only"' in cells.run("%runflow resume").error
    assert len(Store(folder / ".runflow").open_markers()) == 2


def test_what_another_kernel_is_at_is_not_said_to_be_cut_off(kernel: Kernel, tmp_path: Path) -> None:
    living = Store(tmp_path / ".runflow")
    run = living.new_id()
    living.journal.append(intent(run, session=living.session))
    living.journal.append(accepted(run))
    living.mark_open(run)
    assert kernel.run("%unload_ext runflow_nb\n%load_ext runflow_nb").text == ""
