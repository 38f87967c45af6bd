"""Loading costs little, changes nothing of the person's own, and can be undone."""

from __future__ import annotations

import pytest

from runflow_nb.notebook.cell.rewriting import Magic, numbered
from tests.notebook.kernel import Kernel

HEAVY = (
    "httpx",
    "PIL",
    "ipywidgets",
    "jinja2",
    "starlette",
    "uvicorn",
    "tenacity",
    "runflow_nb.engine",
    "runflow_nb.models",
)


def test_loading_imports_nothing_heavy(kernel: Kernel) -> None:
    """What is heavy comes with the first use."""
    code = (
        "import subprocess, sys\n"
        "code = '''import sys\nfrom IPython.core.interactiveshell import InteractiveShell\n"
        'shell = InteractiveShell.instance()\nshell.run_line_magic("load_ext", "runflow_nb")\n'
        f"print([name for name in {HEAVY} if name in sys.modules])'''\n"
        "print(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout)"
    )
    assert kernel.run(code).text.strip() == "[]"


def test_unloading_puts_back_what_was_there(kernel: Kernel) -> None:
    """A magic of the same name and the settings' place in %config are as before."""
    kernel.run("%unload_ext runflow_nb")
    try:
        kernel.run("get_ipython().register_magic_function(lambda line: 'mine', 'line', 'runflow')")
        kernel.run("%load_ext runflow_nb")
        assert "%runflow resume" in kernel.run("%runflow help").text
        kernel.run("%unload_ext runflow_nb")
        assert kernel.run("%runflow help").text == "'mine'"
        assert kernel.run("%%nanobanana\na fox").reply["status"] == "error"
        assert "Runflow" not in kernel.run("%config").text
        assert "not found" in kernel.run("%nanobanana a fox").text
    finally:
        kernel.run("%load_ext runflow_nb")
    assert not kernel.run("%nanobanana --help").error


def test_loading_that_was_interrupted_is_done_anew(kernel: Kernel) -> None:
    """At whatever place: what is half loaded does not count as loaded."""
    kernel.run("%unload_ext runflow_nb")
    try:
        for part in ("_configure", "install_completion", "tell_of_cut_off_runs"):
            stopped = kernel.run(
                "from unittest.mock import patch\n"
                f"with patch('runflow_nb.notebook.extension.{part}', side_effect=KeyboardInterrupt):\n"
                "    get_ipython().extension_manager.load_extension('runflow_nb')"
            )
            assert "KeyboardInterrupt" in stopped.error
            assert "%runflow resume" not in kernel.run("%runflow help").text
    finally:
        kernel.run("%load_ext runflow_nb")
    assert "%runflow resume" in kernel.run("%runflow help").text


def test_an_interrupt_before_anything_is_waited_for_is_told_in_words(kernel: Kernel) -> None:
    """At an import, say: no line of ours, and what it means for a run."""
    stopped = kernel.run(
        "from unittest.mock import patch\n"
        "with patch('runflow_nb.notebook.nanobanana.take_apart', side_effect=KeyboardInterrupt):\n"
        "    get_ipython().run_cell_magic('nanobanana', '', 'a fox')"
    )
    assert stopped.reply["ename"] == "WaitInterrupted"
    assert "it is paid for once and not lost" in stopped.error
    assert "Traceback" not in stopped.error


@pytest.mark.parametrize(
    ("text", "line", "cell", "expected"),
    [
        ("%nanobanana --take new a fox", "--take new a fox", None, "%nanobanana --take 3 a fox"),
        ("%nanobanana  --take=new a fox\n", "--take=new a fox", None, "%nanobanana  --take 3 a fox"),
        ("%%nanobanana -n 2 --take new\n a fox\n", "-n 2 --take new", " a fox\n", "%%nanobanana -n 2 --take 3\n a fox"),
        (
            "%nanobanana --take new -- --take new",
            "--take new -- --take new",
            None,
            "%nanobanana --take 3 -- --take new",
        ),
        ("x = %nanobanana --take new a fox", "--take new a fox", None, None),
        ("%nanobanana --take new a fox\nprint(1)", "--take new a fox", None, None),
        ("%nanobanana --take {{ n }} a fox", "--take {{ n }} a fox", None, None),
        ("", "--take new a fox", None, None),
    ],
)
def test_numbering_a_cell(text: str, line: str, cell: str | None, expected: str | None) -> None:
    """Only a cell that is the magic and nothing else is rewritten, and nothing of it but the number."""
    mark = "%nanobanana" if cell is None else "%%nanobanana"
    assert numbered(text, Magic(mark, line, cell, line), 3) == expected


def test_numbering_a_cell_that_names_its_model() -> None:
    """Of `%%runflow MODEL` too only the number changes."""
    magic = Magic("%%runflow", "google/nano-banana-pro  --take new", "a fox\n", " --take new")
    text = "%%runflow google/nano-banana-pro  --take new\na fox"
    assert numbered(text, magic, 3) == "%%runflow google/nano-banana-pro  --take 3\na fox"
