"""Where the pictures of a run are: the documented `outputs[]` first, then every shape that clients still meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .values import count, mapping, seconds, sequence, text

SCHEMES = ("https://", "http://", "data:")


@dataclass(frozen=True, slots=True)
class RemoteOutput:
    """One artifact of a run, as the API tells of it."""

    url: str = field(repr=False)
    """Where its bytes are: a signed link that expires, or a `data:` URI."""
    type: str = "image"
    """image, video or audio."""
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    """Seconds."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


def read_outputs(output: object) -> tuple[RemoteOutput, ...]:
    """The artifacts of an `output` of any shape; the first shape that holds a link counts. Never raises."""
    for candidates in _shapes(output):
        found = tuple(filter(None, map(_one, candidates)))
        if found:
            return found
    return ()


def _shapes(output: object) -> Iterator[Iterable[object]]:
    members = mapping(output)
    yield sequence(members.get("outputs"))
    yield sequence(members.get("image_urls"))
    yield [members.get("image")]
    yield sequence(members.get("image"))
    yield sequence(members.get("images"))
    for name in ("url", "output_url", "image_url", "video", "video_url", "audio", "audio_url"):
        yield [members.get(name)]
    for name in ("videos", "audios", "files"):
        yield sequence(members.get(name))
    yield [output]


def _one(entry: object) -> RemoteOutput | None:
    members = mapping(entry)
    for candidate in (entry, members.get("url"), members.get("image_url")):
        url = text(candidate)
        if url is not None and url.strip().lower().startswith(SCHEMES):
            kind = text(members.get("type")) or "image"
            size = count(members.get("width")) or None, count(members.get("height")) or None
            return RemoteOutput(url.strip(), kind.lower(), *size, seconds(members.get("duration")), raw=members)
    return None
