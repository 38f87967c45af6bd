"""What lies where in a pack, and which names are written on no machine. Pure.

A pack is laid out as the folder that it becomes: whoever unzips it by hand has a notebook beside its store too.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from ..models.validate import brief_path
from ..plain import visible
from ..record import declarations as models
from ..record import places
from ..settings import FOLDER

MANIFEST, README, PAGE = "manifest.json", "README.md", "index.html"
SUFFIX = ".runflow.zip"
NOTEBOOK = ".ipynb"
LONGEST = 200
"""Bytes of a name: file systems take 255, and a file that is being written has a longer one."""

Kind = Literal["manifest", "readme", "page", "notebook", "journal", "image", "preview", "model"]
_STORE = re.escape(FOLDER)
JOURNAL = re.compile(rf"{_STORE}/{places.JOURNAL}/pack-[0-9a-f]{{32}}\.jsonl")
IMAGE = re.compile(rf"{_STORE}/{places.IMAGES}/([0-9a-f]{{2}})/(?P<sha256>\1[0-9a-f]{{62}})\.(?P<ext>[a-z0-9]{{1,5}})")
PREVIEW = re.compile(rf"{_STORE}/{places.PREVIEWS}/(?P<key>[0-9a-f]{{32}})\.(?P<ext>[a-z0-9]{{1,5}})")
MODEL = re.compile(rf"{_STORE}/{models.FOLDER}/[A-Za-z0-9_.%~-]+/[A-Za-z0-9_.%~-]+\.json")
"""What the API's list said of a model: an origin and an id, percent-encoded."""
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(\..*)?", re.IGNORECASE)
"""Devices, wherever they stand on Windows."""

IN_STORE: Mapping[Kind, re.Pattern[str]] = MappingProxyType(
    {"journal": JOURNAL, "image": IMAGE, "preview": PREVIEW, "model": MODEL}
)


def kind_of(name: str) -> Kind | None:
    """What a file of this name is in a pack; None where it is nothing of one."""
    fixed: dict[str, Kind] = {MANIFEST: "manifest", README: "readme", PAGE: "page"}
    if name in fixed:
        return fixed[name]
    if "/" not in name:
        return "notebook" if name.endswith(NOTEBOOK) and name != NOTEBOOK else None
    return next((kind for kind, pattern in IN_STORE.items() if pattern.fullmatch(name)), None)


def trouble_with(name: str) -> str | None:
    """Why no file of this name is written anywhere, ready to follow "a file that"; None where one may be."""
    if "\0" in name:
        return "has a null byte in its name"
    if "\\" in name:
        return "has a backslash in its name"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "names a place on the disk, not one in this folder"
    if not name or name.endswith("/"):
        return "is a folder"
    if any(part in ("", ".", "..") for part in name.split("/")):
        return "leaves this folder"
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in name):
        return "has a character in its name that is not to be seen"
    if re.search(r'[<>:"|?*]', name) or any(part.endswith((".", " ")) for part in name.split("/")):
        return "has a name that not every system takes"
    if any(RESERVED.fullmatch(part) for part in name.split("/")):
        return "is named like a device"
    if any(len(part.encode()) > LONGEST for part in name.split("/")):
        return "has a name that is too long"
    return None


def alike(names: Iterable[str]) -> list[str]:
    """Names that are one and the same file where upper and lower case are, or accents are written otherwise."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())].append(name)
    return [name for group in found.values() if len(group) > 1 for name in group]


def shown(name: str) -> str:
    """A name that somebody else chose, for a message."""
    return visible(brief_path(name.encode("utf-8", "replace").decode()))
