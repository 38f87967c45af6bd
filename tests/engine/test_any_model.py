"""Models outside of the catalog: learnt from the API's list, remembered with the day, bought with a yes, replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import runflow_nb
from runflow_nb import calls, errors
from runflow_nb.api.outputs import RemoteOutput
from runflow_nb.engine import delivery
from runflow_nb.engine.keeping import Arrived, keep
from runflow_nb.engine.order import Order
from runflow_nb.engine.recorder import StoredFile
from runflow_nb.engine.remaking import request_again
from runflow_nb.engine.together import Together
from runflow_nb.models import catalog
from runflow_nb.record.audit.store import check_store
from runflow_nb.record.run import Run
from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.sandbox.offers.switches import ModelSwitches
from tests.conftest import OpenSession
from tests.engine.test_recovery import Skipping
from tests.http_server import Heard, HttpServer, relay

SKETCH, FILM, UPSCALE = "sandbox/sketch", "sandbox/flipbook", "sandbox/upscale"


@pytest.fixture(autouse=True)
def nothing_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "_declared", {})


def sketch(prompt: str = "a fox", **fields: Any) -> Run:
    return runflow_nb.generate(prompt, model=SKETCH, **{"yes": True, **fields})


def asked_for_models(sandbox: EmbeddedSandbox) -> int:
    return sum(count for name, count in sandbox.book.requests.items() if "/models" in name and "/runs" not in name)


@pytest.mark.usefixtures("session")
def test_a_model_that_nobody_described_runs_and_is_replayed(sandbox: EmbeddedSandbox) -> None:
    run = sketch(guidance_scale="7.5", paper=True, palette="#112233,#ffeecc")
    (received,) = sandbox.book.received
    sent = received.body["input"]
    assert (received.model, sent["guidance_scale"], sent["paper"], sent["seed"]) == (SKETCH, 7.5, True, run.seed)
    assert [image.format for image in run.images] == ["png"]
    assert (run.cost, run.estimate.amount, run.notes) == (Decimal("0.01"), None, ())
    again = sketch(guidance_scale=7.5, paper="on", palette="#112233,#ffeecc")
    assert again.id == run.id
    assert len(sandbox.book.runs) == 1
    assert asked_for_models(sandbox) == 1


@pytest.mark.usefixtures("session")
def test_a_film_is_kept_as_a_file_with_type_and_size(tmp_path: Path) -> None:
    run = runflow_nb.generate("a fox", model=FILM, duration=1, yes=True)
    (film,) = run.files
    assert run.images == ()
    assert (film.type, film.mime, film.format, film.duration) == ("video", "video/x-msvideo", "AVI", 1.0)
    assert film.bytes[:4] == b"RIFF"
    assert len(film.bytes) == film.size
    assert film.save(tmp_path / "film.avi").read_bytes() == film.bytes
    assert not check_store(calls.current_store().root).findings


@pytest.mark.usefixtures("session")
def test_a_price_nobody_knows_needs_a_yes_or_a_bound(sandbox: EmbeddedSandbox) -> None:
    with pytest.raises(
        errors.BudgetExceeded, match=r"(?s)has an unknown price .*the API says: one cent per image.*--max-cost"
    ):
        sketch(yes=False)
    assert not sandbox.book.received
    bounded = sketch(yes=False, max_cost="0.50")
    assert bounded.reserved == Decimal("0.50")
    # What one cost bounds nothing: a film may be longer.
    with pytest.raises(errors.BudgetExceeded, match=r"runs of this model cost up to \$0.01 so far"):
        sketch("an owl", yes=False)
    agreed = sketch("an owl")
    assert agreed.reserved == Decimal("0.01")


@pytest.mark.usefixtures("session")
def test_a_limit_of_nothing_allows_nothing_of_an_unknown_price(
    sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(errors.BudgetExceeded, match=r"--max-cost \$0.00"):
        sketch(max_cost=0)
    monkeypatch.setenv("RUNFLOW_NB_BUDGET", "0")
    with pytest.raises(errors.BudgetExceeded):
        sketch()
    assert not sandbox.book.received
    monkeypatch.setenv("RUNFLOW_NB_BUDGET", "0.01")
    sketch()
    with pytest.raises(errors.BudgetExceeded):
        sketch("an owl")
    monkeypatch.delenv("RUNFLOW_NB_BUDGET")
    with pytest.raises(errors.BudgetExceeded, match="cost up to"):
        sketch("an owl", max_cost="0.001")
    assert len(sandbox.book.received) == 1


@pytest.mark.usefixtures("session")
def test_runs_made_again_together_leave_no_unknown_price_without_a_share(sandbox: EmbeddedSandbox) -> None:
    known = runflow_nb.generate("an owl", resolution="1K")
    unknown = sketch()
    settings = calls.session().settings()
    engine = calls.session().engine(settings)
    orders = [
        Order(request_again(run), max_cost=Decimal("0.08"), remake_of=run.id, take=None) for run in (known, unknown)
    ]
    with pytest.raises(errors.BudgetExceeded, match=r"--max-cost \$0.08"):
        Together(engine, orders, settings).agree()
    assert len(sandbox.book.received) == 2


@pytest.mark.usefixtures("session")
def test_a_model_without_prompt_or_seed_is_sent_neither(sandbox: EmbeddedSandbox) -> None:
    first = sketch()
    larger = runflow_nb.edit("", first, model=UPSCALE, factor=2, yes=True)
    sent = sandbox.book.received[-1].body["input"]
    assert set(sent) == {"image_url", "factor"}
    assert isinstance(sent["image_url"], str)
    assert (larger.seed, larger.images[0].width) == (None, first.images[0].width * 2)


def test_what_was_learnt_is_remembered_with_its_day_and_not_asked_for_again(
    sandbox: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_session(sandbox.url)
    run = sketch()
    (kept,) = calls.current_store().root.glob("models/*/*.json")
    told = json.loads(kept.read_text())
    assert told["model"] == SKETCH
    assert told["read"][:4].isdigit()
    monkeypatch.setattr(catalog, "_declared", {})
    open_session(sandbox.url)
    assert sketch().id == run.id
    assert asked_for_models(sandbox) == 1


def test_a_reader_replays_without_the_list(
    sandbox: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither connected nor with anything remembered of the model: the record suffices."""
    open_session(sandbox.url)
    run = sketch(guidance_scale=4, paper=True)
    for kept in calls.current_store().root.glob("models/*/*.json"):
        kept.unlink()
    monkeypatch.setattr(catalog, "_declared", {})
    monkeypatch.delenv("RUNFLOW_BASE_URL")
    monkeypatch.setenv("RUNFLOW_NB_REUSE", "only")
    open_session()
    assert runflow_nb.generate("a fox", model=SKETCH, guidance_scale="4", paper="true").id == run.id
    with pytest.raises(errors.NotOnRecord):
        runflow_nb.generate("a fox", model=SKETCH, guidance_scale="5")
    with pytest.raises(errors.InvalidRequest, match="nor known from the API's list"):
        runflow_nb.generate("a fox", model="sandbox/other")


