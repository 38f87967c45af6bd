"""The recipe of a run on record, derived again: also of a model of which nothing is known any more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.models.declared import untyped_spec
from runflow_nb.models.request import recipe
from runflow_nb.record.audit.recipes import derived
from runflow_nb.record.fold import fold

from .made import intent

MODEL = "a/b"
TYPED = replace(untyped_spec(MODEL), typed=True)


@pytest.mark.parametrize("typed", [True, False], ids=["known when asked", "unknown when asked"])
@pytest.mark.parametrize("given", [{"version": "1.10"}, {"mode": "on"}, {"strength": 2.0}, {"tiled": True}])
def test_the_recipe_of_another_model_is_derived_from_what_was_sent(given: dict[str, Any], typed: bool) -> None:
    asked = recipe(TYPED if typed else untyped_spec(MODEL), {"prompt": "a hill", **given}, [])
    run = fold([intent("01RUN", prompt="a hill", model=MODEL, recipe=asked, input=given)], Path("/lab/.runflow"))
    assert run is not None
    assert derived(run) == run.recipe
    changed = replace(run, input={**run.input, "prompt": "a hillock"})
    assert derived(changed) not in (None, run.recipe)
