"""What `--estimate` shows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from runflow_nb.engine.budget import Committed, Consent, quote
from runflow_nb.models.request import build_request
from runflow_nb.notebook.views.estimates import estimate_table, quote_table
from runflow_nb.settings import Limit
from tests.notebook.kernel import Kernel

PRICE = build_request("2", {"prompt": "a fox", "resolution": "2K", "enable_web_search": True, "num_images": 2}).price
SPENT = [(Limit(Decimal(10), "session"), Committed(Decimal("0.50"), Decimal("0.04")))]


def test_an_estimate_shows_its_parts() -> None:
    """Each part with the kind of knowledge it is, and the sum over all pictures."""
    assert estimate_table(PRICE).rows == (
        ("one image at 2K", "$0.12", "estimated"),
        ("enable web search, each image", "$0.015", "exact"),
        ("total for 2 pictures", "$0.27", "estimated"),
    )


def test_a_quote_says_what_is_held_and_what_is_left() -> None:
    told = quote_table(quote(PRICE, Consent(Decimal(1)), SPENT)).remark.splitlines()
    assert told == ["$0.27 would be held for it; the budget is $10.00 a kernel session.", "Nothing was sent or billed."]


def test_a_quote_says_what_would_be_refused_and_what_goes_on() -> None:
    told = quote(PRICE, Consent(Decimal("0.25")), SPENT)
    assert quote_table(told).remark.splitlines()[1:3] == [
        "It would be refused: the limit is $0.25 without --yes.",
        "Go on with --yes (in Python yes=True); the limit is set by %config Runflow.confirm_above.",
    ]
    assert "refused" not in quote_table(replace(told, on_record=True)).text()
    assert quote_table(told).html().count("<br>") == 3
    poor = quote(PRICE, Consent(Decimal(1)), [(Limit(Decimal("0.55"), "day"), SPENT[0][1])])
    assert "It would be refused: the limit is $0.55 a day, $0.01 left.\nRaise it with" in quote_table(poor).text()
    unbounded = quote(replace(PRICE, upper=None, kind="at least"), Consent(Decimal(1)), SPENT)
    assert "Nothing bounds what it can cost; the budget is $10.00" in quote_table(unbounded).text()
    assert "Allow it with --max-cost USD, or --yes" in quote_table(unbounded).text()


def test_the_cell_tells_what_it_would_do(cells: Kernel) -> None:
    """Above the limit it says the flag; with the flag nothing; on record, that it costs nothing."""
    cells.run("%config Runflow.confirm_above = 0.05")
    line = "-r 0.5K A quoted quail"
    assert "the limit is $0.05 without --yes." in cells.run(f"%nanobanana --estimate {line}").text
    assert "costs about $0.06, and the limit is $0.05 without --yes" in cells.run(f"%nanobanana {line}").error
    assert "refused" not in cells.run(f"%nanobanana --estimate --yes {line}").text
    assert not cells.run(f"%nanobanana --yes -q {line}").error
    assert "It is on record" in cells.run(f"%nanobanana --estimate {line}").text
    assert cells.run(f"%nanobanana {line}").pictures
