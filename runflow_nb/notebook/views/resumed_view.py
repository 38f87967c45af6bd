"""What became of the runs that were cut off: a table of what was collected, and a line for each of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ...engine.resuming import Resumed
from ...errors import RunFailed
from ...money import usd
from ...plain import shortened, visible
from ...record.listing import WIDTH
from ...record.run import Run
from .bundles import Bundle
from .description import joined
from .history_view import runs_bundle
from .markup import QUIET, inert

PROMPT_LENGTH = 60
NOTHING_OPEN = "No run is open: nothing to collect."


def waiting_text(ended: int, total: int, seconds: float) -> str:
    """How far it is. While nothing ends, it changes once a second."""
    return joined([f"collecting: {ended} of {total} ended", f"{int(seconds)} s", "nothing is bought"])


def told_at_load(runs: Sequence[Run]) -> str:
    """That there are runs that were cut off, and what they may have cost."""
    many = len(runs) != 1
    known = [run.reserved for run in runs if run.reserved is not None]
    least = "up to" if len(known) == len(runs) else "at least"
    play = " play money" if all(run.origin == "sandbox" for run in runs) else ""
    return (
        f"{len(runs)} run{'s were' if many else ' was'} cut off, and may have cost "
        f"{least} {usd(sum(known, Decimal(0)))}{play}.\n"
        f"%runflow resume collects {'them' if many else 'it'}, and buys nothing."
    )


def resumed_bundle(resumed: Resumed, width: int = WIDTH) -> Bundle:
    """Everything that was found out."""
    lines = [*_heads(resumed)]
    others = list(_others(resumed))
    plain = "\n".join([*lines, *(f"{head}\n  {rest}" if rest else head for head, rest in others)])
    html = "".join(
        f'<div style="margin-top:4px">{inert(head)}</div><div style="{QUIET}">{_lines(rest)}</div>'
        for head, rest in others
    )
    said = "".join(f"<div>{inert(line)}</div>" for line in lines)
    table: Bundle = runs_bundle(resumed.collected, width=width) if resumed.collected else {}
    text = "\n".join(filter(None, [table.get("text/plain"), visible(plain)]))
    return {"text/plain": text, "text/html": f"{table.get('text/html', '')}<div>{said}{html}</div>"}


def _heads(resumed: Resumed) -> Iterator[str]:
    counts = {"collected": resumed.collected, "ended without a picture": resumed.closed, "still open": resumed.left}
    found = [f"{len(runs)} {word}" for word, runs in counts.items() if runs]
    yield joined(found) if found else NOTHING_OPEN
    if resumed.priced:
        count = len(resumed.priced)
        yield f"{count} cost{'s' if count != 1 else ''} came in: {usd(sum(resumed.priced.values(), Decimal(0)))}"


def _others(resumed: Resumed) -> Iterator[tuple[str, str]]:
    for run in resumed.closed:
        yield _name(run), str(RunFailed(run)).partition("\n")[0]
    for run, error in resumed.left:
        yield _name(run), str(error)


def _name(run: Run) -> str:
    return f"{run.short}  {shortened(run.prompt, PROMPT_LENGTH)}"


def _lines(text: str) -> str:
    return "<br>".join(inert(line.strip()) for line in text.splitlines())
