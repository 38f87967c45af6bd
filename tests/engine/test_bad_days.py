"""Bad input and bad days: each has one clear error or is healed, nothing is billed, nothing is lost."""

from __future__ import annotations

import errno
import io
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

import runflow_nb
from runflow_nb.engine.session import Session
from runflow_nb.errors import (
    InsufficientCredit,
    InvalidRequest,
    KeyRefused,
    NotCollected,
    NotConnected,
    RunflowError,
    ServerUnavailable,
    StoreUnavailable,
)
from runflow_nb.record.disk import Disk, Writer, explained
from runflow_nb.record.image import OriginalGone
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.http_server import Answer, Heard, HttpServer, relay

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
CREATE = "POST /v1/models/{model_id:path}/runs"
EDIT = "google/nano-banana-2/edit"
NOTHING_BILLED = "Nothing was billed."


def png() -> bytes:
    stream = io.BytesIO()
    Image.effect_mandelbrot((60, 40), (-2, -1.5, 1, 1.5), 40).save(stream, "PNG")
    return stream.getvalue()


def refused(kind: type[RunflowError], *lines: str, prompt: Any = "an owl", **given: Any) -> RunflowError:
    """The error that this request ends in, each of these texts on a line of its own message."""
    with pytest.raises(RunflowError) as raised:
        runflow_nb.generate(prompt, **given)
    assert type(raised.value) is kind, raised.value
    text = str(raised.value).splitlines()
    for line in lines:
        assert any(line in each for each in text), f"{line!r} is not in {text}"
    assert len(text) <= 6
    return raised.value


def owl(**given: Any) -> Run:
    run = runflow_nb.generate("an owl", **QUICK, **given)
    assert isinstance(run, Run)
    return run


@pytest.fixture(scope="module")
def one_for_all() -> Iterator[EmbeddedSandbox]:
    with EmbeddedSandbox(latency=0) as running:
        yield running


@pytest.fixture
def untouched(one_for_all: EmbeddedSandbox, open_session: OpenSession) -> EmbeddedSandbox:
    """A sandbox in use that no create may reach; one for all tests, since none leaves anything in its book."""
    open_session(one_for_all.url)
    return one_for_all


# --- a request that is wrong


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"aspect_ration": "16:9"}, "is no field of google/nano-banana-2; did you mean aspect_ratio?"),
        ({"thinking_level": "high", "model": "pro"}, "is no field of google/nano-banana-pro"),
        ({"resolution": "2k"}, "not offered by google/nano-banana-2 (0.5K, 1K, 2K, 4K); did you mean 2K?"),
        (
            {"resolution": "0.5K", "model": "pro"},
            "not offered by google/nano-banana-pro (1K, 2K, 4K); did you mean 1K?",
        ),
        ({"aspect_ratio": "16x9"}, "did you mean 16:9?"),
        ({"output_format": "jpg"}, "(jpeg, png, webp); did you mean jpeg?"),
        ({"safety_tolerance": 7}, "did you mean 6?"),
        ({"num_images": 5}, "takes 1 to 4; did you mean 4?"),
        ({"num_images": 0}, "takes 1 to 4; did you mean 1?"),
        ({"num_images": "many"}, "takes a whole number"),
        ({"num_images": 2.5}, "takes a whole number; did you mean 2?"),
        ({"seed": "lucky"}, "takes a whole number"),
        ({"enable_web_search": "perhaps"}, "takes true or false"),
        ({"resolution": ["1K"]}, "takes text"),
        ({"prompt": ""}, "prompt   is missing: say what to draw"),
        ({"prompt": " \n "}, "prompt   is missing: say what to draw"),
        ({"prompt": None}, "prompt   is missing: say what to draw"),
        ({"prompt": b"an owl"}, "takes text"),
        ({"prompt": "ox"}, "has 2 characters; 3 to 50,000 are allowed"),
        ({"prompt": "o" * 50_001}, "has 50,001 characters; 3 to 50,000 are allowed"),
        ({"prompt": "an\0owl"}, "holds a null byte, which no text may"),
        ({"prompt": "an owl \ud83e"}, "holds half of a surrogate pair, which is no valid text"),
        ({"model": "google/nano-bananna-2"}, "is not a model of the catalog; did you mean google/nano-banana-2?"),
        (
            {"model": "google/nano-banana-2", "images": b"x"},
            "takes no pictures; did you mean google/nano-banana-2/edit?",
        ),
        ({"model": EDIT}, "are missing: google/nano-banana-2/edit edits pictures; from text alone use google/nano-"),
        ({"max_cost": "lots"}, "takes an amount in USD, such as 0.50"),
        ({"take": 0}, "takes a number from 1, or new; did you mean 1?"),
        ({"take": 3}, "is not on record, and takes are bought in order (0 held); did you mean 1?"),
        ({"callback_url": "ftp://example.org"}, "takes an http or https address"),
        ({"metadata": {"when": object()}}, "takes an object that JSON can carry"),
    ],
)
def test_a_wrong_request_is_not_sent_and_says_what_is_right(
    given: dict[str, Any], line: str, untouched: EmbeddedSandbox, tmp_path: Path
) -> None:
    refused(InvalidRequest, "Not sent: 1 problem in this request. Nothing was billed.", line, **given)
    assert untouched.book.requests.get(CREATE) is None
    assert not (tmp_path / ".runflow").exists()


