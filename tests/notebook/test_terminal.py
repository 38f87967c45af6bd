"""IPython without a kernel: text only, nothing that changes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from runflow_nb.sandbox.embedded import EmbeddedSandbox

CODE = """
from IPython.terminal.interactiveshell import TerminalInteractiveShell
shell = TerminalInteractiveShell.instance()
for text in {cells!r}:
    print('>>', text.splitlines()[0], flush=True)
    shell.run_cell(text, store_history=True)
print('next', shell.rl_next_input)
"""


def terminal(folder: Path, sandbox: EmbeddedSandbox, *cells: str) -> str:
    """What a terminal shows of these cells."""
    environment = {**os.environ, "RUNFLOW_BASE_URL": sandbox.url, "IPYTHONDIR": str(folder / "ipython"), "TERM": "dumb"}
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(cells=["%load_ext runflow_nb", *cells])],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_a_terminal_shows_words(tmp_path: Path, slow_sandbox: EmbeddedSandbox) -> None:
    """The price once while it is bought, then what the picture is, its facts and its file; again, the same words."""
    text = terminal(tmp_path, slow_sandbox, "%nanobanana -r 0.5K A marten", "%nanobanana -r 0.5K A marten", "_.prompt")
    bought, again, value = text.split(">>")[2:]
    assert bought.count("$0.06") == 2
    told = [text.partition("\nOut[")[0].count("A marten") for text in (bought, again)]
    assert told == [2, 2]  # what was typed, and the caption
    # The oldest terminals ask no printer: they show the run's repr.
    assert re.search(r"^Out\[3\]: (run \w{6}|<Run \w+ succeeded: .*>)$", again, re.MULTILINE)
    assert "$0.06 play money" in again
    assert again.count("$0.06") == 1
    (file,) = (tmp_path / ".runflow" / "images").glob("*/*.png")
    assert str(file) in bought
    assert str(file) in again
    assert "'A marten'" in value


def test_a_new_take_in_a_terminal_prefills_the_next_line(tmp_path: Path, sandbox: EmbeddedSandbox) -> None:
    """There is no cell to rewrite: the line with its number is put where the next one is typed."""
    text = terminal(tmp_path, sandbox, "%nanobanana -r 0.5K --take new A polecat")
    assert text.rstrip().endswith("next %nanobanana -r 0.5K --take 1 A polecat")
    assert "512 × 512 PNG" in text


def test_a_mistake_in_a_terminal(tmp_path: Path, sandbox: EmbeddedSandbox) -> None:
    """The same few lines as in a notebook."""
    text = terminal(tmp_path, sandbox, "%nanobanana -n 9 A badger")
    assert "-n 9   takes 1 to 4; did you mean 4?" in text
    assert "Traceback" not in text
