"""Files on their way into a pack: hashed and looked through for keys, several at once, before anything is written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ..record import places
from ..record.declarations import FOLDER as DECLARED
from ..record.run import Run
from ..record.store import Store
from ..secret import Secret
from ..settings import FOLDER
from .keys import holds_key

THREADS = min(4, os.cpu_count() or 1)
FRONT, BACK = 2**17, 2**16
"""Bytes at the beginning and the end of a picture in which its metadata stand; the pixels between hold no text."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of the store that the runs speak of."""

    key: str
    """What a record calls it: an original or an input by its SHA-256, any other by its file's name."""
    path: Path
    """Where it lies, or would."""
    name: str
    """What it is called in a pack."""
    digest: str = ""
    """What its SHA-256 begins with; "" where its name does not say it."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found there."""

    wanted: Wanted
    size: int
    """Bytes."""
    sha256: str
    """"" where there is no file."""
    changed: int
    """When the file was changed last, in ns."""
    key: bool
    """Whether a key stands in it."""

    @property
    def there(self) -> bool:
        return bool(self.sha256)

    @property
    def whole(self) -> bool:
        """Whether it is what its name says."""
        return self.there and self.sha256.startswith(self.wanted.digest)


def wanted(store: Store, runs: Iterable[Run], *, previews_only: bool) -> list[Wanted]:
    """All files that these runs speak of, each once, in the order of their names."""
    found: dict[str, Wanted] = {}
    for run in runs:
        if run.preview is not None:
            path = run.preview.path
            found[path.name] = Wanted(path.name, path, _name(store, path), path.stem)
        for sha256, expected in () if previews_only else _originals(store.root, run):
            path = store.images.find(sha256) or expected
            found[sha256] = Wanted(sha256, path, _name(store, path), sha256)
        declared = store.root / DECLARED / quote(run.origin, safe="") / f"{quote(run.model, safe='')}.json"
        if declared.is_file():
            name = _name(store, declared)
            found[name] = Wanted(name, declared, name)
    return sorted(found.values(), key=lambda each: each.name)


def _name(store: Store, path: Path) -> str:
    return f"{FOLDER}/{path.relative_to(store.root).as_posix()}"


def _originals(root: Path, run: Run) -> Iterator[tuple[str, Path]]:
    """(SHA-256, where it would lie) of all that was delivered and all that went in."""
    for output in run.outputs:
        yield output.sha256, output.path
    for picture in run.pictures:
        if isinstance(sha256 := picture.get("file"), str):
            yield sha256, places.original_path(root, sha256, "")


def look(files: Iterable[Wanted], key: Secret | None) -> list[Looked]:
    """Read each of them. One that cannot be read counts as not there."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="runflow-pack") as pool:
        return list(pool.map(lambda each: _look(each, key), files))


def _look(file: Wanted, key: Secret | None) -> Looked:
    try:
        with file.path.open("rb") as stream:
            known = os.fstat(stream.fileno())
            front = stream.read(FRONT)
            stream.seek(max(len(front), known.st_size - BACK))
            found = holds_key(front, key) or holds_key(stream.read(), key)
            stream.seek(0)
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return Looked(file, 0, "", 0, False)
    return Looked(file, known.st_size, sha256, known.st_mtime_ns, found)
