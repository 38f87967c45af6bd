"""Where the API is, what lies on it, and where else files may come from."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import httpx

from ..errors import InvalidRequest, InvalidSetting, Problem
from ..settings import is_loopback

LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Address:
    """A valid base URL."""

    url: httpx.URL
    local: bool
    """Whether it is this machine's own."""

    @property
    def host(self) -> str:
        """Host and port, for people."""
        return self.url.netloc.decode("ascii")

    def owns(self, url: httpx.URL) -> bool:
        """Whether this URL has the API's own scheme, host and port."""
        return origin(url) == origin(self.url)

    def at(self, path: str) -> httpx.URL:
        """The endpoint `path`, which begins with a slash and is percent-encoded already."""
        return self.url.copy_with(raw_path=self.url.raw_path.rstrip(b"/") + path.encode("ascii"))

    def may_fetch(self, url: httpx.URL) -> bool:
        """Whether files are fetched from or put to there: over https, from a local API also on this machine."""
        return url.scheme == "https" or (self.local and url.scheme == "http" and is_loopback(str(url)))


def read_address(base_url: str) -> Address:
    """Raises InvalidSetting unless it is https, or http on this machine."""
    url = read_url(base_url.strip())
    if url is None or not url.host:
        raise _refused(base_url, "It is not an address such as https://api.runflow.io.")
    if url.userinfo:
        raise _refused(f"{url.scheme}://…@{url.host}", "An address holds no user name and no password.")
    if url.query or url.fragment:
        raise _refused(base_url, "An address ends with its path: no ? and no #.")
    local = is_loopback(f"{url.scheme}://{url.netloc.decode('ascii')}")
    if url.scheme != "https" and not (url.scheme == "http" and local):
        raise _refused(base_url, "It takes https, or http on this machine: a key is never sent in clear text.")
    return Address(url, local)


def read_url(text: str) -> httpx.URL | None:
    """An absolute URL, or None where it is none."""
    try:
        return _readable(httpx.URL(text))
    except (httpx.InvalidURL, ValueError):
        return None


def joined(base: httpx.URL, location: str) -> httpx.URL | None:
    """Where a redirect leads, or None where it is no URL."""
    try:
        return _readable(base.join(location))
    except (httpx.InvalidURL, ValueError):
        return None


def _readable(url: httpx.URL) -> httpx.URL | None:
    # A host that is written in punycode is only looked at when it is asked for, and then raises.
    return url if url.is_absolute_url and url.host is not None else None


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port; a scheme's own port counts as none."""
    return url.scheme, url.host, url.port


def model_path(model_id: str) -> str:
    """`owner/slug[/more]` percent-encoded segment by segment. Raises InvalidRequest."""
    segments = model_id.split("/")
    if len(segments) < 2 or any(part.strip() in ("", ".", "..") for part in segments):
        reason = "a model is written owner/name, such as google/nano-banana-2"
        raise InvalidRequest([Problem("model", repr(model_id[:LONGEST_SHOWN]), reason)])
    return "/".join(segment(part) for part in segments)


def segment(text: str) -> str:
    """One percent-encoded segment of a path."""
    return quote(text.encode("utf-8", "replace"), safe="")


def _refused(shown: str, reason: str) -> InvalidSetting:
    return InvalidSetting("base_url", shown[:LONGEST_SHOWN], "as given", reason)
