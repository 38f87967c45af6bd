"""Cells whose text no longer asks for what their output shows. Said only where it is certain. Pure, but for the hashes
of pictures that lie beside the notebook."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...models.catalog import known
from ...models.request import canonical
from ...models.spec import ModelSpec, Value
from ...record.audit.finding import Finding, of_run
from ...record.run import Run
from ...settings.table import DEFAULTS
from ..cell.option_table import MODEL
from ..cell.prompt import is_template
from .asking import Read, Use, asks_new, read, uses
from .records import Shown
from .saved import SavedNotebook

APART = frozenset({"prompt", "seed"})
"""Compared by themselves."""


def judge(notebook: SavedNotebook, shown: Sequence[Shown], folder: Path | None) -> Iterator[Finding]:
    """`shown`: the runs in its outputs; `folder`: where the notebook lies, None where it lies in no folder."""
    runs: dict[int, dict[str, Run]] = defaultdict(dict)
    for each in shown:
        runs[each.cell.number][each.run.id] = each.run
    for cell in notebook.cells:
        if not cell.code:
            continue
        if asks_new(cell.source):
            remedy = "Give the number of the take that it made, as --take N: every Run All buys another one else"
            yield Finding("take new", cell.where, "asks for a new take", remedy)
        found = list(uses(cell.source))
        if len(found) != 1 or not found[0].alone or len(runs[cell.number]) != 1:
            continue
        (run,) = runs[cell.number].values()
        asked = read(found[0])
        differing = list(differences(asked, run, folder) if asked is not None else of_unknown(found[0], run))
        if differing:
            what = f"its text and its output ({of_run(run.short)}) differ in {_joined(differing)}"
            remedy = "Run it to show, or buy, what its text asks for"
            remedy += f"; %runflow cell {run.short} gives the cell of what is shown"
            yield Finding("text differs", cell.where, what, remedy)


def differences(read: Read, run: Run, folder: Path | None) -> Iterator[str]:
    """What the text asks for and the run certainly is not, in words."""
    request, options = read.asked.request, read.asked.options
    if not read.templated and request.prompt != run.prompt:
        yield "the prompt"
    named = any(word.name in MODEL.spellings for word in read.typed.split.words) or request.spec.declared
    if request.spec.id != run.model and named:
        yield "the model"
    # The seed that was drawn for it, asked for by name: that shows the oldest picture that was sent it.
    pinned = run.seeds.asked is None and request.seed is not None and request.seed == run.seeds.sent
    if not pinned and request.seed != run.seeds.asked:
        yield "the seed"
    if not pinned and options.take != "new" and (options.take or 1) != run.take:
        yield "the take"
    if bool(request.images) != bool(run.pictures) or any(_replaced(word, run, folder) for word in options.images):
        yield "the pictures that go in"
    if request.spec.id == run.model:
        yield from (name.replace("_", " ") for name in _fields(read, run))


def of_unknown(use: Use, run: Run) -> Iterator[str]:
    """The same of a model that only the API's list knows: what its options mean is not told here."""
    if use.model is None or known(use.model) is not None:
        return
    if use.model != run.model:
        yield "the model"
    words = (use.body or "").strip()
    if words and run.prompt and not is_template(words) and words != run.prompt:
        yield "the prompt"


def _fields(read: Read, run: Run) -> Iterator[str]:
    spec, stated = read.asked.request.spec, read.asked.request.input
    given = {name: value for name, value in run.input.items() if name != run.picture_field}
    asked, made = _deciding(spec, stated), _deciding(spec, given)
    for name in sorted((asked.keys() | made.keys()) - APART):
        # What the text does not say may have been said by a setting.
        if asked.get(name) != made.get(name) and (name in stated or name not in DEFAULTS):
            yield name


def _deciding(spec: ModelSpec, values: Mapping[str, Value]) -> dict[str, Any]:
    """What of these values decides the picture."""
    deciding: dict[str, Any] = canonical(spec, values, [])["input"]
    return deciding


def _replaced(word: str, run: Run, folder: Path | None) -> bool:
    """Whether another picture lies now where this one lay."""
    known = next(
        (p for p in run.pictures if p.get("source") == "file" and word in (p.get("typed"), p.get("name"))), None
    )
    if known is None or folder is None:
        return False
    try:
        with (folder / word).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError):
        return False
    return f"sha256:{digest}" != known.get("digest")


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
