"""Forms of models that no page describes: what is declared of them, what is unknown, and what is hostile. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.errors import InvalidRequest, NotConnected, RunflowError
from runflow_nb.models import catalog
from runflow_nb.models.catalog import CATALOG, declare
from runflow_nb.models.declared import declared_spec, untyped_spec
from runflow_nb.models.spec import ModelSpec
from runflow_nb.record.fold import fold
from runflow_nb.record.run import Run
from runflow_nb.widgets.form.controls import HELP_LENGTH, UNFOLDED, Control, controls
from runflow_nb.widgets.form.models import MOST, Models
from runflow_nb.widgets.form.offered import Sources
from runflow_nb.widgets.form.state import (
    FormState,
    SeedChoice,
    changed,
    of_run,
    problems,
    request,
    started,
    with_images,
    with_model,
)
from runflow_nb.widgets.form.view import Form
from runflow_nb.widgets.studio.variations import changes, edit_of, steps, with_seeds
from tests.widgets.test_form_view import Page

DRAW, ENLARGE, UNKNOWN = "them/draw", "them/enlarge", "them/unknown"
NANO = "google/nano-banana-2"


def declared(name: str, kind: str, **facts: Any) -> dict[str, Any]:
    attrs = {key: facts.pop(key) for key in ("options", "min", "max") if key in facts}
    return {"name": name, "variable_type_code": kind, "validator_attrs": attrs, **facts}


DRAWS = declared_spec(
    DRAW,
    {
        "name": "Draw",
        "description": "Draws.",
        "inputs": [
            declared("seed", "integer"),
            declared("prompt", "text", is_required=True, description="What."),
            declared("style", "enum", options=["ink", "oil"], default_value="ink"),
            declared("shape", "enum", options=["7:4", "1:1"]),
            declared("size", "enum", options=[f"{n}x{n}" for n in range(20)]),
            declared("strength", "float", min=0, max=1.5, default_value=0.5, description="How much."),
            declared("steps", "int", min=1),
            declared("paper", "bool", default_value=True),
            declared("tiled", "bool"),
            declared("palette", "palette_spec"),
            declared("mask", "image"),
            declared("tags", "text"),
        ],
    },
)
ENLARGES = declared_spec(
    ENLARGE,
    {
        "inputs": [
            declared("picture", "image", is_required=True, description="What to enlarge."),
            declared("factor", "int", min=2, max=4, is_required=True),
            declared("sharpen", "bool", default_value=True),
        ]
    },
)


@pytest.fixture(autouse=True)
def these_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "_declared", {})
    for spec in (DRAWS, ENLARGES, untyped_spec(UNKNOWN)):
        declare(spec)


def control(spec: ModelSpec, field: str) -> Control:
    return next(one for one in controls(spec) if one.field == field)


def texts(spec: ModelSpec, field: str) -> list[str]:
    return [choice.text for choice in control(spec, field).choices]


def none() -> list[str]:
    return []


def ignore(_: str) -> None:
    """It is known already."""


def page(state: FormState, models: Models | None = None) -> Page:
    return Page(Form(state, Sources(list, lambda text: (text,)), models or Models(none, ignore, int)))


def run_of(model: str, given: Mapping[str, Any], **facts: Any) -> Run:
    intent = {
        "event": "intent",
        "at": "2026-01-01T00:00:00+00:00",
        "run": "01J00000000000000000000000",
        "model": model,
        "origin": "sandbox",
        "recipe": "sha256:1:0",
        "input": dict(given),
        "take": 1,
        **facts,
    }
    run = fold([intent], Path("/nowhere"))
    assert run is not None
    return run


def test_each_declared_type_has_its_control() -> None:
    kinds = {one.field: one.kind for one in controls(DRAWS)}
    assert kinds == {
        "prompt": "text", "images": "pictures", "style": "choice", "shape": "choice", "size": "menu",
        "strength": "line", "steps": "line", "paper": "switch", "tiled": "choice", "palette": "line", "seed": "seed",
        "callback_url": "line", "metadata": "line", "tags": "line",
    }  # fmt: skip
    assert [one.kind for one in controls(ENLARGES)][:3] == ["pictures", "choice", "switch"]


def test_what_is_declared_is_said_and_what_is_needed_is_marked() -> None:
    assert control(DRAWS, "prompt").label == "Prompt (required)"
    assert control(DRAWS, "strength").help == "How much. 0 to 1.5, probably 0.5 where it is empty."
    assert control(DRAWS, "steps").help == "1 or more."
    assert texts(DRAWS, "style") == ["unset · probably ink", "ink", "oil"]
    assert texts(DRAWS, "tiled") == ["unset", "on", "off"]
    assert control(ENLARGES, "factor").label == "Factor (required)"


def test_another_value_than_those_listed_is_offered_once_it_was_loaded() -> None:
    state = started(DRAW, {"prompt": "a fox", "style": "watercolour"})
    assert page(state).control("Style").options[-1] == "watercolour"
    assert request(state).input["style"] == "watercolour"


def test_a_number_stays_as_it_is_typed_and_is_asked_for_as_what_it_is() -> None:
    shown = page(started(DRAW, {"prompt": "a fox"}))
    for typed in ("1", "1.", "1.2", "1.20"):
        shown.control("Strength").value = typed
        assert shown.control("Strength").value == typed
    assert request(shown.shown.state).input["strength"] == 1.2
    shown.control("Strength").value = "much"
    assert shown.said("strength")[1] == "much takes a number."


def test_a_model_of_many_fields_folds_most_of_them_and_cuts_what_is_said() -> None:
    inputs = [declared(f"f{n}", "text", description="word " * 200, is_required=n == 30) for n in range(40)]
    found = controls(declared_spec("them/many", {"inputs": inputs}))
    own = [one for one in found if one.field.startswith("f")]
    assert [one.field for one in own if not one.folded] == [*(f"f{n}" for n in range(UNFOLDED)), "f30"]
    assert max(len(one.help) for one in own) <= HELP_LENGTH


def test_what_the_api_says_is_only_text() -> None:
    hostile = '<img src=x onerror="alert(1)">\x1b[2J\ud800 $x$ ' + "x" * 500
    choice = '<img src=x onerror="alert(1)"> $x$ ' + "x" * 60
    inputs = [declared("style", "enum", options=[choice, "b"], description=hostile), declared("x", "text")]
    spec = declared_spec("them/hostile", {"name": hostile, "description": hostile, "inputs": inputs})
    declare(spec)
    shown = page(FormState(spec.id))
    for words in shown.shown._hands.words.values():
        json.dumps(words).encode()
        for text in words:
            text.encode()
            assert "\x1b" not in text
            assert len(text) < 300
    assert all(len(choice) < 80 and choice.encode() for choice in shown.control("Style").options)


def test_a_model_without_prompt_seed_and_pictures_has_none_of_these() -> None:
    shown = page(started(ENLARGE, {"factor": 3}))
    assert not {"Prompt", "Prompt (required)", "Seed", "Seed number"} & shown.labels()
    assert "Picture (required)" in shown.labels()
    bare = declared_spec("them/bare", {"inputs": [declared("text", "text")]})
    declare(bare)
    assert "rf-gone" in page(FormState(bare.id)).shown._pictures.box._dom_classes


def test_one_picture_is_one_and_goes_where_it_is_declared() -> None:
    state = with_images(started(ENLARGE, {"factor": 2}), ["a.png", "b.png"])
    assert problems(state) == {"images": "2 them/enlarge takes one picture."}
    asked = request(with_images(state, ["a.png"]))
    assert asked.with_pictures(["x"]) == {"picture": "x"}


def test_a_model_that_takes_no_seed_is_asked_for_none() -> None:
    state = started(DRAW, {"prompt": "a fox", "seed": 7})
    other, dropped = with_model(state, ENLARGE)
    assert other.seed == SeedChoice()
    assert "the seed: them/enlarge takes none" in dropped
    assert "seed" not in request(with_images(changed(other, "factor", 2), ["a.png"])).input
    assert with_seeds(other, [1, 2]) == ()
    assert changes(changed(other, "factor", 2), None) == []


def test_the_parameters_of_a_model_without_seed_can_be_stepped_through() -> None:
    state = with_images(started(ENLARGE, {"factor": 2}), ["a.png"])
    (factors, sharpen) = steps(state, None)
    assert [each.value("factor") for each in factors.states] == [2, 3, 4]
    assert sharpen.label == "Sharpen: 2 values"


def test_names_that_are_ours_are_not_a_models_own() -> None:
    state = started(DRAW, {"prompt": "a fox", "tags": "cover"})
    assert "tags" not in request(state).input
    assert [one.label for one in controls(DRAWS) if one.field == "tags"] == ["Tags"]


def test_of_a_model_of_which_nothing_is_known_whatever_is_said_is_a_line() -> None:
    state = started(UNKNOWN, {"prompt": "a fox", "duration": 5})
    shown = page(state)
    assert shown.control("Duration").value == "5"
    shown.control("Duration").value = "6"
    assert dict(request(shown.shown.state).input) == {"prompt": "a fox", "duration": "6"}
    assert "What it takes is not known" in shown.said("model")[0]


@pytest.mark.parametrize("model", [DRAW, UNKNOWN])
def test_a_form_filled_in_from_a_run_asks_for_the_same_again(model: str) -> None:
    given: dict[str, Any] = {"prompt": "a fox", "strength": 0.25, "tiled": False, "style": "chalk", "seed": 5}
    given["image_urls"] = ["sha256:a"]
    if model == DRAW:
        given["mask"] = given.pop("image_urls")[0]
    run = run_of(model, given, seed_asked=5, seed_sent=5, pictures=[{"name": "a.png", "digest": "sha256:a"}])
    asked = request(of_run(run, lambda known: known["name"]))
    kept = {name: value for name, value in given.items() if name not in ("mask", "image_urls")}
    assert {name: str(value).lower() for name, value in asked.input.items()} == {
        name: str(value).lower() for name, value in kept.items()
    }
    assert asked.images == ("a.png",)


def test_a_picture_that_went_in_is_never_taken_for_a_text() -> None:
    """Also where its field is not known for one of pictures any more."""
    run = run_of(UNKNOWN, {"start": "sha256:a"}, pictures=[{"name": "a.png", "digest": "sha256:a"}])
    state = of_run(run, lambda known: known["name"])
    assert (dict(state.values), state.images) == ({}, ("a.png",))


def test_a_run_of_a_model_that_is_nowhere_any_more_goes_to_the_default_one() -> None:
    state = of_run(run_of("gone/model", {"prompt": "a fox", "strength": 1}), lambda known: None)
    assert (state.model, dict(state.values)) == (NANO, {"prompt": "a fox"})


def test_a_model_that_is_nowhere_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="nor known from the API's list"):
        started("them/drew", {})


def test_a_run_without_a_picture_is_not_edited() -> None:
    with pytest.raises(RunflowError, match="has no picture that could be edited"):
        edit_of(run_of(DRAW, {}), DRAW)


def test_the_list_has_the_catalog_first_then_what_is_known_and_what_is_remembered() -> None:
    remembered = Models(lambda: ["us/kept", "../../etc/passwd", NANO], ignore, int)
    assert remembered.offered(NANO) == (*CATALOG, DRAW, ENLARGE, UNKNOWN, "us/kept")
    many = Models(lambda: [f"us/m{n:04}" for n in range(999)], ignore, int)
    assert len(many.offered("us/m0998")) == len(CATALOG) + MOST + 1


def test_a_remembered_model_is_recalled_when_it_is_chosen() -> None:
    recalled = []

    def recall(name: str) -> None:
        recalled.append(name)
        declare(untyped_spec(name))

    shown = page(started(NANO, {"prompt": "a fox"}), Models(lambda: ["us/kept"], recall, int))
    assert recalled == []
    shown.control("Model").index = shown.control("Model").options.index("us/kept")
    assert (shown.shown.state.model, recalled) == ("us/kept", ["us/kept"])
    assert request(shown.shown.state).prompt == "a fox"


def test_the_apis_list_is_offered_and_why_it_did_not_come_is_said() -> None:
    outcomes: list[Exception | None] = [NotConnected(), None]

    def listed() -> int:
        if error := outcomes.pop(0):
            raise error
        declare(untyped_spec("us/listed"))
        return 1

    shown = page(started(NANO, {}), Models(none, ignore, listed))
    shown.shown._asked_models()
    assert "us/listed" not in shown.control("Model").options
    assert shown.said("model")[1]
    shown.shown._asked_models()
    assert shown.control("Model").options[-1] == "us/listed"
    assert shown.said("model")[1:] == ["", "The API lists 1 more model: choose above."]
    assert shown.shown.state.model == NANO


def test_a_form_that_offers_as_many_as_it_can_is_saved_small() -> None:
    shown = page(FormState(NANO), Models(lambda: [f"somebody/some-model-{n}" for n in range(999)], ignore, int))
    assert len(json.dumps(shown.control("Model").get_state(), default=str)) < 10_000
