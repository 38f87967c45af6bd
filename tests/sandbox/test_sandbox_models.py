"""The list of models: what is declared, in which words, on which pages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from runflow_nb.models.catalog import CATALOG
from runflow_nb.sandbox.offers.switches import ModelSwitches, read_model_switches
from runflow_nb.sandbox.switching import BadSwitch

from ..sandboxes import running
from .conftest import Caller, Started, caller

OWN = {
    "sandbox/sketch", "sandbox/sketch/edit", "sandbox/collage", "sandbox/flipbook", "sandbox/jingle", "sandbox/upscale",
}  # fmt: skip
MODEL_FIELDS = (
    "id", "org_id", "model_creator_id", "slug", "name", "description", "version", "is_public", "is_open_source",
    "icon_url", "cover_url", "category_code", "status_code", "family_id", "family_variant_code", "param_count",
    "architecture", "license_code", "max_resolution", "lora_support", "fine_tuning", "supports_streaming",
    "paper_url", "github_url", "is_official", "availability_status", "seo", "notable_features", "content",
    "pricing_note", "created_by", "created_at", "updated_at", "deleted_at", "deleted_by", "inputs", "outputs",
)  # fmt: skip
INPUT_FIELDS = (
    "id", "model_id", "name", "display_name", "description", "variable_type_code", "default_behavior_code",
    "validator_code", "validator_attrs", "is_required", "default_value", "sort_order", "is_featured", "created_at",
    "updated_at",
)  # fmt: skip
UNSAID_OF_OUTPUTS = {"default_behavior_code", "default_value", "is_required", "is_featured"}


def listed(call: Caller, **query: Any) -> dict[str, Any]:
    answer = call.get("/v1/models", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def slugs(page: dict[str, Any]) -> list[str]:
    return [model["slug"] for model in page["items"]]


def declared(model: dict[str, Any]) -> dict[str, tuple[str, str | None, dict[str, Any]]]:
    return {
        each["name"]: (each["variable_type_code"], each["validator_code"], each["validator_attrs"])
        for each in model["inputs"]
    }


def test_the_sandbox_lists_models_of_its_own_that_no_catalog_knows(call: Caller) -> None:
    models = {model["slug"]: model for model in listed(call)["items"]}
    assert set(models) == set(CATALOG) | OWN
    assert not OWN & set(CATALOG)
    for slug in OWN:
        assert "sandbox" in models[slug]["name"]
        assert "exists only in this sandbox" in models[slug]["description"]
        assert not re.search(r"\d", models[slug]["price_label"] + models[slug]["pricing_note"]), (
            "no number to reckon by"
        )


def test_every_documented_member_is_there(call: Caller) -> None:
    for model in listed(call)["items"]:
        assert set(MODEL_FIELDS) <= set(model)
        assert all(set(each) == set(INPUT_FIELDS) for each in model["inputs"])
        assert all(set(each) == set(INPUT_FIELDS) - UNSAID_OF_OUTPUTS for each in model["outputs"])
        assert [each["sort_order"] for each in model["inputs"]] == list(range(len(model["inputs"])))


def test_declarations_have_many_kinds_of_fields_and_one_that_nobody_knows(call: Caller) -> None:
    sketch = declared(call.get("/v1/models/sandbox/sketch").json())
    assert [sketch[name][0] for name in ("prompt", "style", "variations", "guidance_scale", "paper", "palette")] == [
        "string", "string", "integer", "number", "boolean", "palette_spec",
    ]  # fmt: skip
    assert sketch["style"][1:] == ("one_of", {"values": ["sketch", "watercolour", "poster", "noir"]})
    assert sketch["variations"][1:] == ("range", {"min": 1, "max": 4})
    assert sketch["prompt"][1:] == ("length", {"min": 1, "max": 5000})
    assert "prompt" not in declared(call.get("/v1/models/sandbox/upscale").json())
    assert declared(call.get("/v1/models/sandbox/sketch/edit").json())["image_url"][0] == "image"


@pytest.mark.parametrize("path", ["/v1/models", "/v1/public/models", "/v1/model-creators"])
def test_pages_are_walked_to_the_end_and_back(call: Caller, path: str) -> None:
    whole = [each["id"] for each in call.get(path).json()["items"]]
    limit = 1 if path.endswith("creators") else 3
    page = call.get(path, params={"limit": limit}).json()
    pages = [page]
    assert page["prev_pq"] is None
    while page["next_pq"]:
        page = call.get(path, params={"limit": limit, "pq": page["next_pq"]}).json()
        pages.append(page)
    assert [each["id"] for page in pages for each in page["items"]] == whole
    assert len(pages) == -(-len(whole) // limit)
    for earlier in reversed(pages[:-1]):
        page = call.get(path, params={"limit": limit, "pq": page["prev_pq"], "from_prev": "true"}).json()
        assert page == earlier


def test_a_listing_can_be_sorted_filtered_and_cut_to_fields(call: Caller) -> None:
    page = listed(call, sort_by="slug:desc", fields="slug,category_code", limit=2)
    assert page["items"] == [
        {"slug": "sandbox/upscale", "category_code": "image-to-image"},
        {"slug": "sandbox/sketch/edit", "category_code": "image-to-image"},
    ]
    assert slugs(listed(call, q="slug.EQ:'sandbox/jingle'")) == ["sandbox/jingle"]
    assert slugs(listed(call, q="category_code:text-to-video")) == ["sandbox/flipbook"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "0"), ("limit", "501"), ("pq", "nonsense"), ("pq", "eyJydW4iOiAieCJ9"), ("fields", "colour"),
     ("sort_by", "inputs"), ("q", "inputs:1")],
)  # fmt: skip
def test_a_query_that_makes_no_sense_is_refused_by_name(call: Caller, name: str, value: str) -> None:
    answer = call.get("/v1/models", params={name: value})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["query", name])


def test_a_model_is_read_by_its_slash_id_and_by_its_uuid(call: Caller) -> None:
    for slug in ("sandbox/sketch", "sandbox/sketch/edit", "google/nano-banana-pro/edit"):
        model = call.get(f"/v1/models/{slug}").json()
        owner = slug.partition("/")[0]
        for path in (model["id"], model["id"].upper(), f"{owner}/{model['id']}"):
            assert call.get(f"/v1/models/{path}").json() == model
        run = call.post(f"/v1/models/{slug}/runs", json={"input": {"prompt": "x" * 9, **picture(slug)}}).json()
        assert run["model_id"] == model["id"]
        assert call.get(f"/v1/models/nobody/{model['id']}").status_code == 404


def picture(slug: str) -> dict[str, Any]:
    if not slug.endswith("/edit"):
        return {}
    url = "https://example.org/a.png"
    return {"image_url": url} if slug.startswith("sandbox") else {"image_urls": [url]}


def test_inputs_examples_and_creators_are_read_one_by_one(call: Caller) -> None:
    model = call.get("/v1/models/sandbox/sketch/edit").json()
    entry = model["inputs"][1]
    for asked in (model["slug"], model["id"], "any"):
        assert call.get(f"/v1/models/{asked}/inputs/{entry['id']}").json() == entry
        assert call.get(f"/v1/models/{asked}/examples/{entry['id']}").status_code == 404
    elsewhere = call.get(f"/v1/models/sandbox/sketch/inputs/{entry['id']}")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "NOT_FOUND")
    assert call.get(f"/v1/models/sandbox/nothing/inputs/{entry['id']}").json()["code"] == "MODEL_NOT_FOUND"
    assert call.get(f"/v1/model-creators/{model['model_creator_id']}").json()["slug"] == "sandbox"
    assert call.get(f"/v1/model-creators/{model['id']}").status_code == 404


def test_the_list_can_be_told_in_other_ways() -> None:
    models = ModelSwitches(page=4, listing="brief", vocabulary="other", deep_ids="uuid", slug="name")
    with running(models=models) as sandbox, caller(sandbox) as call:
        page = listed(call)
        assert len(page["items"]) == 4
        assert page["next_pq"]
        assert not any("inputs" in model or "outputs" in model for model in page["items"])
        every = {model["id"]: model for model in listed(call, limit=500)["items"]}
        creators = {each["id"]: each["slug"] for each in call.get("/v1/model-creators").json()["items"]}
        ids = {f"{creators[model['model_creator_id']]}/{model['slug']}": uuid for uuid, model in every.items()}
        assert set(ids) == set(CATALOG) | OWN
        assert call.get("/v1/models/sandbox/sketch/edit").status_code == 404
        assert declared(call.get(f"/v1/models/{ids['sandbox/sketch/edit']}").json())["image_url"][0] == "image_url"
        sketch = declared(call.get("/v1/models/sandbox/sketch").json())
    assert sketch["style"] == ("text", "enum", {"options": ["sketch", "watercolour", "poster", "noir"]})
    assert sketch["variations"] == ("int", "between", {"minimum": 1, "maximum": 4})
    assert [sketch[name][0] for name in ("guidance_scale", "paper", "palette")] == ["float", "bool", "palette_spec"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("pages=2", r"pages is no switch of models; did you mean page=\?"),
        ("page=0", "page takes 1 to 500"),
        ("page=two", "page takes 1 to 500"),
        ("listing", "listing is no switch"),
        ("vocabulary=klingon", "vocabulary takes pages or other, not klingon"),
    ],
)
def test_switches_of_models_that_make_no_sense_are_named(word: str, said: str) -> None:
    with pytest.raises(BadSwitch, match=said):
        read_model_switches([word])


def test_switches_of_models_are_read_from_the_command_line(
    started: Started, capsys: pytest.CaptureFixture[str]
) -> None:
    assert started("--models", "page=2", "--models", "listing=brief").models == ModelSwitches(page=2, listing="brief")
    with pytest.raises(SystemExit):
        started("--models", "page=0")
    assert "page takes 1 to 500" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        started("--help")
    assert "page=50, listing=whole|brief, vocabulary=pages|other" in " ".join(capsys.readouterr().out.split())
