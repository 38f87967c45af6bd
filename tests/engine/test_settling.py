"""A run of which no answer tells: a person's word closes it, keeps or frees its sum, and frees its take."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import runflow_nb
from runflow_nb import calls
from runflow_nb.engine.settling import settle
from runflow_nb.errors import NotSettled, RunUnknown
from runflow_nb.record.run import Run
from runflow_nb.record.schema import commitments
from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.test_doubt import QUICK, doubtful
from tests.engine.test_recovery import Skipping
from tests.http_server import HttpServer
from tests.record.made import buy, intent

PRICE = Decimal("0.06")


def unknown(open_session: OpenSession, url: str) -> Run:
    """A run that was sent, with an answer that says nothing and a search that finds nothing."""
    open_session(url, clock=Skipping())
    with pytest.raises(RunUnknown) as raised:
        runflow_nb.generate("an owl", **QUICK, sync_mode=True)
    run: Run = raised.value.run
    assert f"%runflow settle {run.short} --billed (or --not-billed)" in str(raised.value)
    return run


@pytest.mark.parametrize(("billed", "counted"), [(True, PRICE), (False, Decimal(0))])
def test_a_word_closes_it_and_the_next_purchase_takes_its_place(
    sandbox: EmbeddedSandbox, open_session: OpenSession, billed: bool, counted: Decimal
) -> None:
    with HttpServer(doubtful(sandbox.url, [502])) as server:
        run = unknown(open_session, server.url)
        store = calls.current_store()
        assert commitments(run) == (0, PRICE)
        assert settle(store, run, billed) == counted
        settled = store.index.run(run.id)
        assert settled is not None
        assert (settled.phase, settled.open, commitments(settled)) == ("settled", False, (counted, 0))
        assert store.open_markers() == []
        again = runflow_nb.generate("an owl", **QUICK, sync_mode=True)
        assert (again.take, again.id != run.id) == (1, True)
    # The last word counts.
    assert settle(store, run, not billed) == PRICE - counted


def test_what_has_an_end_of_its_own_is_left_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / ".runflow")
    run = store.index.run(buy(store))
    assert run is not None
    with pytest.raises(NotSettled, match="it ended succeeded"):
        settle(store, run, billed=False)
    assert store.index.run(run.id) == run


def test_while_another_kernel_is_in_the_call_there_is_nothing_to_say(tmp_path: Path) -> None:
    living, store = Store(tmp_path / ".runflow"), Store(tmp_path / ".runflow")
    name = living.new_id()
    living.journal.append(intent(name, session=living.session))
    run = store.index.run(name)
    assert run is not None
    with pytest.raises(NotSettled, match="another kernel"):
        settle(store, run, billed=False)
