"""The run could cost more than was allowed; nothing was sent or billed."""

from __future__ import annotations

from decimal import Decimal

from ..money import usd
from .base import RunflowError


class BudgetExceeded(RunflowError):
    """The run could cost more than the budget has left. Nothing was sent or billed."""

    def __init__(
        self,
        price: str,
        limit: str,
        spent: Decimal,
        reserved: Decimal,
        remedy: str,
    ) -> None:
        # `limit` is "" where the price itself is not bounded.
        self.price, self.limit, self.spent, self.reserved, self.remedy = price, limit, spent, reserved, remedy
        super().__init__(price, limit, spent, reserved, remedy)

    def __str__(self) -> str:
        limit = f"the limit is {self.limit}" if self.limit else "nothing bounds it"
        used = f"  {usd(self.spent)} confirmed, {usd(self.reserved)} held for runs on their way.\n"
        costs = "has" if self.price.startswith("an unknown") else "costs"
        return (
            f"Not sent: this run {costs} {self.price}, and {limit}. Nothing was billed.\n"
            f"{used if self.spent or self.reserved else ''}  {self.remedy}"
        )
