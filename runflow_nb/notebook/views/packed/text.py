"""Text that anybody may have written, as HTML of a page that runs no script."""

from __future__ import annotations

from html import escape

from ....plain import visible

TURNING = {code: f"[U+{code:04X}]" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""What turns the direction of the text behind it: code could read otherwise than it runs. Marks that Arabic and Hebrew
are written with are none of them."""


def seen(text: str) -> str:
    """The text with all that moves or hides what follows to be seen."""
    return visible(text).translate(TURNING)


def escaped(text: str) -> str:
    """The same, as it may stand between tags and in attributes."""
    return escape(seen(text))
