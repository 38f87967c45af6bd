"""The line that stands where the picture will be, while a run is being bought."""

from __future__ import annotations

from ...engine.job import Progress
from ...plain import visible
from .bundles import Bundle
from .description import DOT
from .markup import QUIET, inert

INTERVAL = 0.2
"""Seconds between two looks at a job: at most five updates a second."""
STATES = {
    "looking": "looking up",
    "preparing": "preparing",
    "sending": "sending",
    "queued": "queued",
    "dispatching": "starting",
    "running": "painting",
    "collecting": "collecting",
}
LEFT_BEHIND = "If this line stands still, run the cell again: the run is collected, not bought twice."
GOES_ON = "Run the cell again to collect it, or %runflow resume."
NOTE = "border-left:3px solid currentColor;padding-left:8px;margin:4px 0"
STYLE = "font-size:13px;line-height:1.5;max-width:768px"
ERROR_BEGINS = f'<div style="{STYLE};{NOTE}">'
"""How the HTML of an error in the place of a picture begins."""


def live_text(progress: Progress) -> str:
    """State, seconds so far, seconds such a run takes, price. While the state stays, it changes once a second."""
    clock = f"{int(progress.elapsed)} s"
    if progress.expected is not None:
        clock += f" of about {max(1, round(progress.expected))} s"
    cost = "bought before" if progress.decided and not progress.bought else str(progress.price)
    return DOT.join([STATES.get(progress.state, progress.state), clock, cost])


def live_bundle(progress: Progress) -> Bundle:
    return line_bundle(live_text(progress), LEFT_BEHIND)


def error_bundle(error: Exception) -> Bundle:
    """An error where the picture would have been: what happened, and quieter what to do."""
    text = str(error) or type(error).__name__
    head, _, rest = text.partition("\n")
    lines = "".join(f"<div>{inert(line.strip())}</div>" for line in rest.splitlines())
    html = f'{ERROR_BEGINS}<div>{inert(head)}</div><div style="{QUIET}">{lines}</div></div>'
    return {"text/html": html, "text/plain": visible(text)}


def line_bundle(text: str, remark: str) -> Bundle:
    """One line and a quiet remark below it."""
    html = (
        f'<div style="{STYLE}"><div>{inert(text)}</div><div style="{QUIET};font-size:12px">{inert(remark)}</div></div>'
    )
    return {"text/html": html, "text/plain": visible(f"{text}\n{remark}")}
