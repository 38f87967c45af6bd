"""`check` names everything that is not as the journal says, each with its remedy; of a clean store it names nothing."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import runflow_nb
from runflow_nb import calls
from runflow_nb.cli import main
from runflow_nb.engine.session import Session
from runflow_nb.record.audit import files as audit_files
from runflow_nb.record.audit import store as audit_store
from runflow_nb.record.audit.finding import Figures, Finding
from runflow_nb.record.audit.report import LISTED, figures_text, report_text
from runflow_nb.record.audit.store import Audit, check_store
from runflow_nb.record.forget import forget
from runflow_nb.record.journal import encode
from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.secret import Secret

from .breaking import BROKEN, MOVED, change, journal, missing_original, original
from .made import accepted, buy, finished, intent

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}


@pytest.fixture(scope="module")
def bought(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store as real runs leave it: from text, from a file and from a run, several at once, one that was forgotten."""
    folder = tmp_path_factory.mktemp("bought")
    with EmbeddedSandbox(latency=0) as sandbox, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUNFLOW_BASE_URL", sandbox.url)
        patch.setenv("RUNFLOW_NB_STORE", str(folder / ".runflow"))
        patch.setenv("RUNFLOW_NB_NOTEBOOK", str(folder / "fox.ipynb"))
        session = Session()
        calls.use(session)
        Image.new("RGB", (40, 30), "red").save(folder / "red.png")
        owl = runflow_nb.generate("  an owl\r\n with a hat 🦉  ", **QUICK)
        runflow_nb.edit("at night", images=[owl, str(folder / "red.png")], aspect_ratio="16:9", **QUICK)
        runflow_nb.generate("many", num_images=2, seed=7, safety_tolerance=2, **QUICK)
        gone = runflow_nb.generate("a secret", **QUICK)
        forget(calls.current_store(), gone.id)
        session.close()
        calls.use(None)
        yield folder / ".runflow"


@pytest.fixture
def root(bought: Path, tmp_path: Path) -> Path:
    """A copy of it, to be broken."""
    return Path(shutil.copytree(bought, tmp_path / "work" / ".runflow"))


def everything(root: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(root.rglob("*"))}


def test_of_a_clean_store_nothing_is_named_and_nothing_is_written(root: Path) -> None:
    """Also where nothing may be written, and whether there is an index or not."""
    (root / "index.sqlite").unlink()
    for path in (root / "journal", root):
        path.chmod(0o555)
    before = everything(root)
    audit = check_store(root, Secret("never seen there"))
    assert audit.findings == ()
    files = [path for path in root.rglob("*") if path.is_file() and path.parent.name not in (".runflow", "locks")]
    assert audit.figures == Figures(
        files=len(files),
        bytes=sum(path.stat().st_size for path in files),
        runs=4,
        events=len(journal(root).read_text().splitlines()),
        recipes=3,
    )
    assert everything(root) == before
    root.chmod(0o755)


def test_a_store_of_nothing_is_clean(tmp_path: Path) -> None:
    assert check_store(tmp_path / "none") == Audit((), Figures(), ())
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("breaking", "kind", "what", "remedy"), BROKEN, ids=[row[0].__name__[1:] for row in BROKEN])
def test_each_thing_amiss_is_named_alone(
    root: Path, breaking: Callable[[Path], str], kind: str, what: str, remedy: str
) -> None:
    (root / "open").mkdir(exist_ok=True)
    if breaking in MOVED:
        (root / "index.sqlite").unlink()
    where = breaking(root)
    before = everything(root)
    (found,) = (each for each in check_store(root).findings if each.kind != "recipe" or kind == "recipe")
    assert (found.kind, found.where) == (kind, where)
    assert what in found.what
    assert remedy in found.remedy
    assert "\n" not in str(found)
    assert everything(root) == before


def test_an_original_that_is_gone_is_missed_where_it_was_made_and_where_it_went_in(root: Path) -> None:
    where = missing_original(root)
    first, second = check_store(root).findings
    assert (first.kind, first.where, second.kind) == ("missing original", where, "missing input")
    assert f"of {where}" in second.what


