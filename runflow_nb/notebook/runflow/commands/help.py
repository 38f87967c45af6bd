"""`%runflow help [SUBCOMMAND]`: what there is."""

from __future__ import annotations

from ...showing.outputs import say
from ..arguments import Arguments
from ..dispatch import help_text


def run(arguments: Arguments) -> None:
    """Say what there is, or what one subcommand takes. Raises InvalidCommand for an unknown one."""
    say(help_text(*arguments.words))
