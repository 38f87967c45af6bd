"""Money: US dollars as `Decimal`, never float."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

CENT = Decimal("0.01")
MOST = Decimal(10) ** 12
"""Above it an amount is a slip, and its cents are beyond the precision that sums are made with."""


def parse_usd(value: object) -> Decimal | None:
    """Read an amount of US dollars from a text or number; None where it is none from 0 to a trillion.

    A float counts as the decimal that it is written as.
    """
    text = str(value).strip().removeprefix("$")
    if isinstance(value, bool) or not text or "_" in text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount <= MOST else None


def usd(amount: Decimal) -> str:
    """Dollars as people write them: at least two decimals, more only where the amount has them."""
    if amount < 0:
        return f"-{usd(-amount)}"
    rounded = amount.quantize(CENT)
    if rounded == amount:
        return f"${rounded:,}"
    return f"${amount.normalize():,f}"