def test_what_is_bought_while_it_is_read_is_no_finding(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal is read once more."""
    writer, left = Store(root), [1]

    def hashed(folder: Path) -> Iterator[Any]:
        if left:
            left.pop()
            buy(writer, recipe="of another version", outputs=[], status="failed", cost=None)
        return real(folder)

    real = audit_files.hashed
    monkeypatch.setattr(audit_store, "hashed", hashed)
    audit = check_store(root)
    assert (audit.figures.runs, left) == (5, [])
    assert [found.kind for found in audit.findings] == ["missing preview"]  # `buy` makes none
    writer.close()


def test_an_index_that_saw_a_run_change_is_the_same_as_one_made_anew(root: Path) -> None:
    """Its session was told late by a merged file: the sums of the former one came to nothing, and their row stays."""
    store = Store(root)
    store.index.refresh()
    first = store.new_id()
    store.journal.append(intent(first, session="LATER", recipe="of another version", at="2026-01-02T00:00:00.000Z"))
    store.index.refresh()
    store.journal.append(intent(first, session="EARLIER", recipe="of another version", at="2026-01-01T00:00:00.000Z"))
    store.journal.append({"event": "void", "run": first, "reason": "refused"})
    store.index.refresh()
    store.index.save()
    with closing(sqlite3.connect(store.index.path)) as stored:
        assert (0,) in stored.execute("SELECT runs FROM totals").fetchall()
    store.close()
    assert check_store(root).findings == ()


def test_the_key_in_use_is_found_whatever_it_looks_like(root: Path) -> None:
    (root / "index.sqlite").unlink()
    change(root, "with a hat", "with 1234-5678-90ab")
    kinds = [found.kind for found in check_store(root, Secret("1234-5678-90ab")).findings]
    assert kinds == ["key", "recipe"]
    assert "1234-5678" not in str(check_store(root, Secret("1234-5678-90ab")).findings)


def test_a_key_of_another_service_in_a_prompt_is_found(root: Path) -> None:
    (root / "index.sqlite").unlink()
    change(root, "with a hat", "with sk-proj-abcdefghijklmnopqrstuvwxyz0123456789")
    key = next(found for found in check_store(root).findings if found.kind == "key")
    assert key.what == "a key of another service stands in this line"
    assert "%runflow forget" in key.remedy
    assert "sk-proj" not in str(check_store(root).findings)


def test_a_file_that_cannot_be_read_is_named(root: Path) -> None:
    path = original(root, 2)
    path.unlink()
    path.symlink_to(root / "nowhere")
    assert [found.kind for found in check_store(root).findings] == ["unreadable file"]


def test_the_shell_prints_findings_and_figures(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The store is named, is in the named folder, or is here."""
    assert main(["check", str(root)]) == 0
    clean = capsys.readouterr().out
    assert clean.endswith("Nothing was found amiss.\n")
    assert "4 runs (3 recipes derived again)" in clean
    original(root, 2).unlink()
    assert main(["check", str(root.parent)]) == 1
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith("missing original  run ")
    assert last == "1 finding."


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check"], "is no folder"),
        (["check", "."], "holds no journal"),
        (["check", "none"], "is not there"),
        (["check", ".runflow", "--connected"], "Not connected"),
    ],
)
def test_what_cannot_be_checked_is_no_finding(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    if ".runflow" in arguments:
        (here / ".runflow" / "journal").mkdir(parents=True)
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err


def test_many_of_a_kind_are_counted_unless_all_are_asked_for() -> None:
    many = [Finding("missing original", f"run {number}", "gone\x1b[2J", "Fetch it") for number in range(LISTED + 5)]
    few = [Finding("key", "journal/A.jsonl:1", "a key", "Revoke it")]
    lines = report_text([*many, *few], figures_text(Figures(1, 1_234_567, 2, 3, 1))).splitlines()
    assert lines[:2] == ["missing original  run 0: gone␛[2J", "                  Fetch it"]
    assert lines[2 * LISTED] == "                  and 5 more of this kind; --every lists all"
    assert lines[-5:] == [
        "key               journal/A.jsonl:1: a key",
        "                  Revoke it",
        "",
        "Checked 1 file (1.2 MB), 2 runs (1 recipe derived again), 3 events.",
        f"{LISTED + 6} findings.",
    ]
    assert "\x1b" not in "".join(lines)
    assert len(report_text([*many, *few], "", every=True).splitlines()) == 2 * (LISTED + 6) + 3


ODD: tuple[Any, ...] = (
    *(None, True, -1, float("nan"), "", "x", "\ud800", "1e999", "../../etc", 10**30),
    *([], [None], [{"file": "z" * 64, "digest": 3}], {}, {"file": "a/../b"}),
)


def _odd(event: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The event with some of its members, or of its input, as nobody would write them."""
    changed = {**event, **{chance.choice(list(event)): chance.choice(ODD) for _ in range(chance.randint(0, 3))}}
    if isinstance(given := changed.get("input"), dict):
        name = chance.choice(("image_urls", "num_images", "resolution", "prompt", ""))
        changed["input"] = {**given, name: chance.choice(ODD)}
    return changed


@pytest.mark.parametrize("seed", range(4))
def test_whatever_a_journal_holds_there_is_a_report(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = tmp_path / "journal" / "A.jsonl"
    path.parent.mkdir()
    for _ in range(25):
        written = b""
        for run in ("01RUNA", "01RUNB"):
            told = [
                intent(run, model=chance.choice(("google/nano-banana-2/edit", "a/b"))),
                accepted(run),
                finished(run),
            ]
            told += [{"event": "input", "notebook": "n", "name": "a", "digest": "b"}, {"event": "settled", "run": run}]
            lines = [
                encode({"v": 1, "at": chance.choice((5, "2026-01-01T00:00:00Z")), **_odd(each, chance)})
                for each in told
            ]
            written += b"".join(line[: chance.choice((9, None, None, None, None))] for line in lines)
        path.write_bytes(written)
        audit = check_store(tmp_path)
        assert audit.figures.files == 1
        assert report_text(audit.findings, figures_text(audit.figures))
