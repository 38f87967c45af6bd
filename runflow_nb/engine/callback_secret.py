"""A new secret that Runflow signs callbacks with. Costs nothing."""

from __future__ import annotations

from ..api.errors import MalformedAnswer
from ..api.values import mapping, text
from ..api.wire import parse
from ..secret import Secret
from .connection import Connection

PATH = "/v1/callback-secrets"


async def make_callback_secret(connection: Connection, label: str) -> Secret:
    """It is told in this answer only. Raises RequestRefused and its kind, ServerUnavailable, NotConnected."""
    client = await connection.client()
    return await client.post(PATH, {"label": label}, _read)


def _read(body: bytes) -> Secret:
    found = text(mapping(parse(body)).get("plain_secret"))
    if found is None:
        raise MalformedAnswer("the answer holds no secret")
    return Secret(found)
