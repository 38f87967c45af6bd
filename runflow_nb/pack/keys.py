"""Keys, which go nowhere, and texts that look as if they should not go either. Pure.

A random forest is called `rf_` too, and its scores may stand in a notebook: only what is long enough, and mixed as
keys are, counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..plain import shortened
from ..secret import Secret
from .notebook import cells_of, source_of, texts

KEY = re.compile(
    rb"(?<!\w)(?:rf_live_\w{4,}|rf_(?:[a-z]+_)?(?=[A-Za-z0-9]*[0-9])[A-Za-z0-9]{12,}|rfk_\w{4,}|whsec_\w{4,})"
)
MARKS = (b"rf_", b"rfk_", b"whsec_")
"""What each of them begins with: looking for this first takes a tenth of the time."""
SHORTEST_KEY = 8
"""Characters: a shorter text stands somewhere by accident."""

SECRETS: Mapping[str, re.Pattern[str]] = {
    "a key of another service": re.compile(
        r"\b(?:sk-[\w-]{20,}|gh[pousr]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|AKIA[0-9A-Z]{16}|xox[abeprs]-[\w-]{10,}"
        r"|AIza[\w-]{35}|hf_[A-Za-z0-9]{30,}|r8_\w{30,})"
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a token": re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}|\b[Bb]earer\s+[\w.~+/-]{16,}"),
    "a password": re.compile(
        r"(?i)\b(?:password|passwort|passwd|passphrase|secret|token|api[_ -]?key)\b[\"']?\s*[:=]\s*[\"']?[^\s\"']{6,}"
    ),
    "an address with a password": re.compile(r"://[^/\s:@]+:[^/\s@]+@"),
    "a folder of this machine": re.compile(
        r"(?<![\w/.])/(?:home|Users)/[^/\s\"']+|\b[A-Za-z]:\\+Users\\+[^\\\s\"']+|(?<![\w/.])/root/"
    ),
}
"""What it looks like -> how that looks."""


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


def likely_secrets(text: str) -> list[str]:
    """What in this text looks as if it should not be handed on, in words."""
    return [words for words, pattern in SECRETS.items() if pattern.search(text)]


def _parts(notebook: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """(where, what) of all that a notebook holds."""
    for number, cell in enumerate(cells_of(notebook), 1):
        yield f"cell {number}, its text", source_of(cell)
        for part, value in cell.items():
            if part != "source":
                yield f"cell {number}, its {shortened(part, 20)}", [part, value]
    yield "the notebook's metadata", {name: value for name, value in notebook.items() if name != "cells"}
