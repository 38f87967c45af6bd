"""The rule of retries, a case a test."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runflow_nb.api import retry
from runflow_nb.api.retry import Attempt, Verdict, delay, is_repeated, judge

FINAL_STATUSES = [400, 401, 402, 403, 404, 405, 413, 415, 422]


def create(**members: Any) -> Attempt:
    return Attempt("POST", **{"is_create": True, "phase": "answer", **members})


def read(**members: Any) -> Attempt:
    return Attempt("GET", **{"is_create": False, "phase": "answer", **members})


def test_what_was_never_sent_is_sent_freely() -> None:
    assert judge(create(phase="connect")) is Verdict.FREELY
    assert judge(read(phase="connect")) is Verdict.FREELY


@pytest.mark.parametrize("status", FINAL_STATUSES)
@pytest.mark.parametrize("readable", [True, False])
def test_a_refusal_of_the_table_is_final_whatever_its_body(status: int, readable: bool) -> None:
    assert judge(create(status=status, readable=readable)) is Verdict.FINAL
    assert judge(read(status=status, readable=readable)) is Verdict.FINAL


def test_too_many_requests_is_backed_off_from_also_by_a_create() -> None:
    assert judge(create(status=429)) is Verdict.BACK_OFF
    assert judge(read(status=429)) is Verdict.BACK_OFF


@pytest.mark.parametrize("status", [301, 302, 307, 308, 408, 409, 410, 418, 425, 451, 500, 502, 503, 504, 520, 599])
def test_anything_else_leaves_a_create_open(status: int) -> None:
    assert judge(create(status=status)) is Verdict.AMBIGUOUS


@pytest.mark.parametrize("phase", ["write", "read"])
def test_a_cut_leaves_a_create_open_and_a_reading_is_asked_again(phase: Any) -> None:
    assert judge(create(phase=phase)) is Verdict.AMBIGUOUS
    assert judge(read(phase=phase)) is Verdict.BACK_OFF


def test_an_acceptance_that_cannot_be_read_is_open_and_no_failure() -> None:
    assert judge(create(status=201, readable=False)) is Verdict.AMBIGUOUS
    assert judge(read(status=200, readable=False)) is Verdict.BACK_OFF


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425])
def test_a_reading_is_asked_again_after_a_passing_trouble(status: int) -> None:
    assert judge(read(status=status)) is Verdict.BACK_OFF


@pytest.mark.parametrize("status", [302, 304, 409, 410, 451])
def test_a_reading_is_not_asked_again_where_the_answer_will_not_change(status: int) -> None:
    assert judge(read(status=status)) is Verdict.FINAL


@given(
    phase=st.sampled_from(["connect", "write", "read", "answer"]),
    status=st.none() | st.integers(100, 599),
    number=st.integers(1, 9),
    readable=st.booleans(),
)
def test_a_create_is_repeated_only_when_unsent_or_told_to_slow_down(
    phase: Any, status: int | None, number: int, readable: bool
) -> None:
    attempt = create(phase=phase, status=status if phase == "answer" else None, number=number, readable=readable)
    if is_repeated(attempt):
        assert attempt.phase == "connect" or attempt.status == 429
        assert number < retry.TRIES


def test_five_tries_are_the_most() -> None:
    assert is_repeated(read(status=503, number=4))
    assert not is_repeated(read(status=503, number=5))
    assert not is_repeated(create(phase="connect", number=5))


def test_success_is_not_repeated() -> None:
    assert not is_repeated(create(status=201))


def test_a_server_of_this_machine_that_is_not_there_is_not_waited_for() -> None:
    assert not is_repeated(read(phase="connect", local=True))
    assert is_repeated(read(phase="read", local=True))


def test_delays_double_from_a_second_to_half_a_minute_with_up_to_a_second_of_jitter() -> None:
    least = [delay(read(status=503, number=number), 0, lambda: 0.0) for number in range(1, 8)]
    most = [delay(read(status=503, number=number), 0, lambda: 1.0) for number in range(1, 8)]
    assert least == [1, 2, 4, 8, 16, 32, 32]
    assert [b - a for a, b in zip(least, most, strict=True)] == [1.0] * 7


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("2.5", 2.5),
        ("86400", 60.0),
        ("-3", 0.0),
        ("Thu, 01 Jan 1970 00:16:50 GMT", 10.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("nan", 1.0),
        ("inf", 1.0),
        ("soon", 1.0),
        ("", 1.0),
        ("Thu, 99 Foo 9999999 00:00:00 GMT", 1.0),
    ],
)
def test_a_number_or_date_of_retry_after_is_honoured_up_to_a_minute(header: str, seconds: float) -> None:
    assert delay(read(status=429, headers={"retry-after": header}), 1000.0, lambda: 0.0) == seconds


@pytest.mark.client("14/rate-limit-headers")
@given(header=st.text())
def test_no_retry_after_breaks_the_rule(header: str) -> None:
    assert 0 <= delay(read(status=429, headers={"retry-after": header}), 1e9) <= 61
