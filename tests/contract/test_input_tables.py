"""Every row of the four input tables: the sandbox receives over HTTP exactly what was asked, and nothing else."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from PIL import Image

import runflow_nb
from runflow_nb.errors import InsufficientCredit, InvalidRequest
from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.spec import Field, ModelSpec
from runflow_nb.record.run import Run
from runflow_nb.sandbox.book import Received
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.contract.pages import PAGES

ROWS = {
    "google/nano-banana-2": (
        *("prompt", "resolution", "aspect_ratio", "enable_web_search", "thinking_level", "num_images"),
        *("output_format", "safety_tolerance", "seed", "limit_generations", "sync_mode"),
    ),
    "google/nano-banana-2/edit": (
        *("prompt", "image_urls", "resolution", "aspect_ratio", "enable_web_search", "thinking_level", "num_images"),
        *("output_format", "safety_tolerance", "seed", "limit_generations", "sync_mode"),
    ),
    "google/nano-banana-pro": (
        *("prompt", "aspect_ratio", "enable_web_search", "resolution", "num_images"),
        *("output_format", "sync_mode", "safety_tolerance", "seed", "limit_generations"),
    ),
    "google/nano-banana-pro/edit": (
        *("prompt", "aspect_ratio", "enable_web_search", "resolution", "num_images", "output_format"),
        *("sync_mode", "safety_tolerance", "seed", "image_urls", "limit_generations"),
    ),
}
"""The field names of the contract's tables, model by model, in their order."""
NUMBERS = {"num_images": (1, 2, 3, 4), "seed": (0, 1, -1, 2**31 - 1, 2**31)}
PROMPTS = {
    "shortest": ("owl", "owl"),
    "longest": ("o" * 50_000, "o" * 50_000),
    "trimmed": ("  \n an owl\r\nby night \n", "an owl\nby night"),
    "signs": ('{"style": "ink"} $5 \\n {x} {{y}} ’„“ 猫 🦊', '{"style": "ink"} $5 \\n {x} {{y}} ’„“ 猫 🦊'),
}


class Case(NamedTuple):
    """One value of one field, as a person gives it and as it has to arrive."""

    model: str
    field: str
    label: str
    given: Any
    sent: Any


def png(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (24, 16), colour).save(stream, "PNG")
    return stream.getvalue()


