"""What is on record, or would have to be, is not at hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .base import RunflowError


class NotOnRecord(RunflowError):
    """Only what is on record may be shown, and this is not. Nothing was sent.

    `because`: `ONLY` (`reuse = "only"`), `CALLBACK` (a widget's callback asked for it without a yes), or `FREE` (it was
    offered for nothing while it was on record).
    """

    ONLY, CALLBACK, FREE = "only", "callback", "free"

    def __init__(self, what: str, price: str, because: str = ONLY, where_looked: str = "") -> None:
        """`where_looked`: a sentence; empty: in the store."""
        self.what, self.price, self.because = what, price, because
        self.where_looked = where_looked or "It is not in the store."
        super().__init__(what, price, because, self.where_looked)

    def __str__(self) -> str:
        if self.because == self.CALLBACK:
            return (
                f"Not on record: {self.price}. Nothing was sent or billed: a widget asked for {self.what}.\n"
                "  To buy at each change, write yes=True (in a cell --yes)."
            )
        if self.because == self.FREE:
            return (
                f"Not on record any more: {self.what}. Nothing was sent or billed: it was offered for nothing.\n"
                f"  Making it would cost {self.price}: ask for it again at that price."
            )
        return (
            f'Not on record: {self.what}. Nothing was sent or billed (reuse is "only").\n'
            f"  {self.where_looked}\n"
            f"  Making it would cost {self.price}: allow it with %runflow config reuse=on"
        )


class PicturesGone(RunflowError):
    """The run is on record, but its pictures are neither in the store nor to be had again. Nothing was billed."""

    def __init__(self, run: Any, reason: str, price: str, take: int) -> None:
        self.run, self.reason, self.price, self.take = run, reason, price, take
        super().__init__(run, reason, price, take)

    def __str__(self) -> str:
        if self.run.forgotten:
            return (
                f"Run {self.run.id} was forgotten: its prompt and pictures were removed, what it cost is on record.\n"
                "  Nothing was billed, and nothing is bought unasked.\n"
                f"  Buy another with --take {self.take} ({self.price})."
            )
        if self.run.from_notebook:
            return (
                f"The pictures of run {self.run.id} are not here: a saved notebook alone tells of it; {self.reason}.\n"
                "  Nothing was billed, and nothing is bought unasked.\n"
                f"  Ask for its pack (runflow-nb pack), or buy another with --take {self.take} ({self.price})."
            )
        return (
            f"The pictures of run {self.run.id} are gone from the store and cannot be fetched again: {self.reason}.\n"
            "  Nothing was billed, and nothing is bought unasked.\n"
            f"  Buy another with --take {self.take} ({self.price}), or put the store's images folder back."
        )


class NotANotebook(RunflowError):
    """A file cannot be read as a notebook with records of runs. Nothing was changed."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(path, reason)

    def __str__(self) -> str:
        return f"{self.path} {self.reason}.\n  Name a notebook that was saved with its pictures: fox.ipynb"


class NotForgotten(RunflowError):
    """A run cannot be forgotten now. Nothing was changed. `.run_id` is ours."""

    def __init__(self, run_id: str, reason: str) -> None:
        self.run_id, self.reason = run_id, reason
        super().__init__(run_id, reason)

    def __str__(self) -> str:
        return f"Run {self.run_id} was not forgotten: {self.reason}.\n  Nothing of it was changed."


class NotSaved(RunflowError):
    """A picture could not be copied to where it was wanted. The run itself is on record and paid for once."""

    def __init__(self, paths: Iterable[str], reason: str = "") -> None:
        # `reason` is "" where other pictures are in the way.
        self.paths, self.reason = tuple(paths), reason
        super().__init__(self.paths, reason)

    def __str__(self) -> str:
        what = ", ".join(self.paths)
        head = f"Not saved: {what} {'is' if len(self.paths) == 1 else 'are'} another picture, which is left alone."
        if self.reason:
            head = f"Not saved{f' to {what}' if what else ''}: {self.reason}."
        return (
            f"{head}\n"
            "  The run is on record and its picture kept; running the cell again saves it and buys nothing.\n"
            "  Give another path, one with {id} or {seed} in it, or --overwrite."
        )


class StoreUnavailable(RunflowError):
    """The store cannot be written, so nothing is sent that could not be recorded. Nothing was billed."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(path, reason)

    def __str__(self) -> str:
        return (
            f"The store {self.path} cannot be used: {self.reason}.\n"
            "  A run is bought only when it can be written down first; nothing new was sent or billed.\n"
            "  Free some space, or choose another place: %runflow config store=FOLDER (or RUNFLOW_NB_STORE)"
        )
