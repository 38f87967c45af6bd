"""The real client and engine against a sandbox that goes wrong on demand: nothing lost, nothing bought twice."""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

import pytest
from PIL import Image

import runflow_nb
from runflow_nb import settings
from runflow_nb.errors import (
    AccessDenied,
    InsufficientCredit,
    KeyRefused,
    NotCollected,
    RequestRefused,
    RunFailed,
    RunflowError,
    RunUnknown,
    ServerUnavailable,
    StillRunning,
)
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.refusals import EDIT, QUICK
from tests.engine.test_recovery import Skipping
from tests.sandboxes import running

UNREADABLE = ("truncated", "garbage", "html", "empty")
CUT = ("drop-before-read", "drop-after-read")
BUSY = ("408", "429", "429=99999999999d", "429-date=9999d", "500", "502", "503", "504")


def one_each(where: str, faults: Sequence[str], first: int = 1, step: int = 1) -> str:
    """Rules that each spoil one request: the first one, and then every `step`-th."""
    return "; ".join(f"{where}: {fault} {first + step * number}th" for number, fault in enumerate(faults))


@contextmanager
def faulty(plan: str, open_session: OpenSession) -> Iterator[EmbeddedSandbox]:
    """A sandbox under this plan, and a session on it that never really waits."""
    with running(balance=1000, faults=plan) as sandbox:
        open_session(sandbox.url, clock=Skipping())
        yield sandbox


def owl(prompt: str = "an owl", **given: object) -> Run:
    """A run with all of its pictures, whole."""
    run = runflow_nb.generate(prompt, **{**QUICK, **given})
    assert isinstance(run, Run)
    for image in run.images:
        with Image.open(image.path) as picture:
            picture.load()
    return run


def check_book(sandbox: EmbeddedSandbox, runs: Sequence[Run]) -> None:
    """Each of these was bought once and nothing else was, at the sum that is on record; every rule has acted."""
    booked = Counter(each.client_ref for each in sandbox.book.runs)
    assert booked == Counter(run.id for run in runs)
    assert sandbox.book.billed == sum((run.cost or Decimal(0) for run in runs), Decimal(0))
    assert [each.rule for each in sandbox.book.faults if not each.acted] == []


def test_a_create_that_was_not_accepted_is_sent_once_more_and_bought_once(open_session: OpenSession) -> None:
    faults = (*CUT, *BUSY)
    with faulty(one_each("create", faults, step=2), open_session) as sandbox:
        check_book(sandbox, [owl(f"an owl, {fault}") for fault in faults])


def test_a_create_that_was_accepted_without_a_usable_answer_is_found_and_bought_once(open_session: OpenSession) -> None:
    faults = (
        *("drop-after-accept", "drop-mid-body", "500-after-accept", "502-after-accept", "503-after-accept"),
        *("504-after-accept", "missing=id", "null=id", "wrong-types", *UNREADABLE),
    )
    plan = f"create: forgets-key; {one_each('create', faults)}"
    with faulty(one_each("create", faults), open_session) as sandbox:
        check_book(sandbox, [owl(f"an owl, {fault}") for fault in faults])
    # An API that does not know idempotency keys: nothing may rest on them.
    with faulty(plan, open_session) as sandbox:
        runs = [owl("another owl"), owl("a third owl")]
        assert Counter(each.client_ref for each in sandbox.book.runs) == Counter(run.id for run in runs)


def test_a_search_that_goes_wrong_is_made_again_and_concludes_nothing(open_session: OpenSession) -> None:
    faults = ("503", "missing=client_ref", "wrong-types", "missing=id", *UNREADABLE, "drop-mid-body", "drop-after-read")
    with faulty(f"create: drop-after-accept 1st; {one_each('search', faults)}", open_session) as sandbox:
        check_book(sandbox, [owl()])


