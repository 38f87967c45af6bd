"""Whose key it is, as a table that may stay in a notebook: no key, and nobody's name or address unless asked for."""

from __future__ import annotations

from collections.abc import Iterator

from ...api.account import NEEDED, Account, Balance, Membership
from ...engine.standing import Standing
from ...money import usd
from .tables import Table

UNTOLD = "not available"
PLAY = "This is the sandbox on this machine: its account and credit are play, and nothing is billed."
PERSONAL = "This output names a person: clear it before the notebook is shared."


def account_table(standing: Standing, origin: str, address: str, chosen: str | None, *, full: bool) -> Table:
    """What the API says of the key. `chosen`: the setting `organization`; `full`: with what names a person."""
    account, balance = standing.account, standing.balance
    rows = [("API", address), ("origin", origin)]
    if chosen:
        rows.append(("organisation set", chosen))
    rows += _organizations(account, chosen, full)
    rows.append(("balance", UNTOLD if balance is None else _left(balance, play=origin == "sandbox")))
    if account is not None:
        ours = account.membership(chosen)
        rows += _permissions(ours) if ours else ()
        rows += _person(account) if full else ()
        if account.verified is False:
            rows.append(("e-mail address", "not confirmed yet: the API may refuse to run models"))
    remarks = [PLAY] * (origin == "sandbox") + [PERSONAL] * full
    return Table(("account", ""), tuple(rows), remark="\n".join(remarks))


def _organizations(account: Account | None, chosen: str | None, full: bool) -> Iterator[tuple[str, str]]:
    """The one that is meant first; with what else the account belongs to, for one of these can be set."""
    if account is None or not account.memberships:
        yield "organisation", UNTOLD
        return
    ours = account.membership(chosen)
    for each in sorted(account.memberships, key=lambda each: each is not ours):
        name = "organisation" if each is ours or ours is None else "also of"
        parts = [each.label or "", f"plan {each.plan}" if each.plan else "", f"role {each.role}" if each.role else ""]
        yield name, ", ".join([*filter(None, parts), *([each.id] if full and each.id and each.name else ())])


def _left(balance: Balance, *, play: bool) -> str:
    amount = f"{usd(balance.amount)}{' play money' if play else ''}"
    if not balance.low:
        return amount
    return f"{amount}, {'low: below' if balance.amount < balance.low else 'called low below'} {usd(balance.low)}"


def _permissions(ours: Membership) -> Iterator[tuple[str, str]]:
    if ours.scopes is None:
        yield "permissions", UNTOLD
        return
    missing = ours.missing()
    for scope in missing:
        yield "may not", f"{scope} ({NEEDED[scope]})"
    if not missing:
        yield "permissions", "all that runflow_nb uses"


def _person(account: Account) -> Iterator[tuple[str, str]]:
    yield "person", account.name or UNTOLD
    yield "e-mail", account.email or UNTOLD
