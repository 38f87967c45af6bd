"""The table of request parameters: what stands beside a model's input, and that the input has to be there."""

from __future__ import annotations

import pytest

from tests.contract.marked import marked
from tests.contract.pages import PAGES, REQUEST, ModelPage, Row
from tests.contract.planned import METADATA
from tests.contract.service import Service

OPTIONAL = [row for row in REQUEST if not row.required]


@pytest.mark.client("request/input")
@pytest.mark.parametrize("name", ["two small", "every field", "every field of an edit"])
def test_the_clients_body_is_an_input_and_what_goes_beside_it(service: Service, name: str) -> None:
    body = service.made(name).created.body
    assert isinstance(body["input"], dict)
    assert body.keys() <= {row.name for row in REQUEST} | {"client_ref"}


@pytest.mark.client("request/input")
def test_what_the_client_sends_is_what_the_sandbox_received(service: Service) -> None:
    created = service.made("two small").created
    (received,) = [
        each for each in service.book()["received"] if each["body"].get("client_ref") == created.body["client_ref"]
    ]
    assert received["body"] == created.body
    assert received["idempotency_key"] == created.headers["idempotency-key"]


@pytest.mark.server("request/input")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_body_without_input_is_refused(service: Service, page: ModelPage) -> None:
    (exchange,) = service.sent("no input", page)
    assert exchange.status == 422
    assert ["body", "input"] in [each["loc"] for each in exchange.json["errors"]]


@pytest.mark.client("request/metadata")
def test_the_clients_metadata_go_out_as_they_are_and_are_kept_with_the_run(service: Service) -> None:
    made = service.made("two small")
    assert made.created.body["metadata"] == METADATA == made.run.metadata
    assert "metadata" not in service.made("every field").created.body


@pytest.mark.server("request/metadata")
def test_metadata_stand_on_the_run_as_they_were_sent(service: Service) -> None:
    assert service.told(service.made("two small"))["metadata"] == METADATA
    assert service.ended(service.sent("sent twice")[0].json["id"])["metadata"] is None


@pytest.mark.client("request/callback_url")
def test_the_clients_callback_url_goes_out_as_it_is_or_not_at_all(service: Service) -> None:
    made = service.made("two small")
    assert made.created.body.get("callback_url") == service.hook == made.run.callback_url
    assert "callback_url" not in service.made("every field").created.body


@pytest.mark.server("request/callback_url")
def test_a_callback_url_may_be_null_and_stands_on_the_run(service: Service) -> None:
    first = service.sent("sent twice")[0]
    assert (first.body["callback_url"], first.json["callback_url"]) == (None, None)
    assert 200 <= first.status < 300
    made = service.made("two small")
    assert service.told(made)["callback_url"] == service.hook


@pytest.mark.parametrize("row", [marked("server", f"request/{row.name}", row) for row in OPTIONAL])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_another_type_beside_the_input_is_refused_by_name(service: Service, page: ModelPage, row: Row) -> None:
    (exchange,) = service.sent("wrong kinds", page)
    assert exchange.status == 422
    assert ["body", row.name] in [each["loc"] for each in exchange.json["errors"]]
