"""`%runflow models`: what each model of the catalog takes and costs."""

from __future__ import annotations

from ...showing.outputs import publish
from ...views.models_table import fields_table, models_table
from ..arguments import Arguments


def run(_: Arguments) -> None:
    """Show the models, then what they take and what that costs."""
    publish(models_table().bundle())
    publish(fields_table().bundle())
