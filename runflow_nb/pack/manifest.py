"""The manifest: what is in a pack, with the size and the hash of each file. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from ..record.ids import ID

SCHEMA = 1
"""Raised when an older version could no longer unpack what is written."""
FORMAT = "runflow pack"
SHA256 = re.compile(r"[0-9a-f]{64}")


class NoManifest(ValueError):
    """This is no manifest; the text says why, ready to follow "has a manifest that"."""


class NewerManifest(Exception):
    """It has a schema number that is not known here."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file as it must be."""

    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a pack."""

    tool: str
    notebook: str
    """The name of its file."""
    previews_only: bool
    runs: tuple[str, ...]
    """Our ids, oldest first."""
    files: Mapping[str, Sealed]
    """All files but the manifest itself, by name."""

    def encode(self) -> bytes:
        """As it is written: the same for the same pack, whenever and wherever."""
        told = {
            "format": FORMAT,
            "schema": SCHEMA,
            "tool": self.tool,
            "notebook": self.notebook,
            "previews_only": self.previews_only,
            "runs": list(self.runs),
            "files": {
                name: {"size": sealed.size, "sha256": sealed.sha256} for name, sealed in sorted(self.files.items())
            },
        }
        return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def decode(data: bytes) -> Manifest:
    """The manifest that was written so. Raises NoManifest, NewerManifest."""
    try:
        told = json.loads(data.decode(), object_pairs_hook=_without_twins)
    except NoManifest:
        raise
    except (ValueError, RecursionError):
        raise NoManifest("is no JSON") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise NoManifest("is another program's")
    schema = told.get("schema")
    if not _is_count(schema) or schema < 1:
        raise NoManifest("has no schema number")
    if schema > SCHEMA:
        raise NewerManifest
    runs, files = told.get("runs"), told.get("files")
    if not isinstance(runs, list) or not all(isinstance(run, str) and ID.fullmatch(run) for run in runs):
        raise NoManifest("lists no runs")
    if len(set(runs)) < len(runs):
        raise NoManifest("lists a run twice")
    if not isinstance(files, dict):
        raise NoManifest("lists no files")
    tool, notebook, previews_only = told.get("tool"), told.get("notebook"), told.get("previews_only")
    if not (isinstance(tool, str) and isinstance(notebook, str) and isinstance(previews_only, bool)):
        raise NoManifest("says too little")
    return Manifest(tool, notebook, previews_only, tuple(runs), {name: _sealed(it) for name, it in files.items()})


def _sealed(told: object) -> Sealed:
    size, sha256 = (told.get("size"), told.get("sha256")) if isinstance(told, dict) else (None, None)
    if not (_is_count(size) and size >= 0 and isinstance(sha256, str) and SHA256.fullmatch(sha256)):
        raise NoManifest("gives no size and hash for a file")
    return Sealed(size, sha256)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise NoManifest("says something twice")
    return told
