"""A forgotten run: nothing of its prompt and pictures is left in the store, and its slot and its money are."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.errors import NotForgotten
from runflow_nb.record.disk import Disk, Writer
from runflow_nb.record.filters import Filter
from runflow_nb.record.forget import forget
from runflow_nb.record.journal import decode
from runflow_nb.record.store import Store

from .made import accepted, finished, intent, sha

SECRET = "a secret fox"
WORDS = (SECRET, "template", "metadata", "hook.example", "my fox.png", "said the API", "model data")
PNG = b"\x89PNG\r\n\x1a\n"


def pictures(store: Store, *contents: str) -> list[dict[str, Any]]:
    """Originals in the store, as a `finished` event lists them."""
    kept = [store.images.put(PNG + content.encode()) for content in contents]
    return [
        {"sha256": one.sha256, "format": "png", "mime": "image/png", "width": 8, "height": 8, "bytes": one.size}
        for one in kept
    ]


def secret(store: Store, ended: Store | None = None, content: str = SECRET) -> str:
    """A run that says its secret wherever an event may; its end may be written by another session."""
    run, took = store.new_id(), store.images.put(PNG + f"input of {content}".encode())
    given = {"digest": f"sha256:{took.sha256}", "name": "my fox.png", "source": "file", "file": took.sha256}
    preview = {
        "key": store.keep_preview(b"small " + content.encode(), "image/jpeg"),
        "mime": "image/jpeg",
        "width": 8,
        "height": 8,
    }
    said = {
        "prompt_template": "a template",
        "metadata": {"a": "metadata"},
        "callback_url": "https://hook.example/",
        "pictures": [given],
        "warnings": ["my fox.png is doubtful"],
        "input": {"resolution": "2K", "num_images": 2, "negative_prompt": SECRET, "image_urls": [given["digest"]]},
    }
    store.journal.append(intent(run, prompt=SECRET, session=store.session, **said))
    store.journal.append({"event": "input", "notebook": "fox.ipynb", "name": "my fox.png", "digest": given["digest"]})
    store.journal.append({"event": "amended", "run": run, "key": "k-2", "why": "said the API", "seed_sent": 11})
    store.journal.append(accepted(run))
    (ended or store).journal.append(
        finished(
            run,
            outputs=pictures(store, content, f"{content} too"),
            preview=preview,
            model_data={"text": "model data"},
            notes=[f"shows {SECRET}"],
            cost="0.31",
        )
    )
    return run


def everything(root: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())


def left_of(root: Path) -> set[str]:
    data = everything(root)
    return {word for word in WORDS if word.encode() in data}


def test_nothing_that_tells_of_the_picture_is_left(store: Store) -> None:
    run = secret(store)
    before = store.index.run(run)
    store.index.save()
    assert left_of(store.root) == set(WORDS)
    done = forget(store, run)
    assert (done.pictures, done.previews, done.shared) == (3, 1, 0)
    store.close()
    assert left_of(store.root) == set()
    assert [*store.root.rglob("*.png"), *store.root.rglob("*.jpg")] == []
    found = Store(store.root).index.run(run)
    assert found is not None
    assert before is not None
    assert (found.forgotten, found.prompt, found.images, found.preview) == (True, "", (), None)
    for fact in ("id", "run_id", "model", "origin", "status", "recipe", "take", "cost", "seeds", "notebook", "tags"):
        assert getattr(found, fact) == getattr(before, fact), fact
    for fact in ("created_at", "accepted_at", "completed_at", "duration", "estimate", "reserved", "phase", "org_id"):
        assert getattr(found, fact) == getattr(before, fact), fact
    assert found.input == {"resolution": "2K", "num_images": 2, "seed": 11}


def test_its_slot_and_its_money_stay(root: Path) -> None:
    store, other = Store(root), Store(root)
    run = secret(store)

    def money(of: Store) -> tuple[Any, ...]:
        index = of.index
        return (
            index.costs(),
            index.committed("live", session=store.session),
            index.observed_price("google/nano-banana-2", "2K"),
            index.durations("google/nano-banana-2", "2K"),
            [found.id for found in index.slots("live", "sha256:1:" + sha(SECRET), None).values()],
        )

    before = money(store)
    assert money(other) == before
    forget(store, run)
    for reader in (store, other, Store(root)):
        assert money(reader) == before
        assert reader.index.count([Filter(text="secret")]) == 0
    assert before[0] == {"live": Decimal("0.31")}
    other.close()
    store.close()
    assert left_of(root) == set()


def test_another_process_that_knew_it_writes_nothing_of_it_down_again(root: Path) -> None:
    store, other = Store(root), Store(root)
    run = secret(store)
    assert other.index.input_digest("fox.ipynb", "my fox.png") is not None
    forget(store, run)
    other.index.save()
    assert (root / "index.sqlite").exists()
    assert left_of(root) == set()
    assert other.index.input_digest("fox.ipynb", "my fox.png") is None
    store.close()


def test_what_another_run_refers_to_is_kept(store: Store) -> None:
    run, twin = secret(store), secret(store)
    third = store.new_id()
    original = (found := store.index.run(run)) and found.images[1].sha256
    store.journal.append(intent(third, pictures=[{"digest": f"sha256:{original}", "name": "x", "file": original}]))
    assert forget(store, run).shared == 3
    kept = store.index.run(twin)
    assert kept is not None
    assert all(image.path.exists() for image in kept.images)
    assert kept.preview is not None
    assert kept.preview.path.exists()
    assert store.index.input_digest("fox.ipynb", "my fox.png") is not None
    done = forget(store, twin)
    assert (done.pictures, done.previews, done.shared) == (2, 1, 1)
    assert kept.images[1].path.exists()


def test_every_other_line_is_as_it_was_and_where_it_was(root: Path) -> None:
    gone, store = Store(root), Store(root)
    around = [gone.new_id() for _ in range(2)]
    gone.journal.append(intent(around[0]))
    run = secret(gone)
    gone.journal.append(intent(around[1], prompt="an ümlaut"))
    with gone.journal.path.open("ab") as file:
        file.write(b'{"torn": "li')
    gone.close()
    before = gone.journal.path.read_bytes().split(b"\n")
    forget(store, run)
    after = gone.journal.path.read_bytes().split(b"\n")
    assert [len(line) for line in after] == [len(line) for line in before]
    changed = [number for number, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    mine = [
        n for n, line in enumerate(before) if (e := decode(line)) and (e.get("run") == run or e["event"] == "input")
    ]
    assert set(changed) <= set(mine)
    assert after[-1] == b'{"torn": "li'
    assert [found.id for found in store.index.open_runs()] == around
    store.close()


def test_a_run_that_is_not_over_is_not_forgotten(store: Store) -> None:
    waiting, doubtful = store.new_id(), store.new_id()
    store.journal.append(intent(waiting))
    store.journal.append(intent(doubtful))
    store.journal.append({"event": "unknown", "run": doubtful, "reason": "time-out"})
    before = everything(store.root / "journal")
    for run in (waiting, doubtful, "01NOBODY"):
        with pytest.raises(NotForgotten):
            forget(store, run)
    assert everything(store.root / "journal") == before
    void = store.new_id()
    store.journal.append(intent(void, prompt=SECRET))
    store.journal.append({"event": "void", "run": void, "reason": f"refused (422): {SECRET}"})
    forget(store, void)
    assert SECRET.encode() not in everything(store.root)


def test_what_a_living_process_has_written_is_left_to_it(root: Path) -> None:
    command = [sys.executable, "-m", "tests.record.processes", "stay", str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        store = Store(root)
        run = store.index.query()[0].id
        before = everything(root / "journal")
        with pytest.raises(NotForgotten, match="another kernel, which is still running"):
            forget(store, run)
        assert everything(root / "journal") == before
        process.kill()
        process.wait()
    assert forget(store, run).run.forgotten
    assert b"red fox" not in (root / "journal" / f"{name}.jsonl").read_bytes()
    store.close()


class Stopped(BaseException):
    """The program ends here."""


class StoppingDisk(Disk):
    """Ends the program after the k-th effect."""

    def __init__(self, left: int) -> None:
        self.left = left

    def _done(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Stopped

    def append(self, path: Path, data: bytes) -> None:
        super().append(path, data)
        self._done()

    def replace(self, path: Path, data: bytes) -> None:
        writer = Writer(path)
        writer.write(data)
        writer.finish()
        self._done()

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        self._done()


@pytest.mark.parametrize("step", range(1, 10))
def test_stopped_after_any_step_it_is_whole_or_completed_by_doing_it_again(root: Path, step: int) -> None:
    """Its lines lie in the files of two sessions that are gone, and in this one's."""
    first, second = Store(root), Store(root)
    run = secret(first, ended=second)
    first.close()
    second.close()
    store = Store(root)
    store.journal.append({"event": "finished", "run": run, "failure": SECRET, "cost": "0.31"})
    cost = store.index.costs()
    store.disk = store.journal._disk = StoppingDisk(step)
    try:
        forget(store, run)
        stopped = False
    except Stopped:
        stopped = True
    assert stopped == (step < 9), "there are eight steps"
    store.close()
    again = Store(root)
    found = again.index.run(run)
    assert found is not None
    assert (found.forgotten, found.prompt, found.images) == (True, "", ())
    assert again.index.costs() == cost
    again.index.save()
    forget(again, run)
    assert again.index.costs() == cost
    again.close()
    assert left_of(root) == set()
    assert list((root / "images").rglob("*.png")) + list((root / "previews").rglob("*.jpg")) == []


def test_doing_it_once_more_changes_nothing(store: Store) -> None:
    run = secret(store)
    forget(store, run)
    before = everything(store.root / "journal")
    assert forget(store, run).pictures == 0
    assert everything(store.root / "journal") == before


def test_what_was_left_of_indexes_goes_too(store: Store) -> None:
    """Set aside because it was damaged, or half written by a process that was killed."""
    run = secret(store)
    store.index.refresh()
    store.index.save()
    for name in ("index.sqlite.damaged", "index.sqlite.0123456789ab.tmp"):
        (store.root / name).write_bytes(store.index.path.read_bytes())
    forget(store, run)
    assert left_of(store.root) == set()


def test_a_copy_of_its_lines_that_comes_back_shows_nothing(store: Store) -> None:
    """As when a colleague's journal, which still has them, is merged."""
    run = secret(store)
    copy = store.journal.path.read_bytes()
    forget(store, run)
    (store.root / "journal" / "01COPY.jsonl").write_bytes(copy)
    found = store.index.run(run)
    assert found is not None
    assert (found.prompt, found.images, found.cost) == ("", (), Decimal("0.31"))
    assert store.index.count([Filter(text="secret")]) == 0
    forget(store, run)
    assert left_of(store.root) == set()
