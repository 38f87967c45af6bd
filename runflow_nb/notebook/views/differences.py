"""What differs between two runs, fact by fact. Pure; text only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...models.catalog import CATALOG
from ...record.listing import paid, sizes
from ...record.run import Run
from .caption import picture_words
from .description import moment_utc, place

NONE = "none"
DIGEST_LENGTH = len("sha256:") + 12
"""Characters of a digest that tell two pictures apart for the eye; they are compared as a whole."""


@dataclass(frozen=True, slots=True)
class Differing:
    """One fact in both runs."""

    label: str
    old: str
    new: str


def differing(old: Run, new: Run) -> list[Differing]:
    """The facts that are not the same, the prompt left out: what was asked for first, then what became of it."""
    return [Differing(label, *values) for label, values in _facts(old, new) if values[0] != values[1]]


def _facts(old: Run, new: Run) -> Iterator[tuple[str, tuple[str, str]]]:
    runs = (old, new)

    def both(told: Sequence[str]) -> tuple[str, str]:
        return told[0], told[1]

    yield "model", both([run.model for run in runs])
    templates = [run.prompt_template if run.prompt_template not in (None, run.prompt) else None for run in runs]
    yield "template", both([template or NONE for template in templates])
    for name in dict.fromkeys(name for run in runs for name in _plain_fields(run)):
        yield name, both([_field(run, name) for run in runs])
    for number in range(max(len(run.pictures) for run in runs)):
        # By digest: a file may have been renamed, and another may have taken its name.
        digests = [_digest(run, number) for run in runs]
        if digests[0] != digests[1]:
            yield f"picture [{number}]", both([_picture(run, number) for run in runs])
    for label, seeds in _seeds(runs):
        yield label, both([_number(seed) for seed in seeds])
    yield "take", both([str(run.take) for run in runs])
    yield "status", both([f"{run.status}: {run.failure}" if run.failure else run.status for run in runs])
    yield "size", both([sizes(run) or NONE for run in runs])
    yield "cost", both([paid(run) for run in runs])
    yield "origin", both([place(run.origin) or "live" for run in runs])
    yield "notebook", both([run.notebook or NONE for run in runs])
    yield "tags", both([", ".join(run.tags) or NONE for run in runs])
    yield "when", both([moment_utc(run.created_at) for run in runs])


def _seeds(runs: Sequence[Run]) -> Iterator[tuple[str, list[int | None]]]:
    """The seeds in one row where each run has only one."""
    asked = [run.seeds.asked for run in runs]
    sent = [run.seeds.sent for run in runs]
    returned = [run.seeds.returned for run in runs]
    if asked == sent == returned:
        yield "seed", sent
        return
    yield "seed asked", asked
    yield "seed sent", sent
    if returned != sent:
        yield "seed returned", returned


def _plain_fields(run: Run) -> list[str]:
    return [name for name, value in run.input.items() if name not in ("prompt", "seed") and not _listed(value)]


def _listed(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _field(run: Run, name: str) -> str:
    """The value; where none was given, what the API takes then, as far as it is published."""
    if name in run.input:
        return str(run.input[name])
    spec = CATALOG.get(run.model)
    field = spec.field(name) if spec else None
    if field is None:
        return "no such field"
    return str(field.default) if field.default is not None and field.published("default") else "not given"


def _digest(run: Run, number: int) -> str | None:
    return str(run.pictures[number].get("digest")) if number < len(run.pictures) else None


def _picture(run: Run, number: int) -> str:
    digest = _digest(run, number)
    return NONE if digest is None else picture_words(run, number, digest[:DIGEST_LENGTH])


def _number(number: int | None) -> str:
    return NONE if number is None else str(number)


def verdict(old: Run, new: Run, found: Sequence[Differing]) -> str:
    """What it comes to, in one line; "" where the rows say it all."""
    if old.id == new.id:
        return f"Both are run {old.short}."
    pictures = [[image.sha256 for image in run.images] for run in (old, new)]
    alike = "The pictures are the same, byte for byte." if pictures[0] and pictures[0] == pictures[1] else ""
    same = old.recipe == new.recipe
    request = f"The same request: nothing differs but {_enumerated(row.label for row in found)}." if same else ""
    return " ".join(filter(None, [request, alike]))


def _enumerated(labels: Iterable[str]) -> str:
    """`seed sent, take and when`."""
    *first, last = labels
    return f"{', '.join(first)} and {last}" if first else last
