"""Text as HTML that every reader shows as that text."""

from __future__ import annotations

import re
from html import escape

from ...plain import visible

QUIET = "opacity:.7"
"""Of what is not the main thing. Less would be hard to read on white, where apps write in a dark grey."""


def inert(text: str) -> str:
    """The text escaped, with control characters to be seen, and dollars and backslashes kept from math typesetting.

    Notebooks set `$...$` and `\\(...\\)` as formulas, across any text but not across elements: two prices on one line
    would become one.
    """
    return re.sub(r"[$\\]", lambda match: f"<span>{match[0]}</span>", escape(visible(text)))
