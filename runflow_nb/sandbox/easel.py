"""From an accepted run to its artifacts on disk, beside the event loop."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from ..clock import Clock
from .assets import SCHEME, Assets
from .links import Links
from .offers.offer import Order, Work, pictures_in
from .paint.painter import paint_stand_in
from .refusal import Refusal
from .run import Artifact, Failure, Painted, SandboxRun
from .sources import Source, Unreadable, fetch_loopback, host_of, is_loopback
from .workshop import Workshop

ASSET_PATH = "/sandbox/assets/"
OUTPUT_PATH = "/sandbox/outputs/"
READERS = 4
PAINTERS = 2
"""Few, for painters hold the interpreter for milliseconds at a time, and the event loop needs it too."""


@dataclass(slots=True)
class Progress:
    """The artifacts of one run while they are made, each in its own thread."""

    run: SandboxRun
    work: Work
    done: dict[int, Artifact] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)


class Easel:
    """Makes what runs deliver. `run.painted` is resolved in a thread of the workshop."""

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
            work = run.submission.offer.plan(self._order(run))
        except Unreadable as problem:
            self._fail(run, Failure("INPUT_UNREADABLE", problem.message, "dispatch"))
        except Exception as problem:  # noqa: BLE001 - whatever goes wrong, the run has to end
            self._fail(run, Failure("SANDBOX_ERROR", f"{type(problem).__name__} in the sandbox", "dispatch"))
        else:
            progress = Progress(run, work)
            for index in range(len(work.tasks)):
                self._painters.add(lambda index=index: self._make(progress, index))  # type: ignore[misc]

    def _make(self, progress: Progress, index: int) -> None:
        run, work = progress.run, progress.work
        try:
            made = work.tasks[index]()
            path = self._folder / run.id / f"{index}.{made.suffix}"
            self._write(path, made.data)
        except Exception as problem:  # noqa: BLE001 - whatever goes wrong, the run has to end
            with progress.guard:
                if not run.painted.done():
                    self._fail(run, Failure("SANDBOX_ERROR", f"{type(problem).__name__} in the sandbox", "execution"))
            return
        artifact = Artifact(path, made.mime, made.kind, made.width, made.height, made.duration)
        with progress.guard:
            progress.done[index] = artifact
            if len(progress.done) == len(work.tasks) and not run.painted.done():
                artifacts = tuple(progress.done[i] for i in sorted(progress.done))
                status = "succeeded"
                if run.fate == "partial":
                    status, artifacts = "partial_succeeded", artifacts[:-1] or artifacts
                run.painted.set_result(Painted(self._clock.monotonic(), artifacts, work.description, status=status))

    def _write(self, path: Path, data: bytes) -> None:
        # The folder is removed at the end: a file written meanwhile would keep it from going.
        with self._writing:
            if not self._closed:
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)

    def _fail(self, run: SandboxRun, failure: Failure) -> None:
        run.painted.set_result(Painted(self._clock.monotonic(), failure=failure, status="failed"))

    def _order(self, run: SandboxRun) -> Order:
        sources = [self._read(run, each.url) for each in pictures_in(run.spec, run.input)]
        stand_ins = [host_of(each.stand_in_for) for each in sources if each.stand_in_for]
        pictures = tuple(each.data or paint_stand_in(each.stand_in_for) for each in sources)
        return Order(run.spec, run.input, run.seed, pictures, f"stand-in for {stand_ins[0]}" if stand_ins else "")

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
