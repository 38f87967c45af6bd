"""The ledger: each run's money, and sums that are what the index, the budget and the server count."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import runflow_nb
from runflow_nb import calls
from runflow_nb.cli import main
from runflow_nb.engine import standing
from runflow_nb.engine.session import Session
from runflow_nb.notebook.views.ledger_view import ledger_bundle, ledger_text
from runflow_nb.record.history import History
from runflow_nb.record.ledger import entry, sums
from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.http_server import Answer, HttpServer, relay
from tests.record.made import accepted, buy, intent

from .conftest import HandClock

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}


@pytest.fixture
def store(root: Path) -> Store:
    """A run in each state that the ledger tells apart; one of another notebook, and play money."""
    kept = Store(root, clock=HandClock())
    buy(kept, cost="0.07")
    buy(kept, cost="0.15", model="google/nano-banana-pro", notebook="cat.ipynb", reserved="0.30")
    buy(kept, cost="0.40", origin="sandbox")
    buy(kept, cost=None)
    buy(kept, cost=None, status="failed", outputs=[])
    lives: list[list[dict[str, Any]]] = [
        [],
        [accepted("")],
        [{"event": "unknown", "reason": "no answer"}],
        [{"event": "unknown", "reason": "no answer"}, {"event": "settled", "billed": True}],
        [{"event": "unknown", "reason": "no answer"}, {"event": "settled", "billed": False}],
        [{"event": "void", "reason": "refused"}],
    ]
    for events in lives:
        run = kept.new_id()
        kept.journal.append(intent(run, session=kept.session, reserved="0.09"))
        for event in events:
            kept.journal.append(event | {"run": run})
    return kept


def test_every_state_has_its_words_and_its_money(store: Store) -> None:
    found = [entry(run) for run in reversed(list(History(store.index)))]
    assert [(one.state, one.estimated, one.reserved, one.confirmed, one.counted) for one in found] == [
        ("succeeded", Decimal("0.08"), 0, Decimal("0.07"), Decimal("0.07")),
        ("succeeded", Decimal("0.08"), 0, Decimal("0.15"), Decimal("0.15")),
        ("succeeded", Decimal("0.08"), 0, Decimal("0.40"), Decimal("0.40")),
        ("succeeded", Decimal("0.08"), 0, None, Decimal("0.08")),
        ("failed", 0, 0, None, 0),
        ("open: sent, no answer yet", Decimal("0.08"), Decimal("0.09"), None, Decimal("0.09")),
        ("open: accepted", Decimal("0.08"), Decimal("0.09"), None, Decimal("0.09")),
        ("unknown: perhaps billed", Decimal("0.08"), Decimal("0.09"), None, Decimal("0.09")),
        ("settled: billed", Decimal("0.08"), 0, None, Decimal("0.09")),
        ("settled: not billed", 0, 0, None, 0),
        ("void", 0, 0, None, 0),
    ]


@pytest.mark.parametrize("since", [None, "2026-01-01", "2026-01-01T00:00"])
def test_entries_sums_and_budget_agree(store: Store, since: str | None) -> None:
    """From running totals and from single runs: what the entries say, what the sums say, and what a budget counts."""
    history = History(store.index).where(since=since)
    entries = [entry(run) for run in history]
    found = sums(history.spending())
    assert [each.origin for each in found] == ["live", "sandbox"]
    for each in found:
        own = [one for one in entries if one.origin == each.origin]
        total = each.total
        assert total.runs == len(own)
        assert total.estimated == sum(one.estimated or 0 for one in own)
        assert total.held == sum(one.reserved for one in own)
        assert total.confirmed == sum(one.confirmed or 0 for one in own) == history.cost()[each.origin]
        assert total.counted == sum(one.counted for one in own) == sum(store.index.committed(each.origin))


def test_the_newest_are_listed_and_all_are_summed(store: Store) -> None:
    history = History(store.index)
    text = ledger_text(history, history[:2])
    assert text.count("2026-01-01 00:00") == 2
    assert "the newest 2 of 11 runs; the sums are of all 11" in text
    assert [line.split() for line in text.splitlines() if line.startswith(("live", "Sandbox"))] == [
        ["live", "10", "$0.56", "$0.27", "$0.22", "$0.66"],
        ["Sandbox", "1", "$0.08", "$0.00", "$0.40", "$0.40"],
    ]
    assert "$0.08 assumed" in ledger_text(history, history[:])
    assert "play money" in text
    own = History(store.index, notebook="cat.ipynb")
    assert "origin" not in ledger_text(own, own[:])


def test_the_page_has_the_same_cells_and_the_balance(store: Store) -> None:
    history = History(store.index)
    bundle = ledger_bundle(history, history[:], {"live": Decimal("9.34")})
    cells = re.findall(r"<td[^>]*>(.*?)</td>", bundle["text/html"])
    assert {"<span>$</span>9.34", "settled: not billed", history[0].short} <= set(cells)
    assert "$9.34" in bundle["text/plain"]
    assert "$" not in bundle["text/html"].replace("<span>$</span>", "")


def test_the_shell_prints_the_same(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNFLOW_NB_STORE", str(store.root))
    history = History(store.index)
    assert main(["cost", "--ledger"]) == 0
    assert capsys.readouterr().out.rstrip("\n") == ledger_text(history, history[:])
    cat = str(store.root.parent / "cat.ipynb")
    assert main(["cost", "--ledger", "--notebook", cat, "--since", "2026-01-01", "--limit", "1"]) == 0
    assert "google/nano-banana-pro" in capsys.readouterr().out
    assert main(["cost", "--ledger", "--since", "2027-01-01"]) == 0
    assert "Nothing found" in capsys.readouterr().out
    assert main(["cost", "--ledger", "--limit", "0"]) == 1
    assert main(["cost", "--limit", "5"]) == 1
    assert "belongs to --ledger" in capsys.readouterr().err


def test_what_the_ledger_confirms_is_what_the_server_took(sandbox: EmbeddedSandbox, session: Session) -> None:
    """To the cent: the balance at the start less what is left, the server's own book, and the sum of the ledger."""
    connection = session.engine(session.settings()).connection
    before = session.loop.run(standing.ask_balance(connection))
    for prompt, asked in (("an owl", {}), ("a hare", {"num_images": 3}), ("a fox", {"enable_web_search": True})):
        runflow_nb.generate(prompt, **QUICK, **asked)
    left = session.loop.run(standing.ask_balance(connection))
    (found,) = sums(calls.history(all=True).spending())
    assert before is not None
    assert left is not None
    assert before - left == sandbox.book.billed == found.total.confirmed == Decimal("0.315")
    assert (found.total.held, found.total.counted) == (0, found.total.confirmed)


def test_a_balance_that_cannot_be_told_is_no_error(
    sandbox: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that refuses, none, and a sandbox that nobody has started yet."""
    monkeypatch.setattr(standing, "GLANCE", 0.2)
    forward = relay(sandbox.url)
    with HttpServer(lambda heard: Answer(402) if "billing" in heard.path else forward(heard)) as server:
        for url in (server.url, "http://127.0.0.1:9", "sandbox"):
            session = open_session(url)
            connection = session.engine(session.settings()).connection
            assert session.loop.run(standing.ask_balance(connection)) is None
            assert connection.made is (url == server.url)
