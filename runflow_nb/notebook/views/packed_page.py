"""A packed notebook as one page: its text, its pictures and their facts, without Jupyter, script or network.

Light or dark is the reader's own choice: the page names no colour but those that the browser gives it.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from ...models.validate import brief_path
from ...pack.contents import Contents
from ...pack.notebook import Cell
from ...record.listing import costs_of, money_by_origin
from ...record.run import Run
from .caption import caption_html
from .description import alt_text, joined, remarks
from .markup import QUIET, inert

POLICY = "default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'"
"""Nothing of it may act or fetch, whatever a prompt holds."""
PAGE = "color-scheme:light dark;background:Canvas;color:CanvasText;font:15px/1.55 system-ui,sans-serif"
BODY = "max-width:820px;margin:0 auto;padding:24px 20px 64px"
TEXT = "white-space:pre-wrap;overflow-wrap:anywhere;margin:16px 0"
CODE = (
    "white-space:pre-wrap;overflow-wrap:anywhere;margin:16px 0 8px;padding:8px 12px;"
    "font:13px/1.5 ui-monospace,monospace;border:0;border-left:3px solid GrayText"
)
FIGURE = "margin:8px 0 24px"
PICTURE = "display:block;max-width:100%;height:auto;border-radius:4px"
TITLE = "font-size:24px;line-height:1.3;margin:0 0 4px;overflow-wrap:anywhere"
SECTION = "font-size:18px;margin:40px 0 8px"
LINKS = "font-size:13px"


def packed_page(contents: Contents) -> str:
    """The page of a pack, whose pictures lie beside it. Everything that people wrote is escaped."""
    known = {run.id: run for run in contents.runs}
    names = {file.wanted.key: file.wanted.name for file in contents.files}
    shown = {run for cell in contents.cells for run in cell.runs}
    cells = "".join(_cell(cell, known, names) for cell in contents.cells)
    others = [run for run in contents.runs if run.id not in shown and (run.delivered or run.forgotten)]
    rest = "".join(_figure(run, names) for run in others)
    also = f'<h2 style="{SECTION}">Also on record</h2>{rest}' if rest else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en" style="{PAGE}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_title(contents.name)}</title>\n</head>\n"
        f'<body style="margin:0"><main style="{BODY}">\n<h1 style="{TITLE}" dir="auto">{inert(contents.name)}</h1>\n'
        f'<div style="{QUIET}">{inert(_summary(contents))}</div>\n{cells}{also}\n</main></body>\n</html>\n'
    )


def _title(name: str) -> str:
    # Elements inside a title would be shown as text.
    return name.replace("&", "&amp;").replace("<", "&lt;")


def _summary(contents: Contents) -> str:
    runs = contents.runs
    pictures = sum(len(run.images) for run in runs)
    cost = money_by_origin(costs_of(runs))
    told = [
        f"{len(runs):,} run{'' if len(runs) == 1 else 's'}",
        f"{pictures:,} picture{'' if pictures == 1 else 's'}",
        f"cost {cost}" if cost else "",
        ", ".join(sorted({run.model for run in runs})),
        "previews only" if contents.previews_only else "",
    ]
    return joined(filter(None, told))


def _cell(cell: Cell, known: Mapping[str, Run], names: Mapping[str, str]) -> str:
    source = cell.source.strip("\n")
    text = ""
    if source.strip():
        tag, style = ("pre", CODE) if cell.code else ("div", TEXT)
        text = f'<{tag} style="{style}" dir="auto">{inert(source)}</{tag}>\n'
    return text + "".join(_figure(known[run], names) for run in cell.runs if run in known)


def _figure(run: Run, names: Mapping[str, str]) -> str:
    if run.forgotten:
        picture = f'<div style="{QUIET}">This run was forgotten: its prompt and pictures were removed.</div>'
        return f'<figure style="{FIGURE}">{picture}</figure>\n'
    originals = [names[output.sha256] for output in run.outputs if output.sha256 in names]
    picture = _picture(run, names, originals[0] if len(originals) == 1 else None)
    links = "".join(f' <a href="{quote(name)}">{number}</a>' for number, name in enumerate(originals))
    below = f'<div style="{LINKS}">Originals:{links}</div>' if len(originals) > 1 else ""
    caption = caption_html(run, remarks(run))
    return f'<figure style="{FIGURE}">{picture}<figcaption>{below}{caption}</figcaption></figure>\n'


def _picture(run: Run, names: Mapping[str, str], original: str | None) -> str:
    preview = run.preview
    name = None if preview is None else names.get(preview.path.name)
    if preview is None or name is None:
        link = f'<a href="{quote(original)}">{inert(brief_path(original))}</a>' if original else ""
        return f'<div style="{QUIET}">No preview is in this pack. {link}</div>'
    words = alt_text(run).translate({ord("&"): "&amp;", ord('"'): "&quot;", ord("<"): "&lt;", ord(">"): "&gt;"})
    size = f' width="{preview.width}" height="{preview.height}"' if preview.width and preview.height else ""
    image = f'<img src="{quote(name)}" alt="{words}"{size} loading="lazy" style="{PICTURE}">'
    return f'<a href="{quote(original)}">{image}</a>' if original else image
