"""What the sandbox's own models have in common: they exist nowhere else, and say so."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ...models.spec import Field, ModelSpec
from .offer import Values

ONLY_HERE = "It exists only in this sandbox."


def own_spec(slug: str, name: str, description: str, *fields: Field) -> ModelSpec:
    """The spec of a model of the owner `sandbox`."""
    return ModelSpec(
        id=f"sandbox/{slug}",
        name=f"{name} (sandbox only)",
        description=f"{description} {ONLY_HERE}",
        fields=fields,
        price=None,
    )


def flat(amount: str) -> Callable[[Values], Decimal]:
    """The price of a run, whatever its input."""
    return lambda _: Decimal(amount)


def prompt(description: str) -> Field:
    """The prompt of a model."""
    return Field("prompt", "string", description, required=True, minimum=1, maximum=5000)


SEED = Field("seed", "integer", "The same seed and input make the same bytes.", minimum=0, maximum=2**31 - 1)
PICTURE = Field("image_url", "image", "The picture to work on.", required=True)
