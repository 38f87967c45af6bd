"""Objects read out of the middle of a JSON text, whatever stands before and after them. Pure."""

from __future__ import annotations

import json
from typing import Any

RECORD_STEPS = (2**14, 2**16, 2**18, 2**20, 2**22)
"""Bytes in which the end of a record is looked for."""
WORK = 16
"""How many times its own size a text may be read over; one that was made to be read for ever is not."""
LEAST_WORK = 2**26
"""Bytes that any text may be read."""


class Reader:
    """Reads a text in pieces, and never much more than the text."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = max(WORK * len(data), LEAST_WORK)
        self._decoder = json.JSONDecoder()

    def read(self, begin: int, steps: tuple[int, ...] = RECORD_STEPS) -> dict[str, Any] | None:
        """The object that begins here; None where it has no end within the last of `steps` bytes, or is none."""
        for length in steps:
            piece = self._data[begin : begin + length]
            self._left -= len(piece)
            if self._left < 0:
                return None
            try:
                found, _ = self._decoder.raw_decode(piece.decode("utf-8", "replace"))
            except (ValueError, RecursionError):
                if len(piece) < length:
                    return None
            else:
                return found if isinstance(found, dict) else None
        return None
