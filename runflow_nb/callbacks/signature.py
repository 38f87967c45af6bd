"""Whether a callback was signed with a secret that is shared with Runflow."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

from ..errors import InvalidSignature
from ..secret import Secret

Secrets = str | Secret | Iterable[str | Secret | None] | None
"""None stands for one that is not set, and counts as empty."""
HEX = re.compile(r"[0-9a-fA-F]{64}")


def verify(body: bytes | bytearray | memoryview, signature: str | None, secrets: Secrets) -> None:
    """Return if the signature is good; else raise InvalidSignature, which says what is wrong and holds no secret.

    body: the raw bytes as they came, never JSON written anew (TypeError for anything else).
    signature: the `Runflow-Signature` header, None where there was none: HMAC-SHA256 in hex. It holds no time: a copy
    of a callback is as good as the first: be idempotent on `run_id`.
    secrets: one or several, each whole with its `whsec_`; while one replaces another, both are good.
    """
    if not isinstance(body, bytes | bytearray | memoryview):
        raise TypeError(f"verify() takes the body's raw bytes, not {type(body).__name__}")
    keys = _keys(secrets)
    if signature is None or not signature.strip():
        raise InvalidSignature("it came without a Runflow-Signature header")
    given = signature.strip()
    if not HEX.fullmatch(given):
        raise InvalidSignature("its Runflow-Signature is not 64 hexadecimal digits")
    # All of them, so that the time it takes does not tell which one is in use.
    matches = [hmac.compare_digest(_sign(key, body), given.lower()) for key in keys]
    if not any(matches):
        fits = "does not fit the secret" if len(keys) == 1 else f"fits none of the {len(keys)} secrets"
        raise InvalidSignature(f"its Runflow-Signature {fits}, or its body was changed")


def _sign(key: str, body: bytes | bytearray | memoryview) -> str:
    return hmac.new(key.encode("utf-8", "surrogateescape"), body, hashlib.sha256).hexdigest()


def _keys(secrets: Secrets) -> list[str]:
    """Raises InvalidSignature where one is empty, or there is none: anybody can sign with an empty secret."""
    given = [secrets] if isinstance(secrets, str | Secret) else list(secrets or ())
    keys = [each.reveal() if isinstance(each, Secret) else each for each in given]
    if not keys:
        raise InvalidSignature("no secret was given to check it with")
    found = [key for key in keys if key is not None and key.strip()]
    if len(found) < len(keys):
        raise InvalidSignature("a secret to check it with is empty")
    return found
