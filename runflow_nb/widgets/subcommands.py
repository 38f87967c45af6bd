"""The widgets' subcommands of `%runflow`: what each takes, and where it is done."""

from __future__ import annotations

from ..notebook.runflow.subcommands import FILTERS, Flag, Subcommand

HERE = "runflow_nb.widgets.commands"
SUBCOMMANDS: dict[str, Subcommand] = {
    "studio": Subcommand(
        "studio [RUN|NAME] [--model MODEL]",
        "a form that makes pictures; with a run, filled in as it was asked for",
        f"{HERE}.studio",
        "run",
        (Flag("--model", "the model that the form begins with", "MODEL"),),
    ),
    "gallery": Subcommand(
        "gallery [--all] [--text TEXT] ...",
        "this notebook's runs as thumbnails; flags as for history",
        f"{HERE}.gallery",
        "none",
        (Flag("--all", "all runs of the store"), *FILTERS),
    ),
    "compare": Subcommand(
        "compare RUN RUN", "two pictures under one slider, and what differs", f"{HERE}.compare", "runs"
    ),
}
