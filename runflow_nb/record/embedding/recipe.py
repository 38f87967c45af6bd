"""What a picture was asked for: what is written into exported copies, and what is read back from any.

It goes where the picture goes, so that it holds what the picture was made of and nothing of the person who made it: no
key, no path, no notebook, no tags, no metadata, no address to call back, nothing that a signed address holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from ...secret import without_keys
from ..run import Seeds

SCHEMA = 1
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:\S*", re.IGNORECASE)
PLACE = re.compile(r"(~|/|[A-Za-z]:[\\/]|\\\\)[^\n]*")
"""A place on somebody's machine."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one picture was asked for, as its file tells. Money is USD, times are UTC.

    It is what the file says: who has the file can have changed it.
    """

    model: str
    input: Mapping[str, Any]
    """What was sent, with pictures as `sha256:...` or `url:...`."""
    seeds: Seeds
    take: int
    recipe: str
    """The digest of what decided the picture, the seed left out."""
    origin: str
    """`live`, `sandbox`, else the host of the base URL."""
    run: str
    """The id of the run here that made it."""
    run_id: str | None
    """Runflow's id of that run."""
    created_at: datetime
    cost: Decimal | None
    """What the API had said that the run cost when it ended."""
    sha256: str = ""
    """Of the original; "" in what all pictures of a run have in common."""
    number: int = 0
    """The picture's number within its run, from 0."""
    digests: tuple[str, ...] = ()
    """Of the pictures that went in."""
    left_out: tuple[str, ...] = ()
    """Fields of the input of which something private was not written."""
    tool: str = ""
    """What wrote it, with its version."""

    @property
    def seed(self) -> int | None:
        """The seed that was sent."""
        return self.seeds.sent

    @property
    def prompt(self) -> str:
        return str(self.input.get("prompt", ""))

    @property
    def pictures(self) -> tuple[Mapping[str, Any], ...]:
        """Those that went in, as a run has them, by all that is known of them."""
        return tuple({"digest": one, "name": one, "file": one.removeprefix("sha256:")} for one in self.digests)

    @property
    def picture_field(self) -> str | None:
        """The field that the pictures went into; None where none went in."""
        digests = list(self.digests)
        fields = (name for name, value in self.input.items() if digests and value in (digests, digests[0]))
        return next(fields, None)


def public_input(given: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """(the input as it may be given away, the fields of which something was left out)."""
    public = {name: _public(name, value) for name, value in given.items()}
    return public, tuple(name for name, value in given.items() if public[name] != value)


def _public(name: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_public(name, one) for one in value]
    if isinstance(value, Mapping):
        return {key: _public(name, one) for key, one in value.items()}
    if not isinstance(value, str):
        return value
    text = without_keys(value)
    if name == "prompt" or not (PLACE.fullmatch(text) or ADDRESS.fullmatch(text)):
        return text
    if PLACE.fullmatch(text):
        return PureWindowsPath(text).name if "\\" in text else PurePosixPath(text).name
    return text if _is_digest(text) else _public_address(text)


def _is_digest(text: str) -> bool:
    return bool(re.fullmatch(r"(sha256|url):[0-9a-f]{64}", text))


def _public_address(text: str) -> str:
    """Without password, query and fragment, which may be a signature; of a `data:` or `file:` address nothing."""
    scheme = text.partition(":")[0].lower()
    if scheme not in ("http", "https", "runflow"):
        return "" if scheme in ("data", "file") else text
    return re.sub(r"(?<=//)[^/?#]*@", "", re.split(r"[?#]", text, maxsplit=1)[0])
