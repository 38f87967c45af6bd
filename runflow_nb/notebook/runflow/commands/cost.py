"""`%runflow cost`: what was spent, estimated and confirmed, by model and by day."""

from __future__ import annotations

from .... import calls
from ....models.validate import brief
from ....record.filters import NO_DATE
from ...showing.outputs import publish
from ...views.cost_report import cost_bundle
from ..arguments import Arguments, usage_error


def run(arguments: Arguments) -> None:
    """Sums of this notebook and of the store, and what runs on their way hold. Raises InvalidCommand."""
    since = arguments.value("--since")
    here = calls.history() if calls.notebook_of(calls.session().settings()) else None
    try:
        bundle = cost_bundle(calls.history(all=True), here, whole=arguments.on("--all"), since=since)
    except ValueError:
        raise usage_error("--since", brief(since or ""), NO_DATE) from None
    publish(bundle)
