"""What of a notebook should not be handed on, or does not last: keys, folders of this machine, links that expire."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from pathlib import Path

from ...pack.keys import SHORTEST_KEY, holds_key, keys_in_notebook, other_keys_in_notebook
from ...private import HOME
from ...record.audit.finding import Finding
from ...secret import Secret
from .saved import PICTURE, SavedCell, SavedNotebook, data_of, text_of, texts_of

REVOKE = "Revoke it at app.runflow.io, take it out and save; %runflow connect live asks for a key and leaves it nowhere"
REVOKE_OTHER = "Revoke it where it was made, take it out and save; environment variables and keyrings keep one for you"
BETWEEN = re.compile(r"[\"'\\]?[ \t]*\n\s*[\"']?|[\"']\s*\+?\s*[\"']")
"""What stands between the parts of a text that is broken over lines, or put together in code."""
BROKEN_KEY = re.compile(r"(?<!\w)(?:rf_live_|rfk_|whsec_)\w{12,}")
EXPIRING = re.compile(
    r"https?://[^\s\"'<>()\\]{1,2000}?[?&;](?:x-(?:amz|goog)-(?:signature|expires|credential|security-token)"
    r"|signature|sig|expires|expires_at|key-pair-id)=",
    re.IGNORECASE,
)
"""Signed addresses of S3, Google Storage, Azure, CloudFront, and the API's own."""


def keys(notebook: SavedNotebook, key: Secret | None) -> Iterator[Finding]:
    """Keys anywhere: in texts, outputs, metadata and attachments; Runflow's own also inside pictures, and broken over
    lines."""
    places = dict.fromkeys(keys_in_notebook(notebook.data, notebook.content, key))
    for cell in notebook.cells:
        part = "its text" if holds_broken_key(cell.source, key) else ""
        if not part and any(holds_broken_key(text, key) for output in cell.outputs for text in texts_of(output)):
            part = "its outputs"
        if part and not any(place.startswith(f"cell {cell.number},") for place in places):
            places[f"cell {cell.number}, {part}"] = None
        if any(holds_key(data, key) for data in _pictures(cell)):
            places[f"cell {cell.number}, inside a picture"] = None
    for place in places:
        yield Finding("key", place, "a key stands there", REVOKE)
    for place, words in other_keys_in_notebook(notebook.content):
        yield Finding("key", place, f"{words} stands there", REVOKE_OTHER)


def name_of(path: Path, key: Secret | None) -> Iterator[Finding]:
    """A key in the name of the notebook's file."""
    if holds_key(path.name.encode("utf-8", "replace"), key):
        yield Finding("key", "the name of the file", "a key stands there", REVOKE)


def holds_broken_key(text: str, key: Secret | None) -> bool:
    """Whether a key stands there that is broken over lines, or put together from parts."""
    if not any(mark in text for mark in "\n\"'"):
        return False
    joined = BETWEEN.sub("", text)
    own = key.reveal() if key is not None else ""
    return (len(own) >= SHORTEST_KEY and own in joined) or bool(BROKEN_KEY.search(joined))


def _pictures(cell: SavedCell) -> Iterator[bytes]:
    """The bytes of all pictures in a cell's outputs and attachments."""
    attached = cell.content.get("attachments")
    bundles = [data_of(output) for output in cell.outputs]
    bundles += [one for one in attached.values() if isinstance(one, dict)] if isinstance(attached, dict) else []
    for bundle in bundles:
        for kind, value in bundle.items():
            if kind.startswith(PICTURE) and (text := text_of(value)):
                try:
                    yield binascii.a2b_base64(text)
                except ValueError:
                    continue


def home_paths(cell: SavedCell) -> Iterator[Finding]:
    """The home folder of whoever ran the cell, in its outputs."""
    if any(HOME.search(text) for output in cell.outputs for text in texts_of(output)):
        what = "an output names a home folder: it says who ran this, and leads nowhere elsewhere"
        yield Finding("home path", cell.where, what, "Print paths relative to the notebook, or clear the output")


def expiring_links(cell: SavedCell) -> Iterator[Finding]:
    """Signed addresses, in the text of a cell and in its outputs."""
    if EXPIRING.search(cell.source):
        remedy = "Name a file, or a run by its id: what a run was made from is kept with it"
        yield Finding("expiring link", cell.where, "its text holds a link that expires", remedy)
    if any(EXPIRING.search(text) for output in cell.outputs for text in texts_of(output)):
        remedy = "Clear the output: what a run delivered is in the store, and %runflow show RUN shows it"
        yield Finding("expiring link", cell.where, "an output holds a link that expires", remedy)
