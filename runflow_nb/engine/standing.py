"""Whose key it is and what is left: the way to check a connection. Costs nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal

from ..errors import InvalidSetting, NotConnected, RequestRefused, ServerUnavailable
from ..settings import SANDBOX
from .connection import Connection

PATIENCE = 8.0
"""Seconds; whoever only looks where they stand does not wait for an API to come back."""


GLANCE = 3.0
"""Seconds; where the balance is told beside something else, it may as well be missing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an API says of a key."""

    organizations: tuple[str, ...]
    """Names, or ids where there are none; empty where the API does not say."""
    balance: Decimal | None
    """USD; None where the API or the key's permissions do not tell."""


async def ask_standing(connection: Connection) -> Standing:
    """Ask the API. Raises KeyRefused and its kind, ServerUnavailable, NotConnected."""
    try:
        async with asyncio.timeout(PATIENCE):
            client = await connection.client()
            account, balance = await asyncio.gather(client.account(), client.balance())
    except TimeoutError:
        raise ServerUnavailable(connection.host, f"no answer within {PATIENCE:.0f} s") from None
    return Standing(account.organizations, None if balance is None else balance.amount)


async def ask_balance(connection: Connection) -> Decimal | None:
    """What is left in USD, as far as the API says so within a few seconds; None otherwise. Starts no sandbox."""
    if connection.base_url == SANDBOX and not connection.made:
        return None
    try:
        async with asyncio.timeout(GLANCE):
            balance = await (await connection.client()).balance()
    except (TimeoutError, ServerUnavailable, RequestRefused, NotConnected, InvalidSetting):
        return None
    return None if balance is None else balance.amount
