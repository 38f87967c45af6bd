"""Text of people and of the API, as it may go to the page."""

from __future__ import annotations

from ..plain import visible


def sendable(text: str) -> str:
    """The text with nothing in it that acts, and without halves of surrogate pairs, which are no text."""
    return visible(text).encode("utf-8", "replace").decode()
