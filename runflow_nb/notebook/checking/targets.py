"""What `check` is given: a notebook, a store or a pack, told by what lies there; each is checked and put right."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ...errors import InvalidCommand, NotANotebook, Problem, StoreUnavailable
from ...models.validate import brief_path
from ...pack.report import counted, readable
from ...record.audit.finding import Finding
from ...record.audit.fixing import put_right
from ...record.audit.known import Known
from ...record.audit.report import figures_text
from ...record.audit.store import check_store, is_store
from ...record.build import Stale
from ...record.notebook_file import LARGEST
from ...secret import Secret
from ...settings import FOLDER
from . import fixing
from .leaks import name_of
from .notebook import findings
from .packed import check_pack
from .saved import NotReadable, SavedNotebook, read
from .shelf import StoreShelf, is_busy

ATTEMPTS = 3
"""Times that a notebook is held against a journal to which others write meanwhile."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of one thing found."""

    path: Path
    kind: str
    """`notebook`, `store` or `pack`."""
    findings: tuple[Finding, ...]
    looked_at: str
    """How much was looked at, in words."""
    fixes: tuple[str, ...] = ()
    """What was put right, in words; or would be."""
    remarks: tuple[str, ...] = ()
    """What else is to be said, and is no finding."""
    runs: tuple[Known, ...] = field(default=(), repr=False)
    """Of a store: what a server could be asked about."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How things are checked."""

    now: datetime
    key: Secret | None = None
    store: Path | None = None
    """The store of notebooks; None: the one beside each."""
    fix: bool = False
    dry_run: bool = False
    """Only say what would be put right."""


def check(path: Path, manner: Manner, hint: str) -> Checked:
    """Check what lies there. `hint`: where all options are told.

    Raises InvalidCommand where nothing lies there that can be checked, NotANotebook, NotUnpacked, StoreUnavailable.
    """
    if path.is_dir():
        return check_root(_root_of(path, hint), manner)
    if not path.exists():
        raise InvalidCommand([Problem("", brief_path(str(path)), "is not there")], "option", hint)
    if path.suffix == ".zip" or (path.suffix != ".ipynb" and zipfile.is_zipfile(path)):
        return _pack(path, manner)
    return _notebook(path, manner)


def _root_of(folder: Path, hint: str) -> Path:
    for root in (folder, folder / FOLDER):
        if is_store(root):
            return root.absolute()
    problem = Problem("", brief_path(str(folder)), "holds no journal and no pictures: it is no store")
    raise InvalidCommand([problem], "option", hint)


def check_root(root: Path, manner: Manner) -> Checked:
    """Check the store in this folder, also where there is none yet. Raises StoreUnavailable."""
    audit = check_store(root, manner.key)
    fixes = tuple(put_right(root, audit.findings, dry_run=manner.dry_run)) if manner.fix else ()
    if fixes and not manner.dry_run:
        audit = check_store(root, manner.key)
    return Checked(root, "store", audit.findings, figures_text(audit.figures), fixes, audit.remarks, audit.runs)


def _pack(path: Path, manner: Manner) -> Checked:
    found = check_pack(path, manner.key, manner.now)
    told = f"{counted(found.files, 'file')} ({readable(found.bytes)}), {counted(found.runs, 'run')}"
    return Checked(path, "pack", found.findings, told, remarks=found.remarks)


def _notebook(path: Path, manner: Manner) -> Checked:
    saved, root = _read(path, manner.key), manner.store or path.absolute().parent / FOLDER
    fixes: tuple[str, ...] = ()
    if manner.fix:
        done = fixing.fixed(saved, busy=is_busy(root))
        fixes = done.fixes
        if fixes and not manner.dry_run:
            fixing.put(path, saved.data, done.data)
            saved = read(done.data, manner.key)
    found, remarks = _findings(saved, path, root, manner)
    told = [counted(len(saved.cells), "cell") + f" ({readable(len(saved.data))})"]
    told.append("held against its store" if is_store(root) else "no store beside it to hold it against")
    return Checked(path, "notebook", tuple(found), ", ".join(told), fixes, remarks)


def _findings(
    saved: SavedNotebook, path: Path, root: Path, manner: Manner
) -> tuple[Sequence[Finding], tuple[str, ...]]:
    """Findings and remarks."""
    for _ in range(ATTEMPTS):
        try:
            shelf = StoreShelf(root) if is_store(root) else None
            found = list(findings(saved, shelf, manner.key, manner.now, path.absolute().parent))
            return [*name_of(path, manner.key), *found], () if shelf is None else shelf.remarks
        except Stale:
            continue
    raise StoreUnavailable(str(root), "its files change while they are read")


def _read(path: Path, key: Secret | None) -> SavedNotebook:
    try:
        if path.stat().st_size > LARGEST:
            raise NotANotebook(str(path), f"has more than {LARGEST // 2**20} MiB")
        return read(path.read_bytes(), key)
    except NotReadable as reason:
        raise NotANotebook(str(path), str(reason)) from None
    except OSError as error:
        raise NotANotebook(str(path), f"cannot be read: {error.strerror or type(error).__name__}") from None
