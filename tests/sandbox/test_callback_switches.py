"""Callbacks where pages disagree or are silent: each other side is a switch."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from runflow_nb.sandbox.callbacks.switches import CallbackSwitches, read_switches
from runflow_nb.sandbox.switching import BadSwitch

from .callbacks import Receiver, asked, call, quick, secret, signature, stack, switched, told
from .conftest import Caller, Started
from .told import wait_until

__all__ = ["call", "quick", "stack"]


@pytest.mark.server("14/callback-retries")
def test_an_older_page_tries_again_at_everything_but_2xx(stack: ExitStack) -> None:
    receiver = Receiver(stack, 400, 204)
    with switched("retry=not-2xx") as (_, call):
        assert told(call, receiver.url)["attempt_count"] == 2


@pytest.mark.server("14/callback-events")
def test_a_partial_success_has_an_event_of_its_own_on_another_page(stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    for words, event, status in (
        ((), "run.completed", "succeeded"),
        (("partial=partial_succeeded",), "run.partial_succeeded", "partial_succeeded"),
    ):
        with switched(*words, faults="create: partial") as (_, call):
            payload = told(call, receiver.url)["payload"]
        assert (payload["event"], payload["status"], len(payload["output"]["outputs"])) == (event, status, 1)


def test_spellings_and_envelopes_of_other_pages(stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    plan = "create: cancels 1st; create: fails 2nd"
    words = ("cancelled=canceled", "failed_output=error", "listing=payload", "request_id=attempt", "signs=oldest")
    with switched(*words, faults=plan) as (sandbox, call):
        oldest = secret(call)["plain_secret"]
        secret(call)
        runs = [asked(call, receiver.url)["id"] for _ in range(2)]
        wait_until(lambda: [each.status for each in sandbox.book.callbacks] == ["delivered"] * 2)
        cancelled, failed = (call.get(f"/v1/runs/{run_id}/callback").json() for run_id in runs)
        missing = call.get(f"/v1/runs/{call.made()['id']}/callback")
    assert (cancelled["event"], cancelled["status"]) == ("run.cancelled", "canceled")
    assert failed["output"]["code"] == "PROVIDER_ERROR"
    assert missing.status_code == 404
    assert all(each.headers["runflow-signature"] == signature(oldest, each.body) for each in receiver.heard)


def test_a_request_id_may_be_new_at_each_attempt(stack: ExitStack) -> None:
    receiver = Receiver(stack, 500, 200)
    with switched("request_id=attempt") as (_, call):
        told(call, receiver.url)
    assert len({heard.headers["runflow-request-id"] for heard in receiver.heard}) == 2


def test_pictures_of_sync_mode_come_with_the_callback(call: Caller, stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    given = {"prompt": "a fox in the snow", "resolution": "0.5K", "sync_mode": True}
    payload = told(call, receiver.url, input=given)["payload"]
    assert payload["output"]["outputs"][0]["url"].startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("retries=5xx", "did you mean retry=?"),
        ("retry", "retry is no switch"),
        ("retry=never", "retry takes 5xx or not-2xx, not never"),
        ("gaps=soon", "gaps takes seconds, not soon"),
        ("gaps=-1", "gaps takes seconds from 0 up"),
        ("timeout=0", "timeout takes seconds above 0"),
        ("timeout=", "timeout takes seconds above 0"),
    ],
)
def test_switches_that_make_no_sense_are_named(word: str, said: str) -> None:
    with pytest.raises(BadSwitch, match=said.replace("?", r"\?")):
        read_switches([word])


def test_switches_are_read_from_the_command_line(started: Started, capsys: pytest.CaptureFixture[str]) -> None:
    switches = started("--callback", "gaps=0", "--callback", "retry=not-2xx")
    assert switches.callbacks == CallbackSwitches(gaps=(0.0,), retry="not-2xx")
    with pytest.raises(SystemExit):
        started("--callback", "retry=never")
    assert "retry takes 5xx or not-2xx" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        started("--help")
    assert "gaps=1,2, timeout=10, retry=5xx|not-2xx" in " ".join(capsys.readouterr().out.split())
