"""One file that a run delivered and that is no picture: a video, a sound, a document."""

from __future__ import annotations

import builtins
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from .image import OriginalGone

EXTENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "video/mp4": "mp4",
        "video/webm": "webm",
        "video/quicktime": "mov",
        "video/x-msvideo": "avi",
        "video/vnd.avi": "avi",
        "video/avi": "avi",
        "video/x-matroska": "mkv",
        "video/mpeg": "mpg",
        "audio/mpeg": "mp3",
        "audio/mp4": "m4a",
        "audio/wav": "wav",
        "audio/x-wav": "wav",
        "audio/vnd.wave": "wav",
        "audio/ogg": "ogg",
        "audio/flac": "flac",
        "audio/aac": "aac",
        "application/json": "json",
        "application/pdf": "pdf",
        "application/zip": "zip",
        "model/gltf-binary": "glb",
        "image/svg+xml": "svg",
        "text/plain": "txt",
        "text/csv": "csv",
    }
)
"""Type -> extension; what is not named here is a `.bin`. Never one that a browser runs as a page."""
KIND = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""A word for what a file is, as records have it."""


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file in the store: the bytes as they were delivered."""

    sha256: str
    path: Path
    type: str
    """What the API calls it: `video`, `audio`, or another word."""
    mime: str
    """As storage declared it; "" where it did not."""
    size: int
    """Bytes."""
    width: int | None
    """Pixels."""
    height: int | None
    """Pixels."""
    duration: float | None
    """Seconds."""
    index: int
    """Its number among all that the run delivered, from 0."""
    run: str
    """Our id of that run."""
    shown: Path
    """Where the copy lies that a notebook links to."""

    @property
    def bytes(self) -> builtins.bytes:
        """The file's bytes. Raises OriginalGone."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            raise OriginalGone(self.path, self.run) from None

    @property
    def format(self) -> str:
        """What people call it: `AVI`, `MP4`; "" where nothing tells."""
        extension = self.path.suffix.removeprefix(".")
        return "" if extension == "bin" else extension.upper()

    def show(self) -> bool:
        """Lay the copy out that a notebook links to, where it is not there yet; whether it is there now.

        It is a copy: whoever changes it changes no original.
        """
        try:
            if self.shown.exists():
                return True
            self.shown.parent.mkdir(exist_ok=True)
            unfinished = self.shown.with_name(f".{self.shown.name}.{secrets.token_hex(4)}.tmp")
            try:
                shutil.copyfile(self.path, unfinished)
                unfinished.replace(self.shown)
            finally:
                unfinished.unlink(missing_ok=True)
        except OSError:
            return False
        return True

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Copy the file to `path`, byte for byte; an existing one is overwritten. Raises OriginalGone."""
        if not self.path.exists():
            raise OriginalGone(self.path, self.run)
        return Path(shutil.copyfile(self.path, path))
