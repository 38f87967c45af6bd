"""A spec made from what the API's list declares: tolerant of every spelling, and always the same request."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runflow_nb.errors import InvalidRequest
from runflow_nb.models import catalog
from runflow_nb.models.declared import declared_spec, untyped_spec
from runflow_nb.models.defaults import build_with_defaults
from runflow_nb.models.request import RunRequest, build_request, recipe
from runflow_nb.models.spec import ModelSpec

MODEL = "someone/brush/deep"
INPUTS = [
    {"name": "prompt", "variable_type_code": "text", "is_required": True, "sort_order": 0},
    {"name": "steps", "variable_type_code": "int", "validator_attrs": {"min": 1, "max": 50}, "sort_order": 2},
    {"name": "strength", "variable_type_code": "float", "default_value": 0.5, "sort_order": 1},
    {"name": "tiled", "variable_type_code": "bool", "sort_order": 3},
    {"name": "style", "variable_type_code": "select", "validator_attrs": {"options": ["ink", "oil"]}, "sort_order": 4},
    {"name": "mystery", "variable_type_code": "palette_spec", "default_value": {"a": 1}, "sort_order": 5},
    {"name": "image_url", "variable_type_code": "image", "sort_order": 6},
    {"name": "seed", "variable_type_code": "integer", "sort_order": 7},
]
RECORD = {"name": "Brush", "description": "Paints.\n Well.", "price_label": "$0.02 / image", "inputs": INPUTS}


@pytest.fixture(autouse=True)
def nothing_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "_declared", {})


def brush(**changes: Any) -> ModelSpec:
    spec = declared_spec(MODEL, {**RECORD, **changes})
    catalog.declare(spec)
    return spec


def built(**fields: Any) -> RunRequest:
    images = fields.pop("images", ())
    return build_request(MODEL, fields, images)


def test_what_is_declared_is_read_in_the_order_of_the_declarations() -> None:
    spec = brush()
    kinds = {field.name: field.type for field in spec.fields}
    assert list(kinds) == ["prompt", "strength", "steps", "tiled", "style", "mystery", "image_url", "seed"]
    assert kinds["strength"] == "number"
    assert kinds["mystery"] == "string"
    assert (spec.name, spec.description, spec.price, spec.price_words) == (
        "Brush",
        "Paints. Well.",
        None,
        "$0.02 / image",
    )
    assert spec.image_field is not None
    assert not spec.edits  # it can do without


def test_values_are_sent_as_what_they_are() -> None:
    brush()
    request = built(prompt="a hill", steps="7", strength="0.25", tiled="yes", style="ink", mystery="a,b")
    assert dict(request.input) == {
        "prompt": "a hill", "steps": 7, "strength": 0.25, "tiled": True, "style": "ink", "mystery": "a,b",
    }  # fmt: skip
    assert request.warnings == ()


def test_what_is_outside_of_what_was_read_warns_and_the_server_judges() -> None:
    brush()
    request = built(prompt="a hill", steps=80, style="watercolour", strength=3)
    assert request.input["style"] == "watercolour"
    assert len(request.warnings) == 2  # no bounds of strength were declared


@pytest.mark.parametrize(
    ("given_fields", "subject", "reason"),
    [
        ({"prompt": "a", "steps": "many"}, "steps", "takes a whole number"),
        ({"prompt": "a", "strength": "much"}, "strength", "takes a number"),
        ({"prompt": "a", "strength": float("nan")}, "strength", "takes a number"),
        ({"prompt": "a", "tiled": "perhaps"}, "tiled", "takes true or false"),
        ({"prompt": "a", "style": "inkk"}, "style", "not offered"),
        ({"prompt": "a", "stepps": 3}, "stepps", "is no field of someone/brush/deep"),
        ({"prompt": "a", "mystery": "data:image/png;base64," + "A" * 5000}, "mystery", "is a whole file"),
        ({}, "prompt", "is missing"),
        ({"prompt": "a", "images": ("a.png", "b.png")}, "images", "takes one picture"),
    ],
)
def test_what_cannot_be_meant_is_refused(given_fields: dict[str, Any], subject: str, reason: str) -> None:
    brush()
    with pytest.raises(InvalidRequest) as refused:
        built(**given_fields)
    assert [(p.subject, reason in p.reason) for p in refused.value.problems] == [(subject, True)]


def test_a_long_prompt_about_data_is_no_file() -> None:
    brush()
    assert built(prompt="Data: a table of foxes; " * 300).prompt.startswith("Data: a table")


def test_a_prompt_for_a_model_without_one_names_its_texts() -> None:
    brush(inputs=INPUTS[1:5])
    with pytest.raises(InvalidRequest, match="its texts are --style"):
        built(prompt="a hill")


def test_a_price_that_is_not_known_is_said_to_be_so() -> None:
    brush()
    price = built(prompt="a hill").price
    assert (price.amount, price.kind, price.upper) == (None, "unknown", None)
    assert str(price) == "an unknown price (the API says: $0.02 / image)"


def test_a_request_is_the_same_whether_or_not_it_is_known_what_the_model_takes() -> None:
    """A receiver who has the record, and nothing of the list, finds what was bought."""
    typed = brush()
    request = built(prompt="a hill", steps=7, strength=1.0, tiled=True, style="ink", images=("x.png",))
    untyped = untyped_spec(MODEL)
    as_text = {"prompt": "a hill", "steps": "7", "strength": "1", "tiled": "true", "style": "ink"}
    digests = ["sha256:" + "0" * 64]
    assert recipe(typed, request.input, digests) == recipe(untyped, as_text, digests)
    assert recipe(typed, request.input, digests) != recipe(untyped, {**as_text, "tiled": "false"}, digests)
    assert recipe(typed, request.input, digests) != recipe(untyped, as_text, [])


@pytest.mark.parametrize(
    ("typed", "as_text"), [({"strength": 7.0}, {"strength": "7.00"}), ({"tiled": True}, {"tiled": "on"})]
)
def test_what_was_typed_is_the_same_request_in_every_spelling(typed: dict[str, Any], as_text: dict[str, Any]) -> None:
    spec = brush()
    assert recipe(spec, {"prompt": "7.00", **typed}, []) == recipe(
        untyped_spec(MODEL), {"prompt": "7.00", **as_text}, []
    )
    assert recipe(spec, {"prompt": "7"}, []) != recipe(spec, {"prompt": "7.00"}, [])


@pytest.mark.parametrize(("one", "other"), [("1.10", "1.1"), ("yes", "true"), ("off", "no")])
def test_a_text_is_no_number_and_no_switch(one: str, other: str) -> None:
    spec = brush()
    assert recipe(spec, {"prompt": "a", "mystery": one}, []) != recipe(spec, {"prompt": "a", "mystery": other}, [])


@pytest.mark.parametrize(("one", "other"), [(1234567.0, 1234568.0), (0.1234567, 0.1234568), (1e22, 1e22 + 2**22)])
def test_numbers_that_differ_are_other_requests(one: float, other: float) -> None:
    spec = brush()
    assert recipe(spec, {"prompt": "a hill", "strength": one}, []) != recipe(
        spec, {"prompt": "a hill", "strength": other}, []
    )


def test_a_default_that_changes_one_day_is_another_request_only_where_it_was_said() -> None:
    before = brush()
    after = brush(inputs=[{**each, "default_value": 0.9} if each["name"] == "strength" else each for each in INPUTS])
    values: dict[str, Any] = {"prompt": "a hill", "strength": 0.5}
    assert recipe(before, values, []) == recipe(after, values, [])
    assert recipe(before, {"prompt": "a hill"}, []) != recipe(before, values, [])


def test_what_is_set_for_the_catalog_s_models_is_not_put_in() -> None:
    brush(inputs=[*INPUTS, {"name": "resolution", "variable_type_code": "string"}])
    request = build_with_defaults({"resolution": "2K"}, MODEL, {"prompt": "a hill"}, named=str)
    assert dict(request.input) == {"prompt": "a hill"}


def test_a_seed_that_is_a_text_is_one_only_where_it_is_a_number() -> None:
    """Any other decides the picture as every text does."""
    brush(inputs=[{"name": "seed", "variable_type_code": "text"}])
    seven, word, other = (build_request(MODEL, {"seed": seed}) for seed in ("7", "lucky", "unlucky"))
    assert (seven.seed, word.seed) == (7, None)
    assert seven.recipe([]) == build_request(MODEL, {"seed": "8"}).recipe([])
    assert len({each.recipe([]) for each in (seven, word, other)}) == 3


def test_a_text_of_theirs_acts_on_no_terminal() -> None:
    acting = "\x1b]0;title\x07 \x9b31m \u202e \u2028"
    spec = brush(
        name=f"Brush{acting}",
        description=acting,
        price_label=f"{acting}1",
        inputs=[
            {"name": "prompt", "description": acting, "default_value": f"{acting}2"},
            {"name": "style", "validator_attrs": {"options": ["ink", acting]}},
            {"name": "size", "validator_attrs": {"options": ["1" * 101]}},
            {"name": "tone", "validator_attrs": {"options": [str(number) for number in range(501)]}},
        ],
    )
    texts = [
        spec.name,
        spec.description,
        spec.price_words,
        *(f"{field.description}{field.default}" for field in spec.fields),
    ]
    assert all(map(str.isprintable, texts))
    assert [field.allowed for field in spec.fields] == [()] * 4


def test_a_number_stays_one_where_nobody_knows_what_the_model_takes() -> None:
    """It is the same request as with the text, which a cell can only say."""
    catalog.declare(untyped_spec(MODEL))
    given, typed = built(steps=30, strength=0.5, tiled=True), built(steps="30", strength="0.5", tiled="true")
    assert dict(given.input) == {"steps": 30, "strength": 0.5, "tiled": True}
    assert given.recipe([]) == typed.recipe([])
    with pytest.raises(InvalidRequest, match="takes text"):
        built(strength=float("nan"))


@pytest.mark.parametrize(("typed", "meant"), [("false", False), ("no", False), ("true", True), ("perhaps", False)])
def test_a_mode_that_is_taken_as_text_is_what_the_text_says(typed: str, meant: bool) -> None:
    catalog.declare(untyped_spec(MODEL))
    assert built(prompt="a hill", sync_mode=typed).sync_mode is meant


@pytest.mark.parametrize("bound", [float("inf"), float("nan"), 10**30])
def test_a_bound_that_nobody_can_count_to_bounds_nothing(bound: float) -> None:
    attrs = {"min": -bound, "max": bound}
    field = brush(inputs=[{"name": "steps", "variable_type_code": "int", "validator_attrs": attrs}]).field("steps")
    assert field is not None
    assert (field.minimum, field.maximum, len(field.whole_range)) == (None, None, 0)


def test_the_catalog_is_never_replaced() -> None:
    catalog.declare(declared_spec("google/nano-banana-2", RECORD))
    spec = catalog.find_model("google/nano-banana-2", False)
    assert not spec.declared
    assert spec.price is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["name", "variable_type_code", "validator_attrs", "default_value", "is_required", "sort_order"])


@given(
    st.dictionaries(st.sampled_from(["inputs", "name", "description", "price_label"]), JSON),
    st.lists(st.dictionaries(NAMES, JSON)),
)
def test_whatever_a_list_holds_makes_a_spec(record: dict[str, Any], inputs: list[Any]) -> None:
    for told in (record, {**record, "inputs": inputs}):
        spec = declared_spec(MODEL, told)
        assert spec.fields
        assert len({field.name for field in spec.fields}) == len(spec.fields)
        assert all(field.name.isidentifier() for field in spec.fields)
