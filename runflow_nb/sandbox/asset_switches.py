"""What of assets can be set, where no page gives a number, a list or a word."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from ..models.nearest import nearest

CHOICES: dict[str, tuple[str, ...]] = {
    "put": ("200", "201", "204"),
    "again": ("answered", "refused"),
    "listing": ("items", "names", "kinds"),
}
"""Switches that take one of a few words; the first is the default."""
TIMES = ("lifetime", "links", "uploads")
MIME = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")


class BadAssetSwitch(ValueError):
    """A switch of assets cannot be set so; the text says why."""


@dataclass(frozen=True, slots=True)
class AssetSwitches:
    """How files of callers are taken. Raises BadAssetSwitch for a value that makes no sense."""

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
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise BadAssetSwitch(f"{name} takes {' or '.join(choices)}, not {getattr(self, name)}")
        for name in TIMES:
            if not getattr(self, name) >= 0:
                raise BadAssetSwitch(f"{name} takes seconds from 0 up")
        for name in self.types:
            if not MIME.fullmatch(name):
                raise BadAssetSwitch(f"{name} is no MIME type, such as image/png")
        if math.inf in (self.links, self.uploads):
            raise BadAssetSwitch("a signed link has an end")


def read_asset_switches(words: Iterable[str]) -> AssetSwitches:
    """From words such as `lifetime=60` and `types=image/png,image/jpeg`. Raises BadAssetSwitch."""
    known = [each.name for each in fields(AssetSwitches)]
    given: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name not in known or not equals:
            meant = nearest(name, known)
            raise BadAssetSwitch(f"{name} is no switch of assets" + (f"; did you mean {meant}=?" if meant else ""))
        if name in TIMES:
            given[name] = _seconds(name, value)
        else:
            given[name] = tuple(filter(None, map(str.strip, value.split(",")))) if name == "types" else value
    return AssetSwitches(**given)


def guide() -> str:
    """Each switch with what it takes, its default first."""
    defaults = AssetSwitches()
    taken = {name: f"{getattr(defaults, name):g}" for name in TIMES}
    taken |= {"types": "MIME,...", **{name: "|".join(choices) for name, choices in CHOICES.items()}}
    return ", ".join(f"{name}={value}" for name, value in taken.items())


def _seconds(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadAssetSwitch(f"{name} takes seconds, not {text}") from None
