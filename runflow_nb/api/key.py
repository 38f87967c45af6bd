"""The key on its way: into one header, for one origin, and out of whatever a server sends back."""

from __future__ import annotations

import json
import re
from collections.abc import Generator

import httpx

from ..errors import InvalidSetting
from ..secret import Secret
from .address import Address

ESCAPE = re.compile(rb"\\(?:u00([2-7][0-9a-fA-F])|.)")
VISIBLE_ASCII = re.compile(r"[!-~]+")
REASON = "It takes letters, digits and signs of ASCII only: no blanks, no line breaks. Copy it once more."
SHORTEST_MASKED = 12
"""Characters: a shorter text, such as the token shown to a sandbox, stands in answers by accident."""


class BearerAuth(httpx.Auth):
    """Adds the key to requests that go to the API's own origin, and to no other."""

    def __init__(self, key: Secret, address: Address) -> None:
        self._key = key
        self._address = address

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._address.owns(request.url):
            request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        yield request


class Mask:
    """Takes the key out of answers: a server that repeats it must not bring it into a message or a record, however it
    spells it."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def __call__(self, body: bytes) -> bytes:
        found = self._key.reveal().encode("ascii")
        return _spelt_plainly(body).replace(found, b"(key)") if len(found) >= SHORTEST_MASKED else body


def _spelt_plainly(body: bytes) -> bytes:
    """The same JSON in UTF-8, visible ASCII without escapes."""
    encoding = json.detect_encoding(body)
    if encoding not in ("utf-8", "utf-8-sig"):
        body = body.decode(encoding, "replace").encode("utf-8", "replace")
    return ESCAPE.sub(_unescaped, body) if b"\\" in body else body


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found.group(1)
    if code is None:
        return b"/" if found.group() == rb"\/" else found.group()
    plain = bytes.fromhex(code.decode())
    return found.group() if plain in b'"\\' else plain


def check_key(key: Secret) -> None:
    """Raises InvalidSetting, which does not show it, where the key cannot stand in an HTTP header."""
    if not VISIBLE_ASCII.fullmatch(key.reveal()):
        raise InvalidSetting("key", "(hidden)", "as given", REASON)


def check_organization(organization: str) -> None:
    """Raises InvalidSetting where it cannot stand in an HTTP header."""
    if not VISIBLE_ASCII.fullmatch(organization):
        raise InvalidSetting("organization", repr(organization[:60]), "as given", REASON)
