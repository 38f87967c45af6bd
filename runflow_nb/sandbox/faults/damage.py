"""Bodies gone wrong, as pure functions of a body that was right."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .plan import Rule

NOBODY_KNOWS = "hibernating"
SPELLINGS = {"completed": "succeeded", "errored": "failed", "cancelled": "canceled"}
"""Another word for a state -> the documented one."""

Record = dict[str, Any]


def damage(rule: Rule, body: bytes, dice: random.Random, now: float) -> bytes:
    """The body as the rule wants it; the same one where the rule finds nothing to spoil. `now`: Unix seconds."""
    if rule.what in BODIES:
        return BODIES[rule.what](body, dice)
    try:
        value = json.loads(body)
    except ValueError:
        return body
    seconds = (rule.seconds or (0.0, 0.0))[0]
    spoilt = _blind(value, seconds, now) if rule.what == "blind" else _spoilt(value, rule)
    return body if spoilt == value else json.dumps(spoilt).encode()


def _truncated(body: bytes, _: random.Random) -> bytes:
    return body[: len(body) // 2]


def _garbage(body: bytes, dice: random.Random) -> bytes:
    return dice.randbytes(len(body))


def _empty(_: bytes, __: random.Random) -> bytes:
    return b""


BODIES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "truncated": _truncated,
    "garbage": _garbage,
    "empty": _empty,
}


def _spoilt(value: Any, rule: Rule) -> Any:
    """Each record of a listing, and else the one record; what the rule names may be a member of the listing itself."""
    if not isinstance(value, dict):
        return value
    if not isinstance(value.get("items"), list):
        return _record(value, rule)
    if rule.what == "wrong-types" and not rule.members:
        return _record(value, rule)
    listing = _record(value, rule)
    if not isinstance(listing.get("items"), list):
        return listing
    return {**listing, "items": [_record(each, rule) if isinstance(each, dict) else each for each in listing["items"]]}


def _record(record: Record, rule: Rule) -> Record:
    if rule.what == "missing":
        return {name: value for name, value in record.items() if name not in rule.members}
    if rule.what == "null":
        return {name: None if name in rule.members else value for name, value in record.items()}
    if rule.what == "wrong-types":
        wanted = rule.members or tuple(record)
        return {name: _other_type(value) if name in wanted else value for name, value in record.items()}
    state = record.get("status_code")
    if state is None or (rule.what in SPELLINGS and state != SPELLINGS[rule.what]):
        return record
    return {**record, "status_code": rule.what if rule.what in SPELLINGS else NOBODY_KNOWS}


def _other_type(value: Any) -> Any:
    if isinstance(value, str):
        return 7
    if isinstance(value, dict):
        return ["spoilt"]
    if isinstance(value, list):
        return {"spoilt": True}
    return {"spoilt": value}


def _blind(value: Any, seconds: float, now: float) -> Any:
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        return value
    return {**value, "items": [run for run in value["items"] if _age(run, now) >= seconds]}


def _age(run: Record, now: float) -> float:
    """Seconds since acceptance; a listing that does not say when it was hides nothing."""
    created = run.get("created_at")
    return now - datetime.fromisoformat(created).timestamp() if isinstance(created, str) else float("inf")
