"""The outputs of a saved notebook that hold records of runs, each with its small picture. Pure.

Like the records alone they are looked for in the bytes: a notebook that is half written, or full of conflict markers,
still tells what can be read of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..middle_of_json import Reader
from ..notebook_file import MIME, RECORD

BUNDLE = re.compile(rb'"data"\s*:\s*(?=\{)')
"""Where an output's data begin; inside a text the quotes would be escaped."""
BUNDLE_STEPS = (2**18, 2**20, 2**22, 2**24)
"""Bytes in which the end of an output's data is looked for; a picture of ours has some 100 KB."""


class SavedOutput(NamedTuple):
    """One output."""

    record: Mapping[str, Any] | None
    """None where it is damaged."""
    data: Mapping[str, Any]
    """All that the output holds, by type; empty where that cannot be read."""


def outputs(data: bytes) -> Iterator[SavedOutput]:
    """The outputs with a record in a notebook's bytes, in their order."""
    reader = Reader(data)
    begins = [match.end() for match in BUNDLE.finditer(data)]
    last, bundle = -1, None
    for match in RECORD.finditer(data):
        record = reader.read(match.end())
        place = bisect_right(begins, match.end()) - 1
        if place != last:
            last, bundle = place, reader.read(begins[place], BUNDLE_STEPS) if place >= 0 else None
        yield SavedOutput(record, bundle if record is not None and bundle and bundle.get(MIME) == record else {})