def uri(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


RED, BLUE = png("red"), png("blue")


def values(field: Field) -> Iterator[tuple[str, Any, Any]]:
    """(name, as given, as sent) of every value that this row of a table speaks of."""
    if field.name == "prompt":
        yield from ((name, given, sent) for name, (given, sent) in PROMPTS.items())
    elif field.type == "image_list":
        yield "one", [RED], [uri(RED)]
        yield "two-in-order", [BLUE, RED], [uri(BLUE), uri(RED)]
        yield "two-in-the-other-order", [RED, BLUE], [uri(RED), uri(BLUE)]
    elif field.type == "boolean":
        yield from ((str(value).lower(), value, value) for value in (True, False))
    elif field.type == "integer":
        yield from ((str(value), value, value) for value in NUMBERS[field.name])
        yield "as-text", str(NUMBERS[field.name][1]), NUMBERS[field.name][1]
    else:
        yield from ((value, value, value) for value in field.allowed)
        if all(value.isdigit() for value in field.allowed):
            yield "as-number", int(field.allowed[0]), field.allowed[0]


def about(spec: ModelSpec, field: Field) -> Any:
    """The mark of this row's line, where a page has one."""
    return [pytest.mark.client(f"{page.name}/input/{field.name}") for page in PAGES if page.model == spec.id]


CASES = [
    pytest.param(Case(spec.id, field.name, *value), id=f"{spec.id}-{field.name}-{value[0]}", marks=about(spec, field))
    for spec in CATALOG.values()
    for field in spec.fields
    for value in values(field)
]
FIELDS = [
    pytest.param(spec, field, id=f"{spec.id}-{field.name}-left-out", marks=about(spec, field))
    for spec in CATALOG.values()
    for field in spec.fields
]


@pytest.fixture(scope="module")
def poor() -> Iterator[EmbeddedSandbox]:
    """A sandbox without credit, which it looks at last: a 402 says that every field was right. Nothing is painted."""
    with EmbeddedSandbox(balance=0) as running:
        yield running


@pytest.fixture(scope="module")
def rich() -> Iterator[EmbeddedSandbox]:
    with EmbeddedSandbox(latency=0, balance=10_000) as running:
        yield running


def asked(poor: EmbeddedSandbox, model: str, prompt: str = "an owl", **given: Any) -> tuple[Received, Run]:
    """What the sandbox received of this request, and what was written down of it."""
    if CATALOG[model].edits:
        given.setdefault("images", [RED])
    before = len(poor.book.received)
    with pytest.raises(InsufficientCredit):
        runflow_nb.generate(prompt, model=model, yes=True, **given)
    (received,) = poor.book.received[before:]
    (run,) = runflow_nb.history(all=True)
    assert received.model == model
    assert received.status == 402
    return received, run


def plain(spec: ModelSpec) -> dict[str, Any]:
    """The input of a request in which nothing is given but what is required."""
    return {"prompt": "an owl", **({"image_urls": [uri(RED)]} if spec.edits else {})}


def test_every_row_of_the_four_tables_has_its_tests() -> None:
    assert {spec.id: {field.name for field in spec.fields} for spec in CATALOG.values()} == {
        model: set(names) for model, names in ROWS.items()
    }
    assert [len(names) for names in ROWS.values()] == [11, 12, 10, 11]
    cases: list[Any] = [case.values[0] for case in CASES]
    tested = {(case.model, case.field) for case in cases}
    assert tested == {(model, name) for model, names in ROWS.items() for name in names}


@pytest.mark.parametrize("case", CASES)
def test_the_sandbox_receives_what_was_asked(case: Case, poor: EmbeddedSandbox, open_session: OpenSession) -> None:
    """The input is what was given in canonical values and the seed: no default is added, nothing is lost."""
    open_session(poor.url)
    name = "images" if case.field == "image_urls" else case.field
    received, run = asked(poor, case.model, **{name: case.given})
    wanted = {**plain(CATALOG[case.model]), "seed": run.seed, case.field: case.sent}
    assert received.body == {"input": wanted, "client_ref": run.id}
    assert [type(value) for value in received.body["input"].values()] == [
        type(wanted[name]) for name in received.body["input"]
    ]
    assert received.idempotency_key == run.id == run.key


@pytest.mark.parametrize(("spec", "field"), FIELDS)
def test_a_field_left_out_is_not_sent_and_a_required_one_is_asked_for(
    spec: ModelSpec, field: Field, poor: EmbeddedSandbox, open_session: OpenSession
) -> None:
    open_session(poor.url)
    if field.required:
        before = len(poor.book.received)
        pictures = [RED] if spec.edits and field.type != "image_list" else []
        with pytest.raises(InvalidRequest, match=r"(is|are) missing") as refused:
            runflow_nb.generate("" if field.name == "prompt" else "an owl", model=spec.id, images=pictures)
        assert [problem.subject for problem in refused.value.problems] == [
            "images" if field.type == "image_list" else field.name
        ]
        assert len(poor.book.received) == before
        return
    nothing: dict[str, Any] = {field.name: None}
    received, run = asked(poor, spec.id, **nothing)
    assert received.body["input"] == {**plain(spec), "seed": run.seed}
    if field.name == "seed":
        assert run.seed is not None
        assert 0 <= run.seed < 2**31
        assert run.seeds.asked is None
    else:
        assert field.name not in received.body["input"]


@pytest.mark.client("request/callback_url", "request/metadata")
@pytest.mark.parametrize("model", ROWS)
def test_what_goes_beside_the_input_goes_beside_it(
    model: str, poor: EmbeddedSandbox, open_session: OpenSession
) -> None:
    open_session(poor.url)
    beside: dict[str, Any] = {
        "metadata": {"who": "ümit", "n": [1, None, {"deep": True}]},
        "callback_url": "https://example.org/done?x=1",
    }
    received, run = asked(poor, model, **beside)
    assert received.body == {"input": {**plain(CATALOG[model]), "seed": run.seed}, "client_ref": run.id, **beside}
    assert (run.metadata, run.callback_url) == (beside["metadata"], beside["callback_url"])


def mixed(spec: ModelSpec) -> list[dict[str, Any]]:
    """Requests that together give every field every value: the smallest tier and one picture, to be quick."""
    few = {"prompt", "num_images", "image_urls", "resolution"}
    columns = {field.name: [each[1:] for each in values(field)] for field in spec.fields if field.name not in few}
    smallest = spec.field("resolution").allowed[0]  # type: ignore[union-attr]
    return [
        {
            **{name: column[number % len(column)] for name, column in columns.items()},
            "resolution": (smallest, smallest),
        }
        for number in range(max(map(len, columns.values())))
    ]


@pytest.mark.parametrize("model", ROWS)
def test_all_values_together_are_accepted_painted_and_written_down_as_sent(
    model: str, rich: EmbeddedSandbox, open_session: OpenSession
) -> None:
    open_session(rich.url, previews=False)
    spec = CATALOG[model]
    requests = mixed(spec)
    before = len(rich.book.received)
    jobs = [
        runflow_nb.generate(
            f"owl number {number}",
            model=model,
            images=[RED] if spec.edits else [],
            background=True,
            yes=True,
            **{name: given for name, (given, _) in request.items()},
        )
        for number, request in enumerate(requests)
    ]
    runs = [job.wait(60) for job in jobs]
    arrived = {each.body["client_ref"]: each for each in rich.book.received[before:]}
    assert len(arrived) == len(requests)
    for number, (run, request) in enumerate(zip(runs, requests, strict=True)):
        sent = {name: value for name, (_, value) in request.items()} | {"prompt": f"owl number {number}"}
        assert arrived[run.id].body["input"] == sent | ({"image_urls": [uri(RED)]} if spec.edits else {})
        pictures = {"image_urls": [run.pictures[0]["digest"]]} if spec.edits else {}
        assert dict(run.input) == sent | pictures
        assert run.status == "succeeded"
        assert run.images[0].path.exists()
