"""A create whose answer tells nothing: sent again once at the most, and only where nothing can be billed twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import runflow_nb
from runflow_nb import calls
from runflow_nb.errors import RunUnknown
from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.secret import Secret
from tests.conftest import OpenSession
from tests.engine.test_recovery import Skipping
from tests.http_server import Answer, Heard, HttpServer, relay

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}


def creates(server: HttpServer) -> list[tuple[str, bytes]]:
    """(idempotency key, body) of every create that was sent."""
    return [(heard.headers["idempotency-key"], heard.body) for heard in server.heard if heard.method == "POST"]


def doubtful(url: str, statuses: list[int]) -> Callable[[Heard], Answer]:
    """Answers creates with these, one after the other and accepting none; passes everything else on to this address."""
    forward = relay(url)
    left = list(statuses)
    return lambda heard: Answer(left.pop(0)) if heard.method == "POST" and left else forward(heard)


def test_where_a_search_is_proven_it_is_sent_once_more_with_the_same_key_and_body(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    with HttpServer(doubtful(sandbox.url, [502])) as server:
        open_session(server.url, clock=Skipping())
        run = runflow_nb.generate("an owl", **QUICK)
        assert len(creates(server)) == 2
        assert len(set(creates(server))) == 1
    assert [booked.client_ref for booked in sandbox.book.runs] == [run.id]


@pytest.mark.parametrize(
    ("statuses", "given", "sent"),
    [
        pytest.param([502, 502, 502], {}, 2, id="twice without an answer"),
        pytest.param([409, 409], {}, 1, id="a conflict"),
        pytest.param([502, 502], {"sync_mode": True}, 1, id="a picture that only the answer holds"),
    ],
)
def test_where_it_could_be_billed_twice_it_is_unknown_and_not_sent_again(
    sandbox: EmbeddedSandbox, open_session: OpenSession, statuses: list[int], given: dict[str, Any], sent: int
) -> None:
    with HttpServer(doubtful(sandbox.url, statuses)) as server:
        open_session(server.url, clock=Skipping())
        with pytest.raises(RunUnknown, match="It may have cost"):
            runflow_nb.generate("an owl", **QUICK, **given)
        assert len(creates(server)) == sent
    assert sandbox.book.runs == ()


@pytest.mark.parametrize("searchable", [True, False], ids=["an unproven search", "no search at all"])
def test_where_a_search_proves_nothing_it_is_unknown_and_not_sent_again(
    sandbox: EmbeddedSandbox, open_session: OpenSession, searchable: bool
) -> None:
    """An API that has never been seen to find a run: finding none does not mean that there is none."""
    forward = relay(sandbox.url, token="sandbox")

    def answer(heard: Heard) -> Answer:
        if heard.path == "/v1/health":
            return Answer(body=b'{"status": "ok"}')
        if heard.method == "POST" or not searchable:
            return Answer(502)
        return forward(heard)

    with HttpServer(answer) as server:
        open_session(server.url, clock=Skipping()).use_key(Secret("rf_live_something_long"))
        with pytest.raises(RunUnknown, match="It may have cost"):
            runflow_nb.generate("an owl", **QUICK)
        assert len(creates(server)) == 1


def test_a_create_that_waited_for_its_turn_is_young_when_it_goes_out(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """The journal says so before it is sent again: from then counts the minute of quiet of whoever finds it."""
    forward, ages = relay(sandbox.url), list[float]()

    def answer(heard: Heard) -> Answer:
        if heard.method != "POST":
            return forward(heard)
        (run,) = Store(calls.current_store().root).index.open_runs()
        ages.append((run.updated_at - run.created_at).total_seconds())
        return forward(heard) if len(ages) > 2 else Answer(429, headers={"Retry-After": "45"})

    with HttpServer(answer) as server:
        open_session(server.url, clock=Skipping())
        assert runflow_nb.generate("an owl", **QUICK).delivered
    assert [age // 45 for age in ages] == [0, 1, 2]
