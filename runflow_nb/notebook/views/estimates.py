"""What a request would cost, as a table with what it means for the budget in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.budget import NOTHING, Quote
from ...models.price import Estimate
from ...money import usd
from .tables import Table

NOTHING_SENT = "Nothing was sent or billed."


def estimate_table(price: Estimate, *remarks: str) -> Table:
    """A price with the kind of knowledge it is and what makes it up."""
    rows = [(part.label, usd(part.amount), part.kind) for part in price.parts]
    pictures = f"{price.images} picture{'s' if price.images != 1 else ''}"
    total = "unknown" if price.amount is None else usd(price.amount)
    rows.append((f"total for {pictures}", total, price.kind))
    remark = "\n".join([*remarks, NOTHING_SENT])
    return Table(("part", "USD", "price is"), tuple(rows), frozenset({"USD"}), frozenset({"part"}), remark)


def together_table(quotes: Sequence[tuple[str, Quote]], total: Quote | None) -> Table:
    """The prices of several runs, each by its name, and their sum. `total` is None where nothing is due."""
    rows = [(name, "on record" if quote.on_record else str(quote.price)) for name, quote in quotes]
    rows.append(("together", "nothing" if total is None else str(total.price)))
    remark = "\n".join([*([] if total is None else _remarks(total)), NOTHING_SENT])
    return Table(("run", "price"), tuple(rows), frozenset({"price"}), remark=remark)


def quote_table(quote: Quote) -> Table:
    """The price, what is held for it, and whether the run would be bought as it was asked for."""
    return estimate_table(quote.price, *_remarks(quote))


def _remarks(quote: Quote) -> Iterator[str]:
    # What is left is said only where it stands in the way: it changes with every run, and a Run All changes nothing.
    upper, budget = quote.price.upper, " and ".join(str(limit) for limit, _ in quote.left)
    most = "Nothing bounds what it can cost" if upper is None else f"{usd(upper)} would be held for it"
    yield f"{most}; the budget is {budget}."
    if quote.on_record:
        yield "It is on record: run the cell without --estimate, and it is shown for nothing."
    elif quote.refusal is not None:
        limit = quote.refusal.limit
        left = next((f", {usd(max(amount, NOTHING))} left" for one, amount in quote.left if str(one) == limit), "")
        reason = f"the limit is {limit}{left}" if limit else "nothing bounds the price"
        yield f"It would be refused: {reason}.\n{quote.refusal.remedy}"