def test_what_only_the_record_told_is_asked_for_once_there_is_a_connection(
    sandbox: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader in the same process took everything as text: the API's list then tells what it is."""
    open_session(sandbox.url)
    sketch(guidance_scale=4)
    for kept in calls.current_store().root.glob("models/*/*.json"):
        kept.unlink()
    monkeypatch.setattr(catalog, "_declared", {})
    monkeypatch.setenv("RUNFLOW_NB_REUSE", "only")
    open_session(sandbox.url)
    sketch(guidance_scale=4)
    spec = catalog.known(SKETCH)
    assert spec is not None
    assert not spec.typed
    monkeypatch.delenv("RUNFLOW_NB_REUSE")
    assert sketch("an owl", guidance_scale="5.5").input["guidance_scale"] == 5.5


def test_what_is_remembered_and_has_changed_since_is_asked_for_anew(
    sandbox: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A field that is new since then is no mistake."""
    open_session(sandbox.url)
    sketch()
    (kept,) = calls.current_store().root.glob("models/*/*.json")
    told = json.loads(kept.read_text())
    told["record"]["inputs"] = [each for each in told["record"]["inputs"] if each["name"] != "style"]
    kept.write_text(json.dumps(told))
    monkeypatch.setattr(catalog, "_declared", {})
    open_session(sandbox.url)
    assert sketch(style="poster").input["style"] == "poster"
    with pytest.raises(errors.InvalidRequest, match="is no field"):
        sketch(styl="poster")


@pytest.mark.usefixtures("session")
def test_a_name_that_the_list_does_not_have_is_refused_with_the_nearest(sandbox: EmbeddedSandbox) -> None:
    with pytest.raises(errors.InvalidRequest, match="did you mean sandbox/flipbook"):
        runflow_nb.generate("a fox", model="sandbox/flipbok", yes=True)
    assert not sandbox.book.received


@pytest.fixture(
    params=[
        ModelSwitches(page=1),
        ModelSwitches(listing="brief", vocabulary="other"),
        ModelSwitches(deep_ids="uuid", page=2),
        ModelSwitches(deep_ids="uuid", listing="brief", slug="name"),
    ],
    ids=["pages", "brief", "deep", "names"],
)
def listed_otherwise(request: pytest.FixtureRequest) -> Iterator[EmbeddedSandbox]:
    with EmbeddedSandbox(latency=0, models=request.param) as running:
        yield running


def test_however_the_list_is_told_a_model_of_three_segments_is_known(
    listed_otherwise: EmbeddedSandbox, open_session: OpenSession
) -> None:
    open_session(listed_otherwise.url)
    first = sketch()
    run = runflow_nb.edit("as a poster", first, model="sandbox/sketch/edit", guidance_scale=3, yes=True)
    sent = listed_otherwise.book.received[-1].body["input"]
    assert sent["guidance_scale"] == 3
    assert isinstance(sent["image_url"], str)
    assert run.delivered


@pytest.mark.usefixtures("session")
def test_a_film_whose_file_is_elsewhere_is_still_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clone without originals, or what a saved notebook tells: its cell ends as it did, and buys nothing."""
    run = runflow_nb.generate("a fox", model=FILM, duration=1, yes=True)
    run.files[0].path.unlink()
    monkeypatch.setenv("RUNFLOW_NB_REUSE", "only")
    again = runflow_nb.generate("a fox", model=FILM, duration=1)
    assert (again.id, again.files[0].size) == (run.id, run.files[0].size)
    with pytest.raises(FileNotFoundError, match="is not in the store"):
        again.files[0].bytes  # noqa: B018 - it is read


@pytest.mark.usefixtures("session")
def test_a_forgotten_film_leaves_nothing_that_shows_it() -> None:
    from runflow_nb.record.forget import forget

    run = runflow_nb.generate("a secret fox", model=FILM, duration=1, yes=True)
    (film,) = run.files
    assert film.show()
    assert film.shown.read_bytes() == film.bytes
    forget(calls.current_store(), run.id)
    assert not film.shown.exists()
    assert not film.path.exists()


@pytest.mark.usefixtures("session")
def test_a_film_may_be_larger_than_any_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is paid for by then: to refuse it would lose it."""
    monkeypatch.setattr(delivery, "LARGEST", 1000)
    (film,) = runflow_nb.generate("a fox", model=FILM, duration=1, yes=True).files
    assert film.size > 1000
    with pytest.raises(errors.DownloadFailed, match="larger than 1000 bytes"):
        runflow_nb.generate("a fox", resolution="0.5K")


@pytest.mark.parametrize(
    ("told", "kept"), [("video", "video"), ("video/mp4", "video"), ("<b>", "video"), ("a" * 99, "video")]
)
def test_a_file_is_called_by_a_word(told: str, kept: str, tmp_path: Path) -> None:
    """By which its record in a saved notebook is known again."""
    incoming = Store(tmp_path / ".runflow").images.receive()
    incoming.write(b"\0\0\0\x18ftypmp42 film")
    found = keep(Arrived(incoming, RemoteOutput("https://x", told), "video/mp4"), strict=False).output
    assert isinstance(found, StoredFile)
    assert (found.type, found.mime) == (kept, "video/mp4")


@pytest.mark.parametrize(
    ("output", "at_once"),
    [
        ({"outputs": [{"type": "text", "text": "a fox"}]}, True),
        ({"outputs": [], "model_data": {"caption": "a fox"}}, False),
    ],
)
def test_what_a_model_says_instead_of_a_file_is_kept_as_one(
    output: dict[str, Any], at_once: bool, sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """It was paid for. Where a link may still come, it is waited for."""

    def change(heard: Heard, answer: Any) -> Any:
        ended = heard.method == "GET" and heard.path.startswith("/v1/runs/") and answer.get("completed_at")
        return {**answer, "output": output} if ended else answer

    with HttpServer(relay(sandbox.url, change)) as server:
        if not at_once:
            open_session(server.url)
            with pytest.raises(errors.DownloadFailed, match="names no file"):
                sketch()
        open_session(server.url, clock=Skipping(0.0 if at_once else 3600.0))
        run = sketch()
        (file,) = run.files
        assert (file.type, file.mime, json.loads(file.bytes)) == ("text", "application/json", output)
        assert (run.cost, sketch().id, len(sandbox.book.runs)) == (Decimal("0.01"), run.id, 1)
