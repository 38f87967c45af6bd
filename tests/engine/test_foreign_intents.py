"""A journal comes with clones and merges, and is anybody's word: what it says was sent and never answered is sent once
more only where it is what the cell asks for, at a price that is agreed to here."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import runflow_nb
from runflow_nb import calls, settings
from runflow_nb.errors import BudgetExceeded, RunUnknown
from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.request import recipe
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.record.made import MODEL, intent

GONE = "01KDTWV5800000000000000001"


def cut_off(**told: Any) -> None:
    """A store whose journal has an intent of the fox, long ago, by a session that is no more."""
    store = calls.current_store()
    store.prepare()
    fox = recipe(CATALOG[MODEL], {"prompt": "a fox"}, [])
    said = {"v": 1, **intent(GONE, prompt="a fox", session="gone", notebook=None, origin="sandbox", recipe=fox)}
    said |= {"at": "2026-01-01T00:00:00.000Z", "instance": None, "seed_asked": None, **told}
    (store.root / "journal").mkdir(exist_ok=True)
    (store.root / "journal" / "gone.jsonl").write_text(json.dumps(said) + "\n", encoding="utf-8")


def fox(**given: Any) -> Run:
    run = runflow_nb.generate("a fox", **given)
    assert isinstance(run, Run)
    return run


@pytest.fixture
def asked(sandbox: EmbeddedSandbox, open_session: OpenSession, here: Path) -> EmbeddedSandbox:
    open_session(sandbox.url)
    return sandbox


def sent(sandbox: EmbeddedSandbox) -> list[dict[str, Any]]:
    return [request.body for request in sandbox.book.received]


def test_what_the_cell_asks_for_is_sent_once_more_at_todays_price(asked: EmbeddedSandbox) -> None:
    cut_off(input={"prompt": "a fox", "seed": 7}, reserved="0.01")
    assert fox().id == GONE
    ((body,), held) = sent(asked), calls.current_store().index.run(GONE)
    assert body["client_ref"] == GONE
    assert held is not None
    assert held.reserved == Decimal("0.08"), "what a forged line says would be held for less"


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"input": {"prompt": "an owl", "resolution": "4K", "num_images": 4}}, id="another request"),
        pytest.param({"input": {"prompt": "a fox", "num_images": 4}}, id="more of it"),
        pytest.param({"input": {"prompt": "a fox", "upscale": 8}}, id="a field of no model"),
        pytest.param({"input": {"prompt": "a fox", "sync_mode": True}}, id="another way of sending"),
        pytest.param({"model": "google/nano-banana-pro"}, id="another model"),
        pytest.param({"callback_url": "https://elsewhere.example/hook"}, id="another address to call"),
    ],
)
def test_what_the_cell_does_not_ask_for_is_not_sent(asked: EmbeddedSandbox, told: dict[str, Any]) -> None:
    cut_off(**told)
    with pytest.raises(RunUnknown):
        fox()
    assert sent(asked) == []


@pytest.mark.parametrize(
    ("limit", "given"),
    [("budget", {}), ("max_cost", {"max_cost": "0.05"}), ("confirm_above", {})],
)
def test_what_is_not_agreed_to_is_not_sent(
    asked: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch, limit: str, given: dict[str, Any]
) -> None:
    if not given:
        monkeypatch.setitem(settings.configured, limit, "0.05")
    cut_off(input={"prompt": "a fox", "seed": 7}, reserved="0.01")
    with pytest.raises(BudgetExceeded):
        fox(**given)
    assert sent(asked) == []
    if limit == "confirm_above":
        assert fox(yes=True).id == GONE


def test_what_is_held_for_it_already_is_not_held_twice(asked: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.configured, "budget", "0.10/notebook")
    cut_off(input={"prompt": "a fox", "seed": 7}, reserved="0.08")
    assert fox().id == GONE
