"""Which controls a model's form has: pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.spec import Field, ModelSpec
from runflow_nb.widgets.form.controls import BESIDE, IMAGES, Control, controls

NANO, NANO_EDIT = CATALOG["google/nano-banana-2"], CATALOG["google/nano-banana-2/edit"]
PRO = CATALOG["google/nano-banana-pro"]
BY_MODEL = pytest.mark.parametrize("spec", CATALOG.values(), ids=list(CATALOG))


def control(spec: ModelSpec, field: str) -> Control:
    return next(one for one in controls(spec) if one.field == field)


def texts(spec: ModelSpec, field: str) -> list[str]:
    return [choice.text for choice in control(spec, field).choices]


@BY_MODEL
def test_each_field_has_one_control_with_a_label_and_a_description(spec: ModelSpec) -> None:
    found = controls(spec)
    fields = {IMAGES if field.type == "image_list" else field.name for field in spec.fields}
    assert sorted(one.field for one in found) == sorted(fields | {one.field for one in BESIDE})
    assert all(one.label and one.help for one in found)


@BY_MODEL
def test_the_less_used_come_last_and_the_prompt_first(spec: ModelSpec) -> None:
    found = controls(spec)
    assert found[0].field == "prompt"
    assert [one.folded for one in found] == sorted(one.folded for one in found)
    assert {one.field for one in found if one.folded} == {
        "limit_generations",
        "sync_mode",
        "callback_url",
        "metadata",
        "tags",
    }


def test_controls_stand_in_the_same_order_in_every_model() -> None:
    orders = [[one.field for one in controls(spec)] for spec in CATALOG.values()]
    longest = orders[1]
    assert all([field for field in longest if field in order] == order for order in orders)


@BY_MODEL
def test_what_a_field_takes_can_be_chosen(spec: ModelSpec) -> None:
    for field in spec.fields:
        offered = {choice.value for choice in control(spec, field.name).choices} if field.allowed else set()
        assert set(field.allowed) <= offered


def test_resolution_has_the_price_of_a_picture_beside_each_choice() -> None:
    assert texts(NANO, "resolution") == ["0.5K · about $0.06", "1K · $0.08", "2K · about $0.12", "4K · about $0.16"]


def test_what_costs_more_says_so() -> None:
    assert texts(NANO, "thinking_level") == ["off", "minimal", "high · +$0.002"]
    assert control(NANO, "enable_web_search").help.endswith("Adds $0.015 to each picture.")
    assert control(PRO, "enable_web_search").help.endswith("Adds about $0.015 to each picture.")
    assert "billed" in control(NANO, "num_images").help


def test_a_default_that_is_published_is_what_nothing_means() -> None:
    one = control(NANO, "output_format")
    assert one.choice(None).value == "png"
    assert [choice.value for choice in one.choices] == ["jpeg", "png", "webp"]


def test_a_default_that_no_page_states_is_offered_as_such() -> None:
    one = control(PRO, "aspect_ratio")
    assert one.choice(None).text == "unset · probably 1:1"
    assert one.choice("1:1").value == "1:1"


def test_a_ratio_has_its_frame_and_auto_has_none() -> None:
    one = control(NANO, "aspect_ratio")
    assert (one.kind, one.choice("16:9").frame, one.choice("auto").frame) == ("ratio", (16, 9), None)


def test_a_value_that_is_not_offered_is_put_as_it_is() -> None:
    one = control(PRO, "aspect_ratio")
    assert one.offered("4:1")[:-1] == one.choices
    assert one.offered("4:1")[-1].value == "4:1"
    assert one.offered(None) == one.choices


def test_a_field_is_one_row_of_the_spec() -> None:
    rows = (
        Field("style", "string", "How it is drawn.", allowed=("ink", "oil"), surcharges=(("oil", Decimal("0.01")),)),
        Field("steps", "integer", "How often.", minimum=1, maximum=500),
        Field("negative_prompt", "string", "What not to draw."),
        Field("tiling", "boolean", "Edges fit.", default=False),
    )
    spec = replace(NANO, fields=(*NANO.fields, *rows))
    kinds = {one.field: one.kind for one in controls(spec)}
    assert [kinds[row.name] for row in rows] == ["choice", "line", "line", "switch"]
    assert texts(spec, "style") == ["off", "ink", "oil · +$0.01"]
    assert control(spec, "negative_prompt").label == "Negative prompt"
