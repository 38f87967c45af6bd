"""A saved notebook taken apart for the rules of a check. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...pack.keys import holds_key
from ...pack.notebook import source_of
from ...plain import shortened
from ...private import keys_of_others
from ...secret import Secret

WORDS = 40
"""Characters of a cell's text that tell which one it is."""
PICTURE = "image/"


class NotReadable(ValueError):
    """This is no notebook; the text says why."""


@dataclass(frozen=True)
class SavedCell:
    """One cell as it was saved."""

    number: int
    """Counted from 1."""
    source: str
    where: str
    """The cell in words, for a finding."""
    content: Mapping[str, Any]

    @property
    def code(self) -> bool:
        return self.content.get("cell_type") == "code"

    @cached_property
    def outputs(self) -> list[Mapping[str, Any]]:
        """Its outputs; whatever is none stands as an empty one, so that places stay."""
        found = self.content.get("outputs")
        return [one if isinstance(one, dict) else {} for one in found] if isinstance(found, list) else []


@dataclass(frozen=True)
class SavedNotebook:
    """A notebook as it was saved."""

    data: bytes
    content: Mapping[str, Any]
    cells: Sequence[SavedCell]


def read(data: bytes, key: Secret | None) -> SavedNotebook:
    """Take a notebook's bytes apart. `key` stands in no words about a cell. Raises NotReadable."""
    try:
        content = json.loads(data.decode())
    except UnicodeDecodeError:
        raise NotReadable("is no text in UTF-8") from None
    except RecursionError:
        raise NotReadable("is nested too deeply") from None
    except ValueError:
        raise NotReadable("is no JSON") from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise NotReadable("is no notebook: it has no list of cells")
    cells = [_cell(number, cell, key) for number, cell in enumerate(content["cells"], 1) if isinstance(cell, dict)]
    return SavedNotebook(data, content, cells)


def _cell(number: int, content: Mapping[str, Any], key: Secret | None) -> SavedCell:
    source = source_of(content)
    words = shortened(source[: 10 * WORDS], WORDS)
    secret = holds_key(source.encode("utf-8", "replace"), key) or keys_of_others(source)
    told = f" ({words})" if words and not secret else ""
    return SavedCell(number, source, f"cell {number}{told}", content)


def data_of(output: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an output shows, by type."""
    found = output.get("data")
    return found if isinstance(found, dict) else {}


def text_of(value: object) -> str:
    """A text, also one that is kept as a list of its lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def texts_of(output: Mapping[str, Any]) -> Iterator[str]:
    """What of an output is text: streams, errors, and all that is shown but pictures and records."""
    yield text_of(output.get("text"))
    yield text_of(output.get("evalue"))
    trace = output.get("traceback")
    yield "\n".join(text_of(line) for line in trace) if isinstance(trace, list) else ""
    for kind, value in data_of(output).items():
        if not kind.startswith(PICTURE) and not kind.endswith("json"):
            yield text_of(value)
