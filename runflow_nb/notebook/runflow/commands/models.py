"""`%runflow models`: what each model of the catalog takes and costs; with `--all` what else the API lists."""

from __future__ import annotations

from datetime import date

from .... import calls
from ....errors import RunflowError
from ....models.catalog import CATALOG, known_models
from ....settings import Settings
from ...showing.outputs import publish
from ...views.models_table import fields_table, models_table, others_table
from ..arguments import Arguments


def run(arguments: Arguments) -> None:
    """Show the models, then what they take and what that costs. Raises the errors of a connection with `--all`."""
    if arguments.on("--all"):
        settings = calls.session().settings()
        _check(settings)
        calls.session().engine(settings, calls.notebook_of(settings)).list_models()
    else:
        publish(models_table().bundle())
        publish(fields_table().bundle())
    remembered = calls.current_store().declarations
    dates: dict[str, date] = {
        model: declared.read_at.date()
        for model in remembered.models()
        if model not in CATALOG and (declared := remembered.find(model, None)) is not None
    }
    others = [spec for name, spec in known_models().items() if name not in CATALOG]
    if others or dates:
        publish(others_table(others, dates).bundle())


def _check(settings: Settings) -> None:
    if settings.reuse == "only":
        raise RunflowError('`%runflow models --all` asks the API, and reuse is "only": allow it with reuse=on.')
