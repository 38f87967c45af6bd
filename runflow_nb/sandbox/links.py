"""Links that carry their own permission: a path, an end, and an HMAC over both. No key is needed to follow one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Literal

from ..clock import Clock
from .refusal import Refusal

Method = Literal["GET", "PUT"]


class Links:
    """Signs and checks the links of one sandbox process; another process's links are forged here."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)

    def sign(self, base: str, path: str, lifetime: float, method: Method = "GET") -> str:
        """The whole link, good for `lifetime` seconds from now. `base` ends without a slash, `path` begins with one."""
        expires = f"{self._clock.time() + lifetime:.3f}"
        return f"{base}{path}?expires={expires}&signature={self._mac(method, path, expires)}"

    def check(self, path: str, query: Mapping[str, str], method: Method = "GET") -> None:
        """Raises Refusal 403 where the link is forged or its time is over."""
        expires, given = query.get("expires", ""), query.get("signature", "")
        if not hmac.compare_digest(self._mac(method, path, expires).encode(), given.encode()):
            raise Refusal(403, "SIGNATURE_INVALID", "this link was not signed by this sandbox")
        if self._clock.time() >= float(expires):
            raise Refusal(403, "LINK_EXPIRED", "this link has expired; read the run or the asset again for a new one")

    def _mac(self, method: Method, path: str, expires: str) -> str:
        return hmac.new(self._secret, f"{method}\n{path}\n{expires}".encode(), hashlib.sha256).hexdigest()
