"""Run ids: ULIDs, so that the order of the texts is the order in which they were drawn."""

from __future__ import annotations

import threading

_lock = threading.Lock()
_last = 0


LAST = 2**47
"""Milliseconds since 1970, some thousand years ahead: an id beyond was made up, and others go on below it."""


def new_id(now: float, above: str = "") -> str:
    """A ULID for this moment (seconds since 1970), above every one that this process drew before, and above this one.

    The older of two runs keeps a contested take, so a clock that was set back must not make a newer run look older.
    """
    from ulid import ULID

    global _last
    drawn = int.from_bytes(ULID.from_timestamp(float(now)).bytes, "big")
    with _lock:
        _last = max(drawn, _last + 1, _number(above) + 1)
        return str(ULID.from_bytes(_last.to_bytes(16, "big")))


def _number(text: str) -> int:
    """What this id counts; 0 where it is none."""
    from ulid import ULID

    try:
        number = int.from_bytes(ULID.from_str(text).bytes, "big")
    except ValueError:
        return 0
    return number if number >> 80 < LAST else 0
