"""A run beside the run that made its request again: the facts by which they are compared. Pure; text only.

They hold what was known when each run ended, so that they are the same at every showing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...models.validate import brief
from ...record.image import Image
from ...record.listing import file_facts, storage_size
from ...record.output_file import OutputFile
from ...record.run import Run
from .description import moment_utc, price

NONE = "none"
SAME, DIFFERS = "same", "differs"
SHA_LENGTH = 12
"""Characters of a digest that tell two files apart for the eye; they are compared as a whole."""
MOST_DATA = 12
"""Facts of a provider that are shown where they differ."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of both runs."""

    label: str
    old: str
    new: str
    tells: bool = True
    """Whether it says something that it is the same, or not."""

    @property
    def verdict(self) -> str:
        return "" if not self.tells else SAME if self.old == self.new else DIFFERS


def compared(old: Run, new: Run) -> list[Compared]:
    """All facts, also those that are the same."""
    return [
        *_outputs(old, new),
        Compared("seed asked", _number(old.seeds.asked), _number(new.seeds.asked)),
        Compared("seed sent", _number(old.seeds.sent), _number(new.seeds.sent)),
        Compared("seed returned", _number(old.seeds.returned), _number(new.seeds.returned)),
        Compared("cost", price(old), price(new)),
        *_model_data(old, new),
        Compared("take", str(old.take), str(new.take), tells=False),
        Compared("bought", moment_utc(old.created_at), moment_utc(new.created_at), tells=False),
    ]


def same_bytes(old: Run, new: Run) -> bool:
    """Whether both delivered the same files, byte for byte."""
    return [output.sha256 for output in old.outputs] == [output.sha256 for output in new.outputs]


def verdict(old: Run, new: Run) -> str:
    """What came of it, in one line."""
    sent = old.seeds.sent, new.seeds.sent
    if sent[0] != sent[1]:
        seed = f"with another seed ({_number(sent[0])}, then {_number(sent[1])})"
    else:
        seed = "without a seed" if sent[0] is None else f"with the same seed, {sent[0]}"
    return f"The same request, made again {seed}: {'the same bytes' if same_bytes(old, new) else 'other bytes'}."


def data_that_differs(old: Run, new: Run) -> list[str]:
    """The names of the provider's facts that are not the same."""
    before, after = _flat(old.model_data), _flat(new.model_data)
    return [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]


def _outputs(old: Run, new: Run) -> Iterator[Compared]:
    count = max(len(old.outputs), len(new.outputs))
    for number in range(count):
        files = [run.outputs[number] if number < len(run.outputs) else None for run in (old, new)]
        mark = f" [{number}]" if count > 1 else ""
        before, after = files
        yield Compared(f"file{mark}", _facts(before), _facts(after))
        yield Compared(f"sha256{mark}", _digest(before), _digest(after))


def _digest(file: Image | OutputFile | None) -> str:
    return NONE if file is None else file.sha256[:SHA_LENGTH]


def _facts(file: Image | OutputFile | None) -> str:
    match file:
        case None:
            return NONE
        case OutputFile():
            return file_facts(file)
        case Image():
            return f"{file.width} × {file.height} {file.format.upper()}, {storage_size(file.size)}"


def _model_data(old: Run, new: Run) -> Iterator[Compared]:
    before, after = _flat(old.model_data), _flat(new.model_data)
    differ = data_that_differs(old, new)
    if not differ and (before or after):
        count = f"{len(after)} fact{'s' if len(after) != 1 else ''}"
        yield Compared("model data", count, count)
    for name in differ[:MOST_DATA]:
        yield Compared(f"model data: {brief(name)}", brief(before.get(name, NONE)), brief(after.get(name, NONE)))
    if len(differ) > MOST_DATA:
        yield Compared("model data", f"{len(differ) - MOST_DATA} more differ", "")


def _flat(data: Any, name: str = "") -> dict[str, str]:
    """Name of a fact -> what it is: `usage.tokens` of `{"usage": {"tokens": 7}}`."""
    if not isinstance(data, Mapping):
        return {} if data is None else {name or "value": str(data)}
    found: dict[str, str] = {}
    for key, value in data.items():
        found |= _flat(value, f"{name}.{key}" if name else str(key)) or {f"{name}.{key}" if name else str(key): NONE}
    return found


def _number(number: int | None) -> str:
    return NONE if number is None else str(number)
