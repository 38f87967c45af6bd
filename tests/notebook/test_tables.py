"""Tables of runs and money, as text and as HTML."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from runflow_nb.notebook.tables import Table, cost_table, history_table
from tests.notebook.made import PROMPT, made


def test_text_and_html_have_the_same_cells() -> None:
    """Columns are aligned in text, escaped in HTML, and short of nothing."""
    table = Table(("name", "USD"), (("a <fox>", "$1"), ("b", "$10.50")), frozenset({"USD"}), remark="2 rows")
    assert table.text() == "name        USD\na <fox>      $1\nb        $10.50\n2 rows"
    page = table.html()
    assert "a &lt;fox&gt;" in page
    assert page.count("<tr") == 3
    assert "2 rows" in page


def test_history_shows_what_a_person_looks_for(tmp_path: Path) -> None:
    """When, prompt, model, seed, take, cost, status and origin of each run."""
    run = made(tmp_path)
    (row,) = history_table([run]).rows
    assert row == ("2026-01-31 23:30", PROMPT, "google/nano-banana-2", "42", "1", "$0.08", "succeeded", "live")


def test_history_says_what_is_not_known_for_sure(tmp_path: Path) -> None:
    """An estimate is marked, and what never was accepted cost nothing."""
    run = made(tmp_path, intent={"estimate": {"amount": "0.12", "kind": "estimated"}}, finished={"cost": None})
    assert history_table([run]).rows[0][5] == "about $0.12"
    assert history_table([replace(run, phase="void", status="void")]).rows[0][5] == "$0.00"


def test_costs_keep_origins_apart() -> None:
    """Live first, other hosts next, play money last and named so."""
    store = {"sandbox": Decimal("0.40"), "live": Decimal("1.20"), "proxy.example": Decimal(2)}
    table = cost_table(store, {"live": Decimal("0.08")}, {"live": Decimal("0.16")})
    assert table.columns == ("origin", "this notebook", "whole store", "held for open runs")
    assert [row[0] for row in table.rows] == ["live", "proxy.example", "Sandbox"]
    assert table.rows[0] == ("live", "$0.16", "$1.20", "$0.08")
    assert "play money" in table.remark
    assert cost_table({}, {}).rows == (("live", "$0.00", "$0.00"),)
