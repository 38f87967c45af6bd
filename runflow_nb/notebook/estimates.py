"""What a request would cost, as a table with what it means for the budget in words."""

from __future__ import annotations

from collections.abc import Iterator

from ..engine.budget import Quote
from ..models.price import Estimate
from ..money import usd
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


def quote_table(quote: Quote) -> Table:
    """The price, what is held for it, what is left, and whether the run would be bought as it was asked for."""
    return estimate_table(quote.price, *_remarks(quote))


def _remarks(quote: Quote) -> Iterator[str]:
    upper = quote.price.upper
    most = "Nothing bounds what it can cost" if upper is None else f"{usd(upper)} would be held for it"
    left = ", ".join(f"{usd(amount)} left of {limit}" for limit, amount in quote.left)
    yield f"{most}; {left}."
    if quote.on_record:
        yield "It is on record: run the cell without --estimate, and it is shown for nothing."
    elif quote.refusal is not None:
        limit = f"the limit is {quote.refusal.limit}" if quote.refusal.limit else "nothing bounds the price"
        yield f"It would be refused: {limit}.\n{quote.refusal.remedy}"
