"""What a run delivered, put in its place in the store: pictures as originals, anything else as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..record import places
from ..record.formats import extension_of
from ..record.images import Incoming, NotAPicture, facts
from ..record.output_file import KIND
from .recorder import StoredFile, StoredOutput

if TYPE_CHECKING:
    from ..api.outputs import RemoteOutput

UNTOLD = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""Types that say nothing."""
BY_EXTENSION = {extension: mime for mime, extension in reversed(places.EXTENSIONS.items())}
"""Extension -> the usual type."""
MAGIC = (
    (0, b"RIFF", 8, b"AVI ", "video/x-msvideo"),
    (0, b"RIFF", 8, b"WAVE", "audio/wav"),
    (4, b"ftyp", 0, b"", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", 0, b"", "video/webm"),
    (0, b"ID3", 0, b"", "audio/mpeg"),
    (0, b"OggS", 0, b"", "audio/ogg"),
    (0, b"fLaC", 0, b"", "audio/flac"),
    (0, b"%PDF", 0, b"", "application/pdf"),
    (0, b"glTF", 0, b"", "model/gltf-binary"),
)
"""(offset, bytes, offset, bytes, type): how files begin."""


class Arrived(NamedTuple):
    """Something delivered, on the disk but not yet in its place."""

    incoming: Incoming
    output: RemoteOutput
    """What the API said of it."""
    mime: str = ""
    """The type that storage declared."""


class Kept(NamedTuple):
    """Something delivered, in the store."""

    path: Path
    output: StoredOutput | StoredFile


def keep(arrived: Arrived, *, strict: bool) -> Kept:
    """Put it in its place. Blocks.

    `strict`: it has to be a picture; otherwise what is none is kept as the file that it is.

    Raises NotAPicture, OSError, StoreUnavailable.
    """
    incoming, output, declared = arrived
    if output.type == "image" or strict:
        stored = incoming.commit(None if strict or incoming.is_picture else _extension(incoming.head, declared))
        try:
            known = facts(stored.path)
        except NotAPicture:
            if strict:
                raise
        else:
            size = known.width, known.height
            return Kept(stored.path, StoredOutput(stored.sha256, known.format, known.mime, *size, stored.size))
    else:
        stored = incoming.commit(_extension(incoming.head, declared))
    extension = stored.path.suffix.removeprefix(".")
    mime = BY_EXTENSION.get(extension, "application/octet-stream")
    told = KIND.fullmatch(output.type) and (output.type != "image" or mime.startswith("image/"))
    kind = output.type if told else mime.partition("/")[0]
    return Kept(
        stored.path, StoredFile(stored.sha256, kind, mime, stored.size, output.width, output.height, output.duration)
    )


def _extension(head: bytes, declared: str) -> str:
    """By the declared type where it says something, else by how the file begins."""
    if declared not in UNTOLD and declared in places.EXTENSIONS:
        return places.extension(declared)
    for at, begins, then, goes_on, mime in MAGIC:
        if head.startswith(begins, at) and head.startswith(goes_on, then):
            return places.extension(mime)
    return extension_of(head)
