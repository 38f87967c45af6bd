"""What a person gave as a picture, turned into something that can be hashed, recorded and sent.

Reading identifies (nothing is written), `keep` puts the bytes into the store, `outgoing` says how they go out.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ...errors import InvalidRequest, Problem, RunflowError
from ...models.validate import brief, brief_path
from ...record.given import file_of
from ...record.image import Image
from ...record.images import ImageStore, NotAPicture, facts
from ...record.run import Run, short_id
from . import addresses
from .figures import Drawn, drawn, is_figure
from .files import Seen, check_size, identify, read_file
from .given import Given, Recorded
from .pixels import array_picture, canonical, is_array, is_pil, lossless_png, pixel_digest

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

Source = Literal["file", "bytes", "pil", "array", "figure", "url", "data", "run"]
INLINE = 2**20
"""Bytes up to which a picture travels inside of the request; larger ones are uploaded first."""
ACCEPTED = (
    "give a file's path, an http(s) address, a data: URI, bytes, a PIL image, an array, a matplotlib figure, "
    "or an earlier run's image"
)


@dataclass(frozen=True, slots=True)
class PictureInput:
    """One picture of a request, identified."""

    digest: str
    """`sha256:...` of its bytes (pixels: of mode, size and pixels), or `url:...` of an address that was not read."""
    name: str
    """What it is, fit to be written down: a path, an address without its signature, a run's picture, else the kind."""
    source: Source
    mime: str | None = None
    note: str | None = None
    """What a caption has to say about it."""
    stored: Path | None = None
    """Its bytes in the store; for pixels a PNG, under that file's own hash."""
    address: str | None = None
    """The address that is sent as it was given; None where bytes are sent."""
    run: str | None = None
    """Our id of the run that it comes from."""
    number: int | None = None
    """Its number within that run, from 0."""
    typed: str | None = None
    """What the person typed for it in a cell."""
    content: Path | bytes | PilImage | None = field(default=None, repr=False, compare=False)
    """Where its bytes come from until they are stored."""

    @property
    def read(self) -> bool:
        """Whether its bytes are known; those of an address may differ from what it stood for before."""
        return self.content is not None or (self.stored is not None and self.source != "url")


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored picture that is too large to travel inside of the request."""

    path: Path
    mime: str
    filename: str

    @property
    def sha256(self) -> str:
        """Of its bytes, by which the store names them."""
        return self.path.stem


def read_pictures(
    given: Iterable[Any],
    *,
    images: ImageStore,
    fetch: Callable[[str], bytes] | None = None,
    recall: Callable[[str], str | None] | None = None,
    seen: Seen | None = None,
) -> tuple[PictureInput, ...]:
    """All pictures of a request, in their order; see `read_picture`. Raises InvalidRequest with every problem."""
    found: list[PictureInput] = []
    problems: list[Problem] = []
    for one in given:
        try:
            found.append(read_picture(one, images=images, fetch=fetch, recall=recall, seen=seen))
        except InvalidRequest as refused:
            problems += refused.problems
    if problems:
        raise InvalidRequest(problems)
    return tuple(found)


def read_picture(
    given: Any,
    *,
    images: ImageStore,
    fetch: Callable[[str], bytes] | None = None,
    recall: Callable[[str], str | None] | None = None,
    seen: Seen | None = None,
) -> PictureInput:
    """Identify one picture. Blocks; writes nothing.

    `fetch` reads an address (raising OSError or a RunflowError where it cannot); without it addresses are not read.
    `recall` knows the digest that a name stood for before; it speaks only for a missing file and an unread address.
    `seen` remembers the hashes of files. Raises InvalidRequest.
    """
    reader = _Reader(images, fetch, recall, seen or Seen())
    try:
        return reader.read(given)
    except NotAPicture as reason:
        raise InvalidRequest([Problem("images", _brief(given), str(reason))]) from None


def _brief(given: Any) -> str:
    if isinstance(given, Given):
        value = f" ({_brief(given.value)})" if isinstance(given.value, str | os.PathLike) else ""
        return brief(given.typed) + value
    if isinstance(given, os.PathLike):
        return brief_path(os.fspath(given))
    if isinstance(given, str) and addresses.scheme(given) == "data":
        return "data:..."
    if isinstance(given, str):
        return brief(addresses.public_name(given)) if addresses.scheme(given) else brief_path(given)
    return brief(given)


class _Reader:
    """One way in for each kind of thing."""

    def __init__(
        self,
        images: ImageStore,
        fetch: Callable[[str], bytes] | None,
        recall: Callable[[str], str | None] | None,
        seen: Seen,
    ) -> None:
        self._images = images
        self._fetch = fetch
        self._recall = recall
        self._seen = seen

    def read(self, given: Any) -> PictureInput:
        if not isinstance(given, Given):
            return self._read(given)
        try:
            return replace(self._read(given.value), typed=given.typed)
        except InvalidRequest as refused:
            raise InvalidRequest([replace(p, given=f"{given.typed} ({p.given})") for p in refused.problems]) from None

    def _read(self, given: Any) -> PictureInput:
        if isinstance(given, str):
            return self._text(given)
        if isinstance(given, os.PathLike):
            return self._file(os.fsdecode(given))
        if isinstance(given, bytes | bytearray | memoryview):
            return self._bytes(bytes(given), "bytes", "bytes")
        if isinstance(given, Image):
            return self._original(given)
        if isinstance(given, Run):
            return self._run(given)
        if isinstance(given, Recorded):
            return self._recorded(given.known)
        if is_pil(given):
            return self._pixels(given, "PIL image", "pil")
        if is_array(given):
            return self._pixels(array_picture(given), "array", "array")
        if isinstance(given, Drawn) or is_figure(given):
            return self._pixels((given if isinstance(given, Drawn) else drawn(given)).picture, "figure", "figure")
        raise NotAPicture(f"is no picture: {ACCEPTED}")

    def _text(self, text: str) -> PictureInput:
        match addresses.scheme(text):
            case "data":
                return self._data(text)
            case "http" | "https":
                return self._url(text)
            case "runflow":
                return PictureInput(addresses.text_digest(text), text, "url", address=text)
            case None:
                return self._file(text)
            case other:
                raise NotAPicture(f"is an address of the kind {other}: only http and https can be read")

    def _file(self, text: str) -> PictureInput:
        found = read_file(text, self._images, self._seen)
        if isinstance(found, Problem):
            known = self._recall(text) if self._recall else None
            if known is None:
                raise InvalidRequest([found])
            note = f"{text} is missing: it stands for the picture that it was before"
            return PictureInput(known, text, "file", note=note, stored=self._find(known))
        return PictureInput(found.digest, text, "file", found.mime, content=found.path, stored=self._find(found.digest))

    def _bytes(self, data: bytes, name: str, source: Source, address: str | None = None) -> PictureInput:
        if address is None:
            check_size(len(data))
        sha256 = hashlib.sha256(data).hexdigest()
        mime = identify(data, sha256, self._images, self._seen).mime
        stored = self._images.find(sha256)
        return PictureInput(f"sha256:{sha256}", name, source, mime, stored=stored, address=address, content=data)

    def _data(self, uri: str) -> PictureInput:
        try:
            data = addresses.data_bytes(uri)
        except ValueError as reason:
            raise NotAPicture(str(reason)) from None
        return self._bytes(data, uri[: uri.find(",")].partition(";")[0][:40], "data")

    def _url(self, url: str) -> PictureInput:
        if wrong := addresses.problem_with(url):
            raise NotAPicture(wrong)
        name, public = addresses.public_name(url), addresses.is_public(url)
        reason = None
        if self._fetch is not None:
            try:
                return self._bytes(self._fetch(url), name, "url", url if public else None)
            except (OSError, RunflowError) as failed:
                reason = str(failed).partition("\n")[0] or type(failed).__name__
        known = self._recall(name) if self._recall else None
        stored = self._find(known) if known else None
        if reason is not None and not public and stored is None:
            raise NotAPicture(f"could not be read from here, and Runflow cannot reach it at all ({reason})")
        stands = "it stands for the picture that it was before" if known else "it was sent as given"
        note = f"{name} could not be read: {stands}" if reason is not None else None
        digest = known or addresses.text_digest(url)
        return PictureInput(digest, name, "url", None, note, None if public else stored, url if public else None)

    def _original(self, image: Image) -> PictureInput:
        stored = self._images.find(image.sha256)
        content = image.path if stored is None and image.path.is_file() else None
        name = f"run {short_id(image.run)} picture {image.index}"
        return PictureInput(
            f"sha256:{image.sha256}",
            name,
            "run",
            image.mime,
            stored=stored,
            run=image.run,
            number=image.index,
            content=content,
        )

    def _run(self, run: Run) -> PictureInput:
        if len(run.images) != 1:
            advice = "give one of them, e.g. run.images[0]" if run.images else "it has no picture to give"
            raise NotAPicture(f"is a run with {len(run.images)} images: {advice}")
        return self._original(run.images[0])

    def _recorded(self, known: Mapping[str, Any]) -> PictureInput:
        # Missing bytes are told where they would be sent: what was made of them is shown without.
        digest = str(known.get("digest"))
        sha256 = file_of(known)
        stored = self._images.find(sha256) if sha256 is not None and self._images.verify(sha256) else None
        # Its bytes are sent, so that an address is only what it was once known by.
        source: Source = "bytes" if known.get("source") == "url" else known.get("source", "bytes")
        name, run, number = str(known.get("name", "")), known.get("run"), known.get("number")
        return PictureInput(digest, name, source, stored=stored, run=run, number=number, typed=known.get("typed"))

    def _pixels(self, picture: PilImage, name: str, source: Source) -> PictureInput:
        # A copy, since the person may paint on while the run is prepared.
        mine = canonical(picture).copy()
        digest = pixel_digest(mine)
        stored = self._images.find(self._seen.pngs.get(digest, ""))
        return PictureInput(digest, name, source, "image/png", stored=stored, content=mine)

    def _find(self, digest: str) -> Path | None:
        return self._images.find(digest.removeprefix("sha256:"))


def keep(picture: PictureInput, images: ImageStore, seen: Seen | None = None) -> PictureInput:
    """The same picture with its bytes in the store, where it has any. Blocks.

    Raises InvalidRequest where they are gone or have changed since they were identified; StoreUnavailable.
    """
    if picture.stored is not None or (picture.content is None and picture.address is not None):
        return picture
    try:
        return replace(picture, stored=_stored(picture, images, seen or Seen()))
    except (OSError, NotAPicture) as reason:
        why = str(reason) if isinstance(reason, NotAPicture) else "can no longer be read"
        raise InvalidRequest([Problem("images", brief_path(picture.name), why)]) from None


def _stored(picture: PictureInput, images: ImageStore, seen: Seen) -> Path:
    content = picture.content
    if content is None:
        raise NotAPicture("is not in the store any more: give the picture itself")
    if isinstance(content, Path):
        return _copied(content, picture.digest, images)
    if isinstance(content, bytes):
        return images.put(content).path
    png = lossless_png(content)
    check_size(len(png))
    made = images.put(png, "png")
    seen.pngs[picture.digest] = made.sha256
    return made.path


def _copied(path: Path, digest: str, images: ImageStore) -> Path:
    incoming = images.receive()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(INLINE):
                incoming.write(chunk)
        if f"sha256:{incoming.sha256}" != digest:
            raise NotAPicture("changed while it was read: run the cell again")
        return incoming.commit().path
    finally:
        incoming.discard()


def outgoing(picture: PictureInput) -> str | Upload:
    """How a kept picture goes out: an address or `data:` URI for the request, or an upload that has to come first.

    Raises InvalidRequest where there is nothing to send.
    """
    if picture.address is not None:
        return picture.address
    path = picture.stored
    try:
        if path is None:
            raise NotAPicture("is not in the store any more: give the picture itself")
        mime = facts(path).mime
        if path.stat().st_size <= INLINE:
            return addresses.data_uri(path.read_bytes(), mime)
    except (OSError, NotAPicture) as reason:
        why = str(reason) if isinstance(reason, NotAPicture) else "can no longer be read from the store"
        raise InvalidRequest([Problem("images", brief_path(picture.name), why)]) from None
    named = Path(picture.name).name if picture.source == "file" else ""
    return Upload(path, mime, named[:200] or f"picture-{path.stem[:8]}{path.suffix}")
