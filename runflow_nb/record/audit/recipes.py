"""The recipe of an intent, derived again from what it says was sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...models.catalog import CATALOG
from ...models.declared import untyped_spec
from ...models.request import RECIPE_VERSION, recipe
from ...models.spec import ModelSpec
from ..run import Run
from .finding import Finding, of_run


def derived(run: Run) -> str | None:
    """The digest of what was sent; None where that is not on record."""
    if run.forgotten or not run.recipe.startswith(RECIPE_VERSION):
        return None
    specs = _specs(run.model)
    values = dict(run.input)
    given = values.pop(run.picture_field, []) if run.picture_field is not None else []
    digests = given if isinstance(given, list) else [given]
    try:
        found = [recipe(spec, values, [str(digest) for digest in digests]) for spec in specs]
    except (UnicodeEncodeError, TypeError):
        return None
    return run.recipe if run.recipe in found else found[0]


def is_of_its_request(run: Run) -> bool:
    """Whether a run that came from elsewhere may answer for the recipe that stands in it: by that cells are answered.

    One that was forgotten has no request any more and shows nothing; recipes of other versions answer no cell.
    """
    return run.forgotten or not run.recipe.startswith(RECIPE_VERSION) or derived(run) == run.recipe


def _specs(model: str) -> tuple[ModelSpec, ...]:
    """By what the request may have been read: of another model nobody knows any more whether its fields were known."""
    listed = CATALOG.get(model)
    if listed is not None:
        return (listed,)
    unknown = untyped_spec(model)
    return replace(unknown, typed=True), unknown


def changed_recipe(run: Run, again: str | None) -> Iterator[Finding]:
    """`again`: what `derived` makes of the run."""
    if again is not None and again != run.recipe:
        what = "its recipe is not that of the input beside it: the line was changed after it was written"
        remedy = "Take the journal's line back from git; until then the run is found by the recipe that stands there"
        yield Finding("recipe", of_run(run.short), what, remedy)
