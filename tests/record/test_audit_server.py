"""The journal beside the server's list of runs: each difference is named, over HTTP and from made-up answers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import runflow_nb
from runflow_nb import calls
from runflow_nb.cli import main
from runflow_nb.engine import server_runs
from runflow_nb.engine.server_runs import ask_server
from runflow_nb.engine.session import Session
from runflow_nb.record.audit.compare import ServerRun, ServerRuns, compare, compared
from runflow_nb.record.audit.known import Known
from runflow_nb.record.audit.store import check_store
from runflow_nb.record.journal import encode
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.http_server import Answer, Heard, HttpServer, relay

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
PRICE = Decimal("0.08")
ULID = "01KBHW9ZZZZZZZZZZZZZABCDEF"
KNOWN = Known(ULID, "r1", "live", None, "org", "ended", "succeeded", PRICE, kept=True)
REMOTE = ServerRun("r1", ULID, "succeeded", True, PRICE)
OTHER = "01KBHW9ZZZZZZZZZZZZZ000000"


def server(*runs: ServerRun, **facts: Any) -> ServerRuns:
    return replace(ServerRuns("live", None, "org", runs, frozenset(), whole=True), **facts)


SAME: dict[str, tuple[list[Known], ServerRuns]] = {
    "the same": ([KNOWN], server(REMOTE)),
    "another label": ([KNOWN], server(REMOTE, ServerRun("r2", "somebody else's", "failed", True, None))),
    "no label": ([KNOWN], server(REMOTE, ServerRun("r2", None, "failed", True, None))),
    "open on both sides": (
        [replace(KNOWN, phase="accepted", status="queued", cost=None)],
        server(replace(REMOTE, status="running", ended=False, cost=None)),
    ),
    "failed for nothing": (
        [replace(KNOWN, status="failed", cost=None)],
        server(replace(REMOTE, status="failed", cost=Decimal(0))),
    ),
    "not told yet": ([KNOWN], server(replace(REMOTE, cost=None))),
    "equal in other words": ([KNOWN], server(replace(REMOTE, cost=Decimal("0.0800")))),
    "void on both sides": ([replace(KNOWN, phase="void", status="void", run_id=None, cost=None)], server()),
    "of another origin": ([replace(KNOWN, origin="proxy:1")], server(absent=frozenset({"r1"}))),
    "of another organisation": ([replace(KNOWN, org_id="other")], server(absent=frozenset({"r1"}))),
    "of another sandbox": (
        [replace(KNOWN, origin="sandbox", instance="a")],
        server(origin="sandbox", instance="b", absent=frozenset({"r1"})),
    ),
    "made with sync_mode": ([replace(KNOWN, kept=False)], server(absent=frozenset({"r1"}))),
    "void here, not known there": ([replace(KNOWN, phase="void", status="void")], server(absent=frozenset({"r1"}))),
    "not listed, and not asked for": ([KNOWN], server()),
    "a twin that is on record": (
        [KNOWN, replace(KNOWN, id=OTHER, run_id="r2")],
        server(REMOTE, replace(REMOTE, id="r2", client_ref=None)),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_agrees_is_no_finding(case: str) -> None:
    known, told = SAME[case]
    assert list(compare(known, told)) == []


DIFFERENT: dict[str, tuple[Known, ServerRuns, str, str, str]] = {
    "lost": (
        replace(KNOWN, id=OTHER, run_id="r0", origin="proxy:1"),
        server(REMOTE),
        "not in journal",
        "the server has it (r1, succeeded, $0.08), and the journal has not",
        "--shared",
    ),
    "another id": (
        KNOWN,
        server(replace(REMOTE, id="r9")),
        "other run id",
        "is r1, and the server r9",
        "app.runflow.io",
    ),
    "two ids, one lost": (
        KNOWN,
        server(REMOTE, replace(REMOTE, id="r2")),
        "two ids",
        "2 runs of it: r1, r2",
        "Not on record: r2, succeeded, $0.08",
    ),
    "accepted, unheard": (
        replace(KNOWN, run_id=None, phase="intent", status="queued", cost=None),
        server(REMOTE),
        "status differs",
        "knows of no acceptance",
        "%runflow resume",
    ),
    "unknown, found": (
        replace(KNOWN, run_id=None, phase="unknown", status="unknown", cost=None),
        server(REMOTE),
        "status differs",
        "knows of no acceptance",
        "%runflow resume",
    ),
    "void, and billed": (
        replace(KNOWN, run_id=None, phase="void", status="void", cost=None),
        server(REMOTE),
        "status differs",
        "nothing of it was accepted, and the server has it: r1, succeeded, $0.08",
        "not in the ledger",
    ),
    "settled as not billed, and billed": (
        replace(KNOWN, run_id=None, phase="settled", status="void", cost=None),
        server(REMOTE),
        "status differs",
        "settled as not billed",
        "%runflow settle ABCDEF --billed",
    ),
    "settled as billed": (
        replace(KNOWN, run_id=None, phase="settled", status="unknown", cost=None),
        server(REMOTE),
        "status differs",
        "settled as billed",
        "app.runflow.io",
    ),
    "another cost": (
        KNOWN,
        server(replace(REMOTE, cost=Decimal("0.15"))),
        "cost differs",
        "cost $0.08, the server $0.15",
        "was billed",
    ),
    "a cost that was told late": (
        replace(KNOWN, cost=None),
        server(REMOTE),
        "cost differs",
        "it cost $0.08, the journal nothing",
        "%runflow resume",
    ),
    "another status": (
        KNOWN,
        server(replace(REMOTE, status="failed")),
        "status differs",
        "says succeeded, the server failed",
        "app.runflow.io",
    ),
    "ended there, open here": (
        replace(KNOWN, phase="accepted", status="queued", cost=None),
        server(REMOTE),
        "status differs",
        "open, the server succeeded",
        "%runflow resume",
    ),
    "void here, after all": (
        replace(KNOWN, phase="void", status="void", cost=None),
        server(REMOTE),
        "status differs",
        "nothing is left of it, the server succeeded",
        "app.runflow.io",
    ),
    "not known there": (
        KNOWN,
        server(absent=frozenset({"r1"})),
        "not on server",
        "does not know it (r1)",
        "organisation",
    ),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_each_difference_is_named_alone(case: str) -> None:
    known, told, kind, what, remedy = DIFFERENT[case]
    (found,) = compare([known], told)
    assert (found.kind, ULID in found.where or "ABCDEF" in found.where) == (kind, True)
    assert what in found.what
    assert remedy in found.remedy


def test_two_runs_of_one_create_are_named_until_both_are_on_record() -> None:
    there = server(REMOTE, replace(REMOTE, id="r2"))
    (found,) = compare([KNOWN], there)
    assert found.kind == "two ids"
    assert "Not on record: r2" in found.remedy
    assert list(compare([KNOWN, replace(KNOWN, id=OTHER, run_id="r2")], there)) == []


def test_other_stores_of_the_organisation_may_be_passed_over() -> None:
    assert list(compare([], server(REMOTE), shared=True)) == []
    assert "more runs than it listed" in compared([KNOWN], server(REMOTE, whole=False))


def test_over_http_a_clean_store_agrees_to_the_cent_in_pages_too(
    sandbox: EmbeddedSandbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for prompt in ("an owl", "a hare", "a fox"):
        runflow_nb.generate(prompt, **QUICK)
    monkeypatch.setattr(server_runs, "PAGE", 2)
    connection = session.engine(session.settings()).connection
    known = check_store(calls.current_store().root).runs
    told = session.loop.run(ask_server(connection, known))
    assert (len(told.runs), told.whole, told.absent) == (3, True, frozenset())
    assert list(compare(known, told)) == []
    assert compared(known, told) == "Compared with the server (sandbox): 3 runs, $0.18 here and $0.18 there."
    monkeypatch.setattr(server_runs, "MOST_PAGES", 1)
    assert not session.loop.run(ask_server(connection, known)).whole


def test_the_shell_asks_the_server(
    sandbox: EmbeddedSandbox, session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Runs whose end, or whose intent, is not in the journal are found on the server; so is a price that differs."""
    first, second = (runflow_nb.generate(prompt, **QUICK) for prompt in ("an owl", "a hare"))
    session.close()
    root = tmp_path / ".runflow"
    assert main(["check", "--connected"]) == 0
    assert "2 runs, $0.12 here and $0.12 there" in capsys.readouterr().out
    (path,) = (root / "journal").glob("*.jsonl")
    whole = path.read_bytes()
    (root / "index.sqlite").unlink(missing_ok=True)
    path.write_bytes(whole.replace(b'"cost":"0.06"', b'"cost":"0.01"', 1))
    assert main(["check", "--connected"]) == 1
    assert f"run {first.short}: the journal says that it cost $0.01, the server $0.06" in capsys.readouterr().out
    path.write_bytes(b"".join(line for line in whole.splitlines(keepends=True) if second.id.encode() not in line))
    assert main(["check", "--connected"]) == 1
    assert f"client_ref {second.id}: the server has it ({second.run_id}, succeeded, $0.06)" in capsys.readouterr().out
    assert main(["check", "--connected", "--shared"]) == 1
    assert second.id not in capsys.readouterr().out


