"""`%runflow models`: what each model of the catalog takes and costs."""

from __future__ import annotations

from ..arguments import Arguments
from ..models_table import fields_table, models_table
from ..outputs import publish


def run(_: Arguments) -> None:
    """Show the models, then what they take and what that costs."""
    publish(models_table().bundle())
    publish(fields_table().bundle())
