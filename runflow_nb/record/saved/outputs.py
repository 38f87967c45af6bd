"""The outputs of a saved notebook that hold records of runs, each with its small picture. Pure.

Like the records alone they are looked for in the bytes: a notebook that is half written, or full of conflict markers,
still tells what can be read of it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..notebook_file import MIME, RECORD

BUNDLE = re.compile(rb'"data"\s*:\s*(?=\{)')
"""Where an output's data begin; inside a text the quotes would be escaped."""
RECORD_STEPS = (2**14, 2**16, 2**18, 2**20, 2**22)
"""Bytes in which the end of a record is looked for."""
BUNDLE_STEPS = (2**18, 2**20, 2**22, 2**24)
"""Bytes in which the end of an output's data is looked for; a picture of ours has some 100 KB."""
WORK = 16
"""How many times its own size a notebook may be read over; one that was made to be read for ever is not."""
LEAST_WORK = 2**26
"""Bytes that any notebook may be read."""


class SavedOutput(NamedTuple):
    """One output."""

    record: Mapping[str, Any] | None
    """None where it is damaged."""
    data: Mapping[str, Any]
    """All that the output holds, by type; empty where that cannot be read."""


def outputs(data: bytes) -> Iterator[SavedOutput]:
    """The outputs with a record in a notebook's bytes, in their order."""
    reader = _Reader(data)
    begins = [match.end() for match in BUNDLE.finditer(data)]
    last, bundle = -1, None
    for match in RECORD.finditer(data):
        record = reader.read(match.end(), RECORD_STEPS)
        place = bisect_right(begins, match.end()) - 1
        if place != last:
            last, bundle = place, reader.read(begins[place], BUNDLE_STEPS) if place >= 0 else None
        yield SavedOutput(record, bundle if record is not None and bundle and bundle.get(MIME) == record else {})


class _Reader:
    """Reads objects out of the middle of a JSON text."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = max(WORK * len(data), LEAST_WORK)
        self._decoder = json.JSONDecoder()

    def read(self, begin: int, steps: tuple[int, ...]) -> dict[str, Any] | None:
        """The object that begins here; None where it has no end, or is none."""
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
