"""A store among threads, processes, copies and disks that cannot be written."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from runflow_nb.errors import StoreUnavailable
from runflow_nb.record import locks
from runflow_nb.record.ids import new_id
from runflow_nb.record.store import Store

from .conftest import HandClock
from .made import buy, intent

REPOSITORY = Path(__file__).parents[2]


def second(name: str, root: Path, *arguments: object, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.record.processes", name, str(root), *map(str, arguments)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=REPOSITORY, text=True, **pipes, **options)


def test_opening_and_asking_writes_nothing(root: Path) -> None:
    store = Store(root)
    assert store.index.slots("live", "r", None) == {}
    assert (store.index.query(), store.open_markers(), store.is_alive("x")) == ([], [], False)
    store.close()
    assert not root.parent.exists()


def test_the_first_write_makes_the_store_and_says_what_git_leaves_out(store: Store, root: Path) -> None:
    buy(store)
    assert (root / ".gitignore").read_text().split() == [
        *("/images/", "/open/", "/locks/", "/uploads/", "/index.sqlite*", "*.tmp")
    ]
    subprocess.run(["git", "init", "-q", str(root.parent)], check=True)
    store.mark_open("R")
    store.keep_preview(b"preview", "image/jpeg")
    store.images.put(b"\x89PNG\r\n\x1a\n")
    store.close()
    listed = subprocess.run(
        ["git", "-C", str(root.parent), "ls-files", "-o", "--exclude-standard"],
        check=True,
        text=True,
        capture_output=True,
    )
    assert {Path(name).parent.name for name in listed.stdout.split()} == {".runflow", "journal", "previews"}


def test_markers_come_and_go(store: Store) -> None:
    for run in ("B", "A"):
        store.mark_open(run)
    assert store.open_markers() == ["A", "B"]
    store.unmark_open("A")
    store.unmark_open("A")
    assert store.open_markers() == ["B"]


def test_a_preview_is_kept_under_its_hash(store: Store) -> None:
    key = store.keep_preview(b"bytes", "image/jpeg")
    assert store.preview(key, "image/jpeg", 2, 1).path.read_bytes() == b"bytes"
    assert store.keep_preview(b"bytes", "image/jpeg") == key


def test_ids_rise_even_when_the_clock_is_set_back(clock: HandClock) -> None:
    with ThreadPoolExecutor(8) as pool:
        many = list(pool.map(lambda number: new_id(2e9 - number), range(500)))
    assert len(set(many)) == 500
    store = Store(Path("unused"), clock=clock)
    ids = [store.new_id() for _ in range(3)]
    assert ids == sorted(ids)
    assert min(ids) > max(many)


def test_a_notebook_is_named_relative_to_the_folder_that_holds_the_store(root: Path, tmp_path: Path) -> None:
    store = Store(root)
    assert store.relative(root.parent / "a" / "fox.ipynb") == "a/fox.ipynb"
    assert store.relative("a/../fox.ipynb") == "fox.ipynb"
    assert store.relative(tmp_path / "elsewhere.ipynb") == str(tmp_path / "elsewhere.ipynb")
    assert store.relative(None) is None


def test_a_notebook_below_a_link_to_the_folder_is_named_relative_too(root: Path, tmp_path: Path) -> None:
    root.mkdir(parents=True)
    (tmp_path / "link").symlink_to(root.parent)
    assert Store(root).relative(tmp_path / "link" / "fox.ipynb") == "fox.ipynb"


def test_the_lock_keeps_out_processes_and_threads(root: Path) -> None:
    """Without the lock, some of the additions would be lost."""
    root.parent.mkdir()
    (root.parent / "number").write_text("0")
    others = [second("count", root, 100) for _ in range(2)]

    from .processes import count

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: count(root, 50), range(3)))
    for other in others:
        assert other.communicate()[1] == ""
    assert (root.parent / "number").read_text() == "350"


def test_two_processes_that_want_the_same_buy_it_once(root: Path) -> None:
    others = [second("claim", root, 40) for _ in range(2)]
    for other in others:
        assert other.communicate()[1] == ""
    runs = Store(root).index.query()
    assert sorted(int(run.prompt) for run in runs) == list(range(40))


def test_a_lock_that_is_held_too_long_is_an_error_and_stays_usable(root: Path) -> None:
    store, other = Store(root), Store(root)
    with store.lock():
        with pytest.raises(StoreUnavailable, match="has held its lock"), other.lock(timeout=0.05):
            pass
        path = root / "locks" / "store.lock"
        assert locks.take(path, 0) is None
    with other.lock(timeout=0.05):
        pass


def test_the_lock_is_given_back_when_what_it_guards_fails(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt), store.lock():
        raise KeyboardInterrupt
    with store.lock(timeout=0.05):
        pass


def test_the_lock_may_be_taken_in_one_thread_and_given_back_in_another(store: Store) -> None:
    held = store.lock()
    thread = threading.Thread(target=held.__enter__)
    thread.start()
    thread.join()
    held.__exit__(None, None, None)
    with store.lock(timeout=0.05):
        pass


def test_a_process_is_alive_until_it_is_killed(root: Path) -> None:
    store = Store(root)
    other = second("stay", root)
    assert other.stdout is not None
    session = other.stdout.readline().strip()
    assert store.is_alive(session)
    assert store.is_alive(store.session)
    assert [run.session for run in store.index.query()] == [session]
    other.kill()
    other.communicate()
    assert not store.is_alive(session)
    assert not store.is_alive(session)


def test_a_store_that_was_closed_is_no_longer_alive_for_others(root: Path) -> None:
    first, other = Store(root), Store(root)
    buy(first)
    assert other.is_alive(first.session)
    first.close()
    assert not other.is_alive(first.session)


def test_without_locks_a_process_counts_as_alive_for_ten_minutes(
    root: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network folders answer every lock with ENOLCK."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(FileLock, "acquire", refuse)
    first, other = Store(root, clock=clock), Store(root, clock=clock)
    buy(first)
    worked = other.locks_work
    with other.lock():
        assert (worked, other.locks_work) == (True, False)
        with pytest.raises(StoreUnavailable, match="another thread"), first.lock(timeout=0.05):
            pass
    clock.now += 599
    assert other.is_alive(first.session)
    clock.now += 2
    assert not other.is_alive(first.session)
    assert not other.is_alive("nobody")


def test_a_copied_store_works_and_shows_its_own_paths(root: Path, tmp_path: Path) -> None:
    store = Store(root)
    run = buy(store)
    store.close()
    copy = tmp_path / "colleague" / ".runflow"
    shutil.copytree(root, copy)
    shutil.rmtree(root)
    copied = Store(copy)
    found = copied.index.run(run)
    assert found is not None
    assert found.images[0].path.is_relative_to(copy)
    assert found.notebook == "fox.ipynb"
    assert copied.index.slots("live", found.recipe, None)[1].id == run
    newer = buy(copied, take=2)
    assert [other.id for other in copied.index.query()] == [newer, run]
    copied.close()


def test_a_store_that_cannot_be_written_is_read_and_refuses_purchases() -> None:
    nobody = 65534 if os.geteuid() == 0 else os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / ".runflow"
        store = Store(place)
        buy(store)
        store.mark_open("R")
        store.close()
        (place / "index.sqlite").unlink()
        before = sorted(Path(folder).rglob("*"))
        for found in (Path(folder), place, *place.iterdir()):
            found.chmod(0o555 if found.is_dir() else 0o444)
        out, err = second("read", place, nobody).communicate()
        assert err == ""
        assert out.splitlines() == ["1 1 1", *["this user may not write there"] * 3]
        assert sorted(Path(folder).rglob("*")) == before
        for found in (place, *place.iterdir()):
            found.chmod(0o755)


def test_a_journal_that_cannot_be_read_is_an_error_and_not_nothing(root: Path) -> None:
    root.mkdir(parents=True)
    (root / "journal").write_text("a file")
    with pytest.raises(StoreUnavailable, match="a file stands where a folder is needed"):
        Store(root).index.query()


def test_an_intent_that_cannot_be_written_is_refused(root: Path) -> None:
    root.parent.mkdir(parents=True)
    root.write_text("a file")
    store = Store(root)
    with pytest.raises(StoreUnavailable):
        store.mark_open("R")
    with pytest.raises(StoreUnavailable):
        store.journal.append(intent("R"))
    with pytest.raises(StoreUnavailable), store.lock():
        pass
