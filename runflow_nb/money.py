"""Money: US dollars as `Decimal`, never float."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

CENT = Decimal("0.01")


def parse_usd(value: object) -> Decimal | None:
    """Read an amount of US dollars from text, int or Decimal; None where it is not a finite amount >= 0."""
    text = str(value).strip().removeprefix("$")
    if isinstance(value, bool) or not text or "_" in text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def usd(amount: Decimal) -> str:
    """Dollars as people write them: at least two decimals, more only where the amount has them."""
    rounded = amount.quantize(CENT)
    if rounded == amount:
        return f"${rounded:,}"
    return f"${amount.normalize():,f}"
