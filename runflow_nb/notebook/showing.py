"""What a cell shows of a run: first a live line and the caption as far as it is known, then picture and caption."""

from __future__ import annotations

from typing import Any

from ..engine.job import Job
from ..record.run import Run
from .bundles import picture_bundle
from .caption import caption_bundle, pending_bundle
from .interactive import can_update, in_terminal, parent_header
from .live import line_bundle, live_bundle, live_text
from .outputs import Output, publish, say, updatable

GOES_ON = "Run the cell again to collect it, or %runflow resume."
_held_back: dict[int, tuple[object, set[str]]] = {}
"""Shell -> (the request that runs, ids of what it has shown)."""


def show(shell: Any, run: Run) -> None:
    """Picture and caption as two outputs of the cell that runs; where only words can be shown, the files too."""
    data, metadata = picture_bundle(run)
    publish(data, metadata)
    publish(caption_bundle(run))
    if in_terminal(shell):
        say("\n".join(str(image.path) for image in run.images))
    hold_back(shell, run)


def hold_back(shell: Any, run: Run) -> None:
    """Remember that the running cell need not show this run once more as its closing value."""
    shown_here(shell).add(run.id)


def shown_here(shell: Any) -> set[str]:
    """Ids of the runs that the running cell has shown."""
    request = (shell.execution_count, parent_header(shell).get("header", {}).get("msg_id"))
    known, ids = _held_back.get(id(shell), (None, set()))
    if known != request:
        ids = set()
        _held_back[id(shell)] = (request, ids)
    return ids


class Screen:
    """The two outputs of one run that is being waited for."""

    def __init__(self, shell: Any, quiet: bool) -> None:
        self._shell = shell
        self._quiet = quiet
        self._updatable = can_update(shell)
        self._outputs: tuple[Output, Output] | None = None
        """Line and caption, once they are open."""
        self._text = ""

    def progress(self, job: Job) -> None:
        """Say how far the run is; opens both outputs at the first call."""
        progress = job.progress()
        text, before = live_text(progress), self._text
        if self._quiet or text == before:
            return
        self._text = text
        if self._outputs is not None:
            self._outputs[0].update(live_bundle(progress), raw=True)
        elif self._updatable:
            # Known before they are shown: an interrupt between the two still finds the line that it has to end.
            line, caption = self._outputs = (updatable(), updatable())
            line.display(live_bundle(progress), raw=True)
            caption.display(pending_bundle(job.run) if job.run is not None else {"text/plain": ""}, raw=True)
        elif not before and in_terminal(self._shell):
            say(text)

    def finish(self, run: Run) -> None:
        """Picture and caption, in the outputs that were opened, else as new ones."""
        if self._quiet:
            return
        if self._outputs is None:
            show(self._shell, run)
            return
        line, caption = self._outputs
        data, metadata = picture_bundle(run)
        line.update(data, metadata=metadata, raw=True)
        caption.update(caption_bundle(run), raw=True)
        hold_back(self._shell, run)

    def leave(self, text: str, remark: str = "") -> None:
        """The wait ended without a picture: the line says why, so that nothing seems to move any more."""
        if self._outputs is not None:
            self._outputs[0].update(line_bundle(text, remark), raw=True)
