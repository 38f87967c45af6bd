"""Which notebook this is, from what the front end says; no path is a good answer too."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

SESSION_VARIABLE = "JPY_SESSION_NAME"
"""Set by jupyter_server: the notebook's absolute path in Lab and Notebook, another name for other kinds of sessions."""
VS_CODE_NAME = "__vsc_ipynb_file__"
"""Set by VS Code among the notebook's own names."""


def notebook_path(environ: Mapping[str, str], user_ns: Mapping[str, Any]) -> Path | None:
    """The notebook that is running: as the server says, then VS Code, else None."""
    return _notebook(environ.get(SESSION_VARIABLE)) or _notebook(user_ns.get(VS_CODE_NAME))


def _notebook(said: object) -> Path | None:
    if not isinstance(said, str) or not said.endswith(".ipynb"):
        return None
    path = Path(said)
    return path if path.is_absolute() else None
