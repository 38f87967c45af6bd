"""What was spent: exact, origins apart, this notebook beside the whole store."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.cli import main
from runflow_nb.notebook.views.cost_report import cost_bundle, cost_text
from runflow_nb.record.costs import Sum, grouped
from runflow_nb.record.filters import Filter
from runflow_nb.record.history import History
from runflow_nb.record.store import Store
from tests.record.conftest import HandClock
from tests.record.made import buy, intent

DAY = 86_400


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Ten runs of a tenth of a cent, one elsewhere, play money, one that failed, one on its way, one never taken."""
    clock = HandClock()
    kept = Store(tmp_path / ".runflow", clock=clock)
    for _ in range(10):
        buy(kept, cost="0.001")
    clock.now += DAY
    buy(kept, cost="0.15", model="google/nano-banana-pro", notebook="cat.ipynb")
    buy(kept, cost="0.40", origin="sandbox")
    buy(kept, cost=None, status="failed", outputs=[])
    kept.journal.append(intent(kept.new_id(), session=kept.session))
    void = kept.new_id()
    kept.journal.append(intent(void))
    kept.journal.append({"event": "void", "run": void, "reason": "refused"})
    return kept


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines() if "$" in line]


def test_sums_are_exact_and_origins_stay_apart(store: Store) -> None:
    text = cost_text(History(store.index), History(store.index, notebook="fox.ipynb"))
    assert rows(text) == [
        ["this notebook", "live", "13", "$0.88", "$0.01", "$0.08"],
        ["this notebook", "Sandbox", "1", "$0.08", "$0.40", "$0.00"],
        ["whole store", "live", "14", "$0.96", "$0.16", "$0.08"],
        ["whole store", "Sandbox", "1", "$0.08", "$0.40", "$0.00"],
        ["google/nano-banana-2", "live", "13", "$0.88", "$0.01", "$0.08"],
        ["google/nano-banana-2", "Sandbox", "1", "$0.08", "$0.40", "$0.00"],
        ["2026-01-02", "live", "3", "$0.08", "$0.00", "$0.08"],
        ["2026-01-02", "Sandbox", "1", "$0.08", "$0.40", "$0.00"],
        ["2026-01-01", "live", "10", "$0.80", "$0.01", "$0.00"],
    ]
    assert "play money" in text
    assert sum(spent.confirmed for spent in store.index.spending()) == Decimal("0.56")


def test_it_is_narrowed_to_a_day_or_a_moment_and_widened_to_the_store(store: Store) -> None:
    every, own = History(store.index), History(store.index, notebook="fox.ipynb")
    for since in ("2026-01-02", "2026-01-01T12:00"):
        found = rows(cost_text(every, own, whole=True, since=since))
        assert found[2] == ["whole store", "live", "4", "$0.16", "$0.15", "$0.08"], since
        assert ["google/nano-banana-pro", "live", "1", "$0.08", "$0.15", "$0.00"] in found
        assert not [row for row in found if row[0] == "2026-01-01"]
    assert cost_text(every, own, since="2027-01-01") == "Nothing was bought since 2027-01-01."


def test_totals_and_single_runs_tell_the_same(store: Store) -> None:
    """A search makes sums come from single runs, where they come from running totals otherwise."""

    def sums(*filters: Filter) -> dict[Any, Sum]:
        return grouped(store.index.spending(filters), lambda spent: (spent.origin, spent.model, spent.day))

    searched = Filter(text="fox")
    for since in (None, "2026-01-02", "2026-01-02T00:00", "2026-01-03"):
        narrowed = Filter(since=since)
        assert sums(narrowed) == sums(narrowed, searched)
    assert len(sums()) == 4


def test_many_days_end_in_one_line(tmp_path: Path) -> None:
    clock = HandClock()
    store = Store(tmp_path / ".runflow", clock=clock)
    for _ in range(20):
        buy(store)
        clock.now += DAY
    found = rows(cost_text(History(store.index)))
    assert [row[0] for row in found[2:]] == [f"2026-01-{day:02}" for day in range(20, 6, -1)] + ["earlier"]
    assert found[-1][2:] == ["6", "$0.48", "$0.48", "$0.00"]
    assert [row[0] for row in found[:2]] == ["whole store", "google/nano-banana-2"]


def test_the_page_has_the_same_cells_and_prices_are_no_formulas(store: Store) -> None:
    bundle = cost_bundle(History(store.index))
    assert bundle["text/html"].count("<tr") == len(rows(bundle["text/plain"])) + 3
    assert "$" not in bundle["text/html"].replace("<span>$</span>", "")


def test_the_shell_prints_the_same(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNFLOW_NB_STORE", str(store.root))
    fox = store.root.parent / "fox.ipynb"
    assert main(["cost"]) == 0
    assert capsys.readouterr().out.rstrip("\n") == cost_text(History(store.index))
    assert main(["cost", "--store", str(store.root), "--notebook", str(fox), "--since", "2026-01-02", "--all"]) == 0
    assert "2026-01-02" in capsys.readouterr().out
    assert main(["cost", "--since", "yesterday"]) == 1
    assert "--since yesterday" in capsys.readouterr().err
    assert main(["cost", "--store", str(store.root / "none")]) == 1
    assert "is no folder" in capsys.readouterr().err
