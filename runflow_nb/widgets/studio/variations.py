"""What a picture can be varied to: states of the form that differ from its own in one thing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...errors import RunflowError
from ...models.catalog import DEFAULT_MODEL, known
from ...models.spec import Value
from ...record.run import Run
from ..form.controls import CHOSEN, Control, controls, takes_seed
from ..form.state import FormState, SeedChoice, changed, problems, started

CHANGEABLE = ("aspect_ratio", "resolution")
"""Fields of which another value may be wanted with the same seed."""
NEW_SEEDS = 4


@dataclass(frozen=True, slots=True)
class Variation:
    """Something to choose, and what it asks for."""

    label: str
    states: tuple[FormState, ...]


def with_seeds(state: FormState, seeds: Sequence[int]) -> tuple[FormState, ...]:
    """The same with each of these seeds; nothing where the model takes none."""
    if not takes_seed(state.spec):
        return ()
    return tuple(replace(state, seed=SeedChoice("fixed", seed)) for seed in seeds)


def changes(state: FormState, seed: int | None) -> list[Variation]:
    """The same seed with another ratio or resolution: one picture each. Nothing where there is no seed to keep."""
    if seed is None or not takes_seed(state.spec):
        return []
    pinned, found = _pinned(state, seed), []
    for control in _steppable(state):
        if control.field not in CHANGEABLE:
            continue
        now = control.choice(state.value(control.field)).value
        for value in _values(control):
            other = changed(pinned, control.field, value)
            if value != now and not problems(other):
                found.append(Variation(f"{control.label} {value}", (other,)))
    return found


def steps(state: FormState, seed: int | None) -> list[Variation]:
    """One parameter through all its values, the seed, where the model takes one, and all else the same."""
    if seed is None and takes_seed(state.spec):
        return []
    pinned, found = _pinned(state, seed), []
    for control in _steppable(state):
        states = [changed(pinned, control.field, value) for value in _values(control)]
        fine = tuple(other for other in states if not problems(other))
        if len(fine) > 1:
            found.append(Variation(f"{control.label}: {len(fine)} values", fine))
    return found


def edit_of(run: Run, model: str) -> FormState:
    """The form for a new picture made from this run's, with this model, or else with the variant of it that takes
    pictures, or the default one. Raises RunflowError where the run has no picture."""
    if not run.images:
        raise RunflowError(f"Run {run.short} has no picture that could be edited.")
    return started(next(filter(_takes_pictures, (model, f"{model}/edit")), DEFAULT_MODEL), {}, [run.images[0]])


def _takes_pictures(model: str) -> bool:
    spec = known(model)
    return spec is not None and (spec.image_field is not None or spec.sibling is not None)


def _pinned(state: FormState, seed: int | None) -> FormState:
    return state if seed is None or not takes_seed(state.spec) else replace(state, seed=SeedChoice("fixed", seed))


def _steppable(state: FormState) -> Iterator[Control]:
    for control in controls(state.spec):
        field = state.spec.field(control.field)
        if field is not None and not field.counts_images and not control.folded and _values(control):
            yield control


def _values(control: Control) -> list[Value]:
    if control.kind == "switch":
        return [False, True]
    if control.kind not in CHOSEN:
        return []
    return [choice.value for choice in control.choices if choice.value is not None]
