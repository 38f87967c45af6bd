"""What all of them have in common."""

from __future__ import annotations

from ..plain import visible


class CellText:
    """Shows its short text in a cell instead of a traceback (IPython asks for `_render_traceback_`)."""

    def _render_traceback_(self) -> list[str]:
        return visible(str(self)).splitlines()


class RunflowError(CellText, Exception):
    """Base of every error of this package."""


class MissingExtra(RunflowError):
    """An optional package is needed for what was asked."""

    def __init__(self, wanted: str, extra: str) -> None:
        self.wanted, self.extra = wanted, extra
        super().__init__(wanted, extra)

    def __str__(self) -> str:
        return f"{self.wanted} needs a package that is not installed.\n  pip install 'runflow_nb[{self.extra}]'"
