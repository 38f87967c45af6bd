"""The two input tables, row by row, against what is sent, taken and refused."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import httpx
import pytest
from PIL import Image

import runflow_nb
from runflow_nb.errors import InvalidRequest
from runflow_nb.models.catalog import CATALOG
from tests.contract.marked import inputs, marked
from tests.contract.pages import NANO_2, PAGES, PRO_EDIT, ModelPage, Row
from tests.contract.planned import CLIENTS, INLINE, WRONG_KINDS, WRONG_VALUES, planned
from tests.contract.service import Made, Service

KINDS: dict[str, type] = {"string": str, "boolean": bool, "integer": int, "image_list": list}
DEFAULTED = [row for page in PAGES for row in page.input if row.default is not None]
BOUNDED = [row for page in PAGES for row in page.input if row.allowed or row.limits or row.name == "safety_tolerance"]
CLOSED = [row for page in PAGES for row in page.input if row.allowed]
REQUIRED = [row for page in PAGES for row in page.input if row.required]
OPTIONAL = [row for page in PAGES for row in page.input if not row.required]


def full(service: Service, page: ModelPage) -> Made:
    """The run of this page's model for which every field was given."""
    return service.made({NANO_2.name: "every field", PRO_EDIT.name: "every field of an edit"}[page.name])


def given(page: ModelPage) -> dict[str, Any]:
    return dict(next(plan for plan in CLIENTS if plan.page == page and plan.name.startswith("every field")).fields)


@pytest.mark.parametrize(("page", "row"), inputs("client"))
def test_the_client_sends_the_field_by_its_name_and_in_its_type(service: Service, page: ModelPage, row: Row) -> None:
    sent = full(service, page).input
    assert type(sent[row.name]) is KINDS[row.type]
    if row.type == "image_list":
        assert [type(each) for each in sent[row.name]] == [str]
    else:
        assert sent[row.name] == given(page)[row.name]


@pytest.mark.parametrize(("page", "row"), inputs("server"))
def test_the_field_is_taken_and_stands_on_the_run(service: Service, page: ModelPage, row: Row) -> None:
    made = full(service, page)
    assert service.told(made)["status_code"] == "succeeded"
    assert service.told(made)["input"][row.name] == made.input[row.name]


@pytest.mark.parametrize(("page", "row"), inputs("server"))
def test_another_type_is_refused_by_the_name_of_the_field(service: Service, page: ModelPage, row: Row) -> None:
    (exchange,) = service.sent("wrong kinds", page)
    assert exchange.status == 422
    assert type(WRONG_KINDS[page.name][row.name]) is not KINDS[row.type]
    assert ["body", "input", row.name] in located(exchange.json)


def located(answer: Any) -> list[list[Any]]:
    return [each["loc"][:3] for each in answer["errors"]]


@pytest.mark.parametrize(("page", "row"), inputs("server", BOUNDED))
def test_a_value_outside_of_the_set_or_range_is_refused(service: Service, page: ModelPage, row: Row) -> None:
    (exchange,) = service.sent("wrong values", page)
    assert exchange.status == 422
    assert ["body", "input", row.name] in located(exchange.json)


@pytest.mark.parametrize(("page", "row"), inputs("client", BOUNDED))
def test_the_client_refuses_it_before_anything_is_sent(page: ModelPage, row: Row) -> None:
    wrong = {"prompt": "a kite", **WRONG_VALUES[page.name]}[row.name]
    pictures = [INLINE] if page is PRO_EDIT else []
    with pytest.raises(InvalidRequest) as refused:
        runflow_nb.generate(
            **{"prompt": "a kite", "model": page.model, "images": pictures, "estimate": True, row.name: wrong}
        )
    assert [problem.subject for problem in refused.value.problems] == [row.name]


@pytest.mark.parametrize(("page", "row"), inputs("client", CLOSED))
def test_the_client_offers_the_set_of_the_page_and_no_more(page: ModelPage, row: Row) -> None:
    assert CATALOG[page.model].field(row.name).allowed == row.allowed  # type: ignore[union-attr]


@pytest.mark.parametrize(("page", "row"), inputs("server", REQUIRED))
def test_what_is_required_is_asked_for_by_name(service: Service, page: ModelPage, row: Row) -> None:
    (exchange,) = service.sent("nothing given", page)
    assert exchange.status == 422
    assert located(exchange.json).count(["body", "input", row.name]) == 1
    assert sorted(located(exchange.json)) == sorted(
        ["body", "input", each.name] for each in page.input if each.required
    )


@pytest.mark.parametrize(("page", "row"), inputs("client", OPTIONAL))
def test_what_is_not_given_is_not_sent_but_for_the_seed(service: Service, page: ModelPage, row: Row) -> None:
    name = {NANO_2.name: "two small", PRO_EDIT.name: "two inline edits"}[page.name]
    made = service.made(name)
    if row.name in planned(name).fields:
        wanted = planned(name).fields[row.name]
        assert made.input[row.name] == (str(wanted) if row.type == "string" else wanted)
    else:
        assert (row.name in made.input) is (row.name == "seed")


