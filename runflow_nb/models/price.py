"""What a request costs, as far as it can be known before: per image, with the kind of knowledge it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ..money import usd
from .spec import ModelSpec, Value

Kind = Literal["exact", "estimated", "at least", "unknown"]
"""exact: published. estimated: not published, but a well-founded guess. at least: more may be billed."""
CERTAINTY: tuple[Kind, ...] = ("exact", "estimated", "at least", "unknown")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a price."""

    label: str
    amount: Decimal
    """USD for one image."""
    kind: Kind


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a request is expected to cost."""

    amount: Decimal | None
    """USD for all images; None where nothing is known."""
    kind: Kind
    parts: tuple[Part, ...]
    """What makes it up, per image."""
    images: int
    upper: Decimal | None = None
    """The most that it can cost in USD, which a budget holds; None where nothing bounds it."""
    said: str = ""
    """What the API says of a price that is not known, in its own words."""
    seen: Decimal | None = None
    """The most in USD that a run of this model was seen to cost, where the price is not known: no bound."""

    def __str__(self) -> str:
        if self.amount is None:
            seen = f"runs of this model cost up to {usd(self.seen)} so far" if self.seen else ""
            words = "; ".join(filter(None, [self.said and f"the API says: {self.said}", seen]))
            return f"an unknown price ({words})" if words else "an unknown price"
        prefix = {"estimated": "about ", "at least": "at least "}.get(self.kind, "")
        return prefix + usd(self.amount)


def together(prices: Sequence[Estimate]) -> Estimate:
    """What several requests cost together. Where the price of some is not known, that of the others is a beginning."""
    known = [price.amount for price in prices if price.amount is not None]
    uppers = [price.upper for price in prices if price.upper is not None]
    kind: Kind = worst([price.kind for price in prices]) if len(known) == len(prices) else "at least"
    return Estimate(
        sum(known, Decimal(0)) if known else None,
        kind if known else "unknown",
        (),
        sum(price.images for price in prices),
        upper=sum(uppers, Decimal(0)) if len(uppers) == len(prices) else None,
        said=next((price.said for price in prices if price.said), ""),
    )


def worst(kinds: list[Kind]) -> Kind:
    """The least certain of these kinds."""
    return max(kinds, key=CERTAINTY.index)


def estimate(spec: ModelSpec, values: Mapping[str, Value]) -> Estimate:
    """The price of this input: (base x tier + surcharges) x number of images. Pure; `values` are already valid."""
    if spec.price is None:
        return Estimate(None, "unknown", (), 1, said=spec.price_words)
    tier = str(values.get("resolution", spec.price.default_tier))
    multiple = spec.price.tiers.get(tier)
    exact = tier in spec.price.exact_tiers
    parts = [Part(f"one image at {tier}", spec.price.base * (multiple or 1), "exact" if exact else "estimated")]
    if multiple is None:
        parts = [Part(f"one image at {tier}", spec.price.base, "at least")]
    images = 1
    for field in spec.fields:
        given = values.get(field.name, field.default)
        if given is None:
            continue
        if field.counts_images:
            images = int(given)
        extra = field.surcharge(given)
        if extra:
            kind: Kind = "exact" if field.published("surcharge") else "estimated"
            label = field.name.replace("_", " ") if given is True else f"{field.name.replace('_', ' ')} {given}"
            parts.append(Part(f"{label}, each image", extra, kind))
    kind = worst([part.kind for part in parts])
    if values.get("limit_generations") is False:
        # The prompt may then ask for more pictures than num_images, and each is billed.
        kind = "at least"
    amount = sum((part.amount for part in parts), Decimal(0)) * images
    return Estimate(amount, kind, tuple(parts), images, upper=amount if kind in ("exact", "estimated") else None)
