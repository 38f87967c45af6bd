"""What a Run All would find on record, and beside its notebook. Only reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..record.audit.finding import Finding
from ..record.index import Index
from ..record.run import Run


@dataclass(frozen=True, slots=True)
class Known:
    """What a Run All would find on record."""

    index: Index
    notebook: Path
    going: Set[str] | None = None
    """Our ids of the runs that count, where not all do."""
    folder: Path | None = None
    """Where the pictures of its cells lie; None: where none do."""
    busy: bool = False

    def runs(self, ids: Iterable[str]) -> Mapping[str, Run]:
        """Those of these runs that are on record, by id."""
        return {run.id: run for run in self.index.runs(list(ids)) if self._counts(run)}

    def files(self, run: Run) -> Iterator[Finding]:  # noqa: ARG002 - as a Shelf has it
        """What is missing is told elsewhere."""
        return iter(())

    def slots(self, origin: str | None, recipe: str, asked: int | None) -> Mapping[int, Run]:
        """Take -> the run that holds it."""
        return {take: run for take, run in self.index.slots(origin, recipe, asked).items() if self._counts(run)}

    def digest(self, word: object) -> str | None:
        """What a picture's name stands for; None where only a kernel knows."""
        name = str(word)
        if self.folder is not None:
            with suppress(OSError, ValueError), (self.folder / name).open("rb") as stream:
                return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
        return self.index.input_digest(self.notebook.absolute(), name) or self.index.input_digest(None, name)

    def _counts(self, run: Run) -> bool:
        return self.going is None or run.id in self.going
