"""`%runflow diff RUN RUN`: what differs between two runs."""

from __future__ import annotations

from ...showing.outputs import publish
from ...views.diff_view import diff_bundle
from ..arguments import Arguments
from ..operands import two_runs


def run(arguments: Arguments) -> None:
    """Each fact that is not the same, the prompt word by word. Raises InvalidCommand where no two runs are meant."""
    publish(diff_bundle(*two_runs("diff", arguments)))
