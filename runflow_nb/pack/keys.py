"""Keys, which go nowhere. Pure.

A random forest is called `rf_` too, and its scores may stand in a notebook: only what is long enough, and mixed as
keys are, counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..plain import shortened
from ..private import keys_of_others
from ..secret import Secret
from .notebook import cells_of, source_of, texts

KEY = re.compile(
    rb"(?<!\w)(?:rf_live_\w{4,}|rf_(?:[a-z]+_)?(?=[A-Za-z0-9]*[0-9])[A-Za-z0-9]{12,}|rfk_\w{4,}|whsec_\w{4,})"
)
MARKS = (b"rf_", b"rfk_", b"whsec_")
"""What each of them begins with: looking for this first takes a tenth of the time."""
SHORTEST_KEY = 8
"""Characters: a shorter text stands somewhere by accident."""


def holds_key(data: bytes, key: Secret | None) -> bool:
    """Whether a key stands in there: this very one, or what looks like one."""
    if key is not None and len(text := key.reveal()) >= SHORTEST_KEY and text.encode() in data:
        return True
    return any(KEY.match(data, place) for mark in MARKS for place in _places(data, mark))


def _places(data: bytes, mark: bytes) -> Iterator[int]:
    place = data.find(mark)
    while place >= 0:
        yield place
        place = data.find(mark, place + 1)


def keys_in_notebook(data: bytes, notebook: Mapping[str, Any], key: Secret | None) -> list[str]:
    """Where keys stand in a notebook. `data`: its bytes; `notebook`: the same, read."""
    # Neither escapes nor the lists in which long texts are kept hide one.
    found = [
        place
        for place, value in _parts(notebook)
        if any(holds_key(text.encode("utf-8", "replace"), key) for text in texts(value))
    ]
    return found or (["the notebook's file"] if holds_key(data, key) else [])


def other_keys_in_notebook(notebook: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(where, what) of each key that is not Runflow's, in words: in texts, outputs and metadata."""
    for place, value in _parts(notebook):
        yield from dict.fromkeys((place, words) for text in texts(value) for words in keys_of_others(text))


def _parts(notebook: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """(where, what) of all that a notebook holds."""
    for number, cell in enumerate(cells_of(notebook), 1):
        yield f"cell {number}, its text", source_of(cell)
        for part, value in cell.items():
            if part != "source":
                yield f"cell {number}, its {shortened(part, 20)}", [part, value]
    yield "the notebook's metadata", {name: value for name, value in notebook.items() if name != "cells"}
