"""Where the sources of the API disagree about all that is no run: refusals, callbacks, accounts, assets, searches."""

from __future__ import annotations

import asyncio
import json
import uuid
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from runflow_nb import callbacks
from runflow_nb.api.account import read_balance
from runflow_nb.api.client import RunflowClient
from runflow_nb.api.upload import upload
from runflow_nb.secret import Secret
from runflow_nb.settings import is_loopback
from tests.contract.endings import Told
from tests.contract.planned import small_picture
from tests.contract.recorder import Recorder
from tests.contract.service import NO_RECEIVER, Service
from tests.contract.speaking import WHY

PREFIXES = ["rf_live_", "rf_svc_", "rfk_", "rf_", "", "sk-"]


@pytest.mark.server("14/error-envelope")
def test_a_refusal_is_flat(service: Service) -> None:
    answer = service.http.get(f"/v1/runs/{uuid.uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "RUN_NOT_FOUND")
    assert answer.json().keys() <= {"code", "message", "errors"}
    assert answer.json()["message"]


@pytest.mark.server("14/rate-limit-headers")
def test_answers_tell_no_rates(service: Service) -> None:
    headers = {*service.made("two small").created.told, *service.http.get("/v1/runs", params={"limit": 1}).headers}
    assert not [name for name in headers if "ratelimit" in name.lower() or name.lower() == "retry-after"]


@pytest.mark.both("14/cancelled-in-callbacks")
def test_callbacks_spell_cancelled_with_two_l_and_the_client_folds_it(endings: dict[str, Told]) -> None:
    _, heard, payload = endings["run.cancelled"]
    assert (payload["event"], payload["status"]) == ("run.cancelled", "cancelled")
    told = callbacks.parse(heard.body)
    assert isinstance(told, callbacks.RunEvent)
    assert (told.status, told.ended, told.delivered) == ("canceled", True, False)


@pytest.mark.both("14/callback-output")
def test_a_failed_run_is_told_with_null_for_an_output(endings: dict[str, Told]) -> None:
    run, heard, payload = endings["run.failed"]
    assert payload["output"] is None
    assert run["failure_message"] == WHY
    told = callbacks.parse(heard.body)
    assert isinstance(told, callbacks.RunEvent)
    assert (told.outputs, told.status) == ((), "failed")


@pytest.mark.server("14/callback-events")
def test_there_are_three_events(endings: dict[str, Told]) -> None:
    assert {json.loads(heard.body)["event"] for _, heard, _ in endings.values()} == set(endings)
    assert set(endings) == {"run.completed", "run.failed", "run.cancelled"}


@pytest.mark.server("14/callback-record")
def test_a_runs_callback_is_read_as_a_list_of_deliveries(service: Service) -> None:
    made = service.made("two small")
    if service.hook is None:
        pytest.skip(NO_RECEIVER)
    heard = service.called(made)
    (delivery,) = service.http.get(f"/v1/runs/{made.run.run_id}/callback").json()
    assert delivery["payload"] == json.loads(heard.body)
    assert (delivery["run_id"], delivery["callback_url"]) == (made.run.run_id, service.hook)


@pytest.mark.server("14/balance")
def test_the_balance_is_a_decimal_in_a_text(service: Service) -> None:
    told = service.http.get("/v1/billing/balance").json()
    assert isinstance(told["balance"], str)
    assert Decimal(told["balance"]).is_finite()


@pytest.mark.client("14/balance")
def test_the_client_reads_a_balance_from_either_address_whatever_it_is_called(service: Service) -> None:
    first, second = (
        read_balance(service.http.get(path).json()).amount for path in ("/v1/billing/balance", "/v1/credit-balances")
    )
    assert first is not None
    assert second is not None
    assert abs(first - second) < Decimal("0.01")


@pytest.mark.server("14/health-body")
def test_health_says_both(service: Service) -> None:
    answer = service.http.get("/v1/health", headers={"Authorization": ""})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["ok"]) == ("ok", True)


@pytest.mark.server("14/asset-references")
def test_a_reference_to_an_asset_is_resolved(service: Service) -> None:
    made = service.made("every field of an edit")
    (reference,) = made.input["image_urls"]
    assert reference.startswith("runflow://assets/")
    assert made.created.status == 201
    assert service.told(made)["status_code"] == "succeeded"


