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
        runs: int = 1,
    ) -> None:
        # `limit` is "" where the price itself is not bounded; `runs`: how many are asked for together.
        self.price, self.limit, self.spent, self.reserved, self.remedy = price, limit, spent, reserved, remedy
        self.runs = runs
        super().__init__(price, limit, spent, reserved, remedy, runs)

    def of(self, runs: int) -> BudgetExceeded:
        """The same of so many runs together."""
        return BudgetExceeded(self.price, self.limit, self.spent, self.reserved, self.remedy, runs)

    def __str__(self) -> str:
        limit = f"the limit is {self.limit}" if self.limit else "nothing bounds it"
        used = f"  {usd(self.spent)} confirmed, {usd(self.reserved)} held for runs on their way.\n"
        one, many = ("has", "have") if self.price.startswith("an unknown") else ("costs", "cost")
        what = f"this run {one}" if self.runs == 1 else f"these {self.runs} runs {many}"
        return (
            f"Not sent: {what} {self.price}, and {limit}. Nothing was billed.\n"
            f"{used if self.spent or self.reserved else ''}  {self.remedy}"
        )
