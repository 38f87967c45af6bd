"""Faults on demand, as a stranger's HTTP client meets them over real sockets."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from runflow_nb.clock import SystemClock
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.sandbox.faults.words import FAULTS, Stage

from ..sandboxes import running
from .conftest import Caller, MovedClock, caller


class NeverWaits(SystemClock):
    """Remembers how long it should have waited."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@contextmanager
def planned(plan: str, **changes: Any) -> Iterator[tuple[EmbeddedSandbox, Caller]]:
    """A sandbox under this plan, and a client of it."""
    with running(faults=plan, **changes) as sandbox, caller(sandbox) as call:
        yield sandbox, call


def acted(sandbox: EmbeddedSandbox) -> list[int]:
    """How often each rule has acted, by its book as strangers read it."""
    book = httpx.get(sandbox.url + "/sandbox/book", trust_env=False).json()
    assert [each["acted"] for each in book["faults"]] == [each.acted for each in sandbox.book.faults]
    return [each["acted"] for each in book["faults"]]


def links(run: dict[str, Any]) -> list[str]:
    return [output["url"] for output in run["output"]["outputs"]]


def link(run: dict[str, Any]) -> str:
    (url,) = links(run)
    return url


# --- connections


def test_a_connection_is_cut_for_real_and_only_what_was_accepted_is_on_the_books(
    capfd: pytest.CaptureFixture[str],
) -> None:
    plan = (
        "create: drop-after-read 1st; create: drop-after-accept 2nd; create: drop-mid-body 3rd; "
        "create: drop-before-read 4th; me: drop-before-read"
    )
    with planned(plan) as (sandbox, call):
        for accepted in (0, 1, 2):
            with pytest.raises(httpx.RemoteProtocolError):
                call.create()
            assert len(sandbox.book.runs) == accepted
        with pytest.raises(httpx.TransportError):
            call.create()
        with pytest.raises(httpx.ReadError):
            call.get("/v1/auth/me")
        assert (len(sandbox.book.runs), acted(sandbox)) == (2, [1, 1, 1, 1, 1])
        assert call.made()["status_code"] == "succeeded"
    assert capfd.readouterr().err == ""


