"""A pack, read to its last byte and held against what it says of itself. Writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ..errors import DamagedPack, KeyInPack, UnsafePack
from ..record.formats import FORMATS
from ..secret import Secret
from .archive import Archive
from .bringing import Brought, NoJournal, is_preview_of, read, spoken_of
from .files import BACK, FRONT
from .keys import holds_key, keys_in_notebook
from .names import IMAGE, PREVIEW, kind_of, shown

TEXTS = frozenset({"manifest", "readme", "page", "notebook", "journal", "model"})
KEPT = frozenset({"notebook", "journal"})
"""What is looked at as a whole."""
PICTURES = frozenset({known.extension for known in FORMATS.values()} | {"bin"})
"""Extensions of pictures that went in."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known of a pack that is as it says."""

    brought: Brought
    speakers: Mapping[str, frozenset[str]]
    """Name of a file of the store -> the runs that speak of it."""


def verify(archive: Archive, root: Path, key: Secret | None, now: float) -> Verified:
    """Compare every hash, look for keys, read the journal. `root`: the store that it goes to. `now`: seconds
    since 1970. Raises NotUnpacked."""
    kept = {name: data for name in archive.manifest.files if (data := _checked(archive, name, key)) is not None}
    if holds_key(" ".join(archive.manifest.files).encode(), key):
        raise KeyInPack(archive.pack, "has a key in the name of a file")
    _check_notebook(archive, kept[archive.manifest.notebook], key)
    journal = b"".join(data for name, data in kept.items() if kind_of(name) == "journal")
    try:
        brought = read(journal, root, archive.manifest.runs, archive.manifest.notebook, now)
    except NoJournal as reason:
        raise UnsafePack(archive.pack, f"has a journal that {reason}") from None
    speakers = _speakers(archive, brought)
    _check_previews(archive, brought, speakers)
    return Verified(brought, speakers)


def _checked(archive: Archive, name: str, key: Secret | None) -> bytes | None:
    """Compare a file with its hash; its content, where that is looked at as a whole. Raises DamagedPack, KeyInPack."""
    sealed, kind = archive.manifest.files[name], kind_of(name)
    digest, size = hashlib.sha256(), 0
    whole = bytearray()
    for chunk in archive.chunks(name):
        digest.update(chunk)
        size += len(chunk)
        whole += chunk
        if kind not in TEXTS:
            whole[FRONT:] = whole[FRONT:][-BACK:]
    if size != sealed.size or digest.hexdigest() != sealed.sha256:
        raise DamagedPack(archive.pack, f"is damaged: {shown(name)} is not what its manifest says")
    if kind != "notebook" and holds_key(bytes(whole), key):
        raise KeyInPack(archive.pack, f"has a key in {shown(name)}")
    named = IMAGE.fullmatch(name) or PREVIEW.fullmatch(name)
    if named and not sealed.sha256.startswith(name.rpartition("/")[2].partition(".")[0]):
        raise DamagedPack(archive.pack, f"is damaged: {shown(name)} is not what its name says")
    return bytes(whole) if kind in KEPT else None


def _check_notebook(archive: Archive, data: bytes, key: Secret | None) -> None:
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        notebook = None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise DamagedPack(archive.pack, f"is damaged: {shown(archive.manifest.notebook)} is no notebook")
    if found := keys_in_notebook(data, notebook, key):
        raise KeyInPack(archive.pack, f"has a key in its notebook ({', '.join(found[:3])})")


def _speakers(archive: Archive, brought: Brought) -> dict[str, frozenset[str]]:
    """Raises UnsafePack where no run speaks of a file."""
    by_key: dict[str, set[str]] = {}
    for told, run in spoken_of(brought.runs):
        by_key.setdefault(told, set()).add(run)
    extensions = {output.sha256: output.path.suffix[1:] for run in brought.runs.values() for output in run.outputs}
    found = {}
    for name in archive.manifest.files:
        if match := IMAGE.fullmatch(name):
            key = match["sha256"]
            fitting = match["ext"] in PICTURES | {extensions.get(key, "")}
        elif match := PREVIEW.fullmatch(name):
            key, fitting = name.rpartition("/")[2], True
        elif kind_of(name) == "model":
            by_key.setdefault(name, {run.id for run in brought.runs.values() if _declares(name, run.model)})
            key, fitting = name, True
        else:
            continue
        if not by_key.get(key) or not fitting:
            raise UnsafePack(archive.pack, f"has a file that none of its runs speaks of ({shown(name)})")
        found[name] = frozenset(by_key[key])
    return found


def _check_previews(archive: Archive, brought: Brought, speakers: Mapping[str, frozenset[str]]) -> None:
    """Raises UnsafePack where one is another picture than a run says, or none."""
    for name in filter(PREVIEW.fullmatch, speakers):
        data = archive.read(name)
        if not all(is_preview_of(brought.runs[run], data) for run in speakers[name]):
            raise UnsafePack(archive.pack, f"has a preview that is not what its runs say of it ({shown(name)})")


def _declares(name: str, model: str) -> bool:
    return name.endswith(f"/{quote(model, safe='')}.json")
