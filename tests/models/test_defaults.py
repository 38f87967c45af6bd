"""A default is as if it had been typed where a request says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runflow_nb.errors import InvalidRequest
from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.defaults import NotOffered, build_with_defaults, offered
from runflow_nb.models.request import RunRequest, build_request
from runflow_nb.models.spec import Value

FOX = "a red fox in the snow"


def build(
    defaults: Mapping[str, Value], model: str | None = None, images: tuple[Any, ...] = (), **fields: Any
) -> RunRequest:
    return build_with_defaults(
        defaults, model, {"prompt": FOX, **fields}, images, named=lambda name: f"%config Runflow.{name}"
    )


@given(
    model=st.sampled_from(["2", "pro", "google/nano-banana-2"]),
    defaults=st.fixed_dictionaries(
        {},
        optional={
            "resolution": st.sampled_from(["1K", "2K", "4K"]),
            "aspect_ratio": st.sampled_from(["auto", "16:9", "1:1"]),
            "output_format": st.sampled_from(["png", "jpeg"]),
            "safety_tolerance": st.sampled_from(["1", "4"]),
            "num_images": st.integers(1, 4),
        },
    ),
    typed=st.fixed_dictionaries({}, optional={"resolution": st.just("1K"), "num_images": st.just(2)}),
)
def test_the_request_is_the_one_that_was_typed(model: str, defaults: dict[str, Any], typed: dict[str, Any]) -> None:
    """Same recipe and price as typed; nothing is sent for a default that is the published one."""
    found = build(defaults, model, **typed)
    written = build_request(model, {"prompt": FOX, **defaults, **typed})
    assert found.recipe([]) == written.recipe([])
    assert found.price == written.price
    for name in found.input.keys() - typed.keys() - {"prompt"}:
        field = found.spec.field(name)
        assert field is not None
        assert not (field.published("default") and field.default == found.input[name])


def test_a_published_default_changes_nothing() -> None:
    assert build({"resolution": "1K", "output_format": "png", "num_images": 1}).input == {"prompt": FOX}


def test_what_is_typed_goes_before_what_is_set() -> None:
    assert build({"resolution": "4K", "model": "pro"}, "2", resolution="2K").input["resolution"] == "2K"
    assert build({"resolution": "4K"}, resolution=None).input["resolution"] == "4K"


def test_a_default_that_the_model_does_not_offer_names_the_setting() -> None:
    with pytest.raises(InvalidRequest) as refused:
        build({"resolution": "0.5K"}, "pro")
    (problem,) = refused.value.problems
    assert problem.line("option", 0) == (
        "  %config Runflow.resolution 0.5K   not offered by google/nano-banana-pro (1K, 2K, 4K); did you mean 1K?"
    )
    assert build({"resolution": "0.5K"}, "pro", resolution="2K").input["resolution"] == "2K"


def test_a_field_that_the_model_lacks_is_left_out() -> None:
    assert build({"thinking_level": "high"}, "pro").input == {"prompt": FOX}


@pytest.mark.parametrize("model", ["2", *list(CATALOG)[:2]])
def test_the_model_that_is_set_is_used_in_the_variant_that_fits(model: str) -> None:
    assert build({"model": model}).spec.id == "google/nano-banana-2"
    assert build({"model": model}, images=(b"x",)).spec.id == "google/nano-banana-2/edit"


def test_an_unknown_model_of_the_request_is_the_problem_that_is_named() -> None:
    with pytest.raises(InvalidRequest, match="is not a model of the catalog"):
        build({"resolution": "2K"}, "prp")


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("model", 2, "2"),
        ("resolution", "0.5K", "0.5K"),
        ("aspect_ratio", "8:1", "8:1"),
        ("safety_tolerance", 3, "3"),
        ("num_images", "4", 4),
        ("output_format", " webp ", "webp"),
    ],
)
def test_a_default_is_what_some_model_offers(name: str, value: object, found: Value) -> None:
    assert offered(name, value) == found


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("model", "proo", "pro"),
        ("resolution", "2k", "2K"),
        ("aspect_ratio", "7:3", "21:9"),
        ("output_format", "jpg", "jpeg"),
        ("safety_tolerance", 9, "6"),
        ("num_images", 5, "4"),
        ("num_images", "two", "2"),
    ],
)
def test_a_default_that_no_model_offers_names_the_nearest(name: str, value: object, meant: str | None) -> None:
    with pytest.raises(NotOffered) as refused:
        offered(name, value)
    assert refused.value.nearest == meant
