"""Whose key it is and what is left: the way to check a connection. Costs nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ..api.account import Account, Balance
from ..errors import InvalidSetting, KeyRefused, NotConnected, RequestRefused, ServerUnavailable
from ..settings import SANDBOX
from .connection import Connection

if TYPE_CHECKING:
    from ..api.client import RunflowClient

PATIENCE = 8.0
"""Seconds; whoever only looks where they stand does not wait for an API to come back."""
GLANCE = 3.0
"""Seconds; where the balance is told beside something else, it may as well be missing."""
FINAL = frozenset({"ORGANIZATION_MEMBERSHIP_REQUIRED", "EMAIL_NOT_VERIFIED"})
"""Refusals (403) that keep a key from everything, and not only from telling whose it is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an API says of a key."""

    account: Account | None
    """None where the API or the key's permissions do not tell."""
    balance: Balance | None
    """None where neither tells."""

    @property
    def organizations(self) -> tuple[str, ...]:
        """What to call them; empty where the API does not say."""
        return self.account.organizations if self.account else ()


async def ask_standing(connection: Connection) -> Standing:
    """Ask the API. Raises KeyRefused, AccessDenied where the key may do nothing at all, ServerUnavailable,
    NotConnected."""
    try:
        async with asyncio.timeout(PATIENCE):
            client = await connection.client()
            account, balance = await asyncio.gather(_account(client), _balance(client))
    except TimeoutError:
        raise ServerUnavailable(connection.host, f"no answer within {PATIENCE:.0f} s") from None
    return Standing(account, balance)


async def _account(client: RunflowClient) -> Account | None:
    try:
        return await client.account()
    except RequestRefused as refusal:
        if refusal.status not in (403, 404) or refusal.code in FINAL:
            raise
        return None


async def _balance(client: RunflowClient) -> Balance | None:
    """Whose key it is may be known all the same."""
    try:
        async with asyncio.timeout(GLANCE):
            return await client.balance()
    except KeyRefused:
        raise
    except (TimeoutError, ServerUnavailable, RequestRefused):
        return None


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
