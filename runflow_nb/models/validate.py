"""One value against one field: the canonical value, or a problem with the nearest valid value, or a warning."""

from __future__ import annotations

import math
import operator
import re
from decimal import Decimal

from ..errors import Problem
from ..secret import without_keys
from .nearest import misspelling, nearest
from .spec import Field, ModelSpec, Value

WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4}
MISSING = {"prompt": "is missing: say what to draw"}
"""Field -> what is said where it is left out."""
SHOWN = 40
"""A value longer than this is cut in messages."""


def brief(value: object) -> str:
    """A value as short text for a message."""
    text = str(value) if isinstance(value, str | int | float) else type(value).__name__
    text = without_keys(text).replace("\n", " ").replace("\0", "\\0")
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def brief_path(path: str) -> str:
    """A path as short text for a message: of a long one the end, where the file's name is."""
    text = without_keys(path).replace("\n", " ").replace("\0", "\\0")
    return text if len(text) <= SHOWN else "…" + text[1 - SHOWN :]


def check(spec: ModelSpec, field: Field, value: object) -> tuple[Value | None, Problem | None, str | None]:
    """(canonical value, problem, warning): a value with a problem is None; a warning leaves the value standing."""
    if field.type == "boolean":
        return _boolean(field, value)
    if field.type == "integer":
        return _integer(field, value)
    if field.type == "number":
        return _number(field, value)
    return _string(spec, field, value)


def _boolean(field: Field, value: object) -> tuple[Value | None, Problem | None, str | None]:
    if isinstance(value, bool):
        return value, None, None
    known = WORDS.get(str(value).strip().casefold()) if isinstance(value, str | int) else None
    if known is not None:
        return known, None, None
    return None, Problem(field.name, brief(value), "takes true or false", nearest(str(value), ("true", "false"))), None


def _integer(field: Field, value: object) -> tuple[Value | None, Problem | None, str | None]:
    number = _whole(value)
    if number is None:
        meant = _meant(value)
        guess = None if meant is None else str(_clamped(field, meant))
        bounded = field.minimum is not None and field.maximum is not None
        reason = f"takes a whole number{f' from {field.minimum} to {field.maximum}' if bounded else ''}"
        return None, Problem(field.name, brief(value), reason, guess), None
    if _clamped(field, number) == number:
        return number, None, None
    reason = f"takes {_range(field)}"
    if field.counts_images or field.published("range"):
        return None, Problem(field.name, brief(value), reason, str(_clamped(field, number))), None
    return number, None, f"{field.name} {number}: probably {reason}; the API will judge"


def _number(field: Field, value: object) -> tuple[Value | None, Problem | None, str | None]:
    whole = _whole(value)
    number = whole if whole is not None else _real(value)
    if number is None:
        return None, Problem(field.name, brief(value), "takes a number"), None
    if _clamped(field, number) == number:
        return number, None, None
    return number, None, f"{field.name} {number}: probably takes {_range(field)}; the API will judge"


def _real(value: object) -> float | None:
    """A finite number with a fraction, as such or as text."""
    if isinstance(value, bool) or not isinstance(value, str | float | Decimal):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _range(field: Field) -> str:
    if field.maximum is None:
        return f"{field.minimum} or more"
    return f"{field.maximum} or less" if field.minimum is None else f"{field.minimum} to {field.maximum}"


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"\s*[+-]?\d{1,30}\s*", value, re.ASCII) else None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def _meant(value: object) -> int | None:
    """The whole number that was probably meant by `2.0`, `7,` or `two`."""
    if isinstance(value, float) and value == value and abs(value) < 1e15:
        return round(value)
    text = value.strip().casefold() if isinstance(value, str) else ""
    match = re.fullmatch(r"([+-]?\d{1,15})(?:\.0*)?\W*", text, re.ASCII)
    return int(match[1]) if match else NUMBERS.get(text)


def _clamped(field: Field, number: float) -> float:
    low = number if field.minimum is None else max(number, field.minimum)
    return low if field.maximum is None else min(low, field.maximum)


def _string(spec: ModelSpec, field: Field, value: object) -> tuple[Value | None, Problem | None, str | None]:
    digits = field.allowed and all(choice.isdigit() for choice in field.allowed)
    number = _whole(value) if digits else None
    text = str(number) if number is not None else value
    if not isinstance(text, str):
        guess = nearest(str(value), field.allowed) if field.allowed else None
        return None, Problem(field.name, brief(value), "takes text", guess), None
    if "\0" in text:
        return None, Problem(field.name, brief(text), "holds a null byte, which no text may"), None
    if any("\ud800" <= char <= "\udfff" for char in text):
        return None, Problem(field.name, "", "holds half of a surrogate pair, which is no valid text"), None
    if field.allowed or field.shape:
        return _listed(spec, field, text.strip())
    return _free(field, text.replace("\r\n", "\n").strip())


def _listed(spec: ModelSpec, field: Field, text: str) -> tuple[Value | None, Problem | None, str | None]:
    if text in field.allowed:
        return text, None, None
    choices = ", ".join(field.allowed)
    malformed = field.shape and not re.fullmatch(field.shape, text)
    if field.published("allowed") or malformed or misspelling(text, field.allowed):
        reason = f"not offered by {spec.id} ({choices})"
        return None, Problem(field.name, brief(text), reason, nearest(text, field.allowed)), None
    return text, None, f"{field.name} {text}: {spec.id} probably takes only {choices}; the API will judge"


def _free(field: Field, text: str) -> tuple[Value | None, Problem | None, str | None]:
    size, low, high = len(text), field.minimum or 0, field.maximum
    if field.required and not text:
        return None, Problem(field.name, "", MISSING.get(field.name, "is missing")), None
    if low <= size and (high is None or size <= high):
        return text, None, None
    allowed = f"{low} or more" if high is None else f"{low} to {high:,}"
    reason = f"has {size:,} character{'s' if size != 1 else ''}; {allowed} are allowed"
    if field.published("length"):
        return None, Problem(field.name, "", reason), None
    return text, None, f"{field.name} {reason} as far as is known; the API will judge"
