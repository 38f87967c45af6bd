"""The four models of the catalog, as the sandbox makes them."""

from __future__ import annotations

from decimal import Decimal

from ...models.google import GOOGLE
from ...models.price import estimate
from ...models.spec import ModelSpec
from ...money import usd
from ..paint.commission import Commission
from ..paint.painter import describe
from ..paint.size import nearest_ratio, picture_size
from .offer import Offer, Order, Values, Work
from .pictures import painting, seen_size


def _offer(spec: ModelSpec) -> Offer:
    def price(given: Values) -> Decimal:
        decisive = {name: value for name, value in given.items() if isinstance(value, str | int)}
        return estimate(spec, decisive).amount or Decimal(0)

    def plan(order: Order) -> Work:
        width, height = picture_size(_ratio(order), str(order.value("resolution")))
        commissions = [
            Commission(
                model=spec.id,
                prompt=str(order.value("prompt")),
                seed=order.seed,
                index=index,
                width=width,
                height=height,
                format=str(order.value("output_format")),
                pictures=order.pictures,
                mark=order.mark,
            )
            for index in range(offer.count(order.input))
        ]
        return Work(tuple(painting(each) for each in commissions), describe(commissions[0]))

    offer = Offer(
        spec,
        category="image-to-image" if spec.edits else "text-to-image",
        price_label=f"{usd(spec.listed_price.base)}/image",
        pricing_note="Usage-based, per image",
        price=price,
        plan=plan,
    )
    return offer


def _ratio(order: Order) -> str:
    """The proportions asked for; where that is left to the model, those of the first picture given."""
    ratio = str(order.value("aspect_ratio"))
    known = order.spec.field("aspect_ratio")
    sizes = [seen_size(data) for data in order.pictures]
    if ratio != "auto" or not sizes or known is None:
        return ratio
    return nearest_ratio(*sizes[0], known.allowed)


OFFERS = tuple(_offer(spec) for spec in GOOGLE)