def test_all_problems_of_a_request_come_in_one_error(untouched: EmbeddedSandbox) -> None:
    given = {"resolution": "2k", "num_images": 9, "aspect": "1:1", "max_cost": "x"}
    error = refused(InvalidRequest, "Not sent: 5 problems in this request.", prompt="ox", **given)
    assert isinstance(error, InvalidRequest)
    assert [problem.subject for problem in error.problems] == [
        "prompt",
        "resolution",
        "num_images",
        "aspect",
        "max_cost",
    ]
    assert untouched.book.requests.get(CREATE) is None


# --- pictures that are none


def damaged(folder: Path) -> Path:
    return _file(folder, png()[:-200])


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "owl.png"
    path.write_bytes(data)
    return path


def beside(folder: Path) -> Path:
    return _file(folder, png()).with_name("owll.png")


def sixty_megabytes(folder: Path) -> Path:
    path = _file(folder, png())
    os.truncate(path, 60 * 2**20)
    return path


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (damaged, "is a damaged PNG"),
        (lambda folder: _file(folder, b""), "is empty"),
        (lambda folder: _file(folder, b"just some words"), "looks like text"),
        (lambda folder: _file(folder, b"%PDF-1.7 "), "looks like a PDF document"),
        (lambda folder: _file(folder, b"<html>no</html>"), "looks like an HTML page"),
        (lambda folder: b"\x00\x01\x02\x03" * 99, "looks like no picture format that is known here"),
        (lambda folder: "data:image/png;base64,AAA", "is no valid base64: it may have been cut off"),
        (lambda folder: folder, "is a folder: give a file in it"),
        (beside, "there is no such file; did you mean "),
        (lambda folder: folder / "nowhere" / "owl.png", "there is no such file, nor a folder"),
        (lambda folder: "owl\0.png", "is no path that can exist here"),
        (lambda folder: "ftp://example.org/owl.png", "only http and https can be read"),
        (lambda folder: 7, "is no picture: give a file's path, an http(s) address"),
        (sixty_megabytes, "has 60 MiB; 50 MiB are taken. Save it smaller, e.g. as JPEG, or host it and give its URL"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_no_picture_is_not_sent_and_says_why(
    make: Callable[[Path], Any], line: str, untouched: EmbeddedSandbox, tmp_path: Path
) -> None:
    (folder := tmp_path / "pictures").mkdir()
    refused(InvalidRequest, "Nothing was billed.", line, images=[make(folder)])
    assert untouched.book.requests.get(CREATE) is None
    assert not (tmp_path / ".runflow").exists()


def test_every_picture_that_is_none_is_named_at_once(untouched: EmbeddedSandbox, tmp_path: Path) -> None:
    given = [damaged(tmp_path), tmp_path / "other.png", png()]
    refused(InvalidRequest, "Not sent: 2 problems", "is a damaged PNG", "there is no such file", images=given)


# --- a key, credit and a server that are not there


class NoNetwork(httpx.AsyncBaseTransport):
    """Fails the test that lets a request out."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"{request.method} {request.url} went out")


def test_without_a_key_the_error_names_the_three_ways_on(open_session: OpenSession, tmp_path: Path) -> None:
    open_session(transport=NoNetwork())
    refused(
        NotConnected,
        "Not connected, and this request is not on record. Nothing was sent or billed.",
        "%runflow connect live",
        "%runflow connect sandbox",
        "a notebook or store that holds the run",
    )
    assert not (tmp_path / ".runflow").exists()


def test_a_refused_key_bills_nothing_and_another_one_buys_once(
    open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "rf_live_0123456789abcdef"

    def answer(heard: Heard) -> Answer:
        if heard.path == "/v1/health":
            return Answer()
        said = f'{{"code": "UNAUTHORIZED", "message": "no such key: {heard.headers["authorization"]}"}}'
        return Answer(401, said.encode())

    monkeypatch.setenv("RUNFLOW_API_KEY", key)
    with HttpServer(answer) as server:
        open_session(server.url)
        error = refused(KeyRefused, "(401 UNAUTHORIZED)", NOTHING_BILLED, "%runflow connect live")
        refused(KeyRefused)
        assert key not in str(error)
        assert [heard.method for heard in server.heard if heard.path != "/v1/health"] == ["POST", "POST"]
    assert [(run.status, run.take) for run in runflow_nb.history(all=True)] == [("void", 1), ("void", 1)]


def test_an_empty_balance_bills_nothing_and_leaves_the_take_free(open_session: OpenSession) -> None:
    with EmbeddedSandbox(latency=0, balance=0) as poor:
        open_session(poor.url)
        refused(InsufficientCredit, "(402 INSUFFICIENT_CREDIT)", NOTHING_BILLED, "Top up at app.runflow.io", **QUICK)
        assert (poor.book.runs, poor.book.billed) == ((), 0)
        (run,) = runflow_nb.history(all=True)
        assert (run.status, run.holds_slot, run.cost) == ("void", False, None)
    with EmbeddedSandbox(latency=0) as rich:
        open_session(rich.url)
        assert owl().take == 1
        assert len(rich.book.runs) == 1


def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_a_server_that_is_gone_accepts_nothing_and_what_is_on_record_is_shown(
    open_session: OpenSession, tmp_path: Path
) -> None:
    with EmbeddedSandbox(latency=0) as sandbox:
        open_session(sandbox.url)
        run = owl()
    open_session(closed_port())
    refused(
        ServerUnavailable,
        "did not take the request: it cannot be reached. Nothing was accepted or billed.",
        "Run the cell again when it is back",
        prompt="another owl",
    )
    assert len(runflow_nb.history(all=True)) == 1
    assert owl() == run


def test_a_sandbox_that_ends_in_the_middle_leaves_no_run_that_is_waited_for(open_session: OpenSession) -> None:
    with EmbeddedSandbox(latency=60) as slow:
        session = open_session(slow.url)
        job = runflow_nb.generate("an owl", background=True, **QUICK)
        deadline = time.monotonic() + 20
        while not any(run.accepted_at for run in runflow_nb.history(all=True)):
            assert time.monotonic() < deadline
    with pytest.raises(ServerUnavailable, match=r"Nothing was accepted or billed"):
        job.wait(60)
    (run,) = runflow_nb.history(all=True)
    assert (run.status, run.failure) == ("void", "the sandbox that ran it is gone")
    assert session.engine(session.settings()).open_runs() == []
    with EmbeddedSandbox(latency=0) as next_one:
        open_session(next_one.url)
        assert owl().take == 1
        assert len(next_one.book.runs) == 1


# --- a disk that takes nothing


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
    ignored = shutil.ignore_patterns("images", "open", "locks", "index.sqlite*")
    shutil.copytree(tmp_path / ".runflow", there, ignore=ignored)
    open_session(closed_port(), store=there)
    shown = owl()
    assert (shown.id, shown.cost) == (run.id, run.cost)
    assert shown.preview is not None
    assert shown.preview.path.exists()
    with pytest.raises(OriginalGone, match=r"is not in the store"):
        _ = shown.images[0].bytes


def test_a_damaged_delivery_is_kept_as_it_came_and_said_so(sandbox: EmbeddedSandbox, open_session: OpenSession) -> None:
    """What was paid for is not thrown away because it cannot be decoded; showing it again asks nothing of anybody."""
    whole = png()
    damaged = whole[:60] + b"\0" * (len(whole) - 60)

    with HttpServer(lambda _: Answer(body=damaged, headers={"Content-Type": "image/png"})) as storage:

        def elsewhere(heard: Heard, answer: Any) -> Any:
            if heard.method == "GET" and isinstance(answer, dict) and answer.get("output"):
                answer["output"]["outputs"][0]["url"] = f"{storage.url}/0.png"
            return answer

        with HttpServer(relay(sandbox.url, elsewhere)) as server:
            open_session(server.url)
            run = runflow_nb.generate("an owl", **QUICK)
            asked = len(server.heard)
            assert runflow_nb.generate("an owl", **QUICK) == run
            assert len(server.heard) == asked
    assert run.images[0].bytes == damaged
    assert run.preview is None
    assert any("damaged" in note for note in run.notes)
