"""From an accepted run to its pictures on disk, beside the event loop."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from PIL import Image

from ..clock import Clock
from .assets import SCHEME, UNREADABLE, Assets
from .links import Links
from .paint.commission import Commission
from .paint.painter import describe, paint, paint_stand_in
from .paint.size import nearest_ratio, picture_size
from .refusal import Refusal
from .run import MIMES, Failure, Painted, Picture, SandboxRun
from .sources import Source, Unreadable, fetch_loopback, host_of, is_loopback
from .workshop import Workshop

ASSET_PATH = "/sandbox/assets/"
OUTPUT_PATH = "/sandbox/outputs/"
READERS = 4
PAINTERS = 2
"""Few, for painters hold the interpreter for milliseconds at a time, and the event loop needs it too."""


@dataclass(slots=True)
class Progress:
    """The pictures of one run while they are painted, each in its own thread."""

    run: SandboxRun
    commissions: list[Commission]
    done: dict[int, Picture] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)


class Easel:
    """Paints runs. `run.painted` is resolved in a thread of the workshop."""

    def __init__(self, folder: Path, assets: Assets, links: Links, clock: Clock) -> None:
        self._folder = folder
        self._assets = assets
        self._links = links
        self._clock = clock
        self._readers = Workshop("reader", READERS)
        self._painters = Workshop("painter", PAINTERS)
        self._writing = threading.Lock()
        self._closed = False

    def begin(self, run: SandboxRun) -> None:
        match run.fate:
            case "hangs":
                return
            case "fails":
                self._fail(run, Failure("PROVIDER_ERROR", "the fault plan made this run fail", "execution"))
            case "cancels":
                run.painted.set_result(Painted(self._clock.monotonic(), status="canceled"))
            case _:
                self._readers.add(lambda: self._prepare(run))

    def close(self) -> None:
        """Drop what is queued; what is being painted is not written any more once this returns."""
        self._readers.close()
        self._painters.close()
        with self._writing:
            self._closed = True

    def _prepare(self, run: SandboxRun) -> None:
        try:
            commissions = self._commissions(run)
        except Unreadable as problem:
            self._fail(run, Failure("INPUT_UNREADABLE", problem.message, "dispatch"))
        except Exception as problem:  # noqa: BLE001 - whatever goes wrong, the run has to end
            self._fail(run, Failure("SANDBOX_ERROR", f"{type(problem).__name__} in the sandbox", "dispatch"))
        else:
            progress = Progress(run, commissions)
            for commission in commissions:
                self._painters.add(lambda each=commission: self._paint(progress, each))  # type: ignore[misc]

    def _paint(self, progress: Progress, commission: Commission) -> None:
        run = progress.run
        try:
            path = self._folder / run.id / f"{commission.index}.{commission.format}"
            self._write(path, paint(commission))
        except Exception as problem:  # noqa: BLE001 - whatever goes wrong, the run has to end
            with progress.guard:
                if not run.painted.done():
                    self._fail(run, Failure("SANDBOX_ERROR", f"{type(problem).__name__} in the sandbox", "execution"))
            return
        picture = Picture(path, commission.width, commission.height, MIMES[commission.format])
        with progress.guard:
            progress.done[commission.index] = picture
            if len(progress.done) == len(progress.commissions) and not run.painted.done():
                pictures = tuple(progress.done[i] for i in sorted(progress.done))
                words = describe(progress.commissions[0])
                status = "succeeded"
                if run.fate == "partial":
                    status, pictures = "partial_succeeded", pictures[:-1] or pictures
                run.painted.set_result(Painted(self._clock.monotonic(), pictures, words, status=status))

    def _write(self, path: Path, data: bytes) -> None:
        # The folder is removed at the end: a file written meanwhile would keep it from going.
        with self._writing:
            if not self._closed:
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)

    def _fail(self, run: SandboxRun, failure: Failure) -> None:
        run.painted.set_result(Painted(self._clock.monotonic(), failure=failure, status="failed"))

    def _commissions(self, run: SandboxRun) -> list[Commission]:
        given = run.input
        field_ = run.spec.image_field
        sources = [self._read(run, entry) for entry in given.get(field_.name, [])] if field_ else []
        tier = str(given.get("resolution", run.spec.listed_price.default_tier))
        stand_ins = [host_of(each.stand_in_for) for each in sources if each.stand_in_for]
        pictures = tuple(each.data or paint_stand_in(each.stand_in_for) for each in sources)
        width, height = picture_size(self._ratio(run, pictures), tier)
        return [
            Commission(
                model=run.spec.id,
                prompt=str(given["prompt"]),
                seed=run.seed,
                index=index,
                width=width,
                height=height,
                format=str(given.get("output_format", "png")),
                pictures=pictures,
                mark=f"stand-in for {stand_ins[0]}" if stand_ins else "",
            )
            for index in range(int(given.get("num_images", 1)))
        ]

    def _ratio(self, run: SandboxRun, pictures: tuple[bytes, ...]) -> str:
        field_ = run.spec.field("aspect_ratio")
        default = field_.default if field_ else None
        ratio = str(run.input.get("aspect_ratio", default))
        sizes = [_size(data) for data in pictures]
        if ratio != "auto" or not sizes or field_ is None:
            return ratio
        return nearest_ratio(*sizes[0], field_.allowed)

    def _read(self, run: SandboxRun, entry: str) -> Source:
        """What an entry of `image_urls` holds. Raises Unreadable."""
        if entry.startswith(SCHEME):
            asset = self._assets.usable(entry, run.org_id)
            if asset is None:
                raise Unreadable("the asset is gone")
            return Source(asset.path.read_bytes())
        if entry.startswith(run.base_url + "/sandbox/"):
            return Source(self._own(entry))
        return Source(fetch_loopback(entry)) if is_loopback(entry) else Source(stand_in_for=entry)

    def _own(self, url: str) -> bytes:
        """What a signed link of this very sandbox leads to, read without asking ourselves over HTTP."""
        parts = urlsplit(url)
        try:
            self._links.check(parts.path, dict(parse_qsl(parts.query)))
        except Refusal as refusal:
            raise Unreadable(f"the picture's address answered {refusal.status}: {refusal.message}") from None
        if parts.path.startswith(ASSET_PATH):
            path = self._assets.get(parts.path.removeprefix(ASSET_PATH).partition("/")[0]).path
        else:
            path = self._folder / parts.path.removeprefix(OUTPUT_PATH)
        return path.read_bytes()


def _size(data: bytes) -> tuple[int, int]:
    """(width, height) as seen. Raises Unreadable where this is no picture."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            turned = picture.getexif().get(0x0112, 1) >= 5
            return (picture.height, picture.width) if turned else picture.size
    except UNREADABLE:
        raise Unreadable("a picture could not be decoded") from None
