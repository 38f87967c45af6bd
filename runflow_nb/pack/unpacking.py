"""Unpacking: a pack that was verified goes beside what is here. Overwrites nothing; all of it arrives, or none."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import DamagedPack, FilesInTheWay
from ..record import places
from ..record.disk import Disk
from ..record.fold import PACK, SOURCE
from ..record.journal import VERSION, encode, moment
from ..record.numbering import Group, Placed, place
from ..record.run import Run
from ..record.store import Store
from ..secret import Secret
from ..settings import FOLDER
from .archive import Archive, opened
from .lines import journal_file
from .manifest import Manifest
from .names import IMAGE, kind_of
from .verifying import Verified, verify


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was done."""

    notebook: Path
    new: bool
    """Whether the notebook was not here yet."""
    manifest: Manifest
    runs: tuple[Run, ...]
    """Those that are new here."""
    pictures: int
    """Originals and inputs that were written."""
    previews: int
    absent: int
    """Originals of its runs that are neither in the pack nor here."""
    placed: tuple[Placed, ...]
    """New runs that stand behind others of the same request."""

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return self.new or bool(self.runs or self.pictures or self.previews)


def unpack(path: Path, folder: Path, store: Store, key: Secret | None) -> Unpacked:
    """Bring the notebook into `folder` and its runs into `store`. Raises NotUnpacked, StoreUnavailable."""
    with opened(path) as archive:
        verified = verify(archive, store.root, key, store.clock.time())
        manifest = archive.manifest
        here = _here(store, verified.brought.runs)
        forgotten = {name for name, run in here.items() if run.forgotten}
        wanted = {
            name: target
            for name, target in _targets(archive, folder, store).items()
            if name == manifest.notebook or verified.speakers[name] - forgotten
        }
        missing = _missing(archive, wanted)
        new = [run for name, run in verified.brought.runs.items() if name not in here]
        placed: list[Placed] = []
        if missing or new:
            with _all_or_nothing(store.disk) as created:
                store.prepare()
                for name in sorted(missing, key=lambda name: name == manifest.notebook):
                    if name != manifest.notebook:
                        _bring(archive, name, missing[name], store.disk, created)
                with store.lock():
                    placed = _join(store, verified, new, folder / manifest.notebook, created)
                if manifest.notebook in missing:
                    _bring(archive, manifest.notebook, missing[manifest.notebook], store.disk, created)
    kinds = [kind_of(name) for name in missing]
    return Unpacked(
        notebook=folder / manifest.notebook,
        new=manifest.notebook in missing,
        manifest=manifest,
        runs=tuple(new),
        pictures=kinds.count("image"),
        previews=kinds.count("preview"),
        absent=_absent(store, verified, forgotten),
        placed=tuple(each for each in placed if each.before != each.take),
    )


def _here(store: Store, brought: Mapping[str, Run]) -> dict[str, Run]:
    """Those that are on record. What only a saved notebook told of is less than a journal's lines: then it is new."""
    known = store.index.runs(list(brought))
    return {run.id: run for run in known if run.forgotten or not run.from_notebook or brought[run.id].from_notebook}


def _absent(store: Store, verified: Verified, forgotten: set[str]) -> int:
    runs = (run for name, run in verified.brought.runs.items() if name not in forgotten)
    originals = {output.sha256 for run in runs for output in run.outputs}
    return sum(store.images.find(sha256) is None for sha256 in originals)


def _targets(archive: Archive, folder: Path, store: Store) -> dict[str, Path]:
    """Where each file goes that goes anywhere."""
    found = {archive.manifest.notebook: folder / archive.manifest.notebook}
    for name in archive.manifest.files:
        if kind_of(name) in ("image", "preview", "model"):
            found[name] = store.root / name.removeprefix(f"{FOLDER}/")
        if match := IMAGE.fullmatch(name):
            found[name] = store.images.find(match["sha256"]) or found[name]
    return found


def _missing(archive: Archive, wanted: Mapping[str, Path]) -> dict[str, Path]:
    """Those that are not here. Raises FilesInTheWay where others are."""
    missing, differing = {}, []
    for name, target in wanted.items():
        if not os.path.lexists(target):
            missing[name] = target
        # What was read of a model stays as it was read here.
        elif kind_of(name) != "model" and not _same(target, archive.manifest.files[name].sha256):
            differing.append(str(target))
    if differing:
        raise FilesInTheWay(archive.pack, differing)
    return missing


def _same(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as stream:
            found: str = hashlib.file_digest(stream, "sha256").hexdigest()
            return found == sha256
    except OSError:
        return False


@contextmanager
def _all_or_nothing(disk: Disk) -> Iterator[list[Path]]:
    """Takes away the files that are named in the list, where not all goes well."""
    created: list[Path] = []
    try:
        yield created
    except BaseException:  # an interrupt too
        for path in reversed(created):
            with suppress(Exception):
                disk.unlink(path)
        raise


def _bring(archive: Archive, name: str, target: Path, disk: Disk, created: list[Path]) -> None:
    """Write one file. Raises DamagedPack, FilesInTheWay, StoreUnavailable."""
    digest = hashlib.sha256()
    writer = disk.stream(target)
    try:
        for chunk in archive.chunks(name):
            digest.update(chunk)
            writer.write(chunk)
        if digest.hexdigest() != archive.manifest.files[name].sha256:
            raise DamagedPack(archive.pack, "was changed while it was unpacked")
        if not os.path.lexists(target):
            created.append(target)
            writer.finish()
        elif not _same(target, archive.manifest.files[name].sha256):
            raise FilesInTheWay(archive.pack, [str(target)])
    finally:
        writer.discard()


def _join(store: Store, verified: Verified, new: list[Run], notebook: Path, created: list[Path]) -> list[Placed]:
    """Write the journal file of the runs that are new here; the numbers that they got. Raises StoreUnavailable."""
    name = store.relative(notebook)
    # Another process may have brought some of them meanwhile.
    here = _here(store, {run.id: run for run in new})
    new[:] = [run for run in new if run.id not in here]
    placed = place(new, lambda group: _held(store, group, {run.id for run in new}))
    lines = [_line(event, name) for run in new for event in verified.brought.events[run.id] if _kept(event)]
    lines += [_line(event, name) for event in verified.brought.inputs if not _known(store, event, name)]
    now = moment(store.clock.time())
    lines += [
        encode({"v": VERSION, "at": now, "event": "renumbered", "run": each.run.id, "take": each.take})
        for each in placed
    ]
    data = b"".join(lines)
    path = store.root / places.JOURNAL / journal_file(data)
    if lines and not path.exists():
        created.append(path)
        store.disk.replace(path, data)
    return placed


def _held(store: Store, group: Group, new: set[str]) -> dict[int, Run]:
    slots = store.index.slots(group.origin, group.recipe, group.asked)
    return {take: run for take, run in slots.items() if run.id not in new}


def _kept(event: Mapping[str, Any]) -> bool:
    """Which number a run had elsewhere is said anew, where it has to be."""
    return str(event["event"]) != "renumbered"


def _line(event: Mapping[str, Any], notebook: str | None) -> bytes:
    """As it was packed, with the notebook as it is called here, and where it is from: anybody can write a pack, and
    what was paid elsewhere bounds no price and counts in no budget here."""
    named = {"notebook": notebook} if event.get("notebook") is not None else {}
    return encode({SOURCE: PACK, **event, **named})


def _known(store: Store, event: Mapping[str, Any], notebook: str | None) -> bool:
    named = notebook if event.get("notebook") is not None else None
    return store.index.input_digest(named, event["name"]) is not None
