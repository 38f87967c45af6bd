"""Runs as rows of a list: the facts that every list of runs shows, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal

from ..money import usd
from ..plain import GAP, columns_of, columns_text, shortened
from .output_file import OutputFile
from .run import Run

SHOWN = 20
"""Runs of a history that are shown where nobody asks for another number."""
WIDTH = 132
"""Columns of a list of plain text where nothing tells how wide it may be."""
SHORTEST_PROMPT = 24
"""Characters of a prompt without which nobody knows the picture again, however narrow the terminal is."""
TAGS_LENGTH = 40
LIVE = "live"


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list shows of one run."""

    run: str
    """The short id, which people type."""
    when: str
    """To the minute, in UTC."""
    prompt: str
    """On one line, as long as it is."""
    model: str
    size: str
    seed: str
    take: str
    cost: str
    """What it cost; where that is not known, what was expected."""
    status: str
    stars: str
    tags: str
    origin: str


TITLES = {"when": "when (UTC)"}
NUMBERS = frozenset({"seed", "take", "cost"})
OPTIONAL = ("size", "stars", "tags")
"""Columns that are left out where no run has anything in them."""


def listed(run: Run) -> Listed:
    """The facts of one run."""
    return Listed(
        run=run.short,
        when=f"{run.created_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        prompt="(forgotten)" if run.forgotten else " ".join(run.prompt.split()),
        model=run.model,
        size=sizes(run),
        seed="" if run.seed is None else str(run.seed),
        take=str(run.take),
        cost=paid(run),
        status=run.status,
        stars="★" * (run.stars or 0),
        tags=shortened(", ".join(run.tags), TAGS_LENGTH),
        origin=run.origin,
    )


def sizes(run: Run) -> str:
    """Pixels and format of what was delivered, with its number where there is more than one."""
    return f"{size(run)} ({len(run.outputs)})" if len(run.outputs) > 1 else size(run)


def size(run: Run) -> str:
    """Pixels and format of the pictures and what other files are, each kind once."""
    pictures = [f"{image.width} × {image.height} {image.format.upper()}" for image in run.images]
    return " and ".join(dict.fromkeys([*pictures, *map(file_facts, run.files)]))


def file_facts(file: OutputFile) -> str:
    """What a file is: `video AVI, 512 × 288, 2.0 s, 377 KB`."""
    pixels = f"{file.width} × {file.height}" if file.width and file.height else ""
    seconds = f"{file.duration:.1f} s" if file.duration else ""
    return ", ".join(filter(None, [f"{file.type} {file.format}".strip(), pixels, seconds, storage_size(file.size)]))


def storage_size(size: int) -> str:
    """Bytes in the unit that people would use."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def paid(run: Run) -> str:
    """What the API said that it cost, else what was expected; what never was accepted cost nothing."""
    if run.cost is not None:
        return usd(run.cost)
    if run.phase in ("void", "ended") and not run.delivered:
        return usd(Decimal(0))
    return "unknown" if run.estimate.amount is None else str(run.price)


def columns(rows: Sequence[Listed]) -> tuple[str, ...]:
    """The columns that say something of these rows; the origin only where it is not live for all."""
    empty = {name for name in OPTIONAL if not any(getattr(row, name) for row in rows)}
    if all(row.origin == LIVE for row in rows):
        empty.add("origin")
    return tuple(name for name in Listed.__slots__ if name not in empty)


def listing_text(runs: Iterable[Run], width: int = WIDTH) -> str:
    """These runs as a table of plain text, in their order; prompts are cut so that it is no wider than `width`."""
    rows = [listed(run) for run in runs]
    names = columns(rows)
    lines = [[getattr(row, name) for name in names] for row in rows]
    titles = [TITLES.get(name, name) for name in names]
    place = names.index("prompt")
    taken = [max(map(columns_of, column)) for column in zip(titles, *lines, strict=True)]
    left = width - sum(taken) + taken[place] - len(GAP) * (len(names) - 1)
    for line in lines:
        line[place] = shortened(line[place], max(SHORTEST_PROMPT, left))
    return columns_text(titles, lines, NUMBERS)


def costs_of(runs: Iterable[Run]) -> dict[str, Decimal]:
    """Origin -> what the API said that these runs cost, in USD."""
    found: dict[str, Decimal] = {}
    for run in runs:
        if run.cost is not None:
            found[run.origin] = found.get(run.origin, Decimal(0)) + run.cost
    return found


def money_by_origin(costs: dict[str, Decimal]) -> str:
    """Costs of several runs in words, origins apart; what the sandbox counts is no money."""
    order = sorted(costs, key=lambda origin: (origin != LIVE, origin == "sandbox", origin))
    return " and ".join(f"{usd(costs[origin])}{_where(origin)}" for origin in order if costs[origin])


def _where(origin: str) -> str:
    return {LIVE: "", "sandbox": " play money"}.get(origin, f" at {origin}")
