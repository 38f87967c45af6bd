"""The table of measurements can be relied on: its rows stand beside their musts, and what misses one says so."""

from __future__ import annotations

import pytest

from tests.bench.__main__ import main
from tests.bench.table import Row, table
from tests.bench.timing import alternate


def test_a_measurement_is_printed_beside_its_must(capsys: pytest.CaptureFixture[str]) -> None:
    main(["polling"])
    head, rule, learned, cold, *_ = capsys.readouterr().out.splitlines()
    assert head.split() == ["what", "measured", "floor", "ratio", "must"]
    assert set(rule) == {"-", " "}
    assert "<= 5%, <= 15" in learned
    assert "<= 10%, <= 30" in cold
    assert learned.endswith("ok")
    assert cold.endswith("ok")


def test_a_row_that_misses_its_must_is_marked_and_fails_nothing() -> None:
    printed = table([Row("one run", "9.0 ms", "2.0 ms", 4.5, "<= 1.3 x", kept=False, note="as it was")])
    assert printed.splitlines()[2] == "one run  9.0 ms    2.0 ms  4.50 x  <= 1.3 x  MISSED"
    assert printed.endswith("one run: as it was")


def test_measured_and_floor_take_turns() -> None:
    order: list[str] = []

    def sample(name: str, value: float) -> float:
        order.append(name)
        return value

    pairs = alternate(lambda turn: sample("ours", 3.0 + turn), lambda _: sample("floor", 2.0), 3)
    assert order == ["ours", "floor", "floor", "ours", "ours", "floor"]
    assert (pairs.middle, pairs.floor_middle, pairs.ratio, pairs.more) == (4.0, 2.0, 2.0, 2.0)


def test_a_name_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["poling"])
    assert "no such rows: poling" in capsys.readouterr().err
