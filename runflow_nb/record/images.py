"""Originals and inputs, each under the SHA-256 of its bytes: `images/ab/abcd....png`. Never rewritten."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from .disk import Disk
from .formats import HEAD, TAIL, NotAPicture, PictureFacts, extension_of, facts, seems_whole
from .places import SHA256

__all__ = ["ImageStore", "Incoming", "NotAPicture", "PictureFacts", "Stored", "facts"]


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store."""

    sha256: str
    path: Path
    size: int
    """Bytes."""


class ImageStore:
    """The folder `images` of a store. Looking up makes nothing; the first write makes the folder."""

    def __init__(self, root: Path, disk: Disk) -> None:
        """`root`: the store's folder, which holds `images`."""
        self.folder = root / "images"
        self._disk = disk

    def receive(self) -> Incoming:
        """A sink for bytes whose hash is not known yet. Raises StoreUnavailable."""
        return Incoming(self, self._disk)

    def put(self, data: bytes, extension: str | None = None) -> Stored:
        """Keep these bytes; they are written only where they are not there yet. Raises StoreUnavailable."""
        sha256 = hashlib.sha256(data).hexdigest()
        there = self.find(sha256)
        if there is not None and there.stat().st_size == len(data):
            return Stored(sha256, there, len(data))
        incoming = self.receive()
        try:
            incoming.write(data)
            return incoming.commit(extension)
        except BaseException:
            incoming.discard()
            raise

    def find(self, sha256: str) -> Path | None:
        """The file of this hash if there is one; its content is not looked at."""
        if not SHA256.fullmatch(sha256):
            return None
        folder = self.folder / sha256[:2]
        try:
            # Each delivery looks here, and a glob takes ten times as long.
            found = sorted(name for name in os.listdir(folder) if name.startswith(f"{sha256}."))  # noqa: PTH208
        except OSError:
            return None
        return folder / found[0] if found else None

    def verify(self, sha256: str) -> bool:
        """Whether the file of this hash is there and still has it."""
        path = self.find(sha256)
        if path is None:
            return False
        try:
            with path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
        except OSError:
            return False

    def place(self, sha256: str, extension: str) -> Path:
        """Where the file of this hash belongs."""
        return self.folder / sha256[:2] / f"{sha256}.{extension}"


class Incoming:
    """Bytes on their way into the store, hashed as they pass. Ends with `commit` or `discard`."""

    def __init__(self, images: ImageStore, disk: Disk) -> None:
        self._images = images
        self._writer = disk.stream(images.folder / "incoming")
        self._hash = hashlib.sha256()
        self._head = b""
        self._tail = b""
        self.size = 0

    @property
    def sha256(self) -> str:
        """The hash of what came so far."""
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Raises StoreUnavailable."""
        self._writer.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)
        if len(self._head) < HEAD:
            self._head += bytes(chunk[: HEAD - len(self._head)])
        self._tail = bytes(chunk[-TAIL:]) if len(chunk) >= TAIL else (self._tail + chunk)[-TAIL:]

    @property
    def head(self) -> bytes:
        """The first bytes: enough to tell a format."""
        return self._head

    @property
    def is_picture(self) -> bool:
        """Whether it begins like a picture."""
        return extension_of(self._head) != "bin"

    @property
    def whole(self) -> bool:
        """Whether what came so far has the beginning and the end of a picture."""
        return seems_whole(self._head, self._tail, self.size)

    def commit(self, extension: str | None = None) -> Stored:
        """Put the file in place under its hash; one that is there already stays as it is.

        `extension`: without a dot; None for that of the format that the bytes show (`bin` where they show none).
        Raises StoreUnavailable.
        """
        sha256 = self.sha256
        there = self._images.find(sha256)
        # A file of another size was cut off by something outside: the whole one takes its place.
        if there is not None and there.stat().st_size == self.size:
            self._writer.discard()
            return Stored(sha256, there, self.size)
        target = there or self._images.place(sha256, extension or extension_of(self._head))
        return Stored(sha256, self._writer.finish(target), self.size)

    def discard(self) -> None:
        """Leave nothing behind. After `commit` this does nothing."""
        self._writer.discard()
