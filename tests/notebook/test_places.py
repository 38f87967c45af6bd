"""Where a notebook's runs are kept, in kernels of their own."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel

FAST = "-r 0.5K -q"
Start = Callable[..., Kernel]


@pytest.fixture
def start(tmp_path: Path, sandbox: EmbeddedSandbox) -> Iterator[Start]:
    """Starts kernels in a folder, with variables of their own, the extension loaded."""
    kernels: list[Kernel] = []

    def begin(folder: Path = tmp_path, **variables: str) -> Kernel:
        environment = {
            **os.environ,
            "RUNFLOW_BASE_URL": sandbox.url,
            "IPYTHONDIR": str(tmp_path / "ipython"),
            **variables,
        }
        kernels.append(Kernel(folder, environment))
        assert not kernels[-1].run("%load_ext runflow_nb").error
        return kernels[-1]

    yield begin
    for kernel in kernels:
        kernel.close()


def test_the_store_stays_where_the_extension_was_loaded(start: Start, tmp_path: Path) -> None:
    """Notebooks change folders; their pictures do not follow."""
    (tmp_path / "elsewhere").mkdir()
    kernel = start()
    assert not kernel.run(f"import os\nos.chdir('elsewhere')\n%nanobanana {FAST} A shrew").error
    assert (tmp_path / ".runflow" / "journal").is_dir()
    assert not (tmp_path / "elsewhere" / ".runflow").exists()


def test_a_notebook_has_its_own_history_beside_it(start: Start, tmp_path: Path) -> None:
    """The server says which notebook it is; two of one folder share a store and keep apart."""
    folder = tmp_path / "lab"
    folder.mkdir()
    first = start(JPY_SESSION_NAME=str(folder / "one.ipynb"))
    assert not first.run(f"%nanobanana {FAST} A vole in one").error
    assert (folder / ".runflow").is_dir()
    second = start(RUNFLOW_NB_NOTEBOOK=str(folder / "two.ipynb"), JPY_SESSION_NAME="wrong")
    assert not second.run(f"%nanobanana {FAST} A vole in two").error
    assert "A vole in one" not in second.run("%runflow history").text
    assert "A vole in one" in second.run("%runflow history --all").text
    assert second.value("[run.notebook for run in __import__('runflow_nb').history()]") == "['two.ipynb']"
    own, whole = [line.split() for line in second.run("%runflow cost").text.splitlines()[1:3]]
    assert own == ["this", "notebook", "Sandbox", "1", "$0.06", "$0.06", "$0.00"]
    assert whole == ["whole", "store", "Sandbox", "2", "$0.12", "$0.12", "$0.00"]


def test_what_one_kernel_bought_another_shows(start: Start, sandbox: EmbeddedSandbox) -> None:
    """After a restart the same cell shows the same bytes, and nothing is sent."""
    code = "%nanobanana -r 0.5K A dormouse"
    bought = start().run(code)
    before = len(sandbox.book.received)
    assert start().run(code).outputs == bought.outputs
    assert start(RUNFLOW_NB_REUSE="only").run(code).outputs == bought.outputs
    assert len(sandbox.book.received) == before


def test_a_typed_key_is_kept_and_never_shown(start: Start, tmp_path: Path) -> None:
    """Typed into a hidden prompt, it is in memory only: in no output, no history and no file."""
    kernel = start(RUNFLOW_BASE_URL="")
    request = kernel.start("%runflow connect live", stdin=True)
    asked = kernel.client.get_stdin_msg(timeout=30)
    assert asked["content"]["password"]
    kernel.client.input("rf_live_neverseen")
    ran = kernel.finish(request)
    assert ran.text == "Connected to Runflow (live): runs are billed."
    shown = kernel.run("%runflow config").text + kernel.run("from runflow_nb import calls\nvars(calls.session())").text
    assert re.search(r"^key +set ", shown, re.MULTILINE)
    assert "neverseen" not in shown + kernel.value("In") + kernel.value("Out")
    assert kernel.run("%runflow connect live").text == ran.text
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"neverseen" not in path.read_bytes()