def test_what_only_the_journal_has_is_asked_for_before_it_counts_as_absent(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """A list may be behind; and one that takes no list of fields is asked without."""
    open_session(sandbox.url)
    run = runflow_nb.generate("an owl", **QUICK)
    forward = relay(
        sandbox.url, lambda heard, told: told | {"items": []} if heard.path.startswith("/v1/runs?") else told
    )

    def strict(heard: Heard) -> Answer:
        return Answer(422) if "fields=" in heard.path else forward(heard)

    with HttpServer(strict) as behind:
        session = open_session(behind.url)
        connection = session.engine(session.settings()).connection
        known = check_store(calls.current_store().root).runs
        told = session.loop.run(ask_server(connection, known))
        assert [each.id for each in told.runs] == [run.run_id]
        assert list(compare(known, told)) == []
        lost = [replace(each, run_id="00000000-0000-7000-8000-000000000000") for each in known]
        told = session.loop.run(ask_server(connection, lost))
        assert [found.kind for found in compare(lost, told)] == ["not on server"]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"RUNFLOW_BASE_URL": "sandbox"}, "one of its own in each process"),
        ({"RUNFLOW_BASE_URL": "http://127.0.0.1:9", "RUNFLOW_NB_REUSE": "only"}, "reuse is"),
        ({}, "Not connected"),
    ],
)
def test_where_nobody_can_be_asked_that_is_said(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variables: dict[str, str],
    said: str,
) -> None:
    (here / ".runflow" / "journal").mkdir(parents=True)
    (here / ".runflow" / "journal" / "A.jsonl").write_bytes(encode({"v": 1, "event": "session", "session": "A"}))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["check", "--connected"]) == 2
    assert said in capsys.readouterr().err
