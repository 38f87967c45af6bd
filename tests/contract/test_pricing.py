"""The pages' pricing and endpoint: what is billed, what is estimated, and where a run is created."""

from __future__ import annotations

from decimal import Decimal

import pytest

from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.price import estimate
from tests.contract.marked import marked, pages
from tests.contract.pages import NANO_2, PRO_EDIT, ModelPage
from tests.contract.service import Service

EVERY_FIELD = {NANO_2.name: "every field", PRO_EDIT.name: "every field of an edit"}


@pytest.mark.parametrize("page", pages("server", "price/base"))
def test_a_run_of_which_nothing_is_said_but_its_prompt_is_billed_the_base_price(
    service: Service, page: ModelPage
) -> None:
    assert Decimal(service.example_told(page)["cost"]) == page.base


@pytest.mark.parametrize("page", pages("client", "price/base"))
def test_the_base_price_is_what_the_client_says_beforehand(page: ModelPage) -> None:
    found = estimate(CATALOG[page.model], {"prompt": "an owl"})
    assert (found.amount, found.upper, found.kind, found.images) == (page.base, page.base, "exact", 1)


@pytest.mark.parametrize(
    ("page", "one", "two"),
    [
        marked("server", "nano-banana-2/price/note", NANO_2, "inline", "two small"),
        marked("server", "nano-banana-pro/edit/price/note", PRO_EDIT, None, "two inline edits"),
    ],
)
def test_every_image_is_billed(service: Service, page: ModelPage, one: str | None, two: str) -> None:
    single = service.billed(service.made(one)) if one else page.base
    assert service.billed(service.made(two)) == 2 * single


@pytest.mark.parametrize("page", pages("client", "price/note"))
def test_the_client_counts_images_and_takes_1k_for_the_default(page: ModelPage) -> None:
    spec = CATALOG[page.model]
    assert estimate(spec, {"num_images": 3}).amount == 3 * page.base
    assert estimate(spec, {"resolution": "1K"}) == estimate(spec, {})


@pytest.mark.parametrize(
    ("name", "count", "each"),
    [
        marked("client", "nano-banana-2/price/base", "every field", 1, Decimal("0.097")),
        marked("client", "nano-banana-pro/edit/price/base", "two inline edits", 2, PRO_EDIT.base),
    ],
)
def test_what_was_billed_is_read_to_the_last_digit(service: Service, name: str, count: int, each: Decimal) -> None:
    made = service.made(name)
    assert isinstance(made.run.cost, Decimal)
    assert made.run.cost == service.billed(made) == service.delivered(count) * each


@pytest.mark.parametrize("page", pages("client", "endpoint"))
def test_the_client_creates_runs_at_the_endpoint_of_the_page_with_the_key(service: Service, page: ModelPage) -> None:
    created = service.made(EVERY_FIELD[page.name]).created
    assert f"{created.method} {created.path}" == page.endpoint
    assert created.bearer == service.bearer
    assert created.headers["content-type"] == "application/json"


@pytest.mark.parametrize("page", pages("server", "endpoint"))
def test_the_endpoint_accepts_a_run_and_names_it(service: Service, page: ModelPage) -> None:
    (exchange,) = service.sent("example for curl", page)
    assert f"{exchange.method} {exchange.path}" == page.endpoint
    assert 200 <= exchange.status < 300
    assert exchange.json["id"]
    assert service.http.post(page.path, json={}, headers={"Authorization": ""}).status_code == 401
