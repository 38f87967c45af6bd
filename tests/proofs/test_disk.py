"""Bad disks in the midst of a run: full, read-only, slow, swept clean, unlocked, or merged by git.

The judge is the server's book: what it has accepted is in the store once the disk is well again and the cell is run
again, and nothing was bought twice.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import runflow_nb
from runflow_nb import calls
from runflow_nb.api.wire import RemoteRun
from runflow_nb.engine.recorder import Recorder, open_runs
from runflow_nb.engine.session import Session
from runflow_nb.errors import RunflowError
from runflow_nb.record.disk import Disk, Writer, explained
from runflow_nb.record.run import Run
from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.driver import resume
from tests.engine.test_recovery import Skipping
from tests.http_server import Answer, Heard, HttpServer, relay
from tests.record.made import intent

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
EFFECTS = 10
"""More effects on the disk than a run has: of the last ones nothing is left to fail."""


class Failing(Disk):
    """The real disk until it has had so many effects; from then on it fails, until it is well."""

    def __init__(self, after: int = 0, number: int = errno.ENOSPC, *, once: bool = False) -> None:
        self.left = after
        self.well = False
        self._number = number
        self._once = once

    def effect(self, path: Path) -> None:
        self.left -= 1
        if self.well or self.left >= 0:
            return
        self.well = self._once
        with explained(path):
            raise OSError(self._number, os.strerror(self._number))

    def append(self, path: Path, data: bytes) -> None:
        self.effect(path)
        super().append(path, data)

    def touch(self, path: Path) -> None:
        self.effect(path)
        super().touch(path)

    def unlink(self, path: Path) -> None:
        self.effect(path)
        super().unlink(path)

    def stream(self, path: Path) -> Any:
        self.effect(path)
        return FailingWriter(super().stream(path), self)


class FailingWriter:
    """A file being written, whose bytes find no room either."""

    def __init__(self, writer: Writer, disk: Failing) -> None:
        self._writer = writer
        self._disk = disk

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    def finish(self, path: Path | None = None) -> Path:
        self._disk.effect(path or self._writer.path)
        return self._writer.finish(path)

    def discard(self) -> None:
        self._writer.discard()


def attempt(prompt: str = "an owl", **given: Any) -> Run | RunflowError:
    """The run, or the typed error; anything else fails the test."""
    try:
        run = runflow_nb.generate(prompt, background=True, **QUICK, **given).wait(30)
    except RunflowError as error:
        return error
    return run


def kept(run: Run | RunflowError) -> Run:
    """That run, whole in the store."""
    assert isinstance(run, Run), run
    for image in run.images:
        assert hashlib.sha256(image.path.read_bytes()).hexdigest() == image.sha256
    assert run.images
    return run


def billed(sandbox: EmbeddedSandbox, prompt: str = "an owl") -> list[str]:
    """Our ids of the runs that the server's book has for this prompt."""
    received = [create for create in sandbox.book.received if create.body["input"]["prompt"] == prompt]
    return [create.body["client_ref"] for create in received if create.status == 201 and not create.replayed]


HERE, THERE, RESUMED = "in the same kernel", "in another kernel", "by resume"
FULL, READ_ONLY = errno.ENOSPC, errno.EROFS


@pytest.mark.parametrize(
    ("number", "once", "again"),
    [
        pytest.param(FULL, False, HERE, id="full until it is mended, in the same kernel"),
        pytest.param(FULL, True, THERE, id="full for a moment, in another kernel"),
        pytest.param(READ_ONLY, False, RESUMED, id="read-only until it is mended, by resume"),
        *(
            pytest.param(number, once, again, marks=pytest.mark.thorough)
            for number, once, again in itertools.product((FULL, READ_ONLY), (False, True), (HERE, THERE, RESUMED))
        ),
    ],
)
def test_a_disk_that_fails_from_whatever_effect_on_loses_nothing_and_nothing_is_bought_twice(
    open_session: OpenSession, sandbox: EmbeddedSandbox, again: str, once: bool, number: int
) -> None:
    for after in range(EFFECTS):
        prompt = f"an owl {after}"
        disk = Failing(after, number, once=once)
        first = open_session(sandbox.url, disk=disk, clock=Skipping())
        end = attempt(prompt)
        disk.well = True
        if again != HERE:
            first.close()
            another = open_session(sandbox.url, clock=Skipping(61))
            if again == RESUMED:
                resume(another)
        names = billed(sandbox, prompt)
        run = kept(attempt(prompt))
        assert billed(sandbox, prompt) == [run.id]
        assert names in ([], [run.id])
        assert open_runs(calls.current_store()) == []
    assert isinstance(end, Run), "the last effects lie beyond the end of a run"


