"""The journal's lines as bytes: whole, readable, and without a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...private import keys_of_others
from ...secret import KEY, Secret
from .. import places
from ..disk import explained
from ..journal import decode
from ..scan import journals
from .finding import Finding

LIKELY = re.compile(rb"rf_|rfk_|whsec_", re.IGNORECASE)
"""What every key holds; looking for this first takes a tenth of the time."""
SHORTEST_KEY = 12
"""Characters: a shorter text stands somewhere by accident."""

FORGET = "if it stands in a prompt, %runflow forget takes that away"


@dataclass(frozen=True, slots=True)
class Lines:
    """What one journal file holds."""

    size: int
    """Bytes."""
    events: int
    findings: tuple[Finding, ...]


def read_lines(root: Path, key: Secret | None) -> Iterator[Lines]:
    """Each journal file of a store, in order of name. `key` is looked for besides what looks like one.

    Raises StoreUnavailable where one cannot be read.
    """
    for name in sorted(journals(root / places.JOURNAL)):
        yield _read(root / places.JOURNAL / name, f"{places.JOURNAL}/{name}", key)


def _read(path: Path, name: str, key: Secret | None) -> Lines:
    size = events = 0
    found: list[Finding] = []
    with explained(path), path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            size += len(line)
            where = f"{name}:{number}"
            found += _keys(line, where, key)
            if not line.endswith(b"\n"):
                found.append(_torn(where))
            elif decode(line) is not None:
                events += 1
            elif line.strip():
                found.append(_damaged(where))
    return Lines(size, events, tuple(found))


def _keys(line: bytes, where: str, key: Secret | None) -> Iterator[Finding]:
    if _holds_key(line, key):
        yield Finding("key", where, "a key stands in this line", f"Revoke it at app.runflow.io; {FORGET}")
    for words in keys_of_others(line.decode("utf-8", "replace")):
        yield Finding("key", where, f"{words} stands in this line", f"Revoke it where it was made; {FORGET}")


def _holds_key(line: bytes, key: Secret | None) -> bool:
    if key is not None and len(text := key.reveal()) >= SHORTEST_KEY and text.encode() in line:
        return True
    return bool(LIKELY.search(line)) and bool(KEY.search(line.decode("utf-8", "replace")))


def _torn(where: str) -> Finding:
    remedy = "It is passed over; if a run was cut off there, %runflow resume or its cell run again collects it"
    return Finding("torn line", where, "the last line is not whole", remedy)


def _damaged(where: str) -> Finding:
    remedy = "It is passed over; take the line back from git or from a backup, or else delete it"
    return Finding("damaged line", where, "this line cannot be read", remedy)
