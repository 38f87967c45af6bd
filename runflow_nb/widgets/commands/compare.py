"""`%runflow compare RUN RUN`: two pictures under one slider, and what differs."""

from __future__ import annotations

from ...notebook.runflow.arguments import Arguments
from ...notebook.runflow.operands import two_runs
from ...notebook.showing.outputs import present
from ..compare import Compare


def run(arguments: Arguments) -> None:
    """Show both. Raises InvalidCommand where no two runs are meant."""
    present(Compare(*two_runs("compare", arguments)))
