"""Run ids: ULIDs, so that the order of the texts is the order in which they were drawn."""

from __future__ import annotations

import re
import threading

_lock = threading.Lock()
_last = 0

ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
"""A ULID."""
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
AHEAD = 86_400
"""Seconds by which another machine's clock may be ahead of this one's."""
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


def is_made_up(run: str, now: float) -> bool:
    """Whether a ULID says that it is drawn later than can be: all that are drawn here go above those on record, and
    would follow it there. `now`: seconds since 1970."""
    drawn = 0
    for char in run[:10]:
        drawn = drawn * 32 + ALPHABET.index(char)
    return drawn > (now + AHEAD) * 1000


def _number(text: str) -> int:
    """What this id counts; 0 where it is none."""
    from ulid import ULID

    try:
        number = int.from_bytes(ULID.from_str(text).bytes, "big")
    except ValueError:
        return 0
    return number if number >> 80 < LAST else 0
