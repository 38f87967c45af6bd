"""The server's list of an organisation's runs, for a check. Only reads; costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import RequestRefused
from ..record.audit.compare import ServerRun, ServerRuns, comparable
from ..record.audit.known import Known
from .connection import Connection

if TYPE_CHECKING:
    from ..api.client import RunflowClient
    from ..api.wire import RemoteRun

PAGE = 500
MOST_PAGES = 400
MOST_ASKED = 500
"""Runs that are asked for one by one: those that the journal has and the list has not."""
FIELDS = "id,client_ref,status_code,cost,created_at,org_id"
"""What is compared; outputs would make the pages large."""


async def ask_server(connection: Connection, known: Sequence[Known]) -> ServerRuns:
    """What the server has. A run of the journal that is not in its list is asked for by its id before it counts as
    absent.

    Raises NotConnected, ServerUnavailable, RequestRefused.
    """
    from ..api.errors import RunNotFound

    client = await connection.client()
    found, whole = await _listed(client)
    org_id = next((run.org_id for run in found.values()), None)
    absent = set[str]()
    own = comparable(known, connection.origin, connection.instance, org_id)
    named = [run.run_id for run in own if run.run_id is not None and run.run_id not in found]
    for run_id in named[:MOST_ASKED]:
        try:
            remote = await client.get_run(run_id)
        except RunNotFound:
            absent.add(run_id)
        else:
            found[remote.id] = remote
    runs = tuple(ServerRun(run.id, run.client_ref, run.status, run.ended, run.cost) for run in found.values())
    return ServerRuns(connection.origin, connection.instance, org_id, runs, frozenset(absent), whole)


async def _listed(client: RunflowClient) -> tuple[dict[str, RemoteRun], bool]:
    """(id -> run, whether these are all that the server has)."""
    found: dict[str, RemoteRun] = {}
    whole, pq, fields = True, None, FIELDS
    for _ in range(MOST_PAGES):
        try:
            page = await client.list_runs(limit=PAGE, pq=pq, fields=fields or None)
        except RequestRefused as refusal:
            if refusal.status != 422 or not fields:
                raise
            fields = ""  # an API that knows one of them by another name still lists its runs
            continue
        found.update((run.id, run) for run in page.items)
        whole = whole and not page.unreadable
        if page.next_pq is None or page.next_pq == pq:
            return found, whole
        pq = page.next_pq
    return found, False
