"""A run in few words: what its picture shows, and the facts that stay true. Plain text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ...money import usd
from ...plain import shortened
from ...record.listing import size
from ...record.run import Run

ALT_LENGTH = 140
"""Characters of the prompt that stand for the picture where it is not seen."""
DOT = " · "
FLAGGED = "flagged as not safe for work"
TWIN = "the API made another run of this request, {run_id}: it may be billed too, and is on record as a further take"
VEILED = f"{FLAGGED}: the preview is blurred, --show shows it; the original is as it was delivered"


def alt_text(run: Run) -> str:
    """What the picture shows, as far as words asked for it."""
    words = shortened(run.prompt or run.model, ALT_LENGTH)
    return f"{len(run.images)} pictures: {words}" if len(run.images) > 1 else words


def facts(run: Run) -> tuple[str, ...]:
    """Model, size, seed, take, price, day it was bought, and where, if not live."""
    found = [run.model, size(run)]
    if run.seed is not None:
        found.append(f"seed {run.seed}")
    found += [f"take {run.take}", price(run), day(run.created_at), place(run.origin)]
    return tuple(filter(None, found))


def pending_facts(run: Run) -> tuple[str, ...]:
    """The facts that are known before it has ended."""
    seed = "" if run.seed is None else f"seed {run.seed}"
    return tuple(filter(None, [run.model, seed, f"take {run.take}", place(run.origin)]))


def price(run: Run) -> str:
    """What the API said it cost, else what was expected, marked as such."""
    if run.shown_cost is not None:
        amount = usd(run.shown_cost)
        return f"{amount} play money" if run.origin == "sandbox" else amount
    return f"{run.price}, not confirmed"


def place(origin: str) -> str:
    """The origin where it must be said."""
    return {"live": "", "sandbox": "Sandbox"}.get(origin, origin)


def day(moment: datetime) -> str:
    """The date in UTC."""
    return moment.astimezone(UTC).date().isoformat()


def moment_utc(moment: datetime) -> str:
    """To the second, in UTC: the same text on every machine."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def remarks(run: Run, *, unveiled: bool = False) -> tuple[str, ...]:
    """What must not be overlooked: what was doubtful when it was asked, and what was delivered not as asked.

    `unveiled`: the picture is shown although it is flagged.
    """
    flagged = [FLAGGED if unveiled else VEILED] if run.nsfw else []
    twins = [TWIN.format(run_id=run_id) for run_id in run.twins]
    return tuple(text[:1].upper() + text[1:] for text in (*flagged, *twins, *run.notes, *run.warnings))


def seeds(run: Run) -> str:
    """Asked, sent and returned seed: three facts."""

    def told(seed: int | None, none: str) -> str:
        return none if seed is None else str(seed)

    asked = told(run.seeds.asked, "none")
    return f"asked {asked}, sent {told(run.seeds.sent, 'none')}, returned {told(run.seeds.returned, 'none')}"


def joined(parts: Iterable[str]) -> str:
    return DOT.join(parts)
