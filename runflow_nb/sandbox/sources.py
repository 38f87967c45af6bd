"""The pictures that an edit is given: read where that stays on this machine, stood in for everywhere else."""

from __future__ import annotations

import ipaddress
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from .assets import MAXIMUM

TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Source:
    """One picture input: its bytes, or the address that a stand-in is painted for."""

    data: bytes = b""
    stand_in_for: str = ""


class Unreadable(Exception):
    """A picture input that could not be read; `.message` says why."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def is_loopback(url: str) -> bool:
    """Whether this http(s) address is on this machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """The host of an address, for a caption; never its path or query, which may hold a secret."""
    try:
        return urlsplit(url).hostname or "an address"
    except ValueError:
        return "an address"


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: str) -> Any:
        if not is_loopback(newurl):
            raise Unreadable("the picture's address leads to another machine, which the sandbox does not reach")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch_loopback(url: str) -> bytes:
    """The bytes at an address on this machine. Raises Unreadable."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere())
    try:
        with opener.open(url, timeout=TIMEOUT) as answer:
            data: bytes = answer.read(MAXIMUM + 1)
    except urllib.error.HTTPError as problem:
        problem.close()
        raise Unreadable(f"the picture's address answered {problem.code}") from None
    except (OSError, HTTPException, ValueError) as problem:
        raise Unreadable(f"the picture's address could not be read ({type(problem).__name__})") from None
    if len(data) > MAXIMUM:
        raise Unreadable("the picture has more than 50 MiB")
    return data
