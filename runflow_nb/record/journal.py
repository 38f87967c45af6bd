"""The journal: append-only files, one a session, one JSON object a line. The truth about every run."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..clock import Clock
from . import places
from .disk import Disk, explained

VERSION = 1
SUFFIX = ".jsonl"


class Journal:
    """Writes the journal file of this session. Any thread; what `append` returned from is on the disk."""

    def __init__(self, root: Path, session: str, disk: Disk, clock: Clock, prepare: Callable[[bool], None]) -> None:
        """`root`: the store's folder. `prepare` makes it ready for writing: anew, where it was swept clean."""
        self.path = root / places.JOURNAL / f"{session}{SUFFIX}"
        self._root = root
        self._session = session
        self._disk = disk
        self._clock = clock
        self._prepare = prepare
        self._lock = threading.Lock()
        self._written = bytearray()
        """All that lies in the file: a folder that is swept clean takes no run with it that may have cost money."""
        self._torn = False

    def append(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Write one event, with its version and moment, its notebook relative to the store; the event as written.

        Raises StoreUnavailable; then the event is not part of the record.
        """
        with self._lock:
            self._put_back()
            written = self._stamped(event)
            lines = encode(written)
            if not self._written:
                lines = encode(self._stamped({"event": "session", "session": self._session})) + lines
            # After a write that failed half a line may stand there; the newline ends it.
            lines = b"\n" + lines if self._torn else lines
            self._add(lines)
            self._written += lines
            return written

    def restore(self) -> None:
        """Put this session's file back where somebody deleted it. Raises StoreUnavailable."""
        with self._lock:
            if self._written:
                self._put_back()

    def _put_back(self) -> None:
        lost = bool(self._written) and not self.path.exists()
        self._prepare(lost)
        if lost:
            self._add(bytes(self._written))

    def _add(self, lines: bytes) -> None:
        try:
            self._disk.append(self.path, lines)
        except BaseException:  # an interrupt too
            self._torn = True
            raise
        self._torn = False

    def rewrite(self, change: Callable[[bytes], bytes | None]) -> None:
        """Put this session's file in place with what `change` makes of it (None: as it is); nothing is appended then.

        Raises StoreUnavailable; then the file is as it was.
        """
        with self._lock, explained(self.path):
            changed = change(self.path.read_bytes())
            if changed is not None:
                self._disk.replace(self.path, changed)
                self._written = bytearray(changed)

    def _stamped(self, event: Mapping[str, Any]) -> dict[str, Any]:
        now, up = moment(self._clock.time()), round(self._clock.monotonic(), 3)
        stamped = {"v": VERSION, "at": now, "up": up, **event}
        if "notebook" in stamped:
            stamped["notebook"] = places.notebook_name(self._root, stamped["notebook"])
        return stamped


def moment(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601, UTC, milliseconds: the order of the texts is the order of time."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(event: Mapping[str, Any]) -> bytes:
    """One line. NaN is let through: an odd number in an answer must not keep a paid run off the record."""
    try:
        line = json.dumps(event, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()
    except UnicodeEncodeError:  # half a surrogate pair has no UTF-8
        line = json.dumps(event, separators=(",", ":"), default=_plain).encode()
    return line + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the journal")


def decode(line: bytes) -> dict[str, Any] | None:
    """The event of one line, or None where the line is damaged."""
    try:
        event = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None
