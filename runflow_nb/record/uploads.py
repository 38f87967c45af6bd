"""Which files an API has already: `uploads/ORIGIN/SHA256.json`. A cache: without it they are uploaded once more.

Holds ids of assets only. The links to them are signed anew each time and never written down.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from .disk import Disk
from .places import UPLOADS

SCHEMA = 1
MOST = 8
"""Assets that are remembered of one file: there are few organisations in one store."""
LARGEST = 2**16
"""Bytes of such a file at the most."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """One file as an asset of one organisation."""

    asset: str
    org_id: str | None
    """None where the API did not say whose it is."""
    instance: str | None
    """Of the sandbox that has it; its assets end with it."""


class Uploads:
    """The folder `uploads` of a store."""

    def __init__(self, root: Path, disk: Disk) -> None:
        self._folder = root / UPLOADS
        self._disk = disk

    def find(self, sha256: str, origin: str) -> tuple[Uploaded, ...]:
        """What is remembered of this file there, newest first. What is damaged counts as absent."""
        path = self._path(sha256, origin)
        try:
            if path.stat().st_size > LARGEST:
                return ()
            told = json.loads(path.read_bytes())
            if told["schema"] != SCHEMA:
                return ()
            found = [Uploaded(**entry) for entry in told["assets"]]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return ()
        return tuple(one for one in found if _is_sound(one))

    def keep(self, sha256: str, origin: str, uploaded: Uploaded) -> None:
        """Remember this asset, in the place of what was there for its organisation. Raises StoreUnavailable."""
        others = [
            each
            for each in self.find(sha256, origin)
            if each.instance == uploaded.instance and each.org_id != uploaded.org_id
        ]
        assets = [asdict(each) for each in [uploaded, *others][:MOST]]
        text = json.dumps({"schema": SCHEMA, "assets": assets}, sort_keys=True)
        self._disk.replace(self._path(sha256, origin), f"{text}\n".encode())

    def paths(self, hashes: Iterable[str]) -> list[Path]:
        """The files that remember something of these."""
        return [path for sha256 in hashes for path in sorted(self._folder.glob(f"*/{quote(sha256, safe='')}.json"))]

    def _path(self, sha256: str, origin: str) -> Path:
        return self._folder / quote(origin, safe="") / f"{quote(sha256, safe='')}.json"


def _is_sound(uploaded: Uploaded) -> bool:
    others = (uploaded.org_id, uploaded.instance)
    return isinstance(uploaded.asset, str) and all(one is None or isinstance(one, str) for one in others)
