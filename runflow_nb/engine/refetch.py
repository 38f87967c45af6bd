"""Originals that are gone from the store, brought back by run id: they are paid for, so this costs nothing."""

from __future__ import annotations

from ..clock import Clock
from ..errors import DownloadFailed
from ..record.run import Run
from ..record.store import Store
from .connection import Connection
from .delivery import Delivery, Gone
from .recorder import Recorder
from .shown import originals_here


class NotBroughtBack(Exception):
    """Why they cannot be had again."""


async def bring_back(connection: Connection, store: Store, clock: Clock, run: Run) -> None:
    """Fetch the originals of a delivered run where one of them is missing.

    Raises NotBroughtBack, NotConnected, ServerUnavailable, RequestRefused, StoreUnavailable.
    """
    if originals_here(run):
        return
    if run.forgotten:
        raise NotBroughtBack("was forgotten")
    if run.input.get("sync_mode"):
        raise NotBroughtBack("was made with sync_mode: only one answer held its pictures")
    if run.origin != connection.origin:
        raise NotBroughtBack(f"was made at {run.origin}: connect there first")
    try:
        await Delivery(connection, Recorder(store), clock).fetch_again(run)
    except Gone:
        raise NotBroughtBack("is not kept there any longer") from None
    except DownloadFailed as failed:
        raise NotBroughtBack(f"cannot be fetched: {failed.reason}") from None
    if not originals_here(run):
        raise NotBroughtBack("is delivered as other files than those that were recorded")
