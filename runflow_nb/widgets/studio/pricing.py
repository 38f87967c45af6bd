"""What orders cost as things stand: looked up and computed, nothing sent. Blocks: never in the kernel's own thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ... import calls
from ...engine.engine import Engine
from ...engine.order import Order
from ...errors import NotConnected, NotOnRecord
from ...settings import Settings
from .offer import Priced


def engine_for(order: Order, settings: Settings) -> Engine:
    """The engine of the notebook that orders."""
    return calls.session().engine(settings, order.notebook)


def priced(orders: Sequence[Order], settings: Settings) -> list[Priced]:
    """Each with what would come of it.

    Raises InvalidRequest where a picture is none, and what buying would raise where nothing can be bought here:
    NotConnected, NotOnRecord.
    """
    return [_priced(order, settings) for order in orders]


def _priced(order: Order, settings: Settings) -> Priced:
    engine = engine_for(order, settings)
    quote = engine.quote(order, settings)
    if quote.on_record:
        return Priced(order, quote)
    if settings.reuse == "only":
        raise NotOnRecord("this request", str(quote.price))
    if not settings.connected:
        raise NotConnected
    if quote.refusal is None:
        return Priced(order, quote)
    return Priced(order, quote, engine.quote(replace(order, yes=True), settings).refusal)
