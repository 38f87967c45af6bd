"""What a picture says of how it was made, as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ...money import usd
from ...record.embedding.recipe import Recipe
from .description import moment_utc, place
from .tables import Table

NONE = "none"


def recipe_table(name: str, recipe: Recipe, remarks: Sequence[str]) -> Table:
    """`name`: what the person called the picture."""
    return Table(("picture", name), tuple(_rows(recipe)), wrapped=frozenset({name}), remark="\n".join(remarks))


def _rows(recipe: Recipe) -> Iterator[tuple[str, str]]:
    yield "prompt", recipe.prompt or NONE
    yield "model", recipe.model
    for name in sorted(recipe.input):
        if name not in ("prompt", "seed", recipe.picture_field):
            value = recipe.input[name]
            yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    for number, digest in enumerate(recipe.digests):
        yield f"took [{number}]", digest
    seeds = ((word, getattr(recipe.seeds, word)) for word in ("asked", "sent", "returned"))
    yield "seeds", ", ".join(f"{word} {NONE if seed is None else seed}" for word, seed in seeds)
    yield "take", str(recipe.take)
    if recipe.cost is not None:
        yield "cost", usd(recipe.cost) + (" play money" if recipe.origin == "sandbox" else "")
    yield "made", f"{moment_utc(recipe.created_at)}, {place(recipe.origin) or 'live'}"
    yield "run", recipe.run + (f" (at Runflow {recipe.run_id})" if recipe.run_id else "")
