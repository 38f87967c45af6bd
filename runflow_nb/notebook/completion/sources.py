"""Offers that several commands have in common: models, pictures, runs, tags."""

from __future__ import annotations

from ...models.catalog import CATALOG, SHORT_NAMES
from .names import holding_pictures, holding_runs, pictures_of
from .offers import Notebook, Offer, offer
from .paths import pictures_at, quoted

LAST = "@last"
"""The run that was shown last."""
RUNS_OFFERED = 20


def model_offers(typed: str, start: int) -> list[Offer]:
    """Short names, then full ids."""
    return offer([*SHORT_NAMES, *CATALOG], typed, start, "model")


def run_offers(typed: str, start: int, notebook: Notebook) -> list[Offer]:
    """Variables with runs, the run shown last, and the ids of recent runs."""
    ids = [run.short for run in notebook.runs()[:RUNS_OFFERED]]
    last = [LAST] if notebook.last_shown() is not None else []
    return offer([*holding_runs(notebook.names), *last, *ids], typed, start, "run")


def picture_offers(typed: str, start: int, notebook: Notebook, *, in_quotes: bool) -> list[Offer]:
    """Variables with pictures, runs that have some, files and folders."""
    runs = [run for run in notebook.runs() if run.delivered][:RUNS_OFFERED]
    ids = [text for run in runs for text in pictures_of(run.short, len(run.images))]
    last = notebook.last_shown()
    last_texts = pictures_of(LAST, len(last.images)) if last is not None else []
    files = pictures_at(typed, notebook.folder)
    return [
        *offer(holding_pictures(notebook.names), typed, start, "instance"),
        *offer([*last_texts, *ids], typed, start, "run"),
        *offer(files if in_quotes else map(quoted, files), "", start, "path"),
    ]


def tag_offers(typed: str, start: int, notebook: Notebook) -> list[Offer]:
    """Tags of recent runs."""
    return offer((tag for run in notebook.runs() for tag in run.tags), typed, start, "tag")
