"""What a cell shows of a run: first a live line and the caption as far as it is known, then picture and caption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...engine.job import Job
from ...record.run import Run
from ..interactive import capturing, in_terminal
from ..views.bundles import Bundle, picture_bundle
from ..views.caption import caption_bundle, pending_bundle
from ..views.live import error_bundle, line_bundle, live_bundle, live_text
from .outputs import Output, append, publish, say, updatable
from .shown import hold_back, remember


@dataclass(frozen=True, slots=True)
class Manner:
    """How a cell wants its run to be shown."""

    quiet: bool = False
    """Not at all."""
    unveiled: bool = False
    """As it is, also where it is flagged as not safe for work."""


PLAIN = Manner()


def lay_out(run: Run) -> None:
    """Put the copies in place that a notebook links to. One that cannot be made is missed by whoever follows the link:
    what is shown stays the same everywhere."""
    for file in run.files:
        file.show()


def show(shell: Any, run: Run, manner: Manner = PLAIN) -> None:
    """Picture and caption as two outputs of the cell that runs; where only words can be shown, the files too."""
    lay_out(run)
    data, metadata = picture_bundle(run, unveiled=manner.unveiled)
    if in_terminal(shell) and not run.forgotten:
        del data["text/plain"]  # one line under the other, the caption says the same once more
    publish(data, metadata)
    publish(caption_bundle(run, unveiled=manner.unveiled))
    if in_terminal(shell) and run.outputs:
        say("\n".join(str(output.path) for output in run.outputs))
    hold_back(shell, run)
    remember(shell, run)


class Screen:
    """The two outputs of one run, in the cell that runs when it is made. Any thread may change them later."""

    def __init__(self, shell: Any, manner: Manner = PLAIN) -> None:
        self._shell = shell
        self._manner = manner
        self._widget = capturing(shell)
        self._updatable = self._widget is None and not in_terminal(shell)
        self._outputs: tuple[Output, Output] | None = None
        """Line and caption, once they are open."""
        self._text = ""
        self._captioned = False
        """Whether the caption says what is known of the run."""
        self._ended: tuple[tuple[Bundle, Bundle], Bundle | None] | None = None
        """(picture with its metadata, caption) as they stand at the end."""

    def progress(self, job: Job) -> None:
        """Say how far the run is; opens both outputs at the first call."""
        progress = job.progress()
        text, before = live_text(progress), self._text
        if self._manner.quiet or text == before:
            return
        self._text = text
        if self._outputs is not None:
            self._outputs[0].update(live_bundle(progress), raw=True)
            if job.run is not None and not self._captioned:
                self._captioned = True
                self._outputs[1].update(pending_bundle(job.run), raw=True)
        elif self._updatable:
            # Known before they are shown: an interrupt between the two still finds the line that it has to end.
            line, caption = self._outputs = (updatable(), updatable())
            line.display(live_bundle(progress), raw=True)
            self._captioned = job.run is not None
            caption.display(pending_bundle(job.run) if job.run is not None else {"text/plain": ""}, raw=True)
        elif not before and in_terminal(self._shell):
            say(text)

    def finish(self, run: Run) -> None:
        """Picture and caption, in the outputs that were opened, else as new ones of the cell that runs."""
        if self._manner.quiet:
            return
        if self._outputs is None:
            show(self._shell, run, self._manner)
            return
        lay_out(run)
        self._end(picture_bundle(run, unveiled=self._manner.unveiled), self._caption(run))
        hold_back(self._shell, run)
        remember(self._shell, run)

    def arrive(self, run: Run) -> None:
        """Picture and caption of a run that nobody waited for: where its own cell can still be reached."""
        if not self._manner.quiet:
            lay_out(run)
            self._end(picture_bundle(run, unveiled=self._manner.unveiled), self._caption(run))
            remember(self._shell, run)

    def fail(self, error: Exception) -> None:
        """The error of a run that nobody waited for, in its own cell: in the picture's place, or below its caption."""
        if self._manner.quiet:
            return
        told = error_bundle(error)
        if self._ended is None:
            self._end((told, {}), None)
            return
        picture, caption = self._ended
        self._end(picture, {kind: f"{text}\n{told[kind]}" for kind, text in (caption or {}).items()})

    def repeat(self) -> None:
        """The end once more: a runner without a page hears nothing between two cells."""
        if self._outputs is not None and self._ended is not None:
            (data, metadata), caption = self._ended
            self._outputs[0].update(data, metadata=metadata, raw=True)
            if caption is not None:
                self._outputs[1].update(caption, raw=True)

    def leave(self, text: str, remark: str = "") -> None:
        """The wait ended without a picture: the line says why, so that nothing seems to move any more."""
        if self._outputs is not None:
            self._outputs[0].update(line_bundle(text, remark), raw=True)

    def _caption(self, run: Run) -> Bundle:
        return caption_bundle(run, unveiled=self._manner.unveiled)

    def _end(self, picture: tuple[Bundle, Bundle], caption: Bundle | None) -> None:
        self._ended = picture, caption
        if self._widget is None:
            self.repeat()
            return
        append(self._widget, *picture)
        if caption is not None:
            append(self._widget, caption)
