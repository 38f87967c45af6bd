"""What a card says of one run, as plain data for the page. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...engine.job import Progress
from ...errors import RunflowError
from ...notebook.views.description import alt_text, facts, joined, price
from ...notebook.views.live import live_text
from ...plain import shortened
from ...record.run import Run
from ..files import kinds, told_files
from ..sendable import sendable
from ..sources import source_of_run

PROMPT_LENGTH = 90
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Card:
    """One run of a studio at one moment."""

    key: str
    """Stays the same as long as the card is there."""
    prompt: str
    progress: Progress | None = None
    """How far it is; None where it could not even begin."""
    run: Run | None = None
    """Once it has ended with pictures."""
    error: Exception | None = None
    """What it ended with otherwise."""
    from_record: bool = False


def told(card: Card) -> Told:
    """What the page is told: texts only, and by which hash it may ask for the picture."""
    base = {"key": card.key, "prompt": sendable(shortened(card.prompt, PROMPT_LENGTH))}
    if card.error is not None:
        head, _, rest = (str(card.error) or type(card.error).__name__).partition("\n")
        advice = [sendable(line.strip()) for line in rest.splitlines() if line.strip()]
        return {**base, "state": "failed", "line": sendable(head), "advice": advice}
    if card.run is None:
        line = "" if card.progress is None else live_text(card.progress)
        return {**base, "state": "open", "line": sendable(line)}
    source = source_of_run(card.run)
    return {
        **base,
        "state": "done",
        "absent": kinds(card.run) or "No picture",
        "files": told_files(card.run),
        "line": sendable(joined(["on record: nothing was bought"] * card.from_record + [f"run {card.run.short}"])),
        "facts": sendable(joined(facts(card.run))),
        "run": card.run.id,
        "hash": None if source is None else source.hash,
        "alt": sendable(alt_text(card.run)),
    }


def announcement(card: Card) -> str:
    """What a screen reader says of it: the same as long as it is on its way, and once more at its end."""
    what = shortened(card.prompt, PROMPT_LENGTH // 2) or "a run"
    if card.error is not None:
        return sendable(f"Failed: {what}. {str(card.error).partition(chr(10))[0]}")
    if card.run is None:
        return sendable(f"On its way: {what}.")
    return sendable(f"Done: {what}, {'nothing was bought' if card.from_record else price(card.run)}.")


def together(announcements: Iterable[str]) -> str:
    """Several announcements as one; what is to be said of several runs is said once, with their number."""
    return " ".join(f"{count} runs. {words}" if count > 1 else words for words, count in Counter(announcements).items())


def unexpected(error: Exception) -> Exception:
    """An error for people: one that is not ours with its name before it."""
    return error if isinstance(error, RunflowError) else RuntimeError(f"{type(error).__name__}: {error}")
