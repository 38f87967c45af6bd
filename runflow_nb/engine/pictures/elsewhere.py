"""Pictures at addresses, read as they are now."""

from __future__ import annotations

import io

from ..connection import Connection
from .files import LARGEST


async def fetched(connection: Connection, url: str) -> bytes:
    """The picture at this address. Raises OSError, which says why there is none, and the errors of a connection."""
    from ...api.errors import DownloadError
    from ...api.transfer import download

    client = await connection.client()
    sink = io.BytesIO()
    try:
        await download(client, url, sink, maximum=LARGEST)
    except DownloadError as reason:
        raise OSError(reason.reason) from None
    return sink.getvalue()
