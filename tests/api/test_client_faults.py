"""What a create and a reading mean when the server or the line fails, over real sockets."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
from decimal import Decimal

import pytest

from runflow_nb import errors
from runflow_nb.api import exchange
from runflow_nb.api.errors import AmbiguousCreate, RunNotFound
from runflow_nb.api.exchange import Timeouts
from runflow_nb.api.wire import RemoteRun
from tests.api.made import MODEL, QuickClock, connected, create_body, run_json
from tests.api.raw_server import CUT, SILENCE, Answer, RawServer, answer

HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
ACCEPTED = answer(201, run_json())
RUN_ID = str(run_json()["id"])


def create(*answers: Answer) -> tuple[RemoteRun | Exception, RawServer, QuickClock]:
    """Send one create to a server that answers so; what came of it."""

    async def play() -> tuple[RemoteRun | Exception, RawServer, QuickClock]:
        clock = QuickClock()
        async with RawServer(*answers) as server, connected(server.url, clock=clock) as client:
            try:
                return await client.create_run(MODEL, create_body(), idempotency_key="key-1"), server, clock
            except (errors.RunflowError, AmbiguousCreate) as error:
                return error, server, clock

    return asyncio.run(play())


def read(*answers: Answer) -> tuple[RemoteRun | Exception, RawServer, QuickClock]:
    """Ask once for a run."""

    async def play() -> tuple[RemoteRun | Exception, RawServer, QuickClock]:
        clock = QuickClock()
        async with RawServer(*answers) as server, connected(server.url, clock=clock) as client:
            try:
                return await client.get_run(RUN_ID), server, clock
            except (errors.RunflowError, RunNotFound) as error:
                return error, server, clock

    return asyncio.run(play())


@pytest.mark.client("14/create-status")
@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_2xx_is_an_acceptance(status: int) -> None:
    outcome, _, _ = create(answer(status, run_json()))
    assert isinstance(outcome, RemoteRun)


def test_a_create_carries_its_key_its_body_and_nothing_that_was_not_asked_for() -> None:
    _, server, _ = create(ACCEPTED)
    received = server.received[0]
    assert (received.method, received.path) == ("POST", f"/v1/models/{MODEL}/runs")
    assert received.json == create_body()
    assert received.headers["idempotency-key"] == "key-1"
    assert received.headers["content-type"] == "application/json"
    assert "x-organization-id" not in received.headers


@pytest.mark.parametrize(
    "fault",
    [
        CUT,
        answer(201, run_json())[:-20],
        answer(201, run_json(), length=5000),
        answer(201, '{"id": "0198'),
        answer(201, HTML),
        answer(201, ""),
        answer(204, ""),
        answer(201, {"status_code": "queued"}),
        answer(500, {"code": "INTERNAL", "message": "oops"}),
        answer(502, HTML),
        answer(503, "unavailable"),
        answer(504, ""),
        answer(408, ""),
        answer(409, {"code": "CONFLICT", "message": "another body"}),
        answer(425, ""),
        answer(302, "", headers={"Location": "/v1/elsewhere"}),
        answer(307, "", headers={"Location": "https://elsewhere.example/"}),
        b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: minus\r\n\r\n{}",
    ],
)
def test_a_create_whose_fate_is_open_is_sent_once_and_called_ambiguous(fault: bytes) -> None:
    outcome, server, clock = create(fault, ACCEPTED)
    assert isinstance(outcome, AmbiguousCreate)
    assert outcome.reason
    assert len(server.received) == 1
    assert clock.slept == []


def test_the_status_of_an_ambiguous_answer_is_told() -> None:
    outcome, _, _ = create(answer(409, {"code": "CONFLICT", "message": "another body"}))
    assert isinstance(outcome, AmbiguousCreate)
    assert outcome.status == 409
    assert "another body" in outcome.reason
    cut, _, _ = create(CUT)
    assert isinstance(cut, AmbiguousCreate)
    assert cut.status is None


def test_a_create_without_an_answer_in_time_is_ambiguous() -> None:
    async def play() -> None:
        async with RawServer(SILENCE) as server, connected(server.url, timeouts=Timeouts(read=0.05)) as client:
            with pytest.raises(AmbiguousCreate, match="no answer in time"):
                await client.create_run(MODEL, create_body(), idempotency_key="k")

    asyncio.run(play())


def test_a_create_with_sync_mode_is_given_the_time_that_its_picture_takes() -> None:
    async def play() -> None:
        timeouts = Timeouts(read=0.05, sync_read=5)

        async with RawServer(SILENCE) as server, connected(server.url, timeouts=timeouts) as client:
            task = asyncio.create_task(client.create_run(MODEL, create_body(sync_mode=True), idempotency_key="k"))
            await server.arrived.wait()
            done, _ = await asyncio.wait([task], timeout=0.3)
            assert not done
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(play())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.RequestRefused),
        (401, errors.KeyRefused),
        (402, errors.InsufficientCredit),
        (403, errors.AccessDenied),
        (404, errors.RequestRefused),
        (405, errors.RequestRefused),
        (413, errors.RequestRefused),
        (415, errors.RequestRefused),
        (422, errors.RequestRefused),
    ],
)
@pytest.mark.parametrize("body", [{"code": "SOME_CODE", "message": "no"}, HTML, "", b"\xff"])
def test_a_refusal_is_final_whatever_its_body(status: int, kind: type[errors.RequestRefused], body: object) -> None:
    outcome, server, _ = create(answer(status, body), ACCEPTED)
    assert type(outcome) is kind
    assert outcome.status == status
    assert outcome.message
    assert len(server.received) == 1


def test_a_refusal_whose_body_breaks_off_is_a_refusal() -> None:
    outcome, _, _ = create(answer(402, {"code": "INSUFFICIENT_CREDIT"}, length=900))
    assert type(outcome) is errors.InsufficientCredit


def test_a_refusal_names_its_fields() -> None:
    body = {"code": "V", "message": "no", "errors": [{"loc": ["body", "input", "seed"], "msg": "not taken"}]}
    outcome, _, _ = create(answer(422, body))
    assert isinstance(outcome, errors.RequestRefused)
    assert (outcome.code, outcome.fields) == ("V", (("input.seed", "not taken"),))


def test_a_create_that_was_told_to_slow_down_is_sent_again_with_the_same_key_and_body() -> None:
    outcome, server, clock = create(answer(429, "", headers={"Retry-After": "7"}), answer(429, ""), ACCEPTED)
    assert isinstance(outcome, RemoteRun)
    assert len({(each.body, each.headers["idempotency-key"]) for each in server.received}) == 1
    assert 7 <= clock.slept[0] <= 8
    assert 2 <= clock.slept[1] <= 3


def test_a_server_that_stays_busy_takes_nothing() -> None:
    outcome, server, clock = create(answer(429, {"code": "RATE_LIMITED", "message": "slower"}))
    assert isinstance(outcome, errors.ServerUnavailable)
    assert len(server.received) == 5
    assert len(clock.slept) == 4


def test_an_ambiguous_answer_after_a_busy_one_ends_the_tries() -> None:
    outcome, server, _ = create(answer(429, ""), CUT, ACCEPTED)
    assert isinstance(outcome, AmbiguousCreate)
    assert len(server.received) == 2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_where_nobody_listens_on_this_machine_it_is_said_at_once() -> None:
    async def play() -> None:
        clock = QuickClock()
        async with connected(f"http://127.0.0.1:{free_port()}", clock=clock) as client:
            with pytest.raises(errors.ServerUnavailable) as refused:
                await client.create_run(MODEL, create_body(), idempotency_key="k")
            assert refused.value.absent
            with pytest.raises(errors.ServerUnavailable) as refused:
                await client.health()
            assert refused.value.absent
        with pytest.raises(errors.ServerUnavailable, match="given up"):
            await client.health()
        assert clock.slept == []

    asyncio.run(play())


@pytest.mark.parametrize("fault", [CUT, answer(503, "")])
def test_a_server_that_cannot_answer_is_not_said_to_be_absent(fault: bytes) -> None:
    outcome, _, _ = read(fault)
    assert isinstance(outcome, errors.ServerUnavailable)
    assert not outcome.absent


def test_a_create_that_never_left_is_tried_five_times_and_then_unsent() -> None:
    async def play() -> None:
        clock = QuickClock()
        async with connected("https://nowhere.invalid", clock=clock) as client:
            with pytest.raises(errors.ServerUnavailable, match=r"nowhere\.invalid"):
                await client.create_run(MODEL, create_body(), idempotency_key="k")
        assert len(clock.slept) == 4

    asyncio.run(play())


def test_a_server_that_does_not_speak_tls_was_sent_nothing() -> None:
    async def play() -> None:
        async with RawServer(b"not TLS") as server:
            clock = QuickClock()
            url = f"https://localhost:{server.port}"
            async with connected(url, clock=clock, timeouts=Timeouts(connect=0.1)) as client:
                with pytest.raises(errors.ServerUnavailable):
                    await client.create_run(MODEL, create_body(), idempotency_key="k")

    asyncio.run(play())


@pytest.mark.parametrize(
    "fault",
    [CUT, answer(503, ""), answer(502, HTML), answer(200, HTML), answer(200, run_json(), length=9000), answer(429, "")],
)
def test_a_reading_is_asked_again_after_a_passing_fault(fault: bytes) -> None:
    outcome, server, clock = read(fault, answer(200, run_json(status_code="running", cost="0.08")))
    assert isinstance(outcome, RemoteRun)
    assert (outcome.status, outcome.cost) == ("running", Decimal("0.08"))
    assert len(server.received) == 2
    assert len(clock.slept) == 1


@pytest.mark.parametrize("fault", [CUT, answer(503, HTML), answer(200, "[]"), answer(200, "null")])
def test_a_reading_that_stays_broken_ends_after_five_tries(fault: bytes) -> None:
    outcome, server, _ = read(fault)
    assert isinstance(outcome, errors.ServerUnavailable)
    assert outcome.reason
    assert len(server.received) == 5


def test_a_run_that_is_not_there_has_an_error_of_its_own() -> None:
    outcome, server, _ = read(answer(404, {"code": "RUN_NOT_FOUND", "message": "no"}))
    assert isinstance(outcome, RunNotFound)
    assert outcome.run_id == RUN_ID
    assert len(server.received) == 1


def test_a_redirect_is_not_followed() -> None:
    outcome, server, _ = read(answer(302, "", headers={"Location": "/v1/runs/other"}), answer(200, run_json()))
    assert isinstance(outcome, errors.ServerUnavailable)
    assert "redirect" in outcome.reason
    assert len(server.received) == 1


def search(*pages: object) -> tuple[list[RemoteRun] | errors.RunflowError, RawServer]:
    async def play() -> tuple[list[RemoteRun] | errors.RunflowError, RawServer]:
        async with RawServer(*(answer(200, page) for page in pages)) as server, connected(server.url) as client:
            try:
                return await client.find_runs("nb-1"), server
            except errors.ServerUnavailable as error:
                return error, server

    return asyncio.run(play())


@pytest.mark.client("14/filter-syntax")
def test_a_search_uses_the_clients_syntax() -> None:
    found, server = search({"items": [run_json()]})
    assert isinstance(found, list)
    assert [run.client_ref for run in found] == ["nb-1"]
    assert server.received[0].path == "/v1/runs?q=client_ref.EQ%3A%27nb-1%27"


def test_another_runs_label_is_never_taken_for_ours() -> None:
    found, _ = search({"items": [run_json(client_ref="nb-2")]})
    assert found == []


def test_a_server_that_passes_over_the_filter_is_read_on_and_then_not_believed() -> None:
    others = {"items": [run_json(client_ref="nb-2")], "next_pq": "more"}
    found, server = search(others, others, {"items": [run_json()], "next_pq": "more"})
    assert isinstance(found, list)
    assert len(found) == 1
    assert len(server.received) == 3
    lost, server = search(others)
    assert isinstance(lost, errors.ServerUnavailable)
    assert len(server.received) == 5


def test_an_answer_that_unpacks_to_more_than_any_needs_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LARGEST_ANSWER", 2**20)
    bomb = gzip.compress(json.dumps(run_json(id="a", metadata={"bomb": "0" * 2**21})).encode())

    async def play() -> None:
        packed = answer(200, bomb, headers={"Content-Encoding": "gzip"})
        async with RawServer(packed) as server, connected(server.url) as client:
            with pytest.raises(errors.ServerUnavailable, match="larger than 1 MiB"):
                await client.get_run("a")

    asyncio.run(play())


def test_an_answer_about_another_run_is_no_answer() -> None:
    async def play() -> None:
        async with RawServer(answer(200, run_json(id="b"))) as server, connected(server.url) as client:
            with pytest.raises(errors.ServerUnavailable, match="about another run"):
                await client.get_run("a")

    asyncio.run(play())


@pytest.mark.parametrize(
    "items", [[{"no": "run"}], [{"id": "a", "status_code": "queued"}], [run_json(client_ref=None)]]
)
def test_entries_that_do_not_say_whose_they_are_settle_nothing(items: list[object]) -> None:
    found, _ = search({"items": items})
    assert isinstance(found, errors.ServerUnavailable)


@pytest.mark.parametrize("status", [403, 404])
def test_a_balance_that_is_not_to_be_had_is_none(status: int) -> None:
    async def play() -> None:
        async with RawServer(answer(status, "")) as server, connected(server.url) as client:
            assert await client.balance() is None

    asyncio.run(play())


def test_an_answer_of_200_is_health_enough() -> None:
    async def play() -> None:
        async with RawServer(answer(200, "fine")) as server, connected(server.url) as client:
            assert not (await client.health()).sandbox

    asyncio.run(play())


@pytest.mark.parametrize("model", ["", "google", "google//x", "google/../x", "./google/x", "google/ "])
def test_a_model_id_that_is_no_path_is_refused_before_anything_is_sent(model: str) -> None:
    async def play() -> None:
        async with RawServer(ACCEPTED) as server, connected(server.url) as client:
            with pytest.raises(errors.InvalidRequest, match="model"):
                await client.create_run(model, create_body(), idempotency_key="k")
            assert server.received == []

    asyncio.run(play())


def test_each_segment_of_a_model_id_is_percent_encoded() -> None:
    async def play() -> None:
        async with RawServer(ACCEPTED) as server, connected(server.url) as client:
            await client.create_run("owner/a b?c#d", create_body(), idempotency_key="k")
            assert server.received[0].path == "/v1/models/owner/a%20b%3Fc%23d/runs"

    asyncio.run(play())


def test_a_cancelled_reading_is_cancelled_and_not_tried_again() -> None:
    async def play() -> None:
        async with RawServer(SILENCE) as server, connected(server.url) as client:
            task = asyncio.create_task(client.get_run(RUN_ID))
            await server.arrived.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert len(server.received) == 1

    asyncio.run(play())


def test_each_phase_has_its_time_out_and_a_large_body_more_time_to_be_written() -> None:
    phases = Timeouts()
    assert (phases.connect, phases.write, phases.read, phases.pool) == (10.0, 60.0, 30.0, 30.0)
    assert phases.of(body=60 * 1024 * 1024).write == 240.0
