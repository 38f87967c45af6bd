"""What was offered for nothing is never bought, whatever became of the record until it was asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runflow_nb import calls
from runflow_nb.engine.session import Session
from runflow_nb.errors import NotOnRecord
from runflow_nb.sandbox.embedded import EmbeddedSandbox


def test_it_is_shown_where_it_is_on_record_and_not_bought_where_it_is_not(
    sandbox: EmbeddedSandbox, session: Session
) -> None:
    """Not even with a yes: that was said to another offer."""
    settings = session.settings()
    order = replace(calls.make_order("a fox for nothing", settings, resolution="0.5K"), free=True, yes=True)
    with pytest.raises(NotOnRecord, match=r"offered for nothing(.|\n)*about \$0\.06"):
        session.place(order, settings).wait(30)
    assert not sandbox.book.received
    run = calls.generate("a fox for nothing", resolution="0.5K")
    assert session.place(order, settings).wait(30).id == run.id
    assert len(sandbox.book.received) == 1
