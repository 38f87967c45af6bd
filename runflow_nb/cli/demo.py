"""`runflow-nb demo`: the quickstart notebook, run in a real kernel against the embedded sandbox, and as a page."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path
from typing import Any

NOTEBOOK = "01_quickstart.ipynb"
CELL_LIMIT = 300
"""Seconds that one cell may take."""
TITLE_WIDTH = 56
PAGE = """\
{%- extends 'lab/index.html.j2' -%}
{%- macro described(output, mime) -%}
<div class="jp-RenderedImage jp-OutputArea-output">
<img alt="{{ (output | get_metadata('alt', mime) or '') | e }}"
 src="data:{{ mime }};base64,{{ output.data[mime] }}">
</div>
{%- endmacro -%}
{%- block data_jpg scoped -%}{{ described(output, 'image/jpeg') }}{%- endblock -%}
{%- block data_png scoped -%}{{ described(output, 'image/png') }}{%- endblock -%}
"""
"""The page's template: nbconvert's own tells nobody what a picture shows."""


def source() -> Path:
    """The quickstart as it is shipped: in the package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / NOTEBOOK).exists():
            return folder / NOTEBOOK
    raise FileNotFoundError(NOTEBOOK)


def demo(folder: Path) -> int:
    """Execute the quickstart into `folder`, with a line for each cell; 0 when every cell ran."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    target = folder / NOTEBOOK
    notebook: Any = nbformat.read(source(), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            # With its outputs it would show what they have on record, and make nothing.
            cell.outputs, cell.execution_count = [], None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
    except OSError as error:
        print(f"Not run: {target} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    progress = _Progress([index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"])
    print(f"Running {NOTEBOOK} against the sandbox: nothing is billed.", flush=True)
    client = NotebookClient(
        notebook,
        timeout=CELL_LIMIT,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=40"],  # errors only: its remarks would break the lines of progress
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=progress.start,
        on_cell_executed=progress.end,
    )
    # The kernel keeps to the demo's folder and to the sandbox, whatever the shell is set up for.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RUNFLOW_")}
    environment |= {"RUNFLOW_NB_NOTEBOOK": str(target.absolute()), "RUNFLOW_BASE_URL": "sandbox"}
    try:
        client.execute(env=environment)
    except CellExecutionError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        nbformat.write(notebook, target)
    page = _page(target)
    print(f"\nThe notebook   {target}\nThe same page  {page}\n")
    print(f"Look at it:    open {page.absolute().as_uri()} in a browser")
    print(f"Go on from it: {_opener(target)}")
    return 0


def _page(notebook: Path) -> Path:
    """The executed notebook as one page of HTML, beside it."""
    from nbconvert import HTMLExporter

    body, _ = HTMLExporter(raw_template=PAGE).from_filename(str(notebook))
    page = notebook.with_suffix(".html")
    page.write_text(body, encoding="utf-8")
    return page


def _opener(notebook: Path) -> str:
    if importlib.util.find_spec("jupyterlab") is None:
        return f"pip install 'runflow_nb[lab]', then jupyter lab {notebook}"
    command = Path(sys.executable).with_name("jupyter-lab")
    shown = os.path.relpath(command) if command.is_relative_to(Path.cwd()) else str(command)
    return f"{shown} {notebook}"


class _Progress:
    """One line for each code cell: its number, its first line, and the seconds it took."""

    def __init__(self, code_cells: list[int]) -> None:
        self._numbers = {index: number for number, index in enumerate(code_cells, 1)}
        self._begun = 0.0

    def start(self, cell: Any, cell_index: int) -> None:
        if cell_index in self._numbers:
            self._begun = time.monotonic()
            first = next((line for line in cell.source.splitlines() if line and not line.startswith("#")), "")
            title = first if len(first) <= TITLE_WIDTH else first[: TITLE_WIDTH - 1] + "…"
            print(f"  {self._numbers[cell_index]:>2}/{len(self._numbers)}  {title:<{TITLE_WIDTH}}", end="", flush=True)

    def end(self, cell_index: int, execute_reply: Any, **_: Any) -> None:
        if cell_index in self._numbers:
            status = "" if execute_reply["content"]["status"] == "ok" else "  failed"
            print(f"  {time.monotonic() - self._begun:5.1f} s{status}", flush=True)
