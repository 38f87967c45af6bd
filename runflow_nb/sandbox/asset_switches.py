"""What of assets can be set, where no page gives a number, a list or a word."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from .switching import BadSwitch, Choices, Readers, check_choices, read_names, read_words, tell_switches

CHOICES: Choices = {
    "put": ("200", "201", "204"),
    "again": ("answered", "refused"),
    "listing": ("items", "names", "kinds"),
}
TIMES = ("lifetime", "links", "uploads")
MIME = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")


def _seconds(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadSwitch(f"{name} takes seconds, not {text}") from None


READERS: Readers = {**dict.fromkeys(TIMES, _seconds), "types": read_names}


@dataclass(frozen=True, slots=True)
class AssetSwitches:
    """How files of callers are taken. Raises BadSwitch for a value that makes no sense."""

    lifetime: float = math.inf
    """Seconds that an asset can be used; afterwards it is one that nobody knows."""
    links: float = 15 * 60.0
    """Seconds that a signed link to an asset works."""
    uploads: float = 15 * 60.0
    """Seconds that the address of an upload works."""
    types: tuple[str, ...] = tuple(f"image/{kind}" for kind in ("png", "jpeg", "webp", "gif", "avif", "bmp", "tiff"))
    """MIME types that can be uploaded."""
    put: str = "200"
    """The status with which storage takes the bytes; clients are told to expect any of the three."""
    again: str = "answered"
    """Whether a second confirmation is answered as the first, or `refused` with 409."""
    listing: str = "items"
    """What the list of types looks like: records in `items`, a list of `names`, or lists by their `kinds`."""

    def __post_init__(self) -> None:
        check_choices(self, CHOICES)
        for name in TIMES:
            if not getattr(self, name) >= 0:
                raise BadSwitch(f"{name} takes seconds from 0 up")
        for name in self.types:
            if not MIME.fullmatch(name):
                raise BadSwitch(f"{name} is no MIME type, such as image/png")
        if math.inf in (self.links, self.uploads):
            raise BadSwitch("a signed link has an end")


def read_asset_switches(words: Iterable[str]) -> AssetSwitches:
    """From words such as `lifetime=60` and `types=image/png,image/jpeg`. Raises BadSwitch."""
    return AssetSwitches(**read_words("assets", words, READERS, CHOICES))


def guide() -> str:
    """Each switch with what it takes, its default first."""
    defaults = AssetSwitches()
    taken = {name: f"{getattr(defaults, name):g}" for name in TIMES}
    return tell_switches({**taken, "types": "MIME,..."}, CHOICES)
