"""Which addresses the sandbox posts to: this machine's own, and no name is ever looked up to find out."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

LOCALHOST = ("127.0.0.1", "::1")
"""What `localhost` means wherever it is asked (RFC 6761)."""


class NotThisMachine(ValueError):
    """The address leads elsewhere, or nowhere; the text says so without the address's path, which may hold a secret."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a callback goes."""

    url: str
    host: str
    """As it was given."""
    addresses: tuple[str, ...]
    """Loopback addresses, to be tried in this order."""


def read_target(url: str) -> Target:
    """Raises NotThisMachine."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").lower(), parts.port
        if not url.isprintable():
            raise ValueError
    except ValueError:
        raise NotThisMachine("callback_url is no address that can be posted to") from None
    if host == "localhost" or host.endswith(".localhost"):
        return Target(url, host, LOCALHOST)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise NotThisMachine(
            f"the sandbox posts to this machine only (localhost, 127.0.0.1, [::1]), not to {host or 'nowhere'}"
        )
    return Target(url, host, (str(address),))
