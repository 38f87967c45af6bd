"""Bad days of the disk and the store: each has one clear error or is healed, nothing is billed, nothing is lost."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import runflow_nb
from runflow_nb.engine.delivery import LONG_GONE
from runflow_nb.engine.session import Session
from runflow_nb.errors import (
    DownloadFailed,
    NotCollected,
    StoreUnavailable,
)
from runflow_nb.record.disk import Disk, Writer, explained
from runflow_nb.record.image import OriginalGone
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.driver import LaterClock
from tests.engine.refusals import CREATE, QUICK, closed_port, owl, png, refused
from tests.http_server import Answer, Heard, HttpServer, relay


class FullDisk(Disk):
    """The real disk; this method of it meets what the operating system says when a disk is full."""

    def __init__(self, method: str, number: int = errno.ENOSPC) -> None:
        self._method = method
        self._number = number

    def _fail(self, method: str, path: Path) -> None:
        if method == self._method:
            with explained(path):
                raise OSError(self._number, os.strerror(self._number))

    def append(self, path: Path, data: bytes) -> None:
        self._fail("append", path)
        super().append(path, data)

    def touch(self, path: Path) -> None:
        self._fail("touch", path)
        super().touch(path)

    def replace(self, path: Path, data: bytes) -> None:
        self._fail("replace", path)
        super().replace(path, data)

    def stream(self, path: Path) -> Writer:
        self._fail("stream", path)
        return super().stream(path)


@pytest.mark.parametrize("method", ["append", "touch", "replace"])
@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "this user may not write there"),
    ],
)
def test_what_cannot_be_written_down_is_not_bought(
    method: str, number: int, reason: str, sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    open_session(sandbox.url, disk=FullDisk(method, number))
    refused(
        StoreUnavailable,
        f"cannot be used: {reason}.",
        "nothing new was sent or billed",
        "Free some space, or choose another place: %runflow config store=FOLDER (or RUNFLOW_NB_STORE)",
        **QUICK,
    )
    assert sandbox.book.requests.get(CREATE) is None
    open_session(sandbox.url)
    assert owl().take == 1
    assert len(sandbox.book.runs) == 1


@pytest.mark.parametrize("place", ["store", "journal", "locks", "open"])
def test_a_file_in_place_of_a_folder_of_the_store_refuses_before_anything_is_sent(
    place: str, sandbox: EmbeddedSandbox, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / ".runflow" if place == "store" else tmp_path / ".runflow" / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("not a folder")
    refused(StoreUnavailable, "a file stands where a folder is needed", "nothing new was sent or billed", **QUICK)
    assert sandbox.book.requests.get(CREATE) is None
    assert path.read_text() == "not a folder"


@pytest.mark.skipif(os.geteuid() == 0, reason="for root no folder is read-only")
def test_a_read_only_folder_refuses_before_anything_is_sent(
    sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    (folder := tmp_path / "locked").mkdir(mode=0o555)
    open_session(sandbox.url, store=folder / ".runflow")
    refused(StoreUnavailable, "this user may not write there", "nothing new was sent or billed", **QUICK)
    assert sandbox.book.requests.get(CREATE) is None


def test_a_disk_without_room_for_the_pictures_refuses_before_anything_is_sent(
    sandbox: EmbeddedSandbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=3 * 2**20))
    refused(StoreUnavailable, "3 MiB are free, and the pictures may need 16 MiB", num_images=4, **QUICK)
    assert sandbox.book.requests.get(CREATE) is None


class FullLater(Disk):
    """The real disk, full as soon as something that matches is to be written, which is after the run was paid for."""

    def __init__(self, words: bytes = b"", folder: str = "") -> None:
        self._words = words
        self._folder = folder

    def _check(self, path: Path, data: bytes = b"") -> None:
        if (self._words and self._words in data) or path.parent.name == self._folder:
            with explained(path):
                raise OSError(errno.ENOSPC, "")

    def append(self, path: Path, data: bytes) -> None:
        self._check(path, data)
        super().append(path, data)

    def stream(self, path: Path) -> Writer:
        self._check(path)
        return super().stream(path)


@pytest.mark.parametrize(
    "disk",
    [
        pytest.param(FullLater(b'"event":"accepted"'), id="accepted"),
        pytest.param(FullLater(folder="images"), id="pictures"),
        pytest.param(FullLater(folder="previews"), id="preview"),
        pytest.param(FullLater(b'"event":"finished"'), id="finished"),
    ],
)
def test_a_disk_that_is_full_after_the_purchase_loses_nothing_and_nothing_is_bought_again(
    disk: Disk, sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    first = open_session(sandbox.url, disk=disk)
    refused(
        NotCollected,
        "was accepted, but cannot be collected now: the store ",
        "the disk is full.",
        "It is paid for once and not lost: run the cell again, or %runflow resume, when that is mended.",
        **QUICK,
    )
    first.close()
    open_session(sandbox.url)
    run = owl()
    assert run.images[0].path.exists()
    assert [booked.client_ref for booked in sandbox.book.runs] == [run.id]


# --- a record that was damaged or moved


@pytest.mark.parametrize(
    "damage",
    [
        lambda index: index.write_bytes(b"garbage" * 1000),
        lambda index: index.write_bytes(b""),
        lambda index: index.write_bytes(index.read_bytes()[: index.stat().st_size // 2]),
        lambda index: index.unlink(),
        lambda index: (index.unlink(), index.mkdir()),
    ],
    ids=["garbage", "empty", "half", "missing", "folder"],
)
def test_a_corrupt_index_is_built_anew_from_the_journal(
    damage: Callable[[Path], Any], sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    first = open_session(sandbox.url)
    run = owl(tag="night")
    first.close()
    index = tmp_path / ".runflow" / "index.sqlite"
    assert index.exists()
    damage(index)
    open_session(sandbox.url)
    before = sandbox.book.requests
    assert list(runflow_nb.history(all=True).where(tag="night")) == [run]
    assert owl(tag="night") == run
    assert sandbox.book.requests == before


@pytest.mark.parametrize(
    "scrap", [b'{"v":1,"event":"intent","ru', b"\0\0\0\0", b"garbage\n", b'{"event": 3}\n[]\n\xff\xfe\n'], ids=repr
)
def test_a_torn_or_damaged_line_of_the_journal_harms_no_other(
    scrap: bytes, sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    open_session(sandbox.url)
    run = owl()
    (journal,) = (tmp_path / ".runflow" / "journal").iterdir()
    with journal.open("ab") as stream:
        stream.write(scrap)
    open_session(sandbox.url)
    before = sandbox.book.requests
    assert list(runflow_nb.history(all=True)) == [run]
    assert owl() == run
    assert sandbox.book.requests == before
    assert owl(take=2).take == 2


@pytest.mark.parametrize("lines", [1, 2], ids=["finished", "accepted"])
def test_a_journal_that_lost_its_end_still_leads_to_the_run_that_was_paid_for(
    lines: int, sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    """The run is asked for by its id, or else searched for by the label that was sent with it."""

    first = open_session(sandbox.url)
    run = owl()
    first.close()
    (journal,) = (tmp_path / ".runflow" / "journal").iterdir()
    whole = journal.read_bytes().splitlines(keepends=True)
    assert b'"finished"' in whole[-1]
    assert b'"accepted"' in whole[-2]
    journal.write_bytes(b"".join(whole[:-lines]) + whole[-lines][:-30])
    open_session(sandbox.url)
    found = owl()
    assert (found.id, found.run_id, found.images) == (run.id, run.run_id, run.images)
    assert len(sandbox.book.runs) == 1


@pytest.mark.parametrize("reuse", ["on", "only"])
def test_a_store_that_was_copied_elsewhere_shows_everything_and_asks_nothing(
    reuse: str, sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_session(sandbox.url)
    picture = tmp_path / "owl.png"
    picture.write_bytes(png())
    runs = [owl(), runflow_nb.edit("make it night", picture, **QUICK)]
    before = sandbox.book.requests
    there = tmp_path / "elsewhere" / "Notizbücher" / ".runflow"
    shutil.copytree(tmp_path / ".runflow", there)
    shutil.rmtree(tmp_path / ".runflow")
    monkeypatch.setenv("RUNFLOW_NB_REUSE", reuse)
    open_session(sandbox.url, store=there)
    shown = [owl(), runflow_nb.edit("make it night", picture, **QUICK)]
    assert list(runflow_nb.history(all=True)) == shown[::-1]
    for old, new in zip(runs, shown, strict=True):
        assert (new.id, new.cost, new.created_at) == (old.id, old.cost, old.created_at)
        assert [image.sha256 for image in new.images] == [image.sha256 for image in old.images]
        assert all(image.path.is_relative_to(there) and len(image.bytes) == image.size for image in new.images)
        assert new.preview is not None
        assert new.preview.path.is_relative_to(there)
        assert new.preview.path.exists()
    assert sandbox.book.requests == before


def test_a_store_that_came_through_git_shows_its_previews_and_names_what_is_missing(
    sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    """Originals, index, locks and markers stay behind, as the store's own `.gitignore` says."""
    open_session(sandbox.url)
    run = owl()
    there = tmp_path / "clone" / ".runflow"
    ignored = shutil.ignore_patterns("images", "open", "locks", "uploads", "index.sqlite*")
    shutil.copytree(tmp_path / ".runflow", there, ignore=ignored)
    open_session(closed_port(), store=there)
    shown = owl()
    assert (shown.id, shown.cost) == (run.id, run.cost)
    assert shown.preview is not None
    assert shown.preview.path.exists()
    with pytest.raises(OriginalGone, match=r"is not in the store"):
        _ = shown.images[0].bytes


