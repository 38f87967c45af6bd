"""The files of a store whose names are hashes: each is read and hashed again. Streams; several at once."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .. import places
from ..disk import explained
from .finding import Finding
from .references import References

NAME = re.compile(r"([0-9a-f]{64}|[0-9a-f]{32})\.\w+")
"""What an original, an input (64) or a preview (32) is called."""
ORIGINAL = 64
"""Characters of an original's name."""
THREADS = min(8, os.cpu_count() or 1)
HALF_WRITTEN = ".tmp"


@dataclass(frozen=True, slots=True)
class Hashed:
    """A file, read."""

    path: str
    """Relative to the store, with slashes."""
    size: int
    """Bytes."""
    digest: str
    """SHA-256; "" where it could not be read."""
    trouble: str = ""
    """Why it could not be read."""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def stem(self) -> str:
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        """What a record calls it: an original or an input by its hash, a preview by its name."""
        return self.stem if len(self.stem) == ORIGINAL else self.name

    @property
    def placed(self) -> bool:
        """Whether it lies where it is looked for."""
        return bool(NAME.fullmatch(self.name)) and self.path == f"{belongs(self)}{self.name}"


def hashed(root: Path) -> Iterator[Hashed]:
    """Every file in the folders of pictures. Raises StoreUnavailable where a folder cannot be read."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="runflow-check") as pool:
        for folder in (places.IMAGES, places.PREVIEWS):
            yield from pool.map(lambda path: _hash(root, path), _files(root / folder))


def kept(root: Path) -> frozenset[str]:
    """SHA-256 by which originals and inputs are called that lie where they are looked for; none is read.

    Raises StoreUnavailable where a folder cannot be read.
    """
    named = (Hashed(path.relative_to(root).as_posix(), 0, "") for path in _files(root / places.IMAGES))
    return frozenset(file.key for file in named if file.placed)


def _files(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise error

    with explained(folder):
        return [Path(inside, name) for inside, _, names in os.walk(folder, onerror=refuse) for name in sorted(names)]


def _hash(root: Path, path: Path) -> Hashed:
    name = path.relative_to(root).as_posix()
    try:
        with path.open("rb") as stream:
            return Hashed(name, os.fstat(stream.fileno()).st_size, hashlib.file_digest(stream, "sha256").hexdigest())
    except OSError as error:
        return Hashed(name, 0, "", error.strerror or type(error).__name__)


def judge(files: Iterable[Hashed], needed: References, named: set[str]) -> Iterator[Finding]:
    """What is wrong with each file. `named`: SHA-256 of inputs that only a name in a notebook stands for."""
    for file in files:
        remedy = needed.remedy(file.name)
        if file.trouble:
            yield Finding("unreadable file", file.path, f"cannot be read: {file.trouble}", "Look at its permissions")
        elif file.name.endswith(HALF_WRITTEN):
            what = "is half written, by a process that was killed or is at it"
            yield Finding(
                "stray file",
                file.path,
                what,
                "Delete it when no kernel runs; runflow-nb check --fix does, where that is certain",
            )
        elif not NAME.fullmatch(file.name):
            yield Finding("stray file", file.path, "is no file of a store", "Put it elsewhere, or delete it")
        elif not file.digest.startswith(file.stem):
            what = "its bytes are not those that its name says"
            yield Finding("changed file", file.path, what, f"Delete it. {remedy}" if remedy else "Delete it")
        elif not file.placed:
            what = "lies where nothing looks for it"
            yield Finding("stray file", file.path, what, f"Move it to {belongs(file)}")
        elif remedy is None and file.stem not in named:
            remedy = "Delete it, or bring back the journal file that told of it"
            yield Finding("stray file", file.path, "no record speaks of it", remedy)


def belongs(file: Hashed) -> str:
    """The folder in which it is looked for."""
    return f"{places.IMAGES}/{file.stem[:2]}/" if len(file.stem) == ORIGINAL else f"{places.PREVIEWS}/"
