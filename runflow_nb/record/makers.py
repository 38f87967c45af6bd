"""Which run delivered a file, by the file's hash alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import places
from .disk import unavailable
from .journal import decode
from .run import Run
from .scan import journals
from .store import Store


def maker(store: Store, sha256: str) -> Run | None:
    """The first run that delivered this file, and was not forgotten; None where none did. Raises StoreUnavailable.

    Asked seldom, so that nothing indexes it: the journal's text is looked through.
    """
    if not places.SHA256.fullmatch(sha256):
        return None
    folder = store.root / places.JOURNAL
    named = {run for name in journals(folder) for run in _naming(folder / name, sha256)}
    found = (run for run in store.index.runs(sorted(named)) if any(one.sha256 == sha256 for one in run.outputs))
    return next((run for run in found if run.delivered), None)


def _naming(path: Path, sha256: str) -> Iterator[str]:
    """The runs of the lines in which it stands."""
    wanted = sha256.encode()
    try:
        with path.open("rb") as stream:
            for line in stream:
                if wanted in line and (event := decode(line)) is not None and isinstance(run := event.get("run"), str):
                    yield run
    except OSError as error:
        raise unavailable(path, error) from error
