"""`%runflow help`"""

from __future__ import annotations

from ..arguments import Arguments
from ..outputs import say
from ..runflow import help_text


def run(_: Arguments) -> None:
    """Say what there is."""
    say(help_text())
