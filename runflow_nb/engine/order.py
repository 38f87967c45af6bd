"""What a person wants done with a request."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ..models.request import RunRequest

Take = int | Literal["new"] | None
"""A number from 1, `new` for the next one, or None for the first."""


@dataclass(frozen=True, slots=True)
class Order:
    """A request with the conditions under which it may be bought."""

    request: RunRequest
    take: Take = None
    tags: tuple[str, ...] = ()
    max_cost: Decimal | None = None
    """USD that this one run may cost; None for no limit of its own."""
    yes: bool = False
    """Whether the price has been agreed to, above `confirm_above` and where nothing bounds it."""
    notebook: str | None = None
    """Path of the notebook that asks."""
    prompt_template: str | None = None
    """The prompt as it was typed, where it was rendered."""
    studio: str | None = None
    """The name of the form that asks."""
    by_callback: bool = False
    """Whether a widget's callback asks: it is called at each stop of a slider, so it buys with `yes` alone."""
    remake_of: str | None = None
    """Our id of the run whose request is made again. Where no take is named, the first take that was bought for that is
    meant, else a new one."""
    free: bool = False
    """Whether it was offered as what costs nothing: shown where it is on record, and not bought where it is no more."""
    agreed: Decimal | None = None
    """USD at the most that stood for this run in a price that was agreed to, alone or in a sum; None where no bound was
    told."""

    @property
    def may_buy(self) -> bool:
        """Whether what is not on record is bought."""
        return not self.free and (self.yes or not self.by_callback)
