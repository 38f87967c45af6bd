"""What a person reads of a piece of HTML: lines of text, with what a closed fold hides left out."""

from __future__ import annotations

from html.parser import HTMLParser

LINES = {"div", "p", "br", "tr", "table", "details", "summary", "li", "h1", "h2", "h3", "pre"}
CELLS = {"td", "th"}
UNSEEN = {"style", "script", "head", "title"}


class Page(HTMLParser):
    """Collects the text as a browser without any style sheet lays it out."""

    def __init__(self, unfolded: bool) -> None:
        super().__init__()
        self.text = ""
        self._unfolded = unfolded
        self._folds = 0
        self._summaries = 0
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._mark(tag)
        self._folds += tag == "details" and "open" not in dict(attrs)
        self._summaries += tag == "summary"
        self._unseen += tag in UNSEEN

    def handle_endtag(self, tag: str) -> None:
        self._folds -= tag == "details"
        self._summaries -= tag == "summary"
        self._unseen -= tag in UNSEEN
        self._mark(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen and (self._unfolded or not self._folds or self._summaries):
            self.text += data.replace("\n", " ")

    def _mark(self, tag: str) -> None:
        self.text += "\n" if tag in LINES else " " if tag in CELLS else ""


def lines(html: str, *, unfolded: bool = False) -> list[str]:
    """The lines that are seen, blanks made one; with `unfolded` also those inside of closed folds."""
    page = Page(unfolded)
    page.feed(html)
    return [line for line in (" ".join(line.split()) for line in page.text.splitlines()) if line]
