"""A run's picture as small as a table wants it. It travels inside the HTML: a saved notebook shows it anywhere."""

from __future__ import annotations

import base64

from ...record.run import Run
from ...record.thumbnail import thumbnail
from .description import alt_text


def picture_html(run: Run, longest: int) -> str:
    """The run's picture, at most `longest` pixels on a side; "" where there is none to show."""
    small = thumbnail(run.preview, longest)
    if small is None:
        return ""
    data = base64.b64encode(small.data).decode("ascii")
    # The quotes of an attribute are all that has to be escaped there; `inert` would put elements into it.
    words = alt_text(run).translate({ord("&"): "&amp;", ord('"'): "&quot;", ord("<"): "&lt;", ord(">"): "&gt;"})
    return (
        f'<img src="data:{small.mime};base64,{data}" alt="{words}" width="{small.width}" height="{small.height}"'
        ' style="margin:0;max-width:none">'
    )
