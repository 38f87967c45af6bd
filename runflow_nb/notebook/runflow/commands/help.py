"""`%runflow help`"""

from __future__ import annotations

from ...showing.outputs import say
from ..arguments import Arguments
from ..dispatch import help_text


def run(_: Arguments) -> None:
    """Say what there is."""
    say(help_text())
