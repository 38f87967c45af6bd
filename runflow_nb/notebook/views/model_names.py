"""Models as people call them."""

from __future__ import annotations

from collections.abc import Sequence

from ...models.catalog import CATALOG, SHORT_NAMES
from ...models.spec import ModelSpec


def short_name(spec: ModelSpec) -> str:
    """What `-m` takes for this model or its variant; the id where there is nothing shorter."""
    return next((short for short, model in SHORT_NAMES.items() if model in (spec.id, spec.sibling)), spec.id)


def names(specs: Sequence[ModelSpec]) -> str:
    """These models by their short names, both variants of one as one."""
    ids = [spec.id for spec in specs]
    found = []
    for short, model in SHORT_NAMES.items():
        edit = CATALOG[model].sibling
        if model in ids:
            found.append(short if edit in ids else f"{short} without pictures")
        elif edit in ids:
            found.append(f"{short} with pictures")
    return " and ".join(found)
