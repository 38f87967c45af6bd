"""A recipe as the JSON text that is written into a picture, and read from one that anybody may have written."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from ...models.declared import FIELD, MODEL_ID
from ...money import parse_usd
from ..places import SHA256
from ..run import Seeds
from .recipe import SCHEMA, Recipe, public_input
from .xmp import Unreadable

LONGEST = 2**20
"""Characters of a recipe."""
LARGEST_NUMBER = 2**63
SHORT_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{0,200}")
MOST_VALUES = 200
"""Of an input, and of a list in it."""
DIGEST = re.compile(r"(sha256|url):[0-9a-f]{64}")
ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


def dump(recipe: Recipe) -> str:
    """The same text for the same run on every machine."""
    given, left_out = public_input(recipe.input)
    seeds = recipe.seeds
    told = {
        "schema": SCHEMA,
        "tool": _tool(),
        "model": recipe.model,
        "input": given,
        "pictures": list(recipe.digests),
        "seeds": {"asked": seeds.asked, "sent": seeds.sent, "returned": seeds.returned},
        "take": recipe.take,
        "recipe": recipe.recipe,
        "origin": recipe.origin,
        "run": recipe.run,
        "run_id": recipe.run_id,
        "created_at": recipe.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "cost": None if recipe.cost is None else str(recipe.cost),
        "original": {"sha256": recipe.sha256, "number": recipe.number},
        **({"left_out": list(left_out)} if left_out else {}),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _tool() -> str:
    # By its name: a record that imported the whole package would, to those who check who knows whom, know everybody.
    return f"runflow_nb {sys.modules[__name__.partition('.')[0]].__version__}"


def load(text: str) -> Recipe:
    """Raises Unreadable for whatever we would not have written."""
    if len(text) > LONGEST:
        raise Unreadable("it is too long")
    try:
        told = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unreadable("it is no JSON") from None
    told = _mapping(told, "it")
    schema = told.get("schema")
    if schema != SCHEMA or isinstance(schema, bool):
        newer = isinstance(schema, int) and schema > SCHEMA
        raise Unreadable(f"a newer version wrote it (schema {schema})" if newer else "its schema is not known")
    original, seeds = _mapping(told.get("original"), "original"), _mapping(told.get("seeds"), "seeds")
    model = _text(told, "model")
    if not MODEL_ID.fullmatch(model):
        raise Unreadable("its model is none")
    number = _number(original, "number")
    # Also what others wrote is not shown with a key in it.
    given, withheld = public_input(_input(told.get("input")))
    left_out = [_text({"left_out": one}, "left_out") for one in _list(told.get("left_out", []))]
    return Recipe(
        model=model,
        input=given,
        seeds=Seeds(*(_number(seeds, name) for name in ("asked", "sent", "returned"))),
        take=max(1, _number(told, "take") or 1),
        recipe=_text(told, "recipe"),
        origin=_text(told, "origin"),
        run=_fitting(told, "run", ULID),
        run_id=None if told.get("run_id") is None else _text(told, "run_id"),
        created_at=_moment(_text(told, "created_at")),
        cost=None if told.get("cost") is None else parse_usd(_text(told, "cost")),
        sha256=_fitting(original, "sha256", SHA256),
        number=max(0, number or 0),
        digests=tuple(_fitting({"pictures": one}, "pictures", DIGEST) for one in _list(told.get("pictures"))),
        left_out=tuple(dict.fromkeys([*left_out, *withheld])),
        tool=_text(told, "tool"),
    )


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is no object")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_VALUES:
        raise Unreadable("a list of it is none, or too long")
    return value


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not SHORT_TEXT.fullmatch(value) or _unpaired(value):
        raise Unreadable(f"{name} is no short text")
    return value


def _fitting(told: Mapping[str, Any], name: str, shape: re.Pattern[str]) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Unreadable(f"{name} is not what it should be")
    return value


def _number(told: Mapping[str, Any], name: str) -> int | None:
    value = told.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= LARGEST_NUMBER:
        raise Unreadable(f"{name} is no number that can be")
    return value


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable("created_at is no moment") from None


def _input(value: object) -> Mapping[str, Any]:
    given = _mapping(value, "input")
    if len(given) > MOST_VALUES or not all(FIELD.fullmatch(name) and _plain(value) for name, value in given.items()):
        raise Unreadable("its input is none that can be sent")
    return given


def _plain(value: object) -> bool:
    """Texts, numbers, and lists of texts are all that is ever sent."""
    match value:
        case str():
            return not _unpaired(value)
        case bool():
            return True
        case int() | float():
            return abs(value) < LARGEST_NUMBER
        case list():
            return len(value) <= MOST_VALUES and all(isinstance(one, str) and not _unpaired(one) for one in value)
    return False


def _unpaired(text: str) -> bool:
    """Whether it holds half a character, which nothing can write."""
    return any("\ud800" <= char <= "\udfff" for char in text)