def test_a_search_that_never_works_ends_in_doubt_and_not_in_a_second_create(open_session: OpenSession) -> None:
    with faulty("create: forgets-key; create: drop-after-accept 1st; search: 503", open_session) as sandbox:
        for ahead in (0, 100, 200):
            open_session(sandbox.url, clock=Skipping(ahead))
            with pytest.raises(RunUnknown, match="It may have cost"):
                owl()
        assert len(sandbox.book.received) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("400", RequestRefused),
        ("401", KeyRefused),
        ("402", InsufficientCredit),
        ("403", AccessDenied),
        ("404", RequestRefused),
        ("422", RequestRefused),
    ],
)
def test_a_refusal_is_typed_and_bills_nothing(
    shared: EmbeddedSandbox, open_session: OpenSession, status: str, kind: type[RequestRefused]
) -> None:
    open_session(shared.url)
    before = len(shared.book.runs)
    with pytest.raises(kind, match=rf"\({status} .*Nothing was billed"):
        owl(f"an owl, {status}")
    assert len(shared.book.runs) == before
    assert owl(f"an owl, {status}").take == 1


@pytest.fixture(scope="module")
def shared() -> Iterator[EmbeddedSandbox]:
    """Refuses every other create, each in its way."""
    refusals = ("400", "401", "402", "403", "404", "422")
    with EmbeddedSandbox(latency=0, faults=one_each("create", refusals, step=2)) as running:
        yield running


def test_a_run_is_read_until_an_answer_can_be_understood(open_session: OpenSession) -> None:
    faults = (
        # Soon after the acceptance a 404 means "not yet".
        *("404", *CUT, *BUSY, *UNREADABLE, "drop-mid-body", "unknown-state", "missing=id", "missing=status_code"),
        "wrong-types",
    )
    with faulty(one_each("read", faults), open_session) as sandbox:
        check_book(sandbox, [owl()])


def test_states_are_understood_in_every_spelling(open_session: OpenSession) -> None:
    plan = "read: completed; read: errored; read: cancelled; create: fails 2nd; create: cancels 3rd"
    with faulty(plan, open_session) as sandbox:
        assert owl().status == "succeeded"
        for ended in ("failed", "canceled"):
            with pytest.raises(RunFailed) as failed:
                owl(f"an owl that is {ended}")
            assert (failed.value.run.status, failed.value.run.cost) == (ended, Decimal(0))
        assert sandbox.book.billed == Decimal("0.06")


def test_a_run_that_succeeds_in_part_keeps_what_came(open_session: OpenSession) -> None:
    with faulty("create: partial", open_session) as sandbox:
        run = owl(num_images=3)
        assert (run.status, len(run.images), run.cost) == ("partial_succeeded", 2, Decimal("0.12"))
        check_book(sandbox, [run])


def test_a_run_without_an_end_is_waited_for_and_not_bought_again(open_session: OpenSession) -> None:
    with faulty("create: hangs", open_session) as sandbox:
        settings.configured["wait_limit"] = 0.2
        for _ in range(2):
            with pytest.raises(StillRunning, match="paid for once"):
                owl()
        assert len(sandbox.book.received) == 1


@pytest.mark.parametrize("status", ["401", "403"])
def test_a_key_that_is_refused_while_waiting_leaves_the_run_collectable(open_session: OpenSession, status: str) -> None:
    with faulty(f"read: {status} 1st", open_session) as sandbox:
        with pytest.raises(NotCollected, match="paid for once and not lost"):
            owl()
        check_book(sandbox, [owl()])


@pytest.mark.parametrize(
    "health",
    [
        "503 after 1 first 7",
        "drop-after-read after 1 first 7",
        "html 2nd",
        "missing=instance 1st",
        "wrong-types=instance 2nd",
    ],
)
def test_a_sandbox_that_cannot_answer_is_not_taken_for_one_that_is_gone(open_session: OpenSession, health: str) -> None:
    """Its runs go on, and are billed: to buy anew would be to pay twice."""
    with faulty(f"read: 503 first 5; health: {health}", open_session) as sandbox:
        check_book(sandbox, [owl()])


