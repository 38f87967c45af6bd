"""Whose key it is and what is left, in every shape that the contract knows."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal

import pytest

from runflow_nb.api.account import NEEDED, Balance, Membership, read_account, read_balance
from runflow_nb.api.client import RunflowClient
from runflow_nb.api.errors import MalformedAnswer
from runflow_nb.secret import Secret
from tests.http_server import Answer, Heard, HttpServer


@pytest.mark.client("14/balance")
@pytest.mark.parametrize(
    ("answer", "amount"),
    [
        ({"balance": "12.50"}, "12.50"),
        ({"balance_cents": 1250, "currency": "USD"}, "12.50"),
        ({"balance_cents": 1250}, "12.50"),
        ({"items": [{"balance_usd": "12.50"}]}, "12.50"),
        ({"items": [{"balance": 12.5}]}, "12.50"),
        ({"items": [{"currency": "EUR", "balance": 1}, {"currency": "usd", "balance": "12.50"}]}, "12.50"),
        ({"balance_usd": "12.50", "currency": " usd "}, "12.50"),
        ({"balance": "0", "balance_cents": 1250}, "0"),
        ({"balance": "-0.42"}, "-0.42"),
        ({"balance": -0.42}, "-0.42"),
        ({"balance_cents": -42}, "-0.42"),
    ],
)
def test_the_balance_is_read_in_each_of_its_shapes(answer: object, amount: str) -> None:
    assert read_balance(answer).amount == Decimal(amount)


@pytest.mark.parametrize(
    "answer",
    [{}, [], None, 12.5, "12.50", {"balance": "much"}, {"balance": True}, {"balance": "--1"}, {"items": []},
     {"balance": "12.50", "currency": "EUR"}, {"balance": {"amount": 1}}],
)  # fmt: skip
def test_what_is_no_balance_in_dollars_is_none(answer: object) -> None:
    with pytest.raises(MalformedAnswer):
        read_balance(answer)


def test_the_sum_below_which_it_is_low_is_told() -> None:
    assert read_balance({"balance": "1", "low_balance_threshold": "2.50"}) == Balance(Decimal(1), Decimal("2.50"))
    assert read_balance({"balance": "1", "low_balance_threshold": None}).low is None


def asked(*answers: Answer) -> tuple[Balance | None, list[str]]:
    """What a client makes of these answers to its questions, and what it asked."""

    async def play(url: str) -> Balance | None:
        client = RunflowClient(url, Secret("rf_live_nobodys"))
        try:
            return await client.balance()
        finally:
            await client.aclose()

    left = list(answers)

    def answer(_: Heard) -> Answer:
        return left.pop(0)

    with HttpServer(answer) as server:
        return asyncio.run(play(server.url)), [heard.path for heard in server.heard]


def told(content: object) -> Answer:
    return Answer(200, json.dumps(content).encode())


@pytest.mark.parametrize("first", [Answer(403), Answer(404), Answer(405), told({"credit": 5}), told([])])
def test_the_second_address_is_asked_where_the_first_does_not_tell(first: Answer) -> None:
    assert asked(first, told({"items": [{"balance_usd": "3"}]})) == (
        Balance(Decimal(3)),
        ["/v1/billing/balance", "/v1/credit-balances"],
    )
    assert asked(first, first)[0] is None


def test_the_second_address_is_not_asked_where_the_first_tells() -> None:
    assert asked(told({"balance": "3"})) == (Balance(Decimal(3)), ["/v1/billing/balance"])


def test_an_api_that_embeds_nothing_is_asked_plainly() -> None:
    answers = [Answer(422), told({"email": "a@b.example", "memberships": [{"org": {"slug": "foxes"}}]})]
    paths = []

    def answer(heard: Heard) -> Answer:
        paths.append(heard.path)
        return answers.pop(0)

    async def play(url: str) -> tuple[str, ...]:
        client = RunflowClient(url, Secret("rf_live_nobodys"))
        try:
            return (await client.account()).organizations
        finally:
            await client.aclose()

    with HttpServer(answer) as server:
        assert asyncio.run(play(server.url)) == ("foxes",)
    assert paths == ["/v1/auth/me?embed=memberships", "/v1/auth/me"]


def test_what_a_key_may_not_do_is_known_only_where_scopes_are_told() -> None:
    def missing(*scopes: str) -> list[str]:
        return Membership("o1", "Foxes", scopes=frozenset(scopes) or None).missing()

    assert missing() == []
    assert missing("*") == missing("runs:*", "assets:*", "credit_balance:read") == []
    assert missing("runs:read", "assets:create", "assets:read", "credit_balance:read") == ["runs:create"]
    assert missing("evaluations:read") == list(NEEDED)


def test_the_organisation_meant_is_the_one_set_else_the_only_one() -> None:
    both = read_account({"memberships": [{"org": {"id": "O1", "name": "Foxes"}}, {"org": {"id": "o2"}}, {}, 5]})
    assert [each.id for each in both.memberships] == ["O1", "o2"]
    assert both.membership("o1") is both.memberships[0]
    assert both.membership(None) is both.membership("o3") is None
    one = read_account({"memberships": [{"org": {"id": "o1"}}]})
    assert one.membership(None) is one.memberships[0]


def test_a_person_is_read_as_far_as_told() -> None:
    person = read_account({"first_name": " Ada ", "last_name": "L.", "email_verified_at": None})
    assert (person.name, person.verified) == ("Ada L.", False)
    assert read_account({}).verified is None
