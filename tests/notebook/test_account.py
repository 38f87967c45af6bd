"""`%runflow account`: whose key it is, in words that may stay in a notebook that is shared."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from runflow_nb.api.account import NEEDED, Balance, read_account
from runflow_nb.engine.standing import Standing
from runflow_nb.notebook.views.account_view import account_table
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel

ADDRESS = "https://api.runflow.io"
FOXES = {"org": {"id": "org-1", "name": "Foxes", "plan_code": "pro"}, "role_code": "owner", "scopes": list(NEEDED)}
OWLS = {"org": {"id": "org-2", "slug": "owls"}, "scopes": ["runs:read"]}
ADA = {
    "id": "user-1",
    "email": "ada@foxes.example",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email_verified_at": "2026-01-01T00:00:00Z",
    "memberships": [FOXES],
}


def table(me: Any, balance: Balance | None = None, chosen: str | None = None, **given: Any) -> list[tuple[str, ...]]:
    account = None if me is None else read_account(me)
    options = {"full": False, **given}
    return list(account_table(Standing(account, balance), "live", ADDRESS, chosen, **options).rows)


def named(rows: Iterable[Any]) -> dict[str, str]:
    """The rows of a table of two columns."""
    return dict(rows)


def test_what_stays_in_a_notebook_names_nobody() -> None:
    shown = account_table(Standing(read_account(ADA), Balance(Decimal(5))), "live", ADDRESS, None, full=False)
    assert shown.rows == (
        ("API", ADDRESS),
        ("origin", "live"),
        ("organisation", "Foxes, plan pro, role owner"),
        ("balance", "$5.00"),
        ("permissions", "all that runflow_nb uses"),
    )
    for text in shown.bundle().values():
        assert not any(word in text for word in ("Ada", "Lovelace", "ada@", "user-1", "org-1"))


def test_the_person_is_named_where_asked_for_and_that_is_said() -> None:
    shown = account_table(Standing(read_account(ADA), None), "live", ADDRESS, None, full=True)
    rows = named(shown.rows)
    assert (rows["person"], rows["e-mail"]) == ("Ada Lovelace", "ada@foxes.example")
    assert rows["organisation"].endswith("org-1")
    assert "clear it before the notebook is shared" in shown.text()


def test_each_organisation_is_shown_and_the_one_that_is_set_first() -> None:
    two = {"memberships": [FOXES, OWLS]}
    assert [name for name, _ in table(two)[2:4]] == ["organisation", "organisation"]
    rows = table(two, None, "ORG-2")
    assert rows[2:5] == [
        ("organisation set", "ORG-2"), ("organisation", "owls"), ("also of", "Foxes, plan pro, role owner")
    ]  # fmt: skip
    assert [text for name, text in rows if name == "may not"] == [
        f"{scope} ({use})" for scope, use in NEEDED.items() if scope != "runs:read"
    ]


@pytest.mark.parametrize("me", [None, {}, {"memberships": "none"}])
def test_what_is_not_told_is_said_to_be_so(me: Any) -> None:
    rows = named(table(me))
    assert (rows["organisation"], rows["balance"]) == ("not available", "not available")
    assert "e-mail" not in rows


@pytest.mark.parametrize(
    ("amount", "low", "said"),
    [
        ("5", None, "$5.00"),
        ("5", "0", "$5.00"),
        ("5", "2.5", "$5.00, called low below $2.50"),
        ("1", "2.5", "$1.00, low: below $2.50"),
        ("-0.42", None, "-$0.42"),
    ],
)
def test_a_balance_says_when_it_is_low(amount: str, low: str | None, said: str) -> None:
    balance = Balance(Decimal(amount), None if low is None else Decimal(low))
    assert named(table(ADA, balance))["balance"] == said


def test_an_address_that_was_not_confirmed_is_told_without_naming_it() -> None:
    rows = named(table({**ADA, "email_verified_at": None}))
    assert rows["e-mail address"].startswith("not confirmed")


def test_a_cell_shows_the_sandbox_as_what_it_is(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    before = len(sandbox.book.received)
    said = cells.run("%runflow account").text
    rows = dict(line.split("  ", maxsplit=1) for line in said.splitlines()[1:-1])
    assert rows["organisation"].strip() == "Sandbox, plan sandbox, role owner"
    assert rows["balance"].endswith("play money")
    assert rows["permissions"].strip() == "all that runflow_nb uses"
    assert said.endswith("nothing is billed.")
    assert "@" not in said
    assert len(sandbox.book.received) == before
    assert "you@sandbox.invalid" in cells.run("%runflow account --full").text


def test_nobody_is_asked_where_nobody_may_be(kernel: Kernel) -> None:
    assert "none is connected: %runflow connect live" in kernel.run("%runflow account").error
    kernel.run("%runflow connect http://127.0.0.1:9\n%runflow config reuse=only")
    ran = kernel.run("%runflow account")
    assert 'reuse is "only"' in ran.error
    assert "Nothing was sent or billed" in ran.error
