"""Two runs under one slider, or side by side, and what differs in what was asked."""

from __future__ import annotations

from typing import Any

import traitlets

from ..notebook.views.description import alt_text
from ..notebook.views.diff_view import diff_bundle, differences_html
from ..notebook.views.run_record import MIME, record
from ..record.run import Run
from .files import by_hash, kinds, told_files
from .late import Late
from .live import publish_live
from .pictures import Pictures, script
from .sources import source_of_run
from .style import style

LONGEST_SIDE = 2**16
"""Pixels of a preview; no picture that a page shows has more."""


class Compare(Late, Pictures):
    """`Compare(a, b)`: shown by being a cell's closing value, or by `display`."""

    late_esm = script("keys.js", "files.js", "compare.js")
    late_css = style()
    runs: Any = traitlets.List().tag(sync=True)
    """Of each run its name, the hash of its picture, and what is said where it cannot be seen."""
    ratio = traitlets.Float(1.0).tag(sync=True)
    """Width by height of the frame that both pictures stand in."""
    differences = traitlets.Unicode().tag(sync=True)
    """HTML, escaped."""

    def __init__(self, a: Run, b: Run) -> None:
        self._pair = (a, b)
        sources = [source_of_run(run) for run in self._pair]
        super().__init__(
            sources=[source for source in sources if source is not None],
            runs=[
                {
                    "name": run.short,
                    "hash": None if source is None else source.hash,
                    "alt": alt_text(run),
                    "absent": kinds(run) or "No picture",
                    "files": told_files(run),
                }
                for run, source in zip(self._pair, sources, strict=True)
            ],
            ratio=_ratio(self._pair),
            differences=differences_html(a, b),
        )
        self.offer_files(by_hash(self._pair))

    def _ipython_display_(self, **_: Any) -> None:
        a, b = self._pair
        static = {**diff_bundle(a, b), MIME: record(list(dict.fromkeys(self._pair)))}
        publish_live(self, f"{a.short} and {b.short}, compared", static)


def _ratio(pair: tuple[Run, Run]) -> float:
    """Of the higher one: the other then stands in it with room at its sides."""
    previews = [run.preview for run in pair if run.preview is not None]
    sizes = [(preview.width, preview.height) for preview in previews]
    # Journals come from others too.
    known = [size for size in sizes if all(0 < side <= LONGEST_SIDE for side in size)]
    return min((width / height for width, height in known), default=1.0)