@pytest.mark.parametrize(("page", "row"), inputs("client", DEFAULTED))
def test_the_default_of_the_page_is_the_clients(page: ModelPage, row: Row) -> None:
    field = CATALOG[page.model].field(row.name)
    assert field is not None
    assert (field.default, field.published("default")) == (row.default, True)


@pytest.mark.parametrize(("page", "row"), inputs("server"))
def test_the_field_is_declared_as_the_page_has_it(service: Service, page: ModelPage, row: Row) -> None:
    declared = service.http.get(f"/v1/models/{page.model}").json()["inputs"]
    (field,) = [each for each in declared if each["name"] == row.name]
    assert field["is_required"] is row.required
    if row.default is not None:
        assert str(field["default_value"]).lower() == str(row.default).lower()


@pytest.mark.server("nano-banana-2/input/num_images", "nano-banana-2/input/output_format")
@pytest.mark.server("nano-banana-2/input/resolution", "nano-banana-2/input/enable_web_search")
@pytest.mark.server("nano-banana-2/input/thinking_level", "nano-banana-2/input/sync_mode")
def test_left_out_it_is_one_png_at_1k_without_search_and_thought_behind_a_link(service: Service) -> None:
    told = service.example_told(NANO_2)
    (output,) = told["output"]["outputs"]
    assert output["url"].startswith("http")
    with Image.open(io.BytesIO(httpx.get(output["url"], trust_env=False).content)) as picture:
        assert (picture.format, picture.width * picture.height // 2**20) == ("PNG", 1)
    assert Decimal(told["cost"]) == NANO_2.base


@pytest.mark.parametrize(
    "name", [marked("both", f"nano-banana-2/input/{row.name}", row.name) for row in NANO_2.input if row.adds]
)
def test_what_a_field_adds_to_the_price_is_said_beforehand_and_billed(service: Service, name: str) -> None:
    row = NANO_2.row(name)
    ((value, extra),) = row.adds.items()
    spec = CATALOG[NANO_2.model]
    made = service.made("every field")
    assert made.input[name] == value
    assert spec.field(name).surcharge(value) == extra  # type: ignore[union-attr]
    assert sum((spec.field(each.name).surcharge(made.input[each.name]) for each in NANO_2.input), NANO_2.base) == (  # type: ignore[union-attr]
        made.run.cost
    )


@pytest.mark.both("nano-banana-2/input/resolution")
def test_the_price_varies_with_the_tier(service: Service) -> None:
    small, usual = service.made("inline"), service.made("every field")
    assert small.input["resolution"] == "0.5K"
    assert small.run.cost is not None
    assert usual.run.cost is not None
    assert small.run.cost < usual.run.cost - Decimal("0.017") == NANO_2.base


@pytest.mark.parametrize(
    ("name", "count"),
    [
        marked("both", "nano-banana-2/input/num_images", "two small", 2),
        marked("both", "nano-banana-pro/edit/input/num_images", "two inline edits", 2),
        marked("both", "nano-banana-pro/edit/input/sync_mode", "two inline edits", 2),
        marked("both", "nano-banana-2/input/sync_mode", "inline", 1),
    ],
)
def test_so_many_pictures_come_also_inline(service: Service, name: str, count: int) -> None:
    assert len(service.made(name).run.images) == service.delivered(count)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        marked("both", "nano-banana-2/input/output_format", "every field", "webp"),
        marked("both", "nano-banana-pro/edit/input/output_format", "every field of an edit", "jpeg"),
    ],
)
def test_pictures_have_the_format_that_was_asked_for(service: Service, name: str, kind: str) -> None:
    with service.made(name).run.images[0].pil as picture:
        assert picture.format == kind.upper()


@pytest.mark.parametrize("name", [marked("both", f"{page.name}/input/aspect_ratio", page.name) for page in PAGES])
def test_pictures_have_the_proportions_that_were_asked_for(service: Service, name: str) -> None:
    image = full(service, next(page for page in PAGES if page.name == name)).run.images[0]
    assert image.width / image.height == pytest.approx(4 / 3, rel=0.03)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        marked("server", "nano-banana-2/input/sync_mode", "inline", NANO_2),
        marked("server", "nano-banana-pro/edit/input/sync_mode", "two inline edits", PRO_EDIT),
    ],
)
def test_in_sync_mode_media_are_data_uris_and_not_in_the_history(service: Service, name: str, page: ModelPage) -> None:
    made = service.made(name)
    urls = [each["url"] for each in service.told(made)["output"]["outputs"]]
    assert all(url.startswith("data:image/") for url in urls)
    listed = service.http.get("/v1/runs", params={"q": f"client_ref.EQ:'{made.run.id}'"}).json()["items"]
    assert len(listed) == 1
    assert "data:image/" not in str(listed)


@pytest.mark.server("nano-banana-2/input/seed")
def test_the_same_seed_gives_the_same_picture(service: Service) -> None:
    """Once inline by our client, once by a plain body."""
    inline = service.made("inline").run.images[0]
    told = service.ended(service.sent("sent twice")[0].json["id"])
    assert told["input"]["seed"] == service.made("inline").input["seed"]
    assert httpx.get(told["output"]["outputs"][0]["url"], trust_env=False).content == inline.bytes
