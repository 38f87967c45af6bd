"""The text cells of a notebook as HTML: CommonMark with tables. Raw HTML stays the text that it is, and nothing is
fetched: of pictures only those that lie in the pack are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from .addresses import in_pack, leads_to
from .text import escaped, seen

if TYPE_CHECKING:
    from markdown_it.token import Token

LONGEST = 50_000
"""Characters that are set; what is longer was hardly written by a person, and would take its time."""
DEEPEST = 6
"""Levels of headings in HTML."""
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
TABLE = '<div class="wide" tabindex="0" role="group" aria-label="Table">'


def markdown_html(source: str, known: Mapping[str, str]) -> str:
    """`known`: what the notebook calls a file -> what the pack calls it."""
    if len(source) > LONGEST:
        return f'<div class="text raw" dir="auto">{escaped(source)}</div>\n'
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    tokens = list(_blocks(markdown.parse(seen(source)), known))
    return f'<div class="text" dir="auto">{markdown.renderer.render(tokens, markdown.options, {})}</div>\n'


def _blocks(tokens: Sequence[Token], known: Mapping[str, str]) -> Iterator[Token]:
    used = set[str]()
    for place, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close"):
            # The page's own heading is above all of them.
            token.tag = f"h{min(DEEPEST, int(token.tag[1:]) + 1)}"
            name = tokens[place + 1].content.strip().replace(" ", "-") if token.nesting == 1 else ""
            if name and name not in used:
                used.add(name)
                token.attrSet("id", name)
        if token.type == "table_open":
            yield _raw(TABLE)
        if token.children:
            token.children = list(_inline(token.children, known))
        yield token
        if token.type == "table_close":
            yield _raw("</div>")


def _inline(tokens: Sequence[Token], known: Mapping[str, str]) -> Iterator[Token]:
    refused = list[str | None]()
    for token in tokens:
        if token.type == "image":
            yield from _image(token, known)
        elif token.type == "link_open":
            link = str(token.attrGet("href") or "")
            where = leads_to(link, known)
            refused.append(link if where is None else None)
            if where is not None:
                token.attrSet("href", where)
                token.attrSet("rel", "noopener noreferrer")
                yield token
        elif token.type == "link_close":
            gone = refused.pop()
            yield token if gone is None else _text(f" ({gone})" if gone else "")
        else:
            yield token


def _image(token: Token, known: Mapping[str, str]) -> Iterator[Token]:
    """The picture where it is one of the pack, else words in its place."""
    source = str(token.attrGet("src") or "")
    name = in_pack(source, known)
    if name is not None and name.endswith(PICTURES):
        token.attrSet("src", quote(name))
        token.attrSet("loading", "lazy")
        yield token
        return
    words = token.content or "picture"
    if source.startswith("attachment:"):
        yield _text(f"[{words}: attached to the notebook, not shown here]")
    elif source.startswith("data:"):
        yield _text(f"[{words}: inside the notebook, not shown here]")
    else:
        yield _text(f"[{words}: not in this pack, {source}]")


def _text(words: str) -> Token:
    from markdown_it.token import Token

    return Token("text", "", 0, content=words)


def _raw(html: str) -> Token:
    from markdown_it.token import Token

    return Token("html_block", "", 0, content=html)
