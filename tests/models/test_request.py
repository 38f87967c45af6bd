"""A request is validated as a whole, and its recipe never changes by accident."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runflow_nb.errors import InvalidRequest
from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.request import build_request

FOX = "a red fox in the snow"


def problems_of(
    model: str | None, fields: dict[str, Any], images: tuple[Any, ...] = (), **beside: Any
) -> dict[str, str]:
    """subject -> the problem as a person reads it."""
    with pytest.raises(InvalidRequest) as caught:
        build_request(model, fields, images, **beside)
    return {p.subject: p.line("python", 0) for p in caught.value.problems}


@pytest.mark.parametrize(
    ("field", "value", "meant"),
    [
        ("resolution", "2k", "2K"),
        ("resolution", "4 k", "4K"),
        ("resolution", 2, "2K"),
        ("aspect_ratio", "16x9", "16:9"),
        ("aspect_ratio", "16/9", "16:9"),
        ("aspect_ratio", "17:9", "16:9"),
        ("output_format", "jpg", "jpeg"),
        ("output_format", "PNG", "png"),
        ("thinking_level", "minimum", "minimal"),
        ("safety_tolerance", "7", "6"),
        ("num_images", 5, "4"),
        ("num_images", 0, "1"),
        ("num_images", 2.2, "2"),
        ("enable_web_search", "ture", "true"),
    ],
)
def test_a_value_that_is_not_offered_names_the_nearest(field: str, value: object, meant: str) -> None:
    found = problems_of(None, {"prompt": FOX, field: value})
    assert found[field].endswith(f"did you mean {meant}?")


def test_all_problems_come_in_one_error() -> None:
    found = problems_of(
        "2",
        {"prompt": "a", "resolution": "2k", "aspect_ratio": "16x9", "num_images": 9, "seedd": 1},
        callback_url="ftp://x",
        metadata={"a": object()},
    )
    assert set(found) == {"prompt", "resolution", "aspect_ratio", "num_images", "seedd", "callback_url", "metadata"}
    assert "did you mean seed?" in found["seedd"]


@pytest.mark.parametrize("field", ["safety_tolerance"])
def test_a_number_is_fine_where_the_api_wants_a_digit_as_text(field: str) -> None:
    assert build_request(None, {"prompt": FOX, field: 2}).input[field] == "2"


@pytest.mark.parametrize("size", [2, 50_001])
def test_a_prompt_outside_the_published_length_is_refused(size: int) -> None:
    assert "3 to 50,000" in problems_of("2", {"prompt": "x" * size})["prompt"]


@pytest.mark.parametrize("size", [3, 50_000])
def test_a_prompt_of_the_published_length_is_taken(size: int) -> None:
    assert len(build_request("2", {"prompt": "x" * size}).prompt) == size


def test_a_length_that_is_only_inferred_warns_and_lets_the_server_judge() -> None:
    request = build_request("pro", {"prompt": "ab"})
    assert request.prompt == "ab"
    assert "the API will judge" in request.warnings[0]


@pytest.mark.parametrize("prompt", ["a\0b fox", "half \ud800 pair", "", "   \r\n "])
def test_text_that_no_server_could_read_is_refused(prompt: str) -> None:
    assert "prompt" in problems_of(None, {"prompt": prompt})


def test_a_missing_prompt_says_so() -> None:
    assert "missing" in problems_of(None, {})["prompt"]


def test_an_inferred_list_refuses_misspellings_and_warns_of_the_rest() -> None:
    model, images = "google/nano-banana-2/edit", ("x.png",)
    with pytest.raises(InvalidRequest, match="did you mean 2K"):
        build_request(model, {"prompt": FOX, "resolution": "2k"}, images)
    warned = build_request(model, {"prompt": FOX, "resolution": "8K"}, images)
    assert warned.input["resolution"] == "8K"
    assert warned.warnings


def test_more_than_four_pictures_is_money_and_always_refused() -> None:
    assert "1 to 4" in problems_of("pro", {"prompt": FOX, "num_images": 5})["num_images"]


def test_pictures_for_a_model_that_takes_none_name_the_model_that_does() -> None:
    found = problems_of("google/nano-banana-pro", {"prompt": FOX}, ("a.png",))
    assert "google/nano-banana-pro/edit" in found["model"]


def test_an_edit_model_without_pictures_names_the_model_for_text() -> None:
    found = problems_of("google/nano-banana-2/edit", {"prompt": FOX})
    assert "use google/nano-banana-2" in found["images"]


@pytest.mark.parametrize(
    ("short", "images", "model"),
    [
        (None, (), "google/nano-banana-2"),
        ("2", ("a.png",), "google/nano-banana-2/edit"),
        ("pro", (), "google/nano-banana-pro"),
        ("pro", ("a.png",), "google/nano-banana-pro/edit"),
    ],
)
def test_short_names_choose_the_edit_variant_when_pictures_are_given(
    short: str | None, images: tuple[str, ...], model: str
) -> None:
    assert build_request(short, {"prompt": FOX}, images).spec.id == model


def test_an_unknown_model_does_not_hide_the_other_problems() -> None:
    found = problems_of("google/nano-bannana-pro", {"prompt": FOX, "resolution": "0.5K"}, callback_url="x")
    assert set(found) == {"model", "resolution", "callback_url"}


def test_an_unknown_model_names_the_nearest() -> None:
    assert "did you mean google/nano-banana-pro?" in problems_of("google/nano-bannana-pro", {"prompt": FOX})["model"]


@pytest.mark.parametrize(
    ("model", "fields", "digests", "golden"),
    [
        ("2", {}, (), "sha256:1:2b5f86c13d24ed24b489156901c306742b497367738bbdc02c75340f175a66cb"),
        (
            "2",
            {"resolution": "2K", "num_images": 4, "safety_tolerance": 6, "thinking_level": "high"},
            (),
            "sha256:1:4e6f8aaf9fcfd7c08008d17b4610eec4eb0e228afa3f16b53eaaa578149977da",
        ),
        (
            "2",
            {"aspect_ratio": "21:9", "enable_web_search": True, "limit_generations": False},
            (),
            "sha256:1:58d1d42b915e81fb2012271231c5cfbf6b0dd30e8630cdb4f300c8b60f905435",
        ),
        (
            "2",
            {"output_format": "webp"},
            ("sha256:" + "ab" * 32,),
            "sha256:1:4757f8ffb3ce075a612ffbd64b4b8c174d75aede5a8128eaf2c3e6892ba4363b",
        ),
        ("pro", {"resolution": "1K"}, (), "sha256:1:5e3e4a19312ea572855d1b27ecd952d8d4cf1352e3aac35ff98cdee335162b86"),
        (
            "pro",
            {"aspect_ratio": "3:2"},
            ("sha256:" + "ab" * 32, "url:" + "cd" * 32),
            "sha256:1:f90e221a25dbbcd69a870494b4b90c95ca245e7e51e4ac465b96fdcf1b228419",
        ),
    ],
)
def test_golden_digests(model: str, fields: dict[str, Any], digests: tuple[str, ...], golden: str) -> None:
    """A changed digest means that everybody pays again for what they have."""
    request = build_request(model, {"prompt": FOX, **fields}, digests)
    assert request.recipe(digests) == golden


def test_a_published_default_changes_nothing_an_inferred_one_does() -> None:
    plain = build_request("2", {"prompt": FOX}).recipe(())
    assert (
        build_request("2", {"prompt": FOX, "resolution": "1K", "num_images": 1, "sync_mode": True}).recipe(()) == plain
    )
    pro = build_request("pro", {"prompt": FOX}).recipe(())
    assert build_request("pro", {"prompt": FOX, "resolution": "1K"}).recipe(()) != pro


def test_the_seed_and_what_goes_beside_the_input_are_no_part_of_the_recipe() -> None:
    plain = build_request("2", {"prompt": FOX}).recipe(())
    beside = build_request("2", {"prompt": FOX, "seed": 5}, (), "https://example.com/hook", {"a": 1})
    assert beside.recipe(()) == plain


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=3, max_size=80))
def test_any_text_survives_as_it_was_typed(text: str) -> None:
    stripped = text.strip()
    if len(stripped) < 3:
        return
    request = build_request("2", {"prompt": f"\n {text}\r\n"})
    assert request.prompt == stripped
    assert request.recipe(()) == build_request("2", {"prompt": stripped}).recipe(())


@pytest.mark.parametrize("model", CATALOG)
@given(
    st.dictionaries(
        st.text(max_size=12),
        st.one_of(
            st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.binary(), st.lists(st.integers())
        ),
    )
)
def test_no_input_whatever_raises_anything_untyped(model: str, fields: dict[str, Any]) -> None:
    try:
        build_request(model, fields)
    except InvalidRequest as error:
        assert str(error)


def test_every_field_value_raises_only_typed_errors() -> None:
    odd: list[Any] = [
        float("nan"),
        float("inf"),
        b"x",
        [],
        {},
        object(),
        "\0",
        "\ud800",
        10**40,
        -1,
        "",
        " ",
        "😀",
        True,
    ]
    for spec in CATALOG.values():
        for field in spec.fields:
            for value in odd:
                fields = {"prompt": FOX, field.name: value}
                try:
                    build_request(spec.id, fields, ("x.png",) if spec.edits else ())
                except InvalidRequest as error:
                    assert str(error)


@pytest.mark.parametrize(
    ("model", "fields", "images", "amount", "kind"),
    [
        ("2", {}, 0, "0.08", "exact"),
        ("2", {"num_images": 4}, 0, "0.32", "exact"),
        ("2", {"enable_web_search": True}, 0, "0.095", "exact"),
        ("2", {"thinking_level": "high", "num_images": 2}, 0, "0.164", "exact"),
        ("2", {"thinking_level": "minimal"}, 0, "0.08", "exact"),
        ("2", {"resolution": "0.5K"}, 0, "0.06", "estimated"),
        ("2", {"resolution": "2K"}, 0, "0.12", "estimated"),
        ("2", {"resolution": "4K", "enable_web_search": True}, 0, "0.175", "estimated"),
        ("2", {"limit_generations": False}, 0, "0.08", "at least"),
        ("2", {}, 1, "0.08", "exact"),
        ("2", {"enable_web_search": True}, 1, "0.095", "estimated"),
        ("pro", {}, 0, "0.15", "exact"),
        ("pro", {"resolution": "2K"}, 0, "0.15", "estimated"),
        ("pro", {"resolution": "4K", "num_images": 2}, 1, "0.60", "estimated"),
    ],
)
def test_the_price_and_how_well_it_is_known(
    model: str, fields: dict[str, Any], images: int, amount: str, kind: str
) -> None:
    price = build_request(model, {"prompt": FOX, **fields}, ("x.png",) * images).price
    assert (price.amount, price.kind) == (Decimal(amount), kind)
    assert isinstance(price.amount, Decimal)
