"""Forgetting a run: its prompt and pictures leave the store, its id, its slot and what it cost stay.

The journal goes into git, so the prompt has to leave its lines. A journal file has one writer: only files of this
session, or of sessions that are gone, are put in place anew, and a line keeps its length, so that whoever knows where
lines lie is still right. The event comes first: from it on nobody shows the run, wherever the rest is stopped, and
doing it again completes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import NotForgotten
from . import places
from .disk import explained
from .journal import SUFFIX, decode, encode
from .redact import redact
from .run import Run, short_id
from .store import Store


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done. Counts are of files."""

    run: Run
    """As it is now on record."""
    pictures: int
    """Originals and inputs that were removed."""
    previews: int
    shared: int
    """Files that were kept, since other runs refer to them."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What the journal says of a run that has to go."""

    files: frozenset[str]
    """SHA-256 of originals and inputs."""
    previews: frozenset[tuple[str, str]]
    """(key, mime)."""
    digests: frozenset[str]
    """Of inputs, as the journal's map of names has them."""

    def names(self) -> set[str]:
        """Every text by which another run could refer to one of them."""
        return {*self.files, *(key for key, _ in self.previews), *self.digests}


def forget(store: Store, run: str) -> Forgotten:
    """Remove what this run shows and says; stopped anywhere, it is completed by being called again.

    Raises NotForgotten, with nothing changed, where the run is on its way, or where another living process has written
    what would have to go; StoreUnavailable.
    """
    with store.lock(), ExitStack() as held:
        known = store.index.run(run)
        if known is None:
            raise NotForgotten(run, "it is not on record")
        if known.open or known.phase == "unknown":
            raise NotForgotten(run, "it is not over; collect it first: %runflow resume")
        traces = _traces(_events(store, run))
        referred = _referred(store, run, traces.names())
        loose = traces.digests - referred
        changing = [path for path in _paths(store) if _changed(_read(path), run, loose) is not None]
        others = [path for path in changing if path != store.journal.path]
        if not all(held.enter_context(store.gone(path.stem)) for path in others):
            reason = "another kernel, which is still running, has written about it; shut that kernel down first"
            raise NotForgotten(run, reason)
        if not known.forgotten or (loose and changing):
            store.journal.append({"event": "forgotten", "run": run, "inputs": sorted(loose)})
        store.index.erase()
        done = _remove(store, run, traces, referred)
        if others != changing:
            store.journal.rewrite(lambda data: _changed(data, run, loose))
        for path in others:
            # Read once more: until it was held, its writer may have written.
            if (changed := _changed(_read(path), run, loose)) is not None:
                store.disk.replace(path, changed)
        store.index.put_anew([path.name for path in changing])
        store.index.save()
    return done


def _remove(store: Store, run: str, traces: Traces, referred: set[str]) -> Forgotten:
    """Take away the files. Before the lines, which are all that says which files these are."""
    originals = [path for sha256 in traces.files - referred if (path := store.images.find(sha256)) is not None]
    small = [places.preview_path(store.root, key, mime) for key, mime in traces.previews if key not in referred]
    previews = [path for path in small if path.exists()]
    shown = (store.root.parent / places.SHOWN).glob(f"*-{short_id(run)}[.-]*")
    uploaded = store.uploads.paths(traces.files - referred)
    for path in (*originals, *previews, *shown, *uploaded):
        store.disk.unlink(path)
    known = store.index.run(run)
    assert known is not None
    return Forgotten(known, len(originals), len(previews), len(traces.files & referred))


def _changed(data: bytes, run: str, loose: frozenset[str]) -> bytes | None:
    """A journal file's content without what has to go; None where nothing has to."""
    names = [name.encode() for name in (run, *loose)]
    if not any(name in data for name in names):
        return None
    lines = data.split(b"\n")
    changed = False
    for number, line in enumerate(lines):
        if any(name in line for name in names) and (event := decode(line)) is not None:
            left = _left(event, run, loose)
            if left != event:
                lines[number] = (b"" if left is None else encode(left)[:-1]).ljust(len(line))
                changed = True
    return b"\n".join(lines) if changed else None


def _left(event: Mapping[str, Any], run: str, loose: frozenset[str]) -> Mapping[str, Any] | None:
    """What stays of an event; None for nothing."""
    if event["event"] == "input" and event.get("digest") in loose:
        return None
    return redact(event) if event.get("run") == run else event


def _traces(events: Iterable[Mapping[str, Any]]) -> Traces:
    files, previews, digests = set(), set(), set()
    for event in events:
        for output in _mappings(event.get("outputs")):
            files.add(output.get("sha256"))
        for picture in _mappings(event.get("pictures")):
            files.add(picture.get("file"))
            digests.add(picture.get("digest"))
        for preview in _mappings([event.get("preview")]):
            key, mime = preview.get("key"), preview.get("mime")
            if isinstance(key, str) and isinstance(mime, str) and Path(key).name == key:
                previews.add((key, mime))
        if event["event"] == "forgotten" and isinstance(named := event.get("inputs"), list):
            digests.update(named)
    return Traces(_texts(files), frozenset(previews), _texts(digests))


def _texts(found: Iterable[object]) -> frozenset[str]:
    return frozenset(text for text in found if isinstance(text, str) and text)


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict):
            yield entry


def _referred(store: Store, run: str, names: set[str]) -> set[str]:
    """Those of these names that another run has written down."""
    found = set()
    for path in _paths(store):
        data = _read(path)
        there = {name.encode() for name in names if name.encode() in data}
        for line in data.split(b"\n") if there else ():
            named = {name.decode() for name in there if name in line}
            if named and not _speaks_only_of(decode(line), run):
                found |= named
    return found


def _speaks_only_of(event: Mapping[str, Any] | None, run: str) -> bool:
    """Whether no other run needs what this line names. A damaged line may be another run's."""
    return event is not None and (event.get("run") == run or event["event"] in ("input", "forgotten"))


def _events(store: Store, run: str) -> Iterator[Mapping[str, Any]]:
    """All that was written about a run, as it was written."""
    for path in _paths(store):
        data = _read(path)
        for line in data.split(b"\n") if run.encode() in data else ():
            if run.encode() in line and (event := decode(line)) is not None and event.get("run") == run:
                yield event


def _paths(store: Store) -> list[Path]:
    folder = store.root / places.JOURNAL
    with explained(folder):
        return sorted(folder.glob(f"*{SUFFIX}"))


def _read(path: Path) -> bytes:
    with explained(path):
        return path.read_bytes()
