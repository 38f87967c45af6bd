"""The nearest of what is allowed, for messages."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence

ALIASES = {
    "jpg": "jpeg",
    "4k": "4K",
    "uhd": "4K",
    "square": "1:1",
    "landscape": "16:9",
    "wide": "16:9",
    "widescreen": "16:9",
    "horizontal": "16:9",
    "portrait": "9:16",
    "tall": "9:16",
    "vertical": "9:16",
    "max": "high",
    "min": "minimal",
    "low": "minimal",
}
RATIO = re.compile(r"\s*(\d+(?:\.\d+)?)\s*[:x/×by-]+\s*(\d+(?:\.\d+)?)\s*", re.IGNORECASE)
DECIMAL = re.compile(r"\s*\d{1,9}\.\d{1,9}\s*")
PIXELS = re.compile(r"\s*(\d{3,5})\s*(?:px)?\s*")
SURE = 0.8
"""Above this likeness a value is taken for a misspelling of the other."""


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()


def _ratio(text: str) -> float | None:
    if DECIMAL.fullmatch(text):
        return float(text) or None
    match = RATIO.fullmatch(text)
    return float(match[1]) / float(match[2]) if match and float(match[2]) and float(match[1]) else None


def _number(text: str) -> float | None:
    match = re.fullmatch(r"\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*[kK]?\s*", text)
    return float(match[1]) if match else None


def _tier(value: str, choices: Sequence[str]) -> str:
    """`2048` as `2K`, where tiers are what is chosen from."""
    pixels = PIXELS.fullmatch(value)
    tiers = choices and all(choice.endswith("K") for choice in choices)
    return f"{int(pixels[1]) / 1024:g}K" if pixels and tiers else value


def _by_value(value: str, choices: Sequence[str], measure: Callable[[str], float | None]) -> str | None:
    wanted = measure(value)
    known = [(size, choice) for choice in choices if (size := measure(choice)) is not None]
    return None if wanted is None or not known else min(known, key=lambda pair: abs(pair[0] - wanted))[1]


def misspelling(value: str, allowed: Iterable[str]) -> str | None:
    """The allowed value that this one is plainly meant to be (`2k`, `16x9`, `jpg`), or None."""
    choices = list(allowed)
    plain = {_plain(choice): choice for choice in choices}
    key = _plain(value)
    alias = ALIASES.get(key)
    if key in plain:
        return plain[key]
    if alias in choices:
        return alias
    if (tier := _tier(value, choices)) in choices:
        return tier
    if match := RATIO.fullmatch(value):
        text = f"{match[1]}:{match[2]}"
        return text if text in choices else None
    close = difflib.get_close_matches(key, plain, n=1, cutoff=SURE)
    return plain[close[0]] if close else None


def nearest(value: str, allowed: Iterable[str]) -> str | None:
    """The allowed value nearest to this one, or None where nothing is near."""
    choices = list(allowed)
    if (meant := misspelling(value, choices)) is not None:
        return meant
    by_value = _by_value(value, choices, _ratio) or _by_value(_tier(value, choices), choices, _number)
    if by_value is not None:
        return by_value
    plain = {_plain(choice): choice for choice in choices}
    close = difflib.get_close_matches(_plain(value), plain, n=1, cutoff=0.5)
    return plain[close[0]] if close else None
