"""`%runflow models`: from the specs alone."""

from __future__ import annotations

from decimal import Decimal

from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.request import build_request
from runflow_nb.notebook.views.models_table import fields_table, models_table
from tests.notebook.kernel import Kernel


def test_every_model_has_its_row() -> None:
    rows = models_table().rows
    assert [row[1] for row in rows] == list(CATALOG)
    assert rows[0] == ("2", "google/nano-banana-2", "text", "$0.08 at 1K")
    assert rows[3] == ("pro", "google/nano-banana-pro/edit", "text + pictures", "$0.15 at 1K")


def test_what_the_models_take_and_what_it_costs() -> None:
    """Values that other models take are in other rows, with the kind of knowledge that the price is."""
    rows = fields_table().rows
    assert rows[0] == (
        "-r, --resolution",
        "0.5K (about $0.06), 1K ($0.08), 2K (about $0.12), 4K (about $0.16)",
        "2",
    )
    assert rows[1] == ("", "1K ($0.15), 2K (about $0.15), 4K (about $0.30)", "pro")
    assert ("", "4:1, 1:4, 8:1, 1:8", "2") in rows
    assert ("--enable-web-search", "on (+$0.015 a picture)", "2 without pictures") in rows
    assert ("", "on (about +$0.015 a picture)", "2 with pictures and pro") in rows
    assert ("-n, --num-images", "1 to 4, each billed", "all") in rows
    assert ("-f, --output-format", "jpeg, png, webp", "all") in rows


def test_the_prices_are_those_of_estimates() -> None:
    text = fields_table().text()
    for tier in ("0.5K", "1K", "2K", "4K"):
        price = build_request("2", {"prompt": "a fox", "resolution": tier}).price
        assert price.amount is not None
        assert price.amount > Decimal(0)
        assert f"{tier} ({price})" in text


def test_the_command_shows_both_tables_in_few_columns(kernel: Kernel) -> None:
    ran = kernel.run("%runflow models")
    assert not ran.error
    # A third table is of what this process was told of other models.
    catalog = [output["data"]["text/plain"] for output in ran.outputs[:2]]
    assert [text.split()[0] for text in catalog] == ["-m", "option"]
    assert max(len(line) for text in catalog for line in text.splitlines()) <= 120
    assert "nothing" in kernel.run("%runflow models pro").error
