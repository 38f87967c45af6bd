"""Files that callers bring: uploaded in three steps, or sent inline and stored on the way."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from ..clock import Clock
from .asset_switches import AssetSwitches
from .identity import Ids, named, stamp
from .refusal import FieldError, Refusal, invalid
from .switches import MIB

MAXIMUM = 50 * MIB
SCHEME = "runflow://assets/"
DATA_URI = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w-]+=[^;,]*)*)(;base64)?,(.*)", re.DOTALL)
UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError)


@dataclass(slots=True, eq=False)
class Asset:
    """One file, or the promise of one."""

    id: str
    org_id: str
    name: str
    mime: str
    """As declared; once confirmed, as found in the bytes."""
    path: Path
    created: float
    """Unix seconds."""
    size: int = 0
    confirmed: bool = False
    folder_id: str | None = None

    def record(self, url: str) -> dict[str, Any]:
        """Every documented field; `url` is signed for reading."""
        return {
            "id": self.id,
            "org_id": self.org_id,
            "folder_id": self.folder_id,
            "name": self.name,
            "r2_key": f"assets/{self.id}",
            "url": url,
            "thumbnail_url": None,
            "mime_type": self.mime,
            "size_bytes": self.size,
            "asset_type": kind_of(self.mime),
            "source_type": "upload",
            "source_id": None,
            "created_by": named("user", self.org_id),
            "created_at": stamp(self.created),
            "updated_at": stamp(self.created),
            "deleted_at": None,
            "deleted_by": None,
        }


class Assets:
    """All assets of one sandbox, in a folder."""

    def __init__(self, folder: Path, ids: Ids, switches: AssetSwitches, clock: Clock) -> None:
        self._folder = folder
        self._ids = ids
        self._switches = switches
        self._clock = clock
        self._assets: dict[str, Asset] = {}

    def declare(self, org_id: str, body: Any) -> Asset:
        """Step one of an upload. Raises Refusal 422 naming each wrong member."""
        name, mime, size = read_declaration(body, self._switches.types)
        asset = self._new(org_id, name, mime)
        asset.size = size
        return asset

    def get(self, asset_id: str, org_id: str | None = None) -> Asset:
        """Raises Refusal 404 for one that is unknown or over, and for another organization's where one is given."""
        asset = self._living(asset_id)
        if asset is None or org_id not in (None, asset.org_id):
            raise Refusal(404, "ASSET_NOT_FOUND", "no such asset")
        return asset

    def usable(self, reference: str, org_id: str) -> Asset | None:
        """The confirmed asset that a `runflow://assets/ID` means to this organization, or None."""
        asset = self._living(reference.removeprefix(SCHEME))
        return asset if asset and asset.confirmed and asset.org_id == org_id else None

    def keep_inline(self, org_id: str, uri: str) -> str:
        """Store the bytes of a `data:` URI. Returns the reference that stands for them; raises ValueError."""
        mime, data = decode_data_uri(uri)
        asset = self._new(org_id, f"inline.{mime.partition('/')[2]}", mime)
        asset.path.write_bytes(data)
        asset.size, asset.confirmed = len(data), True
        return SCHEME + asset.id

    def _living(self, asset_id: str) -> Asset | None:
        asset = self._assets.get(asset_id)
        over = asset is not None and self._clock.time() >= asset.created + self._switches.lifetime
        return None if over else asset

    def _new(self, org_id: str, name: str, mime: str) -> Asset:
        now = self._clock.time()
        asset_id = self._ids.new(now)
        asset = Asset(asset_id, org_id, name, mime, self._folder / asset_id, now)
        self._assets[asset_id] = asset
        return asset


def read_declaration(body: Any, types: Sequence[str]) -> tuple[str, str, int]:
    """(filename, MIME type, bytes) of step one. Raises Refusal 422 with everything that is wrong."""
    given = body if isinstance(body, dict) else {}
    name, mime, size = given.get("filename"), given.get("mime_type"), given.get("size_bytes")
    errors = []
    if not isinstance(name, str) or not 1 <= len(name) <= 500:
        errors.append(FieldError(("body", "filename"), "takes 1 to 500 characters"))
    if not isinstance(mime, str) or mime not in types:
        errors.append(FieldError(("body", "mime_type"), f"takes one of {', '.join(types)}"))
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAXIMUM:
        errors.append(FieldError(("body", "size_bytes"), f"takes 1 to {MAXIMUM}"))
    if errors:
        raise invalid(errors)
    return str(name), str(mime), int(size or 0)


def kind_of(mime: str) -> str:
    """`image`, `video`..."""
    return mime.partition("/")[0]


def decode_data_uri(uri: str) -> tuple[str, bytes]:
    """(MIME type, bytes). Raises ValueError where this is no base64 `data:` URI."""
    match = DATA_URI.fullmatch(uri)
    if match is None or not match[3]:
        raise ValueError("is no base64 data: URI")
    try:
        data = base64.b64decode(match[4], validate=True)
    except binascii.Error:
        raise ValueError("holds base64 that cannot be decoded") from None
    if len(data) > MAXIMUM:
        raise ValueError("holds more than 50 MiB; host it and send its address")
    return match[1] or "text/plain", data


def data_uri_objection(uri: str) -> str | None:
    """Why this `data:` URI cannot be taken, or None."""
    try:
        decode_data_uri(uri)
    except ValueError as reason:
        return str(reason)
    return None


def sniff(path: Path) -> str | None:
    """The MIME type of the picture in this file, from its bytes; None where it is no picture."""
    try:
        with Image.open(io.BytesIO(path.read_bytes())) as picture:
            return Image.MIME.get(picture.format or "")
    except UNREADABLE:
        return None
