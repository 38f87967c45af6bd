"""The API made two runs of one create: both are recorded and collected, the older is shown, the person is told."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import httpx

import runflow_nb
from runflow_nb import calls
from runflow_nb.notebook.views.description import remarks
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.test_doubt import QUICK
from tests.engine.test_late_costs import until
from tests.engine.test_recovery import Skipping
from tests.http_server import Answer, Heard, HttpServer, relay


def doubling(url: str, creates: int = 2) -> HttpServer:
    """Makes so many runs of each create, and answers nothing that tells of them."""
    forward = relay(url)

    def answer(heard: Heard) -> Answer:
        if heard.method != "POST":
            return forward(heard)
        for number in range(creates):
            headers = {"authorization": heard.headers["authorization"], "idempotency-key": f"{number}"}
            sent = json.loads(heard.body)
            httpx.post(f"http://{urlsplit(url).netloc}{heard.path}", json=sent, headers=headers).raise_for_status()
        return Answer(502)

    return HttpServer(answer)


def test_both_are_recorded_and_collected_and_the_older_is_shown(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    with doubling(sandbox.url) as server:
        open_session(server.url, clock=Skipping())
        run = runflow_nb.generate("an owl", **QUICK)
        store = calls.current_store()
        (twin_id,) = run.twins
        (twin,) = store.index.find(twin_id)
        twin = until(twin.id, lambda found: found.delivered)
        assert [booked.id for booked in sandbox.book.runs] == [run.run_id, twin_id]
        assert (run.take, twin.take, twin.recipe) == (1, 2, run.recipe)
        assert twin.images[0].path.exists()
        assert twin_id in remarks(run)[0]
        assert "not asked for twice" in remarks(twin)[0]
        assert store.index.committed("sandbox") == (run.cost + twin.cost, 0)
        assert store.open_markers() == []
        # Asked for, each take is shown for nothing.
        assert runflow_nb.generate("an owl", **QUICK, take=2) == twin
        assert runflow_nb.generate("an owl", **QUICK) == run
    assert len(sandbox.book.runs) == 2
