"""A picture that is too large to travel inside of a request is uploaded once, while its asset lives."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import runflow_nb
from runflow_nb import calls
from runflow_nb.record.disk import Disk
from runflow_nb.record.forget import forget
from runflow_nb.record.uploads import Uploaded, Uploads
from runflow_nb.sandbox.asset_switches import AssetSwitches
from runflow_nb.sandbox.dialects.choose import read_dialects
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.refusals import QUICK
from tests.engine.test_recovery import Skipping
from tests.http_server import Heard, HttpServer, relay
from tests.sandbox.conftest import MovedClock
from tests.sandboxes import running

from .made import READ, bought_once, edited, remembered, sent, uploads, written


def test_the_same_file_is_uploaded_once_also_by_the_next_process(
    sandbox: EmbeddedSandbox, open_session: OpenSession, store: Path, tmp_path: Path, large: bytes
) -> None:
    (tmp_path / "owl.png").write_bytes(large)
    open_session(sandbox.url)
    runs = [edited(large), edited(tmp_path / "owl.png", "make it day")]
    open_session(sandbox.url)
    runs.append(edited(large, "make it dawn"))
    assert uploads(sandbox) == (1, 1, 1)
    assert sandbox.book.requests[READ] == 2
    assert len(set(sent(sandbox))) == 1
    assert bought_once(sandbox, *runs)
    (one,) = remembered(store)
    assert f"runflow://assets/{one['asset']}" == sent(sandbox)[0]
    assert one["instance"] == sandbox.book.instance
    assert one["org_id"]


def test_nothing_of_signed_links_is_ever_stored(open_session: OpenSession, store: Path, large: bytes) -> None:
    with running(dialects=read_dialects(["no-asset-references"])) as old:
        open_session(old.url, clock=Skipping())
        edited(large)
        assert "signature=" in sent(old)[1]
    assert b"amended" in written(store)
    assert b"signature" not in written(store)


def test_another_sandbox_has_its_own(sandbox: EmbeddedSandbox, open_session: OpenSession, large: bytes) -> None:
    open_session(sandbox.url)
    edited(large)
    with running() as other:
        open_session(other.url)
        edited(large, "make it day")
        assert uploads(other) == (1, 1, 1)
        assert READ not in other.book.requests


def not_a_sandbox(heard: Heard, answer: Any) -> Any:
    return {"status": "ok"} if heard.path == "/v1/health" else answer


def test_another_organisation_and_another_host_have_their_own(
    sandbox: EmbeddedSandbox, open_session: OpenSession, store: Path, monkeypatch: pytest.MonkeyPatch, large: bytes
) -> None:
    with HttpServer(relay(sandbox.url, not_a_sandbox)) as proxy, HttpServer(relay(sandbox.url, not_a_sandbox)) as host:
        for number, key in enumerate(("one", "another", "one", "another")):
            monkeypatch.setenv("RUNFLOW_API_KEY", f"rf_live_{key}_9ZsD4vTnB6wLm")
            open_session(proxy.url)
            edited(large, f"make it night {number}")
        assert uploads(sandbox) == (2, 2, 2)
        assert len({one["org_id"] for one in remembered(store)}) == 2
        open_session(host.url)
        edited(large, "make it day")
        assert uploads(sandbox) == (3, 3, 3)
    assert len(sandbox.book.runs) == 5


def test_once_the_organisation_is_known_no_other_ones_asset_is_asked_for(
    sandbox: EmbeddedSandbox, open_session: OpenSession, monkeypatch: pytest.MonkeyPatch, large: bytes
) -> None:
    with HttpServer(relay(sandbox.url, not_a_sandbox)) as proxy:
        for key in ("one", "another"):
            monkeypatch.setenv("RUNFLOW_API_KEY", f"rf_live_{key}_9ZsD4vTnB6wLm")
            open_session(proxy.url)
            runflow_nb.generate(f"{key} owl", **QUICK)
            edited(large, f"make it {key}")
        assert uploads(sandbox) == (2, 2, 2)
        assert READ not in sandbox.book.requests


def test_several_cells_at_once_upload_it_once(
    sandbox: EmbeddedSandbox, open_session: OpenSession, large: bytes
) -> None:
    open_session(sandbox.url)
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda number: edited(large, f"make it night {number}"), range(8)))
    assert uploads(sandbox) == (1, 1, 1)
    assert bought_once(sandbox, *runs)


@pytest.mark.parametrize("asset", ["404", "503 first 5", "missing=id first 5"])
def test_an_asset_that_the_api_does_not_tell_of_is_uploaded_anew(
    asset: str, open_session: OpenSession, large: bytes
) -> None:
    with running(faults=f"asset: {asset}") as sandbox:
        open_session(sandbox.url, clock=Skipping())
        runs = [edited(large), edited(large, "make it day")]
        assert uploads(sandbox) == (2, 2, 2)
        assert len(set(sent(sandbox))) == 2
        assert bought_once(sandbox, *runs)


def test_an_asset_that_is_over_is_uploaded_anew(open_session: OpenSession, large: bytes) -> None:
    clock = MovedClock()
    with running(assets=AssetSwitches(lifetime=60), clock=clock) as sandbox:
        open_session(sandbox.url, clock=Skipping())
        runs = [edited(large), edited(large, "make it day")]
        assert uploads(sandbox) == (1, 1, 1)
        clock.now += 60
        runs += [edited(large, "make it dawn"), edited(large, "make it noon")]
        assert uploads(sandbox) == (2, 2, 2)
        assert bought_once(sandbox, *runs)


def test_a_store_that_cannot_remember_it_still_works(
    sandbox: EmbeddedSandbox, open_session: OpenSession, store: Path, large: bytes
) -> None:
    store.mkdir()
    (store / "uploads").write_text("in the way")
    open_session(sandbox.url)
    runs = [edited(large), edited(large, "make it day")]
    assert uploads(sandbox) == (2, 2, 2)
    shutil.rmtree(store)
    runs += [edited(large, "make it dawn"), edited(large, "make it noon")]
    assert uploads(sandbox) == (3, 3, 3)
    assert bought_once(sandbox, *runs)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"schema": 1, "assets": [{"asset": 7}]}', b'{"schema": 9}'])
def test_a_memory_that_is_damaged_counts_as_none(damage: bytes, tmp_path: Path) -> None:
    memory, one = Uploads(tmp_path, Disk()), Uploaded("a-1", "org", None)
    memory.keep("ab" * 32, "live", one)
    assert memory.find("ab" * 32, "live") == (one,)
    (path,) = memory.paths(["ab" * 32])
    path.write_bytes(damage)
    assert memory.find("ab" * 32, "live") == ()
    memory.keep("ab" * 32, "live", one)
    assert memory.find("ab" * 32, "live") == (one,)


def test_one_asset_is_remembered_for_each_organisation_and_those_of_one_sandbox(tmp_path: Path) -> None:
    memory = Uploads(tmp_path, Disk())
    for name, org in (("a-1", "one"), ("a-2", "another"), ("a-3", "one")):
        memory.keep("ab" * 32, "live", Uploaded(name, org, None))
    assert [each.asset for each in memory.find("ab" * 32, "live")] == ["a-3", "a-2"]
    for name in ("first", "second"):
        memory.keep("ab" * 32, "sandbox", Uploaded(f"of-{name}", f"org of {name}", name))
    assert [each.asset for each in memory.find("ab" * 32, "sandbox")] == ["of-second"]
    assert memory.find("ab" * 32, "elsewhere.example:8443") == ()


def test_a_forgotten_picture_is_forgotten_here_too(
    sandbox: EmbeddedSandbox, open_session: OpenSession, store: Path, large: bytes
) -> None:
    open_session(sandbox.url)
    runs = [edited(large), edited(large, "make it day")]
    forget(calls.current_store(), runs[0].id)
    assert len(remembered(store)) == 1
    forget(calls.current_store(), runs[1].id)
    assert not list((store / "uploads").glob("*/*.json"))
