"""`%runflow help`"""

from __future__ import annotations

from ..outputs import say
from ..runflow import flags, help_text


def run(rest: str) -> None:
    """Say what there is."""
    flags(rest, ())
    say(help_text())
