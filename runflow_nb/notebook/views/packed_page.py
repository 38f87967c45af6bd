"""A packed notebook as one page: its text, its pictures and their facts, without Jupyter, script or network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from ...pack.contents import Contents
from ...pack.notebook import Cell
from ...record.listing import costs_of, money_by_origin
from ...record.run import Run
from .description import joined
from .packed.addresses import addresses
from .packed.figures import Shelf, figure_html, shelf
from .packed.markdown import markdown_html
from .packed.outputs import output_html, told_outputs
from .packed.style import STYLE
from .packed.text import escaped

POLICY = (
    "default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
"""Nothing of it may act or fetch, whatever a prompt or a cell holds."""


def packed_page(contents: Contents) -> str:
    """The page of a pack, whose pictures lie beside it. Everything that people wrote is escaped."""
    known, lies = {run.id: run for run in contents.runs}, shelf(contents)
    links = addresses(contents)
    cells = "".join(part for cell in contents.cells for part in _cell(cell, known, lies, links, contents.name))
    shown = {run for cell in contents.cells for run in cell.runs}
    others = [run for run in contents.runs if run.id not in shown and (run.delivered or run.forgotten)]
    rest = "".join(figure_html(run, lies) for run in others)
    also = f"<h2>Also on record</h2>{rest}" if rest else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(contents.name, quote=False)}</title>\n<style>\n{STYLE}</style>\n</head>\n"
        f'<body><main>\n<header><h1 dir="auto">{escaped(contents.name)}</h1>\n'
        f'<div class="quiet">{escaped(_summary(contents))}</div></header>\n{cells}{also}\n</main></body>\n</html>\n'
    )


def _summary(contents: Contents) -> str:
    runs = contents.runs
    pictures, files = sum(len(run.images) for run in runs), sum(len(run.files) for run in runs)
    cost = money_by_origin(costs_of(runs))
    told = [
        _count(len(runs), "run"),
        _count(pictures, "picture") if pictures or not files else "",
        _count(files, "other file") if files else "",
        f"cost {cost}" if cost else "",
        ", ".join(sorted({run.model for run in runs})),
        "previews only" if contents.previews_only else "",
    ]
    return joined(filter(None, told))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _cell(cell: Cell, known: Mapping[str, Run], lies: Shelf, links: Mapping[str, str], notebook: str) -> Iterator[str]:
    source = cell.source.strip("\n")
    if source.strip():
        yield _source(source, cell.kind, links)
    done = set[str]()
    for output in told_outputs(cell.outputs, known):
        runs = [known[run] for run in output.runs if run in known]
        yield from (figure_html(run, lies) for run in runs if run.id not in done)
        done |= {run.id for run in runs}
        if not runs:
            yield output_html(output, links, notebook)


def _source(source: str, kind: str, links: Mapping[str, str]) -> str:
    if kind == "markdown":
        return markdown_html(source, links)
    if kind == "code":
        return f'<pre class="code" dir="auto">{escaped(source)}</pre>\n'
    return f'<div class="text raw" dir="auto">{escaped(source)}</div>\n'
