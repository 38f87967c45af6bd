"""What makes a notebook heavy: large outputs, and the saved state of widgets. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...pack.notebook import texts
from ...pack.report import readable
from ...record.audit.finding import Finding
from .saved import SavedNotebook

RENDERED = 2_000_000
"""Bytes up to which GitHub always tries to show a formatted file ("generally less than 2 MB"), notebooks among them:
https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits."""
COMPARED = 500_000
"""Bytes of one file's diff that GitHub shows at the most (same page): a larger output is in no diff."""
PUSHED = 100 * 2**20
"""Bytes of a file that GitHub takes at all: https://docs.github.com/en/repositories/working-with-files/managing-large-files/about-large-files-on-github."""
NAMED = 3
"""Cells that are named as the largest."""
STATE = "application/vnd.jupyter.widget-state+json"
ENCODED = ("data:image/", "iVBORw0KGgo", "/9j/", "UklGR", "R0lGOD")
"""How a picture begins in base64, or in an address that holds its data."""
LEAST = 64
"""Characters: what is shorter is no picture."""


def sizes(notebook: SavedNotebook) -> Iterator[Finding]:
    """A notebook and outputs that are too large for GitHub."""
    total = len(notebook.data)
    weights = {cell.number: [_size(output) for output in cell.outputs] for cell in notebook.cells}
    if total > RENDERED:
        heavy = sorted(weights, key=lambda number: sum(weights[number]), reverse=True)[:NAMED]
        most = ", ".join(f"{number} ({readable(sum(weights[number]))})" for number in heavy if weights[number])
        told = f"; the largest outputs are those of cell {most}" if most else ""
        what = f"has {readable(total)}, and GitHub does not {'take' if total > PUSHED else 'always show'} that{told}"
        remedy = "Split it, or clear outputs that need not be shown; pictures of runs stay in the store"
        yield Finding("large notebook", "the file", what, remedy)
    for cell in notebook.cells:
        if (largest := max(weights[cell.number], default=0)) > COMPARED:
            what = f"an output has {readable(largest)}; GitHub shows no diff of more than {readable(COMPARED)}"
            yield Finding("large output", cell.where, what, "Show less of it, or a smaller picture, and save")


def widget_state(notebook: SavedNotebook) -> Iterator[Finding]:
    """Pictures in the saved state of widgets, and much of it."""
    state = state_of(notebook.content)
    size = _size(state)
    remedy = "runflow-nb check --fix drops it, and widgets come back when their cells run; or do not let it be saved"
    if holds_picture(state):
        what = f"the saved state of widgets holds pictures ({readable(size)} in all)"
        yield Finding("widget pictures", "the notebook's metadata", what, remedy)
    elif size > COMPARED:
        what = f"the saved state of widgets has {readable(size)}"
        yield Finding("widget state", "the notebook's metadata", what, remedy)


def droppable(notebook: SavedNotebook) -> bool:
    """Whether the saved state of widgets can go: it is a cache of what their cells make."""
    return any(True for _ in widget_state(notebook))


def _size(value: object) -> int:
    """Bytes that this takes in a file, indents left out."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def state_of(notebook: Mapping[str, Any]) -> Mapping[str, Any]:
    """The saved state of the widgets, by model id; empty where there is none."""
    metadata = notebook.get("metadata")
    widgets = metadata.get("widgets") if isinstance(metadata, dict) else None
    kept = widgets.get(STATE) if isinstance(widgets, dict) else None
    state = kept.get("state") if isinstance(kept, dict) else None
    return state if isinstance(state, dict) else {}


def holds_picture(state: Mapping[str, Any]) -> bool:
    """Whether a picture stands anywhere in the state of widgets."""
    return any(text.startswith(ENCODED) and len(text) >= LEAST for text in texts(dict(state)))