def test_a_damaged_delivery_is_kept_as_it_came_and_said_so(
    sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    """At first it may still come whole, and stays collectable. Later, what was paid for is not thrown away because it
    cannot be decoded; showing it again asks nothing of anybody."""
    whole = png()
    damaged = whole[:60] + b"\0" * (len(whole) - 60)

    with HttpServer(lambda _: Answer(body=damaged, headers={"Content-Type": "image/png"})) as storage:

        def elsewhere(heard: Heard, answer: Any) -> Any:
            if heard.method == "GET" and isinstance(answer, dict) and answer.get("output"):
                answer["output"]["outputs"][0]["url"] = f"{storage.url}/0.png"
            return answer

        with HttpServer(relay(sandbox.url, elsewhere)) as server:
            open_session(server.url)
            with pytest.raises(DownloadFailed, match="what came is damaged"):
                runflow_nb.generate("an owl", **QUICK)
            assert not list((tmp_path / ".runflow" / "images").rglob("*.png"))
            open_session(server.url, clock=LaterClock(LONG_GONE + 1))
            run = runflow_nb.generate("an owl", **QUICK)
            asked = len(server.heard)
            assert runflow_nb.generate("an owl", **QUICK) == run
            assert len(server.heard) == asked
    assert run.images[0].bytes == damaged
    assert run.preview is None
    assert any("damaged" in note for note in run.notes)
