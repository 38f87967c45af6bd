"""The command `runflow-nb`."""

from __future__ import annotations

from .verbs import main

__all__ = ["main"]
