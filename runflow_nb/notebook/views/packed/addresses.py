"""Where a link in a notebook leads from the page of its pack. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from ....pack.contents import Contents
from ....pack.names import PAGE, README
from ..files import address

OUTSIDE = re.compile(r"https?://[^/\\]|mailto:[^/\\]", re.IGNORECASE)
"""What a page may lead to: never what runs, and never a file of the reader's machine."""


def addresses(contents: Contents) -> dict[str, str]:
    """What a notebook calls a file -> what it is called in the pack, for all that lies there."""
    found = {name: name for name in (contents.name, PAGE, README)}
    found |= {file.wanted.name: file.wanted.name for file in contents.files}
    names = {file.wanted.key: file.wanted.name for file in contents.files}
    for run in contents.runs:
        for file in run.files:
            if file.sha256 in names and (where := address(run, file)) is not None:
                found[unquote(where)] = names[file.sha256]
    return found


def in_pack(link: str, known: Mapping[str, str]) -> str | None:
    """The name in the pack of what the link leads to; None where that does not lie there."""
    return known.get(posixpath.normpath(unquote(link.partition("#")[0])))


def leads_to(link: str, known: Mapping[str, str]) -> str | None:
    """The address as the page may have it; None where it has to be text."""
    if OUTSIDE.match(link) or re.fullmatch(r"#[^\s]+", link):
        return link
    name = in_pack(link, known)
    return None if name is None else quote(name)