def test_in_mid_body_means_after_the_head_and_half_of_the_bytes() -> None:
    with planned("download: drop-mid-body 2nd") as (sandbox, call):
        url = link(call.made())
        whole = httpx.get(url, trust_env=False).content
        came = b""
        with httpx.stream("GET", url, trust_env=False) as response:
            assert (response.status_code, response.headers["content-length"]) == (200, str(len(whole)))
            chunks = response.iter_raw()
            with pytest.raises(httpx.RemoteProtocolError, match=f"received {len(whole) // 2} bytes"):  # noqa: PT012
                while True:
                    came += next(chunks)
        assert came == whole[: len(whole) // 2]
        assert acted(sandbox) == [1]


def test_a_reset_also_meets_a_large_body() -> None:
    with planned("any: drop-before-read") as (_, call), pytest.raises(httpx.TransportError):
        call.create(prompt="x" * 9_000_000)


# --- time


def test_delays_add_up_and_the_work_is_done() -> None:
    clock = NeverWaits()
    with running(faults="read: delay=3s; any: delay=1s..2s 2nd", clock=clock) as sandbox:
        with caller(sandbox) as call:
            run = call.create().json()
            assert call.get(f"/v1/runs/{run['id']}").status_code == 200
        assert clock.slept[0] == 3
        assert 1 <= clock.slept[1] < 2
        assert acted(sandbox) == [1, 1]


def test_a_delay_takes_its_time() -> None:
    with planned("me: delay=80ms") as (_, call):
        began = time.monotonic()
        assert call.get("/v1/auth/me").status_code == 200
        assert time.monotonic() - began >= 0.08


# --- answers in place of the work


def test_a_status_stands_in_place_of_the_work() -> None:
    statuses = [name for name in FAULTS if name.isdigit()]
    plan = "; ".join(f"create,read: {status} {number}th" for number, status in enumerate(statuses, 1))
    with planned(plan) as (sandbox, call):
        for status in statuses:
            answer = call.create()
            assert answer.status_code == int(status)
            assert "retry-after" not in answer.headers
            if status in ("502", "504"):
                assert answer.headers["content-type"].startswith("text/html")
                assert f"<title>{status} " in answer.text
            else:
                assert answer.json()["code"]
                assert answer.json()["message"]
        assert (sandbox.book.runs, acted(sandbox)) == ((), [1] * len(statuses))
        assert call.create().status_code == 201


def test_what_is_said_of_when_to_come_again() -> None:
    plan = (
        "me: 429=0s 1st; me: 429=30s 2nd; me: 503=2m 3rd; me: 429=99999999999d 4th; "
        "me: 429-date=90s 5th; me: 429-date=9999999d 6th"
    )
    with planned(plan) as (_, call):
        said = [call.get("/v1/auth/me").headers["retry-after"] for _ in range(6)]
        assert said[:4] == ["0", "30", "120", "8639999999913600"]
        assert 85 < parsedate_to_datetime(said[4]).timestamp() - time.time() <= 90
        assert parsedate_to_datetime(said[5]).year == 9999


def test_an_expired_link_is_one_that_a_fresh_one_heals() -> None:
    with planned("download: expired 1st") as (_, call):
        run = call.made()
        answer = httpx.get(link(run), trust_env=False)
        assert (answer.status_code, answer.json()["code"]) == (403, "LINK_EXPIRED")
        fresh = call.get(f"/v1/runs/{run['id']}").json()
        assert httpx.get(link(fresh), trust_env=False).status_code == 200


# --- runs


def test_an_accepted_run_fails_is_canceled_or_never_ends_and_costs_nothing() -> None:
    with planned("create: fails 1st; create: cancels 2nd; create: hangs 3rd") as (sandbox, call):
        failed, canceled = call.made(), call.made()
        hanging = call.create().json()
        assert (failed["status_code"], failed["cost"], failed["output"]) == ("failed", "0", None)
        assert failed["failure_code"]
        assert failed["failure_message"]
        assert (canceled["status_code"], canceled["cost"], canceled["failure_code"]) == ("canceled", "0", None)
        assert call.get(f"/v1/runs/{hanging['id']}").json()["status_code"] == "running"
        assert (sandbox.book.billed, acted(sandbox)) == (0, [1, 1, 1])
        assert call.made()["status_code"] == "succeeded"


def test_a_run_that_succeeds_in_part_is_billed_in_part() -> None:
    with planned("create: partial") as (sandbox, call):
        some, only = call.made(num_images=3), call.made()
        assert (some["status_code"], len(links(some)), some["cost"]) == ("partial_succeeded", 2, "0.12")
        assert (only["status_code"], len(links(only)), only["cost"]) == ("partial_succeeded", 1, "0.06")
        assert sandbox.book.billed == Decimal("0.18")


def test_accepting_twice_bills_two_runs_and_answers_with_the_older() -> None:
    with planned("create: twice 1st; create: fails 1st") as (sandbox, call):
        answer = call.create(client_ref="a").json()
        assert sandbox.book.of("a")[0].id == answer["id"]
        assert [each.status for each in sandbox.book.of("a")] == ["failed", "failed"]
        found = call.get("/v1/runs", params={"q": "client_ref:a"}).json()["items"]
        assert len(found) == 2
    with planned("create: twice") as (sandbox, call):
        call.made(client_ref="b")
        for other in sandbox.book.of("b"):
            call.finish(other.id)
        assert sandbox.book.billed == Decimal("0.12")


def test_a_replayed_create_meets_no_fate() -> None:
    with planned("create: fails 2nd") as (sandbox, call):
        first = call.create(headers={"Idempotency-Key": "k"})
        assert call.create(headers={"Idempotency-Key": "k"}).json() == first.json()
        assert acted(sandbox) == [0]


def test_a_key_that_is_forgotten_protects_from_nothing() -> None:
    with planned("create: forgets-key 3rd") as (sandbox, call):
        ids = [call.create(headers={"Idempotency-Key": "k"}).json()["id"] for _ in range(3)]
        assert ids[0] == ids[1] != ids[2]
        assert acted(sandbox) == [1]


def test_a_refused_create_is_neither_run_nor_fault() -> None:
    with planned("create: twice; create: drop-after-accept; create: garbage") as (sandbox, call):
        assert call.create(prompt="").status_code == 422
        assert (sandbox.book.runs, acted(sandbox)) == ((), [0, 0, 0])


# --- wrong answers


def test_a_search_is_blind_to_young_runs() -> None:
    clock = MovedClock()
    with running(faults="search: blind=5s", clock=clock) as sandbox, caller(sandbox) as call:
        run = call.create(client_ref="a").json()

        def found() -> list[str]:
            items = call.get("/v1/runs", params={"q": "client_ref.EQ:'a'"}).json()["items"]
            return [each["id"] for each in items]

        assert (found(), acted(sandbox)) == ([], [1])
        assert call.get(f"/v1/runs/{run['id']}").status_code == 200
        clock.now += 4.9
        assert found() == []
        clock.now += 0.2
        assert (found(), acted(sandbox)) == ([run["id"]], [2])


def test_a_state_is_spelt_another_way() -> None:
    plan = (
        "create: fails 2nd; create: cancels 3rd; create: fails 4th; "
        "read: completed; read: errored; read: cancelled; search: unknown-state"
    )
    with planned(plan) as (sandbox, call):
        ids = [call.create().json()["id"] for _ in range(4)]
        shown = [call.finish(each)["status_code"] for each in ids]
        assert shown == ["completed", "errored", "cancelled", "errored"]
        assert [each.status for each in sandbox.book.runs] == ["succeeded", "failed", "canceled", "failed"]
        listed = call.get("/v1/runs").json()["items"]
        assert {each["status_code"] for each in listed} == {"hibernating"}
        assert acted(sandbox)[4:] == [2, 1, 1]


def test_members_are_null_gone_or_of_another_type_also_in_a_listing() -> None:
    plan = "read: null=cost+output; search: missing=client_ref+next_pq; search: wrong-types=cost; me: wrong-types"
    with planned(plan) as (sandbox, call):
        run = call.made(client_ref="a")
        assert (run["cost"], run["output"], run["client_ref"]) == (None, None, "a")
        listing = call.get("/v1/runs").json()
        assert "next_pq" not in listing
        (item,) = listing["items"]
        assert "client_ref" not in item
        assert not isinstance(item["cost"], str | None)
        me = call.get("/v1/auth/me").json()
        assert not isinstance(me["id"], str)
        assert not isinstance(me["memberships"], list)
        assert all(acted(sandbox))


def test_a_listing_without_its_list() -> None:
    with planned("search: wrong-types") as (_, call):
        assert not isinstance(call.get("/v1/runs").json()["items"], list)


def test_an_answer_that_is_no_json_and_whole_as_far_as_http_can_tell() -> None:
    plan = "create: truncated 1st; create: garbage 2nd; create: html 3rd; create: empty 4th"
    with planned(plan) as (sandbox, call):
        answers = [call.create() for _ in range(4)]
        for answer in answers:
            assert answer.status_code == 201
            assert int(answer.headers["content-length"]) == len(answer.content)
            with pytest.raises(ValueError):  # noqa: PT011 - JSON and Unicode errors alike
                answer.json()
        assert [each.headers["content-type"].partition(";")[0] for each in answers] == [
            "application/json", "application/json", "text/html", "application/json",
        ]  # fmt: skip
        assert (len(sandbox.book.runs), acted(sandbox)) == (4, [1, 1, 1, 1])


def test_a_picture_that_is_truncated_or_other_bytes() -> None:
    with planned("download: truncated 1st; download: garbage 2nd; download: html 3rd; download: empty 4th") as (
        sandbox,
        call,
    ):
        url = link(call.made(output_format="jpeg"))
        answers = [httpx.get(url, trust_env=False) for _ in range(5)]
        whole = answers[4].content
        assert answers[0].content == whole[: len(whole) // 2]
        assert len(answers[1].content) == len(whole)
        assert answers[1].content != whole
        assert answers[3].content == b""
        assert [each.headers["content-type"] for each in answers[:2]] == ["image/jpeg"] * 2
        assert [each.status_code for each in answers] == [200] * 5
        for bad in answers[:2]:
            with pytest.raises(OSError):  # noqa: PT011 - the library has no better word for it
                Image.open(io.BytesIO(bad.content)).load()
        assert acted(sandbox) == [1, 1, 1, 1]


def test_a_create_is_accepted_and_answered_with_an_error() -> None:
    plan = "; ".join(
        f"create: {status}-after-accept {number}th" for number, status in enumerate((500, 502, 503, 504), 1)
    )
    with planned(plan) as (sandbox, call):
        assert [call.create().status_code for _ in range(5)] == [500, 502, 503, 504, 201]
        assert (len(sandbox.book.runs), acted(sandbox)) == (5, [1, 1, 1, 1])


def test_an_upload_meets_faults_at_each_of_its_steps() -> None:
    plan = "declare: 503 1st; put: expired 1st; confirm: drop-mid-body 1st; asset: missing=url"
    with planned(plan) as (sandbox, call):
        announced = {"filename": "a.png", "mime_type": "image/png", "size_bytes": 3}
        assert call.post("/v1/asset-uploads", json=announced).status_code == 503
        asset = call.post("/v1/asset-uploads", json=announced).json()
        put = [
            httpx.put(asset["upload_url"], content=b"abc", headers={"Content-Type": "image/png"}, trust_env=False)
            for _ in range(2)
        ]
        assert [each.status_code for each in put] == [403, 200]
        confirm = f"/v1/asset-uploads/{asset['asset_id']}/confirmations"
        with pytest.raises(httpx.RemoteProtocolError):
            call.post(confirm, json={})
        assert call.post(confirm, json={}).status_code == 201
        assert "url" not in call.get(f"/v1/assets/{asset['asset_id']}").json()
        assert acted(sandbox) == [1, 1, 1, 1]


# --- the plan as a whole


def test_every_fault_is_met_by_a_test_here() -> None:
    """A word that is added to the language needs a test of what it does."""
    text = Path(__file__).read_text()
    named = {name for name in FAULTS if name.isdigit() or name.endswith("-after-accept") or name in text}
    assert named == set(FAULTS)
    assert {fault.stage for fault in FAULTS.values()} == set(Stage)


def test_the_same_plan_repeats_exactly_and_another_seed_does_not() -> None:
    def course(seed: int) -> list[int]:
        plan = f"seed={seed}; create: fails; create: 503 40%; create: 429 30%; health: 500 50%"
        with planned(plan) as (sandbox, call):
            statuses = [call.create().status_code for _ in range(25)]
            statuses += [call.get("/v1/health").status_code for _ in range(10)]
            return statuses + acted(sandbox)

    seven = course(7)
    assert course(7) == seven != course(8)
    assert 4 < seven[:25].count(503) < 17


def test_rules_count_the_requests_at_their_own_endpoints_and_refusals_end_a_request() -> None:
    with planned("any: 503 3rd; balance: 500 1st; me: 502 1st; balance: 504 1st") as (sandbox, call):
        asked = ["/v1/billing/balance", "/v1/auth/me", "/v1/auth/me", "/v1/auth/me"]
        assert [call.get(path).status_code for path in asked] == [500, 502, 503, 200]
        assert [(each.rule, each.asked, each.acted) for each in sandbox.book.faults] == [
            ("any: 503 3rd", 4, 1), ("balance: 500 1st", 1, 1), ("me: 502 1st", 3, 1), ("balance: 504 1st", 1, 0),
        ]  # fmt: skip


def test_no_plan_no_fault() -> None:
    with planned("") as (sandbox, call):
        assert call.made()["status_code"] == "succeeded"
        assert sandbox.book.faults == ()