def test_a_new_session_does_not_take_a_busy_sandbox_for_one_that_is_gone(open_session: OpenSession) -> None:
    with faulty("read: 401 1st; health: 503 after 1 first 6", open_session) as sandbox:
        with pytest.raises(NotCollected):
            owl()
        open_session(sandbox.url, clock=Skipping())
        with pytest.raises(NotCollected):
            owl()
        check_book(sandbox, [owl()])


def test_all_runs_of_a_sandbox_that_ended_are_given_up_and_not_waited_for(open_session: OpenSession) -> None:
    with EmbeddedSandbox(latency=60) as ending:
        open_session(ending.url)
        jobs = [runflow_nb.generate(f"owl {number}", background=True, **QUICK) for number in range(3)]
        deadline = time.monotonic() + 20
        while sum(run.accepted_at is not None for run in runflow_nb.history(all=True)) < len(jobs):
            assert time.monotonic() < deadline
    for job in jobs:
        with pytest.raises(ServerUnavailable):
            job.wait(20)
    assert {run.status for run in runflow_nb.history(all=True)} == {"void"}


def test_a_delivery_that_was_damaged_is_fetched_again(open_session: OpenSession) -> None:
    pairs = [("drop-mid-body", "expired"), ("truncated", "garbage"), ("html", "empty"), ("403", "404"), CUT]
    plan = "; ".join(one_each("download", pair, first=1 + 3 * number) for number, pair in enumerate(pairs))
    with faulty(plan, open_session) as sandbox:
        runs = [owl(f"an owl, {pair}", output_format=("jpeg", "png", "webp")[i % 3]) for i, pair in enumerate(pairs)]
        assert [run.notes for run in runs] == [()] * len(runs)
        check_book(sandbox, runs)


def test_a_success_that_names_its_pictures_only_later_is_asked_for_them_again(open_session: OpenSession) -> None:
    with faulty("create: drop-after-accept 1st; read: missing=output first 2", open_session) as sandbox:
        check_book(sandbox, [owl()])


def test_an_upload_survives_faults_at_each_of_its_steps(open_session: OpenSession) -> None:
    plan = (
        "declare: drop-after-accept 1st; declare: html 2nd; put: 503 1st; put: expired 2nd; "
        "confirm: drop-mid-body 1st; confirm: 500-after-accept 2nd; create: drop-after-accept 1st"
    )
    with faulty(plan, open_session) as sandbox:
        run = runflow_nb.edit("make it night", [noise()], model=EDIT, **QUICK)
        assert isinstance(run, Run)
        check_book(sandbox, [run])


def noise() -> bytes:
    """A picture that is too large to be sent inline."""
    stream = io.BytesIO()
    Image.effect_noise((1200, 1100), 100).save(stream, "PNG")
    assert stream.tell() > 2**20
    return stream.getvalue()


def test_many_at_once_under_a_mixed_plan_are_each_bought_once_or_in_doubt(open_session: OpenSession) -> None:
    plan = (
        "seed=11; any: 503 8%; any: drop-after-accept 8%; any: drop-before-read 5%; any: 429=1h 4%; "
        "create,read,search: html 5%; create,read,search: truncated 5%; download: drop-mid-body 20%; "
        "search: missing=client_ref 10%; read: unknown-state 20%"
    )
    with faulty(plan, open_session) as sandbox:

        def bought(number: int) -> Run | None:
            for _ in range(4):
                try:
                    return owl(f"owl {number}")
                except RunUnknown:
                    return None
                except RunflowError:
                    continue
            raise AssertionError(f"owl {number} never came")

        with ThreadPoolExecutor(8) as pool:
            runs = [run for run in pool.map(bought, range(24)) if run is not None]
        booked = Counter(each.client_ref for each in sandbox.book.runs)
        assert set(booked.values()) == {1}
        assert {run.id for run in runs} <= set(booked)
        on_record = {run.id: run.status for run in runflow_nb.history(all=True)}
        assert all(on_record[str(ref)] in ("succeeded", "unknown") for ref in booked)
        assert len(runs) > 12
