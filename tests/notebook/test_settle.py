"""`%runflow settle` in a kernel: looks once more where it can, then takes a person's word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel
from tests.record.made import accepted, intent


def doubtful(folder: Path, **facts: Any) -> tuple[Store, str]:
    """A run of a process that is gone; with `run_id` one that was accepted."""
    store = Store(folder / ".runflow")
    run, run_id = store.new_id(), facts.pop("run_id", None)
    store.journal.append(intent(run, **{"session": store.new_id(), "reserved": "0.16", **facts}))
    store.journal.append(accepted(run) if run_id else {"event": "unknown", "run": run, "reason": "no answer"})
    store.mark_open(run)
    return store, run


@pytest.mark.parametrize(
    ("word", "said"), [("--billed", "settled as billed: $0.16 stay counted"), ("--not-billed", "settled as not billed")]
)
def test_a_word_closes_what_cannot_be_asked_about(cells: Kernel, tmp_path: Path, word: str, said: str) -> None:
    """It was made elsewhere than where this session is connected."""
    store, run = doubtful(tmp_path, origin="live")
    assert said in cells.run(f"%runflow settle {run[-6:]} {word}").text
    assert [each.phase for each in [store.index.run(run)] if each] == ["settled"]
    assert store.open_markers() == []


def test_what_was_accepted_is_collected_instead(cells: Kernel, sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    made = cells.run('from runflow_nb import generate\nfox = generate("a settled fox", resolution="0.5K")')
    assert not made.error
    journal = next((tmp_path / ".runflow" / "journal").glob("*.jsonl"))
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(line for line in lines if '"accepted"' not in line and '"finished"' not in line))
    short = cells.value("fox.short").strip("'")
    cells.run("from runflow_nb import calls\ncalls.session().close(); calls.use(None)")
    cells.run(f"%runflow connect {sandbox.url}")
    ran = cells.run(f"%runflow settle {short} --not-billed")
    assert "found and collected: there is nothing to settle" in ran.text, ran.error
    assert len(ran.pictures) == 1
    assert "it ended succeeded" in cells.run(f"%runflow settle {short} --billed").error


def test_what_this_kernel_is_still_sending_is_waited_for(kernel: Kernel) -> None:
    """Also where the API may not be asked any more: its answer is on its way."""
    kernel.run(
        "from runflow_nb.sandbox.embedded import EmbeddedSandbox\nfrom runflow_nb import calls, generate\n"
        "box = EmbeddedSandbox(latency=0, faults='create: delay=1s')\ncalls.connect(box.url)\n"
        "job = generate('a sent fox', resolution='0.5K', background=True)\n"
        "while job.id is None: pass"
    )
    kernel.run("%runflow config reuse=only")
    ran = kernel.run("get_ipython().run_line_magic('runflow', f'settle {job.id} --not-billed')")
    assert "found and collected: there is nothing to settle" in ran.text, ran.error
    assert kernel.value("(job.wait().status, len(box.book.runs))") == "('succeeded', 1)"
    kernel.run("box.stop()")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{run}", "takes one of --billed and --not-billed"),
        ("{run} --billed --not-billed", "takes one of --billed and --not-billed"),
        ("--billed", "takes one run"),
        ("{run} --billed", "connect there, and %runflow resume collects it"),
    ],
)
def test_nothing_is_settled_by_mistake(cells: Kernel, tmp_path: Path, line: str, said: str) -> None:
    store, run = doubtful(tmp_path, origin="live", run_id="accepted")
    assert said in cells.run(f"%runflow settle {line.format(run=run[-6:])}").error
    assert [each.phase for each in [store.index.run(run)] if each] == ["accepted"]
