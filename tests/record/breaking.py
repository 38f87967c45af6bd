"""A store, broken in one way after the other, and what `check` has to say of each."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from runflow_nb.record.journal import encode

from .made import accepted, intent, sha

KEY = "rf_live_abcdefghijkl"


def journal(root: Path) -> Path:
    (path,) = (root / "journal").glob("*.jsonl")
    return path


def events(root: Path, kind: str) -> list[dict[str, Any]]:
    return [event for line in journal(root).read_text().splitlines() if (event := json.loads(line))["event"] == kind]


def add(root: Path, *told: dict[str, Any]) -> None:
    """Events of another session."""
    at = {"v": 1, "at": "2026-01-01T00:00:00.000Z"}
    (root / "journal" / "OTHER.jsonl").write_bytes(b"".join(encode(at | event) for event in told))


def change(root: Path, old: str, new: str) -> None:
    text = journal(root).read_text()
    assert old in text
    journal(root).write_text(text.replace(old, new, 1))


def original(root: Path, number: int = 0) -> Path:
    """The first original of a delivered run."""
    sha256 = events(root, "finished")[number]["outputs"][0]["sha256"]
    (path,) = (root / "images" / sha256[:2]).glob(f"{sha256}.*")
    return path


def pictured(root: Path) -> Path:
    """The file that went in."""
    (picture,) = [each for each in events(root, "intent")[1]["pictures"] if each["source"] == "file"]
    return root / "images" / picture["file"][:2] / f"{picture['file']}.png"


def _damaged(root: Path) -> str:
    change(root, "\n", "\n<<<<<<< HEAD\n")
    return f"journal/{journal(root).name}:2"


def _torn(root: Path) -> str:
    lines = journal(root).read_bytes().splitlines(keepends=True)
    journal(root).write_bytes(b"".join(lines) + b'{"v":1,"at":"2026')
    return f"journal/{journal(root).name}:{len(lines) + 1}"


def _key(root: Path) -> str:
    change(root, "an owl", f"an owl {KEY}")
    return f"journal/{journal(root).name}:2"


def _no_intent(root: Path) -> str:
    add(root, accepted("01LOST"))
    return "journal/OTHER.jsonl"


def _open(root: Path, *told: dict[str, Any], mark: bool = True) -> str:
    # Its recipe is not derived again: its model is not in the catalog.
    add(root, intent("01OPENABCDEF", model="another/model"), *told)
    if mark:
        (root / "open" / "01OPENABCDEF").touch()
    return "run ABCDEF"


def _unknown(root: Path) -> str:
    return _open(root, {"event": "unknown", "run": "01OPENABCDEF", "reason": "no answer"})


def _no_marker(root: Path) -> str:
    return _open(root, mark=False)


def _marker_of_nothing(root: Path) -> str:
    (root / "open" / "01NOTHING").touch()
    return "open/01NOTHING"


def _marker_of_ended(root: Path) -> str:
    run = events(root, "finished")[0]["run"]
    (root / "open" / run).touch()
    return f"open/{run}"


def _recipe(root: Path) -> str:
    change(root, "with a hat", "without a hat")
    return f"run {events(root, 'intent')[0]['run'][-6:]}"


def _recipe_of_pictures(root: Path) -> str:
    began = events(root, "intent")[1]
    text = json.dumps(began["input"]["image_urls"], separators=(",", ":"))
    change(root, text, json.dumps(began["input"]["image_urls"][::-1], separators=(",", ":")))
    return f"run {began['run'][-6:]}"


def _take(root: Path) -> str:
    began = dict(events(root, "intent")[0])
    add(
        root,
        {**began, "run": "01ZZZZZZZZTWIN"},
        {**accepted("01ZZZZZZZZTWIN"), "run_id": "other"},
        {"event": "finished", "run": "01ZZZZZZZZTWIN", "status": "succeeded", "cost": "0.06"},
    )
    return "run ZZTWIN"


def _run_id(root: Path) -> str:
    run_id = events(root, "accepted")[0]["run_id"]
    add(
        root,
        intent("01ZZZZZZZZSAME", origin="sandbox", model="another/model"),
        {**accepted("01ZZZZZZZZSAME"), "run_id": run_id},
        {"event": "finished", "run": "01ZZZZZZZZSAME", "status": "failed", "cost": None},
    )
    return "run ZZSAME"


def _changed(root: Path) -> str:
    path = original(root)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    return path.relative_to(root).as_posix()


def _changed_input(root: Path) -> str:
    pictured(root).write_bytes(b"cut")
    return pictured(root).relative_to(root).as_posix()


def _changed_preview(root: Path) -> str:
    path = sorted((root / "previews").iterdir())[0]
    path.write_bytes(b"another")
    return path.relative_to(root).as_posix()


def _stray(root: Path) -> str:
    path = root / "images" / sha("stray")[:2] / f"{sha('stray')}.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"stray")
    return path.relative_to(root).as_posix()


def _half(root: Path) -> str:
    (root / "images" / ".incoming.0123.tmp").write_bytes(b"half")
    return "images/.incoming.0123.tmp"


def _other(root: Path) -> str:
    (root / "previews" / "Thumbs.db").write_bytes(b"")
    return "previews/Thumbs.db"


def _misplaced(root: Path) -> str:
    name = original(root).name
    # A second copy: what is looked for is still where it belongs.
    shutil.copyfile(original(root), root / "images" / name)
    return f"images/{name}"


def missing_original(root: Path) -> str:
    original(root).unlink()
    # It went into the second run too.
    return f"run {events(root, 'finished')[0]['run'][-6:]}"


def _missing_of_several(root: Path) -> str:
    original(root, 2).unlink()
    return f"run {events(root, 'finished')[2]['run'][-6:]}"


def _missing_sync(root: Path) -> str:
    change(root, '"prompt":"many"', '"sync_mode":true,"prompt":"many"')
    return _missing_of_several(root)


def _missing_input(root: Path) -> str:
    pictured(root).unlink()
    return f"run {events(root, 'intent')[1]['run'][-6:]}"


def _missing_preview(root: Path) -> str:
    ended = events(root, "finished")[0]
    (path,) = (root / "previews").glob(f"{ended['preview']['key']}.*")
    path.unlink()
    return f"run {ended['run'][-6:]}"


def _index(root: Path, text: str) -> str:
    with closing(sqlite3.connect(root / "index.sqlite")) as database:
        database.execute(text)
        database.commit()
    return "index.sqlite"


def _index_cost(root: Path) -> str:
    return _index(root, "UPDATE runs SET cost = '9.99'")


def _index_total(root: Path) -> str:
    return _index(root, "UPDATE totals SET confirmed = '9.99'")


def _index_of_others(root: Path) -> str:
    # As after a journal file was cut: the index speaks of more.
    return _index(root, "UPDATE files SET size = size + 1000")


def _index_garbage(root: Path) -> str:
    (root / "index.sqlite").write_bytes(b"garbage" * 1000)
    return "index.sqlite"


BROKEN: list[tuple[Callable[[Path], str], str, str, str]] = [
    (_torn, "torn line", "not whole", "its cell run again collects it"),
    (_damaged, "damaged line", "cannot be read", "git"),
    (_key, "key", "a key stands", "Revoke it"),
    (_no_intent, "no intent", "run 01LOST has events and no intent", "journal file that is not here"),
    (_open, "open", "up to $0.08 is held", "%runflow resume"),
    (_unknown, "unknown", "no answer tells", "%runflow settle ABCDEF --billed or --not-billed"),
    (_no_marker, "no marker", "no marker in open/, so that nobody resumes it", "%runflow cell ABCDEF"),
    (_marker_of_nothing, "loose marker", "no such run", "Delete it"),
    (_marker_of_ended, "loose marker", "has ended", "%runflow resume"),
    (_recipe, "recipe", "not that of the input", "git"),
    (_recipe_of_pictures, "recipe", "not that of the input", "git"),
    (_take, "take claimed twice", "take 1 was bought for it and for run", "--take 2 is this one"),
    (_run_id, "run id twice", "its cost counts twice", "app.runflow.io"),
    (_changed, "changed file", "not those that its name says", "--fetch brings it back, for nothing"),
    (_changed_input, "changed file", "not those that its name says", "Put the picture back"),
    (_changed_preview, "changed file", "not those that its name says", "anew from the originals"),
    (_stray, "stray file", "no record", "Delete it"),
    (_half, "stray file", "half written", "when no kernel runs"),
    (_other, "stray file", "no file of a store", "elsewhere"),
    (_misplaced, "stray file", "nothing looks for it", "Move it to images/"),
    (_missing_of_several, "missing original", "1 of its 2 originals", "--fetch brings it back, for nothing"),
    (_missing_sync, "missing original", "1 of its 2 originals", "cannot be fetched again"),
    (_missing_input, "missing input", "red.png", "Put the picture back"),
    (_missing_preview, "missing preview", "its preview", "anew from the originals: %runflow cell"),
    (_index_cost, "index", "its runs are not those", "delete it, and it is built anew"),
    (_index_total, "index", "its totals are not those", "delete it, and it is built anew"),
    (_index_of_others, "index", "lines that are not there", "built anew by itself"),
    (_index_garbage, "index", "cannot be read", "built anew by itself"),
]

MOVED = (_key, _recipe, _recipe_of_pictures, _missing_sync, _damaged)
"""What follows in the journal's file lies elsewhere then, as after no work of ours."""