@pytest.mark.client("14/asset-references")
def test_the_client_uploads_a_large_picture_once_and_edits_it_whether_or_not_references_are_taken(
    service: Service,
) -> None:
    made = service.made("every field of an edit")
    (address,) = made.input["image_urls"]
    refused = service.dialect in ("no-asset-references", "older")
    assert address.startswith("http" if refused else "runflow://assets/")
    declared = [each for each in made.uploads if each.path == "/v1/asset-uploads"]
    assert [each.status for each in declared] == [201]
    assert len(made.run.images) == 1


@pytest.mark.server("14/upload-scheme")
def test_uploads_go_to_https_unless_all_of_it_is_on_this_machine(service: Service) -> None:
    (declared,) = [each for each in service.made("every field of an edit").uploads if each.path == "/v1/asset-uploads"]
    address = declared.json["upload_url"]
    assert urlsplit(address).scheme == "https" or (is_loopback(address) and is_loopback(service.url))


@pytest.mark.client("14/upload-scheme")
def test_the_client_puts_to_http_on_this_machine_where_the_api_is_there_too(service: Service) -> None:
    """To what else it does not put is asserted on an API that is elsewhere."""
    made = service.made("every field of an edit")
    declared, confirmed = made.uploads[:2]
    assert urlsplit(declared.json["upload_url"]).scheme == urlsplit(service.url).scheme
    assert (confirmed.path.rpartition("/")[2], confirmed.status) == ("confirmations", 201)
    assert confirmed.json["size_bytes"] == declared.body["size_bytes"]


def asked(service: Service, key: str) -> Recorder:
    """What a client with this key says and hears when it uploads something."""
    recorder = Recorder()

    async def play() -> None:
        client = RunflowClient(service.url, Secret(key), transport=recorder)
        try:
            await upload(client, small_picture(), "image/png", "a.png")
        finally:
            shown.append(repr(client))
            await client.aclose()

    shown: list[str] = []
    asyncio.run(play())
    assert key not in "".join(shown)
    return recorder


@pytest.mark.both("14/key-prefix")
@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_key_of_any_beginning_is_sent_as_it_is_and_taken(sandbox_of_any_key: Service, prefix: str) -> None:
    key = f"{prefix}{uuid.uuid4().hex}"
    heard = asked(sandbox_of_any_key, key).seen
    assert [each.status for each in heard] == [201, 201]
    assert {each.bearer for each in heard} == {f"Bearer {key}"}
    assert all(key.encode() not in each.answer for each in heard)


@pytest.fixture
def sandbox_of_any_key(service: Service) -> Service:
    """Its switches say that any key is taken; another service is shown the one that it gave."""
    service.book()
    return service


@pytest.mark.server("14/safety-tolerance")
def test_a_number_is_taken_as_a_text(service: Service) -> None:
    exchange = service.sent("sent twice")[0]
    assert exchange.body["input"]["safety_tolerance"] == 4
    assert service.ended(exchange.json["id"])["input"]["safety_tolerance"] == "4"


@pytest.mark.client("14/safety-tolerance")
def test_the_client_sends_a_text_where_it_was_given_a_number(service: Service) -> None:
    assert service.made("two inline edits").input["safety_tolerance"] == "3"


@pytest.mark.server("14/filter-syntax")
@pytest.mark.parametrize("syntax", ["client_ref.EQ:'{}'", "client_ref:{}", "client_ref={}"])
def test_runs_are_found_in_either_syntax(service: Service, syntax: str) -> None:
    made = service.made("two small")
    items = service.http.get("/v1/runs", params={"q": syntax.format(made.run.id)}).json()["items"]
    assert [each["id"] for each in items] == [made.run.run_id]


@pytest.mark.client("14/asset-link-lifetime")
def test_no_link_is_stored_however_long_it_works(service: Service) -> None:
    made = service.made("every field of an edit")
    confirmed = next(each for each in made.uploads if each.path.endswith("/confirmations"))
    link = urlsplit(confirmed.json["url"])
    kept = b"".join(path.read_bytes() for path in service.store.rglob("*") if path.suffix in (".jsonl", ".json", ".db"))
    assert made.run.id.encode() in kept
    assert link.query
    assert link.query.encode() not in kept
    assert link.path.encode() not in kept
