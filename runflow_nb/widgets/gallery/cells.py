"""What a page is told of runs: plain data of one cell of the grid, and of one run that is looked at. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...notebook.views.bundles import FORGOTTEN
from ...notebook.views.caption import details
from ...notebook.views.description import FLAGGED, alt_text
from ...plain import shortened
from ...record.listing import listed
from ...record.run import Run
from ..files import kinds, told_files
from ..sendable import sendable as shown
from ..sources import Source, source_of_run, sources_of_images

PROMPT_LENGTH = 120
TAGS_SHOWN = 12
Told = dict[str, Any]


def cell(run: Run) -> Told:
    """One cell of the grid, about 400 bytes."""
    row, source = listed(run), source_of_run(run)
    return {
        "run": run.id,
        "short": run.short,
        "alt": shown(f"{alt_text(run)} ({FLAGGED})" if run.nsfw else alt_text(run)) or "No prompt",
        "prompt": shown(shortened(row.prompt, PROMPT_LENGTH)),
        "hash": None if source is None else source.hash,
        "absent": "forgotten" if run.forgotten else kinds(run) or shown(run.status),
        "flagged": bool(run.nsfw),
        "pictures": len(run.outputs),
        "stars": run.stars or 0,
        "tags": [shown(tag) for tag in run.tags[:TAGS_SHOWN]],
        "cost": row.cost,
        "model": shown(run.model.rpartition("/")[2]),
        "when": row.when,
        "status": shown(run.status),
    }


def looked_at(run: Run) -> Told:
    """One run with everything that is known of it."""
    facts = [["forgotten", FORGOTTEN]] if run.forgotten else [[label, shown(text)] for label, text in details(run)]
    alone = source_of_run(run)
    pictures = [
        {"hash": source.hash, "alt": shown(f"{alt_text(run)}, picture {number}")}
        for number, source in enumerate(sources_of_images(run))
    ]
    if len(pictures) < 2 and alone is not None and not run.images:
        pictures = [{"hash": alone.hash, "alt": shown(alt_text(run))}]
    return {
        **cell(run),
        "tags": [shown(tag) for tag in run.tags],
        "facts": facts,
        "shows": pictures,
        "files": told_files(run),
    }


def sources(run: Run) -> Iterator[Source]:
    """All pictures of this run that a page may then ask for."""
    if (alone := source_of_run(run)) is not None:
        yield alone
        yield from sources_of_images(run)
