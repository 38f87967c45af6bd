"""The page of a pack of a notebook with these cells."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from runflow_nb.record.store import Store

from .made import bought, code_cell, entries, packed, picture, saved

FILM = b"RIFF....AVI "


def page_of(folder: Path, *cells: Mapping[str, Any], **how: Any) -> str:
    """Its HTML. The notebook has one run, which no cell shows."""
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(folder / ".runflow")
    bought(store, 1)
    return paged(folder, store, *cells, **how)


def paged(folder: Path, store: Store, *cells: Mapping[str, Any], **how: Any) -> str:
    """The HTML of the page for these cells and this store's runs."""
    notebook = saved(folder / "fox.ipynb", *cells)
    return entries(packed(notebook, store, folder / "out.zip", **how))["index.html"].decode()


def answered(*outputs: Mapping[str, Any], source: str = "look()") -> dict[str, Any]:
    """A code cell with these outputs."""
    return {**code_cell(source), "outputs": list(outputs)}


def printed(text: str | list[str], name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data: Any) -> dict[str, Any]:
    """An output; `text_plain=` is its `text/plain`."""
    bundle = {name.replace("_", "/", 1): value for name, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": bundle}


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def inline_picture() -> str:
    return base64.b64encode(picture(77)).decode()


class Elements(HTMLParser):
    """All that a browser would make of a page: elements with their attributes, and texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page.partition("</style>")[2])

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def addresses(self) -> list[str]:
        """All that it leads to or loads."""
        return [str(value) for _, known in self.elements for name, value in known.items() if name in ("href", "src")]
