"""What Tab offers in a real kernel and a real terminal."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from runflow_nb.notebook.completion.completer import install
from runflow_nb.notebook.completion.running import within
from tests.notebook.kernel import Kernel


def test_a_tab_does_not_wait_for_a_slow_store() -> None:
    """What takes long is left out this time, and nothing gathers behind it; mistakes are left out too."""
    leave, left = threading.Event(), threading.Event()

    def slow() -> str:
        leave.wait(60)
        left.set()
        return "late"

    begin = time.perf_counter()
    assert within(0.02, slow) is None
    assert within(60, lambda: "behind it") is None
    assert time.perf_counter() - begin < 10
    leave.set()
    assert left.wait(60)
    while (answer := within(60, lambda: "now")) is None:
        pass
    assert answer == "now"
    assert within(60, lambda: 1 / 0) is None


def tab(kernel: Kernel, text: str) -> list[str]:
    """The cell up to the cursor as each answer of the kernel would leave it; `|` is the cursor."""
    before, _, after = text.partition("|")
    request = kernel.client.complete(before + after, len(before))
    while (reply := kernel.client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != request:
        pass
    content = reply["content"]
    assert content["cursor_end"] == len(before)
    return [before[: content["cursor_start"]] + match for match in content["matches"]]


TIERS = [f"%%nanobanana -r {tier}" for tier in ("0.5K", "1K", "2K", "4K")]


@pytest.mark.parametrize("jedi", [True, False])
def test_a_kernel_offers_ours_and_nothing_else(kernel: Kernel, jedi: bool) -> None:
    """With and without jedi, whose guesses would stand before ours; elsewhere everything is as it was."""
    kernel.run(f"get_ipython().Completer.use_jedi = {jedi}; tame, tamer = 1, 2")
    try:
        assert tab(kernel, "%%nanobanana -r |") == TIERS
        assert tab(kernel, "%%nanobanana -s |") == []
        assert tab(kernel, "%%nanobanana -a 16:|\nA fox") == ["%%nanobanana -a 16:9"]
        assert tab(kernel, "%nanobanana -m google/nano-banana-p|") == [
            "%nanobanana -m google/nano-banana-pro",
            "%nanobanana -m google/nano-banana-pro/edit",
        ]
        assert tab(kernel, "x = 1\n%runflow config reuse=|") == [
            f"x = 1\n%runflow config reuse={v}" for v in ("on", "only")
        ]
        assert tab(kernel, "%%nanobanana\nA {{ tam|") == ["%%nanobanana\nA {{ tame", "%%nanobanana\nA {{ tamer"]
        assert not [text for text in tab(kernel, "%%nanobanana\nA fox --res|") if "resolution" in text]
        assert tab(kernel, "tam|") == ["tame", "tamer"]
        assert tab(kernel, "%%nanoban|") == ["%%nanobanana"]
        assert "%runflow" in tab(kernel, "%runf|")
    finally:
        kernel.run("get_ipython().Completer.use_jedi = True")


@pytest.fixture
def patient(cells: Kernel) -> Iterator[Kernel]:
    """A kernel whose Tab waits for the store, however busy the machine is."""
    cells.run("from runflow_nb.notebook.completion import running; usual, running.PATIENCE = running.PATIENCE, 60")
    yield cells
    cells.run("running.PATIENCE = usual")


def test_a_kernel_offers_what_is_on_record(patient: Kernel, tmp_path: Path) -> None:
    """Variables, ids, tags and takes; asking changes nothing in the store."""
    ran = patient.run("%%nanobanana -r 0.5K -n 2 -o stoat --tag winter\nA stoat")
    assert not ran.error, ran.error
    short = patient.value("stoat.short")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    of = "%%nanobanana -i "
    pictures = [f"{of}{name}[{n}]" for name in ("stoat", "@last", short) for n in (0, 1)]
    assert tab(patient, of + "|")[:6] == pictures
    assert tab(patient, f"%runflow show {short[:4].lower()}|") == [f"%runflow show {short}"]
    assert tab(patient, "%%nanobanana --tag w|") == ["%%nanobanana --tag winter"]
    take = "%%nanobanana -r 0.5K -n 2 --take "
    assert tab(patient, take + "|\nA stoat") == [take + each for each in ("1", "2", "new")]
    assert tab(patient, take + "|\nA {{ 1 }}") == [take + each for each in ("1", "2", "new")]
    assert tab(patient, take + "|\nA weasel") == [take + each for each in ("1", "new")]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    patient.run("%runflow config resolution=0.5K")
    take = "%%nanobanana -n 2 --take "
    assert tab(patient, take + "|\nA stoat") == [take + each for each in ("1", "2", "new")]


def test_what_goes_wrong_is_not_seen() -> None:
    """A shell that answers nothing: IPython's own completions stay."""
    completer = SimpleNamespace(completions=lambda text, offset: iter(["theirs"]))
    install(SimpleNamespace(Completer=completer))
    assert list(completer.completions("%%nanobanana -o ", 16)) == ["theirs"]


def test_unloading_takes_the_answers_away(kernel: Kernel) -> None:
    """Twice loaded and once unloaded, the completer is as it was; what another put over it stays."""
    kernel.run("%load_ext runflow_nb\n%unload_ext runflow_nb")
    try:
        assert kernel.value("'completions' in vars(get_ipython().Completer)") == "False"
        kernel.run("theirs = get_ipython().Completer.completions = lambda text, offset: iter(())")
        kernel.run("%load_ext runflow_nb")
        assert tab(kernel, "%%nanobanana -r |") == TIERS
        kernel.run("%unload_ext runflow_nb")
        assert kernel.value("get_ipython().Completer.completions is theirs") == "True"
        kernel.run("del get_ipython().Completer.completions")
        kernel.run("%load_ext runflow_nb")
        kernel.run("before = get_ipython().Completer.completions")
        kernel.run("over = get_ipython().Completer.completions = lambda text, offset: before(text, offset)")
        kernel.run("%unload_ext runflow_nb")
        assert kernel.value("get_ipython().Completer.completions is over") == "True"
    finally:
        kernel.run("del get_ipython().Completer.completions")
        kernel.run("%load_ext runflow_nb")
    assert tab(kernel, "%%nanobanana -r |") == TIERS


TERMINAL = """
from IPython.terminal.interactiveshell import TerminalInteractiveShell
from IPython.terminal.ptutils import IPythonPTCompleter
from prompt_toolkit.document import Document
shell = TerminalInteractiveShell.instance()
shell.run_cell('%load_ext runflow_nb')
for text in {texts!r}:
    found = list(IPythonPTCompleter(shell=shell).get_completions(Document(text), None))
    print([text[: len(text) + each.start_position] + each.text for each in found])
"""


def test_a_terminal_offers_the_same(tmp_path: Path) -> None:
    """Through the completer that prompt_toolkit asks."""
    texts = ["%%nanobanana -r ", "%nanobanana -a 16:", "%runflow connect l", "%%nanobanana -r 2K\nA fo"]
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path / "ipython"), "TERM": "dumb"}
    done = subprocess.run(
        [sys.executable, "-c", TERMINAL.format(texts=texts)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = [ast.literal_eval(line) for line in done.stdout.splitlines()]
    assert found[:3] == [TIERS, ["%nanobanana -a 16:9"], ["%runflow connect live"]]
    assert not [text for text in found[3] if "--" in text]
