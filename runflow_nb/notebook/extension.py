"""`%load_ext runflow_nb` and `%unload_ext runflow_nb`. What is heavy comes with the first use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from IPython.core.magic import needs_local_scope, no_var_expand

from .. import settings
from .completion.completer import install as install_completion
from .config import Runflow
from .interrupts import interrupts_told
from .runflow import all_subcommands
from .runflow.cut_off import tell_of_cut_off_runs
from .which import notebook_path

PRINTED = {
    "runflow_nb.record.run.Run": "print_run",
    "runflow_nb.record.image.Image": "print_image",
    "runflow_nb.record.history.History": "print_history",
    "runflow_nb.models.price.Estimate": "print_estimate",
    "runflow_nb.engine.job.Job": "print_job",
}
"""Types that are shown in their own way, by name: nothing of them is imported for it."""
KINDS = {"nanobanana": ("line", "cell"), "runflow": ("line", "cell")}

_undo: dict[int, list[Callable[[], None]]] = {}
"""Shell -> what puts back what was there before."""


class LazyMagic:
    """A magic whose help is made when it is asked for."""

    needs_local_scope = True

    def __init__(self, act: Callable[..., Any], help_text: Callable[[], str]) -> None:
        self._act = interrupts_told(act)
        self._help_text = help_text

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        return self._help_text()

    def __call__(self, line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None) -> Any:
        return self._act(line, cell, local_ns)


def load(shell: Any, tables: Iterable[str] = ()) -> None:
    """Register magics, settings and printers, all or none. Loading twice changes nothing.

    `tables`: modules of rooms above this one, by dotted name, whose `SUBCOMMANDS` belong to `%runflow` too.
    """
    if id(shell) in _undo:
        return
    try:
        _load(shell, _undo.setdefault(id(shell), []), tables)
    except BaseException:
        # An interrupt most likely: what is half loaded would count as loaded from then on.
        unload(shell)
        raise


def _load(shell: Any, undo: list[Callable[[], None]], tables: Iterable[str]) -> None:
    for table in tables:
        all_subcommands.add(table)
    settings.working_folder = Path.cwd()
    settings.current_notebook = lambda: notebook_path(os.environ, shell.user_ns)
    for name, magic in _magics(shell).items():
        undo.append(_register(shell, name, no_var_expand(needs_local_scope(magic))))
    undo += [_configure(shell), install_completion(shell)]
    undo += [_print(shell, name, printer) for name, printer in PRINTED.items()]
    tell_of_cut_off_runs()


def unload(shell: Any) -> None:
    """Put back what was there before. Runs on their way go on."""
    for put_back in reversed(_undo.pop(id(shell), [])):
        put_back()


def _magics(shell: Any) -> dict[str, LazyMagic]:
    def nanobanana(line: str, cell: str | None, local_ns: dict[str, Any] | None) -> Any:
        from .nanobanana import nanobanana

        return nanobanana(shell, line, cell, local_ns)

    def runflow(line: str, cell: str | None, local_ns: dict[str, Any] | None) -> Any:
        from .nanobanana import any_model
        from .runflow.dispatch import runflow

        # A subcommand has no slash, and a model's full id has.
        names_model = "/" in line.strip().partition(" ")[0]
        return any_model(shell, line, cell, local_ns) if cell is not None or names_model else runflow(line)

    def nanobanana_help() -> str:
        from .views.help import help_text

        return help_text()

    def runflow_help() -> str:
        from .runflow.dispatch import help_text

        return help_text()

    return {"nanobanana": LazyMagic(nanobanana, nanobanana_help), "runflow": LazyMagic(runflow, runflow_help)}


def _register(shell: Any, name: str, magic: Any) -> Callable[[], None]:
    tables = {kind: shell.magics_manager.magics[kind] for kind in KINDS[name]}
    before = {kind: table.get(name) for kind, table in tables.items()}
    shell.register_magic_function(magic, "line_cell" if len(tables) > 1 else "line", name)

    def put_back() -> None:
        for kind, table in tables.items():
            if table.get(name) is not magic:
                continue
            del table[name]
            if before[kind] is not None:
                table[name] = before[kind]

    return put_back


def _configure(shell: Any) -> Callable[[], None]:
    configurable = Runflow(parent=shell)
    shell.configurables.append(configurable)
    return lambda: shell.configurables.remove(configurable)


def _print(shell: Any, name: str, printer: str) -> Callable[[], None]:
    formatter = shell.display_formatter.ipython_display_formatter
    module, _, type_name = name.rpartition(".")

    @interrupts_told
    def show(value: Any) -> None:
        from .showing import printers

        getattr(printers, printer)(value)

    before = formatter.for_type_by_name(module, type_name, show)

    def put_back() -> None:
        formatter.pop(name, None)
        if before is not None:
            formatter.for_type_by_name(module, type_name, before)

    return put_back
