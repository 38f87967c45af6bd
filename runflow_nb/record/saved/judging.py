"""A run in a notebook's record, believed only as far as it is what this package writes. Pure.

Anybody can write such a record. So none of its words becomes a path, an address or money that counts: it is a finished
run, with its facts in the bounds that facts of runs have, or it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from ...models.declared import MODEL_ID
from ...models.price import CERTAINTY
from ...money import parse_usd
from ..fold import NOTEBOOK, SOURCE
from ..formats import FORMATS
from ..ids import AHEAD, ID, is_made_up
from ..journal import VERSION
from ..output_file import KIND
from ..places import SHA256
from ..run import DELIVERED

RUN_ID = re.compile(r"[\w-]{1,128}", re.ASCII)
ORIGIN = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}", re.ASCII)
RECIPE = re.compile(r"sha256:\d{1,4}:[0-9a-f]{64}", re.ASCII)
DIGEST = re.compile(r"(sha256|url):[0-9a-f]{64}")
WORD = re.compile(r"[a-z][a-z0-9_-]{0,39}")
MIME = re.compile(r"[a-z]+/[A-Za-z0-9.+-]{1,80}|", re.ASCII)
STATUSES = DELIVERED | {"failed", "canceled"}
"""Those of a run that has ended."""
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
LONGEST, LONGEST_NAME = 200_000, 255
"""Characters of a text, and of what has a shape of its own."""
MOST_OUTPUTS, MOST_PICTURES, MOST_NOTES, MOST_FIELDS, MOST_VALUES = 64, 64, 64, 200, 2_000
DEEPEST = 12
LARGEST_NUMBER = 2**63
NAMES = {known.mime: known.name for known in FORMATS.values()}


class NotARun(ValueError):
    """This is none of our records; the text says what of it cannot be, ready to follow "its"."""


def events_of(run: object, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """(how it began, how it ended), as a journal would tell them. Raises NotARun.

    Each says that it comes from a saved notebook. What only a journal knows is absent: no key, no sum held, no preview,
    no word on the session, the machine and the organisation.
    """
    known = _Facts(_mapping(run, "form"))
    created = known.moment("created_at", now)
    completed = known.moment("completed_at", now) if known.given("completed_at") else created
    mark = {"v": VERSION, "run": known.id("id", now), SOURCE: NOTEBOOK}
    seeds = _Facts(_mapping(known.value("seeds"), "seeds"))
    price = _Facts(_mapping(known.value("estimate"), "estimate"))
    images = [_image(one) for one in known.entries("images", MOST_OUTPUTS)]
    files = [_file(one) for one in known.entries("files", MOST_OUTPUTS)]
    status = known.text("status")
    if status not in STATUSES:
        raise NotARun("status")
    if status in DELIVERED and not (images or files):
        raise NotARun("outputs")
    given = known.input()
    began = {
        **mark,
        "at": moment_text(created),
        "event": "intent",
        "origin": known.matched("origin", ORIGIN),
        "model": known.matched("model", MODEL_ID),
        "recipe": known.matched("recipe", RECIPE),
        "input": given,
        "seed_asked": seeds.number("asked"),
        "seed_sent": seeds.number("sent"),
        "take": known.take(),
        "remake_of": known.matched_or_none("remake_of", ID),
        "estimate": {"amount": price.money("amount"), "kind": price.kind()},
        "prompt_template": known.text_or_none("prompt_template"),
        "metadata": known.metadata(),
        "pictures": [_picture(one) for one in known.entries("pictures", MOST_PICTURES)] or _pictures_of(given),
        "warnings": known.texts("warnings"),
    }
    ended = {
        **mark,
        "at": moment_text(completed),
        "event": "finished",
        "run_id": known.matched_or_none("run_id", RUN_ID),
        "status": status,
        "cost": known.money("cost"),
        "seed_returned": seeds.number("returned"),
        "duration": known.seconds("duration"),
        "nsfw": known.flag("nsfw"),
        "outputs": [*images, *files],
        "notes": known.texts("notes"),
    }
    return began, ended


class _Facts:
    """The fields of one object. Every reading raises NotARun where a field is not what it is to be."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def given(self, name: str) -> bool:
        return self._given.get(name) is not None

    def value(self, name: str) -> object:
        return self._given.get(name)

    def text(self, name: str) -> str:
        return _text(self._given.get(name), name)

    def text_or_none(self, name: str) -> str | None:
        return self.text(name) if self.given(name) else None

    def texts(self, name: str) -> list[str]:
        return [_text(one, name) for one in self.entries(name, MOST_NOTES)]

    def entries(self, name: str, most: int) -> Sequence[object]:
        found = self._given.get(name, [])
        if not isinstance(found, list) or len(found) > most:
            raise NotARun(name)
        return found

    def matched(self, name: str, shape: re.Pattern[str]) -> str:
        found = self._given.get(name)
        if not isinstance(found, str) or len(found) > LONGEST_NAME or not shape.fullmatch(found):
            raise NotARun(name)
        return found

    def matched_or_none(self, name: str, shape: re.Pattern[str]) -> str | None:
        return self.matched(name, shape) if self.given(name) else None

    def number(self, name: str, least: int = -LARGEST_NUMBER) -> int | None:
        found = self._given.get(name)
        if found is None:
            return None
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found < LARGEST_NUMBER:
            raise NotARun(name)
        return found

    def take(self) -> int:
        return self.number("take", 1) or _refuse("take")

    def seconds(self, name: str) -> float | None:
        found = self._given.get(name)
        if found is None:
            return None
        if not isinstance(found, int | float) or isinstance(found, bool) or not 0 <= found < LARGEST_NUMBER:
            raise NotARun(name)
        return float(found)

    def flag(self, name: str) -> bool | None:
        found = self._given.get(name)
        if found is not None and not isinstance(found, bool):
            raise NotARun(name)
        return found

    def money(self, name: str) -> str | None:
        found = self._given.get(name)
        if found is None:
            return None
        if not isinstance(found, str) or len(found) > MOST_NOTES or parse_usd(found) is None:
            raise NotARun(name)
        return found

    def kind(self) -> str:
        found = self._given.get("kind")
        return next((kind for kind in CERTAINTY if kind == found), None) or _refuse("estimate")

    def moment(self, name: str, now: datetime) -> datetime:
        try:
            found = datetime.fromisoformat(self.text(name)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise NotARun(name) from None
        if not FIRST <= found <= now + timedelta(seconds=AHEAD):
            raise NotARun(name)
        return found

    def id(self, name: str, now: datetime) -> str:
        found = self.matched(name, ID)
        if is_made_up(found, now.timestamp()):
            raise NotARun(name)
        return found

    def input(self) -> dict[str, Any]:
        found = _mapping(self._given.get("input"), "input")
        if len(found) > MOST_FIELDS or not all(map(_is_input, found.values())):
            raise NotARun("input")
        return {_text(name, "input"): value for name, value in found.items()}

    def metadata(self) -> Mapping[str, Any] | None:
        found = self._given.get("metadata")
        if found is None:
            return None
        left = [MOST_VALUES]
        if not isinstance(found, dict) or not _is_plain(found, left, DEEPEST):
            raise NotARun("metadata")
        return found


def _image(given: object) -> dict[str, Any]:
    known = _Facts(_mapping(given, "images"))
    mime = known.text("mime")
    return {
        "sha256": known.matched("sha256", SHA256),
        "format": NAMES.get(mime) or _refuse("images"),
        "mime": mime,
        "width": known.number("width", 0),
        "height": known.number("height", 0),
        "bytes": known.number("bytes", 0),
    }


def _file(given: object) -> dict[str, Any]:
    known = _Facts(_mapping(given, "files"))
    return {
        "sha256": known.matched("sha256", SHA256),
        "type": known.matched("type", KIND),
        "mime": known.matched("mime", MIME),
        "bytes": known.number("bytes", 0),
        "width": known.number("width", 0),
        "height": known.number("height", 0),
        "duration": known.seconds("duration"),
    }


def _picture(given: object) -> dict[str, Any]:
    known = _Facts(_mapping(given, "pictures"))
    return {
        "digest": known.matched("digest", DIGEST),
        "typed": known.text_or_none("typed"),
        "name": known.text("name"),
        "source": known.matched("source", WORD),
    }


def _pictures_of(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The pictures that went in, where the record says nothing of their names."""
    lists = [value for value in given.values() if isinstance(value, list)]
    single = [[value] for value in given.values() if isinstance(value, str) and DIGEST.fullmatch(value)]
    return [{"digest": digest} for digest in next(iter([*lists, *single]), [])]


def _is_input(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= MOST_PICTURES and all(isinstance(one, str) and DIGEST.fullmatch(one) for one in value)
    return not isinstance(value, dict | None) and _is_plain(value, [1], 1)


def _is_plain(value: object, left: list[int], deep: int) -> bool:
    """Whether it is what JSON carries, of a size that is handled at once. `left`: values that may still come."""
    left[0] -= 1
    if left[0] < 0 or deep < 0:
        return False
    match value:
        case None | bool():
            return True
        case int() | float():
            return -LARGEST_NUMBER <= value < LARGEST_NUMBER
        case str():
            return len(value) <= LONGEST and _is_text(value)
        case list():
            return all(_is_plain(one, left, deep - 1) for one in value)
        case dict():
            return all(_is_text(name) and _is_plain(one, left, deep - 1) for name, one in value.items())
    return False


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST or not _is_text(value):
        raise NotARun(name)
    return value


def _is_text(value: str) -> bool:
    """Half of a surrogate pair can be written to no terminal."""
    return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _refuse(name)


def _refuse(name: str) -> NoReturn:
    raise NotARun(name)


def moment_text(when: datetime) -> str:
    """As a journal writes it, to the millisecond."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
