"""What was offered for nothing is never bought, whatever became of the record until it was asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from runflow_nb import calls
from runflow_nb.engine.session import Session
from runflow_nb.errors import NotOnRecord, RunUnknown
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.test_recovery import LATER, Skipping, cut_off


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


@pytest.mark.parametrize("asked", [{"free": True, "yes": True}, {"by_callback": True}])
def test_a_create_that_was_cut_off_is_sent_once_more_only_for_a_price(
    sandbox: EmbeddedSandbox, open_session: OpenSession, asked: dict[str, Any]
) -> None:
    """Nothing may have been accepted yet, so sending it is buying: with its price, and never for a slider."""
    cut_off(open_session, sandbox.url).close()
    session = open_session(sandbox.url, clock=Skipping(LATER))
    settings = session.settings()
    order = calls.make_order("an owl", settings, resolution="0.5K", output_format="jpeg")
    assert not session.engine(settings).quote(order, settings).on_record
    with pytest.raises(RunUnknown):
        session.place(replace(order, **asked), settings).wait(30)
    assert not sandbox.book.runs
    session.place(order, settings).wait(30)
    assert len(sandbox.book.runs) == 1


def test_what_this_process_is_sending_costs_nothing_more(sandbox: EmbeddedSandbox, open_session: OpenSession) -> None:
    session = cut_off(open_session, sandbox.url)
    settings = session.settings()
    order = calls.make_order("an owl", settings, resolution="0.5K", output_format="jpeg")
    assert session.engine(settings).quote(order, settings).on_record
