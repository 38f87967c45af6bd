"""The body of a create, read and judged as a whole."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from ..models.spec import ModelSpec
from .judge import judge
from .offers.offer import Offer
from .refusal import FieldError, Refusal, invalid
from .switches import Switches

ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")
"""What can be called back."""
MEMBERS = ("input", "callback_url", "metadata", "client_ref")
CALLBACK_MAXIMUM = 2048
CLIENT_REF_MAXIMUM = 255


@dataclass(frozen=True, slots=True)
class Submission:
    """A create whose every rule holds; what its pictures are is not looked at yet."""

    offer: Offer
    input: dict[str, Any]
    callback_url: str | None
    metadata: dict[str, Any] | None
    client_ref: str | None

    @property
    def spec(self) -> ModelSpec:
        return self.offer.spec


def _not_json(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def read_json(raw: bytes) -> Any:
    """The JSON of a body. Raises Refusal 400 where it is none, or holds text that is no Unicode."""
    try:
        value = json.loads(raw, parse_constant=_not_json)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refusal(400, "BAD_REQUEST", "the body is not valid JSON") from None
    return value


def fingerprint(value: Any) -> str:
    """A digest that two bodies share exactly when they are the same JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def read_submission(offer: Offer, body: Any, switches: Switches) -> Submission:
    """Raises Refusal 422 with everything that is wrong."""
    if not isinstance(body, dict):
        raise invalid([FieldError(("body",), "takes an object")])
    errors: list[FieldError] = []
    given = body.get("input")
    values: dict[str, Any] = {}
    if isinstance(given, dict):
        values, errors = judge(offer.spec, given, switches)
    else:
        errors.append(FieldError(("body", "input"), "takes an object" if "input" in body else "field required"))
    errors += callback_errors(body.get("callback_url"), switches)
    if not isinstance(body.get("metadata"), dict | None):
        errors.append(FieldError(("body", "metadata"), "takes an object or null"))
    errors += client_ref_errors(body.get("client_ref"), switches)
    if switches.refuse_unknown:
        errors += [FieldError(("body", name), "no such member") for name in body if name not in MEMBERS]
    if errors:
        raise invalid(errors)
    return Submission(offer, values, body.get("callback_url"), body.get("metadata"), body.get("client_ref"))


def callback_errors(url: Any, switches: Switches) -> list[FieldError]:
    """What is wrong with a `callback_url`."""
    loc = ("body", "callback_url")
    if url is None:
        return []
    if not isinstance(url, str) or not ADDRESS.fullmatch(url):
        return [FieldError(loc, "takes an http or https address, or null")]
    if switches.enforce_inferred and len(url) > CALLBACK_MAXIMUM:
        return [FieldError(loc, f"takes at most {CALLBACK_MAXIMUM} characters")]
    return []


def client_ref_errors(label: Any, switches: Switches) -> list[FieldError]:
    """What is wrong with a `client_ref`."""
    loc = ("body", "client_ref")
    if label is None:
        return []
    if not isinstance(label, str):
        return [FieldError(loc, "takes a string")]
    if switches.enforce_inferred and len(label) > CLIENT_REF_MAXIMUM:
        return [FieldError(loc, f"takes at most {CLIENT_REF_MAXIMUM} characters")]
    return []
