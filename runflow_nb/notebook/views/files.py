"""Files that a run delivered and that are no pictures: a link to each, with its type and size."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

from ...plain import visible
from ...record.listing import file_facts
from ...record.output_file import OutputFile
from ...record.run import Run
from .markup import QUIET, inert

LINE = "max-width:768px;font-size:13px;line-height:1.6"


def files_html(run: Run) -> str:
    """A line for each file."""
    return "".join(f'<div style="{LINE}">{_link(run, file)}</div>' for file in run.files)


def files_text(run: Run) -> str:
    """The same as text."""
    return visible("\n".join(f"{file_facts(file)}: {'/'.join(file.shown.parts[-2:])}" for file in run.files))


def address(run: Run, file: OutputFile) -> str | None:
    """Where the file lies, relative to the notebook: the same on every machine that has notebook and store. None where
    they do not lie together."""
    notebook = PurePosixPath(run.notebook or "notebook.ipynb")
    if notebook.is_absolute() or ".." in notebook.parts or ":" in notebook.parts[0]:
        return None
    up = "../" * (len(notebook.parts) - 1)
    return quote(f"{up}{'/'.join(file.shown.parts[-2:])}")


def _link(run: Run, file: OutputFile) -> str:
    name, _, words = map(inert, file_facts(file).partition(", "))
    where = address(run, file)
    link = name if where is None else f'<a href="{where}" target="_blank" rel="noopener">{name}</a>'
    return f'{link} <span style="{QUIET}">{words}</span>'
