"""The line that says at loading that runs were cut off. Where there are none, it costs a look into one small folder."""

from __future__ import annotations

import os

from ... import settings as settings_module
from ...errors import RunflowError


def tell_of_cut_off_runs() -> None:
    """Say how many there are, what they may have cost and how to collect them; nothing where there are none."""
    try:
        settings = settings_module.resolve()
        notebook = settings.notebook or settings_module.current_notebook()
        folder = settings_module.store_folder(settings.store, str(notebook) if notebook else None)
        if not os.listdir(folder / "open"):  # noqa: PTH208 - pathlib's would be slower than the whole look
            return
        _tell(str(notebook) if notebook else None)
    except (RunflowError, OSError):
        return  # whatever is wrong is told by what needs it


def _tell(notebook: str | None) -> None:
    from ... import calls
    from ...engine.resuming import cut_off
    from ..showing.outputs import say
    from ..views.resumed_view import told_at_load

    session = calls.session()
    if runs := cut_off(session.store(session.settings(), notebook)):
        say(told_at_load(runs))
