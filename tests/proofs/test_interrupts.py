"""Interrupted at whatever moment of a Run All, then Run All once more: each request is billed once and shown."""

from __future__ import annotations

import os
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel
from tests.proofs.run_all import CellRan, run_all

AT_A_TIME = 3
"""Interrupted Run Alls before one that is left alone."""
KERNEL_LASTS = 5
"""Such storms before another kernel: what is imported at the first use is then imported under interrupts again."""
FIRST = 0.4
"""Seconds: the share of a Run All in a new kernel that is all imports."""
NOTEBOOK = (
    "%load_ext runflow_nb\n%runflow connect {url}",
    "%%nanobanana -r 0.5K\na fox, {n}",
    "%%nanobanana -r 0.5K -o heron\na heron, {n}",
    "from runflow_nb import generate\n[generate(f'hen {{each}}, {n}', resolution='0.5K').status for each in range(3)]",
    "%%nanobanana -r 0.5K -b -o later\nan owl, {n}",
    "%%nanobanana -r 0.5K -i heron\nthe same in snow, {n}",
    "%nanobanana -r 0.5K -q an ibis, {n}",
    "later.wait().status",
    "%runflow history",
)
REQUESTS = 8
PICTURES = (0, 1, 1, 0, 1, 1, 0, 0, 0)
"""Cells that show a picture at the least, of those above."""
INTERRUPTED = {"WaitInterrupted", "KeyboardInterrupt"}
OWN_LINES = frozenset({0, 3, 7})
"""Cells that are a person's own code, and the one that loads: an interrupt there looks as Python shows it."""
DOORS = ("extension.py", "interrupts.py")
"""Where an interrupt is told in words: one that strikes on the threshold itself cannot be."""


class Storm:
    """Run Alls of one notebook, each with prompts of its own, and the kernel that is interrupted."""

    def __init__(self, folder: Path, sandbox: EmbeddedSandbox, seed: int) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RUNFLOW_")}
        environment["IPYTHONDIR"] = str(folder / "ipython")
        self._folder = folder
        self._environment = environment
        self._sandbox = sandbox
        self._dice = random.Random(seed)
        self._kernel: Kernel | None = None
        self._lasts = FIRST
        self.ends: Counter[str] = Counter()
        """How interrupted Run Alls ended."""

    def close(self) -> None:
        if self._kernel is not None:
            self._kernel.close()

    def blow(self, number: int) -> None:
        """Interrupt a few Run Alls of this notebook, and leave the last one alone."""
        if self._kernel is None or number % KERNEL_LASTS == 0:
            self.close()
            self._kernel, self._lasts = Kernel(self._folder, self._environment), FIRST
        codes = [code.format(url=self._sandbox.url, n=number) for code in NOTEBOOK]
        for _ in range(AT_A_TIME):
            self._interrupted(self._kernel, codes)
        begun = time.monotonic()
        calm = run_all(self._kernel, codes)
        self._lasts = time.monotonic() - begun
        assert not any(cell.errors for cell in calm), "\n".join(cell.error for cell in calm)
        for cell, least in zip(calm, PICTURES, strict=True):
            assert cell.pictures >= least, cell
        billed = self.billed(number)
        assert billed == dict.fromkeys(billed, 1)
        assert len(billed) == REQUESTS, billed
        assert self._kernel.value("6 * 7") == "42"

    def _interrupted(self, kernel: Kernel, codes: list[str]) -> None:
        moments = [self._dice.uniform(0, self._lasts)]

        def look(seconds: float) -> None:
            if moments and seconds >= moments[0]:
                moments.pop()
                kernel.manager.interrupt_kernel()

        for number, cell in enumerate(run_all(kernel, codes, look)):
            for error in cell.errors:
                assert error["ename"] in INTERRUPTED, f"{cell.code}\n{cell.error}"
                self.ends[error["ename"]] += 1
                if error["ename"] == "WaitInterrupted":
                    assert "Traceback" not in cell.error
                elif number not in OWN_LINES:
                    assert _innermost(cell.error).endswith(DOORS), cell.error
            assert not _complaints(cell), cell.complaints

    def billed(self, number: int) -> Counter[str]:
        """Prompt -> how many runs the server has made of it."""
        received = [entry for entry in self._sandbox.book.received if entry.status == 201 and not entry.replayed]
        prompts = [entry.body["input"]["prompt"] for entry in received]
        return Counter(prompt for prompt in prompts if prompt.endswith(f", {number}"))


def _innermost(traceback: str) -> str:
    """The last of our own files in a traceback; one of the doors where there is none."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback)
    return next(reversed(re.findall(r"/runflow_nb/([\w/]+\.py)", plain)), DOORS[0])


def _complaints(cell: CellRan) -> list[str]:
    """All but Python's own word that an interrupt came just as the kernel put its handler away, after the cell."""
    own = [text for text in cell.complaints if "ignored due to race condition" not in text]
    return [text for text in own if "Traceback" in text or "never awaited" in text or "ignored" in text]


@pytest.fixture
def storm(tmp_path: Path) -> Iterator[Storm]:
    with EmbeddedSandbox(latency=0.02, balance=10_000) as sandbox:
        storm = Storm(tmp_path, sandbox, seed=20)
        yield storm
        storm.close()


def test_twelve_interrupts_of_a_run_all_bill_nothing_twice(storm: Storm) -> None:
    for number in range(4):
        storm.blow(number)
    assert storm.ends.total() > 6


@pytest.mark.thorough
@pytest.mark.timeout(900)
def test_two_hundred_interrupts_of_a_run_all_bill_nothing_twice(storm: Storm) -> None:
    for number in range(67):
        storm.blow(number)
    print(dict(storm.ends))
    assert storm.ends.total() > 100
