"""What texts look like that should not be handed on, Runflow's own keys apart. One rule for whatever looks. Pure.

What counts as a key is what nothing else looks like: class names of a library begin with `sk-` too, and what follows
"bearer" may be a word. The rest may be meant: it is said where something goes out, and stops nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

KEYS: Mapping[str, re.Pattern[str]] = {
    "a key of another service": re.compile(
        r"\b(?:sk-(?=[\w-]*[0-9])[\w-]{20,}|gh[pousr]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|AKIA[0-9A-Z]{16}"
        r"|xox[abeprs]-(?=[\w-]*[0-9])[\w-]{10,}|AIza[\w-]{35}|hf_[A-Za-z0-9]{30,}|r8_\w{30,})"
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a token": re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}|\b[Bb]earer\s+(?=[\w.~+/-]*[0-9])[\w.~+/-]{16,}"),
}
"""What it is -> how that looks."""
MARKS = ("-", "_", ".", " ", "AKIA", "AIza")
"""One of these is in each of them, and hardly one in a picture's bytes as a notebook has them: looking for these first
takes a tenth of the time."""
LONG = 4096
"""Characters from which on that is worth it."""
HOME = re.compile(r"(?<![\w/.])/(?:home|Users)/[^/\s\"']+|\b[A-Za-z]:\\+Users\\+[^\\\s\"']+|(?<![\w/.])/root/")
"""A folder of whoever works on a machine."""
LIKELY: Mapping[str, re.Pattern[str]] = {
    **KEYS,
    "a password": re.compile(
        r"(?i)\b(?:password|passwort|passwd|passphrase|secret|token|api[_ -]?key)\b[\"']?\s*[:=]\s*[\"']?[^\s\"']{6,}"
    ),
    "an address with a password": re.compile(r"://[^/\s:@]+:[^/\s@]+@"),
    "a folder of this machine": HOME,
}


def keys_of_others(text: str) -> list[str]:
    """What of this text is a key that is not Runflow's, in words."""
    if len(text) > LONG and not any(mark in text for mark in MARKS):
        return []
    return _seen(text, KEYS)


def likely_secrets(text: str) -> list[str]:
    """What in this text looks as if it should not be handed on, in words."""
    return _seen(text, LIKELY)


def _seen(text: str, patterns: Mapping[str, re.Pattern[str]]) -> list[str]:
    return [words for words, pattern in patterns.items() if pattern.search(text)]
