"""What a form says, and that it asks for the same again: pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runflow_nb.errors import InvalidRequest
from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.request import RunRequest, build_request
from runflow_nb.models.spec import Field, ModelSpec
from runflow_nb.record.fold import fold
from runflow_nb.record.run import Run
from runflow_nb.widgets.form.controls import CALLBACK, IMAGES, METADATA, SEED, TAGS, controls
from runflow_nb.widgets.form.state import (
    FormState,
    SeedChoice,
    after_run,
    changed,
    doubts,
    of_run,
    problems,
    request,
    started,
    tags,
    with_images,
    with_model,
)

FOX = "a red fox in the snow"
NANO, NANO_EDIT, PRO = "google/nano-banana-2", "google/nano-banana-2/edit", "google/nano-banana-pro"


def values_of(field: Field) -> st.SearchStrategy[Any]:
    if field.type == "boolean":
        return st.booleans()
    if field.type == "integer":
        return st.integers(int(field.minimum) if field.minimum is not None else -(2**70), int(field.maximum or 2**70))
    if field.allowed:
        return st.sampled_from(field.allowed)
    return st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=3).filter(
        lambda text: len(text.replace("\r\n", "\n").strip()) >= 3
    )


@st.composite
def requests(draw: st.DrawFn) -> RunRequest:
    """Any request that can be bought."""
    spec: ModelSpec = draw(st.sampled_from(list(CATALOG.values())))
    fields: dict[str, Any] = {}
    for field in spec.fields:
        if field.type != "image_list" and (field.required or draw(st.booleans())):
            fields[field.name] = draw(values_of(field))
    images = draw(st.lists(st.sampled_from(["a.png", "b.png", "c.png"]), min_size=1)) if spec.edits else []
    callback = draw(st.sampled_from([None, "https://example.org/done?x=1"]))
    metadata = draw(st.none() | st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
    return build_request(spec.id, fields, images, callback, metadata)


def digests(images: tuple[Any, ...]) -> list[str]:
    return [f"sha256:{image}" for image in images]


def run_of(asked: RunRequest) -> Run:
    """The run that is journaled for this request, its seed drawn where none was asked."""
    sent = 77 if asked.seed is None else asked.seed
    values: dict[str, Any] = {**asked.input, "seed": sent}
    if asked.spec.image_field is not None:
        values[asked.spec.image_field.name] = digests(asked.images)
    intent = {
        "event": "intent",
        "at": "2026-01-01T00:00:00+00:00",
        "run": "01J00000000000000000000000",
        "model": asked.spec.id,
        "origin": "sandbox",
        "recipe": asked.recipe(digests(asked.images)),
        "input": values,
        "seed_asked": asked.seed,
        "seed_sent": sent,
        "take": 1,
        "tags": ["kept apart"],
        "metadata": asked.metadata,
        "callback_url": asked.callback_url,
        "pictures": [{"name": image, "digest": f"sha256:{image}"} for image in asked.images],
    }
    run = fold([intent], Path("/nowhere"))
    assert run is not None
    return run


def by_name(known: Mapping[str, Any]) -> Any:
    return known["name"]


@settings(max_examples=40)
@given(requests())
def test_a_form_filled_in_from_a_run_asks_for_the_same_again(asked: RunRequest) -> None:
    run = run_of(asked)
    state = of_run(run, by_name)
    again = request(state)
    assert again.recipe(digests(again.images)) == run.recipe
    assert again.seed == run.seeds.asked
    assert again.images == asked.images
    assert (again.metadata, again.callback_url) == (asked.metadata, asked.callback_url)
    assert again.sync_mode == asked.sync_mode
    assert tags(state) == ()


@settings(max_examples=40)
@given(requests())
def test_a_form_started_with_the_fields_of_a_call_asks_for_what_the_call_asks_for(asked: RunRequest) -> None:
    state = started(asked.spec.id, asked.input, asked.images)
    again = request(state)
    assert again.recipe(digests(again.images)) == asked.recipe(digests(asked.images))
    assert again.seed == asked.seed


@settings(max_examples=40)
@given(requests(), st.sampled_from(list(CATALOG)))
def test_another_model_keeps_what_fits_and_names_all_the_rest(asked: RunRequest, model: str) -> None:
    state = started(asked.spec.id, asked.input, asked.images)
    other, dropped = with_model(state, model)
    for name, value in state.values.items():
        kept = other.values.get(name) == value
        default = other.spec.field(name)
        # A value that is the other's published default is kept by saying nothing.
        assert kept or (default is not None and default.default == value) or any(d.startswith(name) for d in dropped)
    assert other.seed == state.seed
    assert set(problems(other)) <= {IMAGES, "prompt"}
    assert doubts(other) == () or set(problems(other))


@settings(max_examples=40)
@given(st.sampled_from(list(CATALOG)), st.data())
def test_whatever_is_typed_into_a_control_is_a_request_or_a_problem_beside_it(model: str, data: st.DataObject) -> None:
    names = [control.field for control in controls(CATALOG[model]) if control.kind not in ("seed", "pictures")]
    state = FormState(model, seed=SeedChoice("fixed", data.draw(st.text() | st.integers())))
    for name in data.draw(st.lists(st.sampled_from(names))):
        state = changed(state, name, data.draw(st.text() | st.integers() | st.booleans() | st.none()))
    found = problems(state)
    assert set(found) <= {*names, SEED, IMAGES}
    assert all(text.strip() for text in found.values())
    if not found:
        request(state)


def test_the_published_default_is_the_same_as_nothing_and_an_inferred_one_is_not() -> None:
    assert changed(FormState(NANO), "resolution", "1K") == FormState(NANO)
    assert changed(FormState(PRO), "resolution", "1K").values == {"resolution": "1K"}


def test_a_value_is_taken_back() -> None:
    said = changed(FormState(NANO), "resolution", "2K")
    assert changed(said, "resolution", None) == changed(said, "resolution", "") == FormState(NANO)


def test_what_a_number_stands_for_is_spelt_as_the_api_does() -> None:
    assert changed(FormState(NANO), "safety_tolerance", 2).values == {"safety_tolerance": "2"}
    assert changed(FormState(NANO), "num_images", "3").values == {"num_images": 3}


def test_a_prompt_stays_as_it_is_typed() -> None:
    assert changed(FormState(NANO), "prompt", " a fox \n").value("prompt") == " a fox \n"


def test_all_problems_are_told_at_once_each_at_its_own_control() -> None:
    state = started(
        PRO,
        {"prompt": " ", "resolution": "2k", "seed": "7x", "num_images": 9, METADATA: "[1]", CALLBACK: "ftp://x"},
    )
    found = problems(state)
    assert set(found) == {"prompt", "resolution", "seed", "num_images", METADATA, CALLBACK}
    assert found["prompt"] == "Is missing: say what to draw."
    assert found["num_images"].endswith("Did you mean 4?")


def test_a_model_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidRequest) as caught:
        started("google/nano-banana-pr", {})
    assert caught.value.problems[0].nearest == PRO


def test_a_field_that_is_none_is_a_problem_of_the_whole() -> None:
    assert "sed" in problems(started(None, {"prompt": FOX, "sed": 1}))


def test_a_picture_makes_of_a_model_its_editing_variant() -> None:
    state = changed(FormState(NANO), "thinking_level", "high")
    edits = with_images(state, ["fox.png"])
    assert (edits.model, edits.images, edits.value("thinking_level")) == (NANO_EDIT, ("fox.png",), "high")
    assert started("2", {}, ["fox.png"]).model == NANO_EDIT


def test_what_another_model_does_not_take_is_named_with_the_reason() -> None:
    state = started(NANO_EDIT, {"prompt": FOX, "resolution": "0.5K", "thinking_level": "high"}, ["a.png", "b.png"])
    other, dropped = with_model(state, PRO)
    assert dropped == (
        "resolution 0.5K: not offered by google/nano-banana-pro (1K, 2K, 4K)",
        "thinking_level high: is no field of google/nano-banana-pro",
        "2 pictures to edit",
    )
    assert (dict(other.values), other.images) == ({"prompt": FOX}, ())


def test_a_value_that_the_other_model_only_may_take_is_not_taken_along() -> None:
    _, dropped = with_model(changed(FormState(NANO), "aspect_ratio", "8:1"), PRO)
    assert dropped[0].startswith("aspect_ratio 8:1: google/nano-banana-pro probably takes only")


@pytest.mark.parametrize(
    ("seed", "asked", "then"),
    [
        (SeedChoice(), None, SeedChoice()),
        (SeedChoice("fixed", 7), 7, SeedChoice("fixed", 7)),
        (SeedChoice("next", " 7 "), 7, SeedChoice("next", 8)),
        (SeedChoice("next"), None, SeedChoice("next", 100)),
    ],
)
def test_the_seed_of_the_run_after(seed: SeedChoice, asked: int | None, then: SeedChoice) -> None:
    state = FormState(NANO, {"prompt": FOX}, seed=seed)
    assert request(state).seed == asked
    assert after_run(state, 99).seed == then


def test_a_fixed_seed_has_to_be_said() -> None:
    assert set(problems(FormState(NANO, {"prompt": FOX}, seed=SeedChoice("fixed")))) == {"seed"}


def test_a_picture_that_is_gone_is_named_and_never_left_out() -> None:
    run = run_of(build_request(NANO_EDIT, {"prompt": FOX}, ["a.png", "b.png"]))
    state = of_run(run, lambda known: None if known["name"] == "b.png" else known["name"])
    assert problems(state) == {IMAGES: "b.png is not here any more: take it out, or add it again."}
    assert request(with_images(state, state.images[:1])).images == ("a.png",)


def test_labels_are_taken_apart_at_commas() -> None:
    assert tags(changed(FormState(NANO), TAGS, " cover, draft,, cover ")) == ("cover", "draft")
    assert tags(started(None, {TAGS: ["cover", "draft"]})) == ("cover", "draft")
