"""Offers that several commands have in common: models, pictures, runs, tags."""

from __future__ import annotations

from ...models.catalog import SHORT_NAMES
from ...plain import shortened
from ...record.run import Run
from ..showing.shown import LAST
from .names import SUFFIXES, holding_pictures, holding_runs, pictures_of
from .offers import Notebook, Offer, offer, quoted
from .paths import files_at

RUNS_OFFERED = 20
PROMPT_LENGTH = 32
NO_BREAK = "\N{NO-BREAK SPACE}"


def model_offers(typed: str, start: int, notebook: Notebook) -> list[Offer]:
    """Short names, then full ids."""
    return offer([*SHORT_NAMES, *notebook.models], typed, start, "model")


def run_offers(typed: str, start: int, notebook: Notebook) -> list[Offer]:
    """Variables with runs, the run shown last, and the ids of recent runs."""
    found = offer(holding_runs(notebook.names), typed, start, "run")
    for name, run in _referred(notebook):
        found += offer([name], typed, start, _described(run))
    return found


def picture_offers(typed: str, start: int, notebook: Notebook, *, in_quotes: bool) -> list[Offer]:
    """Variables with pictures, runs that have some, files and folders."""
    found = offer(holding_pictures(notebook.names), typed, start, "instance")
    for name, run in _referred(notebook):
        found += offer(pictures_of(name, len(run.images)), typed, start, _described(run))
    return [*found, *path_offers(typed, start, notebook, in_quotes=in_quotes)]


def path_offers(
    typed: str, start: int, notebook: Notebook, *, in_quotes: bool = False, endings: tuple[str, ...] = SUFFIXES
) -> list[Offer]:
    """Files, of pictures where no other endings are given, and folders, whose quotes stay open: more is to follow."""
    found = offer(files_at(typed, notebook.folder, endings), typed, start, "path")
    return found if in_quotes else [quoted(each, open_end=each.text.endswith("/")) for each in found]


def tag_offers(typed: str, start: int, notebook: Notebook, *, in_quotes: bool = False) -> list[Offer]:
    """Tags of recent runs."""
    found = offer((tag for run in notebook.runs() for tag in run.tags), typed, start, "tag")
    return found if in_quotes else [quoted(each) for each in found]


def _referred(notebook: Notebook) -> list[tuple[str, Run]]:
    """What runs are called without a variable."""
    last = notebook.last_shown()
    recent = [(run.short, run) for run in notebook.runs()[:RUNS_OFFERED]]
    return recent if last is None else [(LAST, last), *recent]


def _described(run: Run) -> str:
    # Nobody knows a run by its id: front ends show the kind beside it. JupyterLab breaks it at blanks into lines that
    # lie upon each other.
    return f"run: {shortened(run.prompt, PROMPT_LENGTH)}".replace(" ", NO_BREAK)
