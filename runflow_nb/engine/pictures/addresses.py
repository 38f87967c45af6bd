"""Addresses of picture inputs as text: which Runflow can reach, how to name them, and `data:` URIs. No network."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import re
from urllib.parse import unquote_to_bytes, urlsplit

LOCAL_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test", ".invalid")
SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
DATA = re.compile(r"data:", re.IGNORECASE)


def scheme(text: str) -> str | None:
    """`http`, `https`, `runflow`, `ftp`... of an address, `data` of a data URI, None of anything else (a path)."""
    if DATA.match(text):
        return "data"
    match = SCHEME.match(text)
    return match[1].lower() if match else None


def is_public(url: str) -> bool:
    """Whether Runflow, which is elsewhere, may be able to read this address, going by its text alone."""
    host = (_host(url) or "").rstrip(".").lower()
    if scheme(url) == "runflow":
        return True
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(LOCAL_NAMES)


def problem_with(url: str) -> str | None:
    """What is wrong with the text of an http(s) address, or None."""
    if re.search(r"[\s\0-\x1f]", url):
        return "holds a blank or a control character, which no address does"
    return None if _host(url) else "names no host"


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def public_name(url: str) -> str:
    """The address as it may be written down: without password and query, which may be a signature.

    Where something is left out, a short digest of the whole keeps two such addresses apart.
    """
    shown = re.sub(r"(?<=//)[^/?#]*@", "", re.split(r"[?#]", url, maxsplit=1)[0])
    if shown == url:
        return url
    return f"{shown}?...{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def text_digest(url: str) -> str:
    """`url:...`: what stands for a picture whose bytes could not be read."""
    return "url:" + hashlib.sha256(url.encode()).hexdigest()


def data_bytes(uri: str) -> bytes:
    """The bytes that a `data:` URI holds. Raises ValueError, whose text says what is wrong."""
    head, comma, body = uri.partition(",")
    if not comma:
        raise ValueError("has no comma, after which its data would begin")
    if not head.lower().endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(re.sub(r"\s+", "", body), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is no valid base64: it may have been cut off") from None


def data_uri(data: bytes, mime: str) -> str:
    """These bytes as a `data:` URI."""
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"