def test_a_slow_disk_is_waited_for(
    open_session: OpenSession, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def slow(fd: int) -> None:
        time.sleep(0.2)
        real(fd)

    monkeypatch.setattr(os, "fsync", slow)
    open_session(sandbox.url)
    with ThreadPoolExecutor(4) as pool:
        runs = [kept(run) for run in pool.map(attempt, ["an owl", "an owl", "a hen", "a hen"])]
    assert sorted({run.id for run in runs}) == sorted(billed(sandbox) + billed(sandbox, "a hen"))
    assert len(sandbox.book.runs) == 2


# --- swept clean in the midst of a run


@contextmanager
def midway(sandbox: EmbeddedSandbox, at: str, sweep: Callable[[], None]) -> Iterator[str]:
    """An address that passes all on to the sandbox; the first time that this is asked for, the folder is swept."""
    forward = relay(sandbox.url, lambda heard, answer: _links_through(answer, sandbox.url, server.url))
    swept = threading.Event()

    def answer(heard: Heard) -> Answer:
        given = forward(heard)
        if not swept.is_set() and f"{heard.method} {heard.path}".startswith(at):
            swept.set()
            sweep()
        return given

    with HttpServer(answer) as server:
        yield server.url
    assert swept.is_set()


def _links_through(answer: Any, there: str, here: str) -> Any:
    for output in (answer.get("output") or {}).get("outputs", ()):
        output["url"] = output["url"].replace(there, here)
    return answer


@pytest.mark.parametrize("at", ["POST /v1/models", "GET /v1/runs/", "GET /sandbox/"])
@pytest.mark.parametrize("part", ["journal", ""], ids=["the journal", "the whole store"])
def test_what_is_deleted_in_mid_run_is_neither_bought_again_nor_lost(
    open_session: OpenSession, sandbox: EmbeddedSandbox, tmp_path: Path, part: str, at: str
) -> None:
    root = tmp_path / ".runflow"
    with midway(sandbox, at, lambda: shutil.rmtree(root / part)) as url:
        session = open_session(url)
        attempt()
        run = kept(attempt())
        assert billed(sandbox) == [run.id]
        session.close()
        # It is whole for the next kernel too.
        open_session(url)
        assert kept(attempt()) == run
        assert billed(sandbox) == [run.id]
        assert open_runs(calls.current_store()) == []


@pytest.mark.parametrize("part", ["journal", ""], ids=["the journal", "the whole store"])
def test_what_is_deleted_between_two_runs_is_not_bought_again_by_this_kernel(
    open_session: OpenSession, sandbox: EmbeddedSandbox, tmp_path: Path, part: str
) -> None:
    open_session(sandbox.url)
    run = kept(attempt())
    shutil.rmtree(tmp_path / ".runflow" / part)
    assert kept(attempt()).id == run.id
    assert billed(sandbox) == [run.id]


def test_a_run_that_was_open_when_the_store_was_deleted_is_resumed_by_others_and_its_process_alive(
    tmp_path: Path,
) -> None:
    store, other = Store(tmp_path / ".runflow"), Store(tmp_path / ".runflow")
    recorder, name = Recorder(store), store.new_id()
    recorder.intent(name, intent(name, session=store.session))
    shutil.rmtree(store.root)
    recorder.accepted(name, RemoteRun("remote", "queued"))
    assert [(run.id, run.run_id) for run in open_runs(other)] == [(name, "remote")]
    assert other.is_alive(store.session)
    store.close()
    assert not other.is_alive(store.session)


# --- the index


def other_schema(index: Path) -> None:
    with sqlite3.connect(index) as database:
        database.execute("PRAGMA user_version = 999")
        database.execute("DROP TABLE runs")
    database.close()


@pytest.mark.parametrize(
    "damage",
    [
        lambda index: index.write_bytes(os.urandom(5000)),
        lambda index: index.write_bytes(index.read_bytes()[:3000]),
        other_schema,
        lambda index: index.with_name("index.sqlite.0123.tmp").write_bytes(index.read_bytes()[:3000]),
        lambda index: index.with_name("index.sqlite-journal").write_bytes(b"\xd9\xd5\x05\xf9 \xa1c\xd7" * 100),
    ],
    ids=["garbage", "truncated", "another schema", "being written", "a journal of SQLite's beside it"],
)
def test_an_index_of_whatever_kind_is_only_an_index(
    open_session: OpenSession, sandbox: EmbeddedSandbox, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    """Damaged before the kernel starts, and once more while a run is on its way."""
    index = tmp_path / ".runflow" / "index.sqlite"
    first = open_session(sandbox.url)
    run = kept(attempt())
    first.close()
    whole = index.read_bytes()
    damage(index)

    def again() -> None:
        index.write_bytes(whole)
        damage(index)

    with midway(sandbox, "POST /v1/models", again) as url:
        second = open_session(url)
        assert kept(attempt()) == run
        later = kept(attempt("a hen"))
        second.close()
        open_session(url)
        assert [kept(attempt()), kept(attempt("a hen"))] == [run, later]
    assert (billed(sandbox), billed(sandbox, "a hen")) == ([run.id], [later.id])


# --- locks


def test_where_locks_fail_many_threads_still_buy_once(
    open_session: OpenSession, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object, **__: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(FileLock, "acquire", unsupported)
    first = open_session(sandbox.url)
    with ThreadPoolExecutor(8) as pool:
        runs = {kept(run).id for run in pool.map(attempt, ["an owl"] * 8)}
    assert billed(sandbox) == list(runs)
    first.close()
    open_session(sandbox.url)
    assert {kept(attempt()).id} == runs
    assert billed(sandbox) == list(runs)


def test_locks_that_fail_in_the_midst_keep_what_was_accepted(
    open_session: OpenSession, sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = FileLock.acquire

    def fail() -> None:
        monkeypatch.setattr(FileLock, "acquire", broken)

    def broken(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "the network file system is gone")

    with midway(sandbox, "POST /v1/models", fail) as url:
        open_session(url)
        run = kept(attempt())
        assert isinstance(attempt("a hen"), RunflowError)
        monkeypatch.setattr(FileLock, "acquire", working)
        assert kept(attempt()) == run
        kept(attempt("a hen"))
    assert (len(billed(sandbox)), len(billed(sandbox, "a hen"))) == (1, 1)


# --- two machines


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shown_as(run: Run | RunflowError) -> str:
    """The id of a run that can be shown: originals stay on the machine that bought them, previews go along."""
    assert isinstance(run, Run), run
    assert run.preview is not None
    assert run.preview.path.exists()
    return run.id


def at(folder: Path, open_session: OpenSession, url: str) -> Session:
    return open_session(url, store=folder / ".runflow")


def test_journals_of_two_machines_merged_by_git_hold_the_runs_of_both(
    open_session: OpenSession, sandbox: EmbeddedSandbox, tmp_path: Path
) -> None:
    """Disjoint and clashing takes: the older keeps its number, and both machines count the same."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    git(here, "init", "-q", "-b", "main")
    session = at(here, open_session, sandbox.url)
    before = kept(attempt())
    session.close()
    git(here, "add", "-A")
    git(here, "commit", "-q", "-m", "first")
    git(tmp_path, "clone", "-q", str(here), str(there))
    made: list[Run] = []
    for folder, own in ((here, "a hen"), (there, "a fox")):
        session = at(folder, open_session, sandbox.url)
        made += [kept(attempt(own)), kept(attempt(take=2)), kept(attempt("a clash"))]
        session.close()
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "more")
    git(here, "pull", "-q", "--no-rebase", "--no-edit", str(there), "main")
    git(there, "pull", "-q", "--no-rebase", "--no-edit", str(here), "main")
    told = []
    for folder in (here, there):
        at(folder, open_session, sandbox.url)
        booked = len(sandbox.book.runs)
        store = calls.current_store()
        assert {run.id for run in store.index.query()} == {before.id, *(run.id for run in made)}
        assert store.index.damaged_lines == 0
        shown = [
            shown_as(attempt(prompt, take=take))
            for prompt, take in [("an owl", None), ("an owl", 2), ("an owl", 3), ("a clash", None), ("a clash", 2)]
        ]
        shown += [shown_as(attempt(own)) for own in ("a hen", "a fox")]
        assert len(sandbox.book.runs) == booked
        told.append(shown)
    owls, clashes = sorted((made[1].id, made[4].id)), sorted((made[2].id, made[5].id))
    assert told[0] == told[1] == [before.id, *owls, *clashes, made[0].id, made[3].id]


# --- a real file system that is really full


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A file system of its own; skips where none may be mounted."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("at", ["POST /v1/models", "GET /v1/runs/"])
def test_a_real_disk_that_is_full_in_mid_run_loses_nothing(
    open_session: OpenSession, sandbox: EmbeddedSandbox, tmp_path: Path, at: str
) -> None:
    with small_disk(tmp_path / "disk", "12m") as disk:
        filler = disk / "filler"

        def fill() -> None:
            with filler.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(b"0" * 4096)
                except OSError as full:
                    assert full.errno == errno.ENOSPC

        with midway(sandbox, at, fill) as url:
            session = open_session(url, store=disk / ".runflow")
            assert isinstance(attempt(), RunflowError)
            assert isinstance(attempt("a hen"), RunflowError)
            filler.unlink()
            run = kept(attempt())
            session.close()
            session = open_session(url, store=disk / ".runflow")
            assert kept(attempt()) == run
            session.close()
        assert len(sandbox.book.runs) == 1
        assert Store(disk / ".runflow").index.damaged_lines == 0
