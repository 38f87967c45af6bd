"""Single values out of JSON that may hold anything: the value where it can be used, else None. None of these raises."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ..money import parse_usd

LARGEST_INTEGER = 2**63 - 1
"""What SQLite holds; no documented number is near it."""
LARGEST_AMOUNT = Decimal(10**9)
"""USD. Beyond it, it is no price."""
LONGEST_AMOUNT = 40
"""Characters of an amount."""


def text(value: object) -> str | None:
    """A text with something in it. Lone surrogates, which no file and no header can hold, become `?`."""
    if not isinstance(value, str) or not value.strip():
        return None
    return value.encode("utf-8", "replace").decode()


def first_text(*values: object) -> str | None:
    """The first of these that is a text."""
    return next((found for found in map(text, values) if found is not None), None)


def mapping(value: object) -> Mapping[str, Any]:
    """A JSON object, empty where it is anything else."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> Sequence[Any]:
    """A JSON array, empty where it is anything else."""
    return value if isinstance(value, list | tuple) else ()


def whole(value: object) -> int | None:
    """An integer, also where it is written as a text of digits or as a float without a fraction."""
    if isinstance(value, bool):
        return None
    number: int | None = None
    if isinstance(value, int):
        number = value
    elif isinstance(value, float) and math.isfinite(value) and value.is_integer():
        number = int(value)
    elif isinstance(value, str) and len(value) < 20 and value.isascii() and value.lstrip("-").isdigit():
        number = int(value) if value.count("-") == value.startswith("-") else None
    return number if number is not None and abs(number) <= LARGEST_INTEGER else None


def count(value: object) -> int | None:
    """An integer from 0 up; fractions are cut off."""
    if isinstance(value, float) and math.isfinite(value):
        value = math.trunc(value)
    number = whole(value)
    return number if number is not None and number >= 0 else None


def seconds(value: object) -> float | None:
    """A finite number from 0 up."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LARGEST_INTEGER:
        return None
    return float(value)


def flag(value: object) -> bool | None:
    """A boolean; of a list of booleans, whether one is true."""
    if isinstance(value, bool):
        return value
    known = [item for item in sequence(value) if isinstance(item, bool)]
    return any(known) if known else None


def amount(value: object) -> Decimal | None:
    """US dollars, from a decimal text or a number."""
    if isinstance(value, int) and abs(value) > LARGEST_AMOUNT:
        return None
    if not isinstance(value, str | int | float | Decimal) or len(str(value)) > LONGEST_AMOUNT:
        return None
    found = parse_usd(value)
    if found is None or found > LARGEST_AMOUNT:
        return None
    # An exponent of -999999 is a short text here, and a megabyte where it is shown.
    return found if -LONGEST_AMOUNT < int(found.as_tuple().exponent) < LONGEST_AMOUNT else None


def moment(value: object) -> datetime | None:
    """An ISO 8601 time in UTC, whether written with `Z`, an offset, or neither (then UTC)."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
