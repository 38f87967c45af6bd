"""A run was begun, and ended or goes on otherwise than was hoped."""

from __future__ import annotations

from typing import Any

from ..money import usd
from .base import CellText, RunflowError

NONE_BEGUN = "Nothing new was sent or billed.\n  Run the cell again."


class RunFailed(RunflowError):
    """The run was accepted and ended without a picture. `.run` is its record."""

    def __init__(self, run: Any) -> None:
        self.run = run
        super().__init__(run)

    def __str__(self) -> str:
        reason = self.run.failure or "no reason given"
        cost = self.run.cost
        money = f"It cost {usd(cost)}." if cost else "Runflow does not bill failed runs."
        return (
            f"Run {self.run.id} ended {self.run.status}: {reason}\n"
            f"  {money} Run the cell again to try once more at the same price, or change the prompt."
        )


class RunUnknown(RunflowError):
    """The create was sent and no answer tells whether it was accepted. `.run` is its record."""

    def __init__(self, run: Any, reason: str, price: str) -> None:
        self.run, self.reason, self.price = run, reason, price
        super().__init__(run, reason, price)

    def __str__(self) -> str:
        return (
            f"It is not known whether run {self.run.id} was accepted: {self.reason}.\n"
            f"  It may have cost {self.price}. It is not sent again by itself, so that nothing is paid twice.\n"
            "  Run the cell again to search for it once more; or look at app.runflow.io, and say what you found:\n"
            f"  %runflow settle {self.run.short} --billed (or --not-billed). Either frees its take."
        )


class NotSettled(RunflowError):
    """Nobody's word is needed on this run, or not yet. Nothing was changed."""

    def __init__(self, run: Any, reason: str) -> None:
        self.run, self.reason = run, reason
        super().__init__(run, reason)

    def __str__(self) -> str:
        return f"Run {self.run.short} was not settled: {self.reason}.\n  Nothing was changed, sent or billed."


class StillRunning(RunflowError):
    """The wait is over, the run goes on. `.run_id` is ours, or empty where none had been begun: then none will be."""

    def __init__(self, run_id: str, waited: float) -> None:
        self.run_id, self.waited = run_id, waited
        super().__init__(run_id, waited)

    def __str__(self) -> str:
        if not self.run_id:
            return f"Not ready after {self.waited:.0f} s, and this cell waits no longer. {NONE_BEGUN}"
        return (
            f"Run {self.run_id} is still going on after {self.waited:.0f} s; this cell waits no longer.\n"
            "  It is paid for once and not lost: run the cell again to wait on, or collect it with %runflow resume."
        )


class NotCollected(RunflowError):
    """The run was accepted and is on record, but cannot be asked about now."""

    def __init__(self, run_id: str, reason: str) -> None:
        self.run_id, self.reason = run_id, reason
        super().__init__(run_id, reason)

    def __str__(self) -> str:
        return (
            f"Run {self.run_id} was accepted, but cannot be collected now: {self.reason}.\n"
            "  It is paid for once and not lost: run the cell again, or %runflow resume, when that is mended."
        )


class DownloadFailed(RunflowError):
    """The run succeeded, but its pictures could not be fetched.

    `lasting`: the API keeps them, and they are asked for again by run id, for nothing; else one answer held them.
    """

    def __init__(self, run_id: str, reason: str, lasting: bool = True) -> None:
        self.run_id, self.reason, self.lasting = run_id, reason, lasting
        super().__init__(run_id, reason, lasting)

    def __str__(self) -> str:
        again = "run the cell again, or %runflow resume, to fetch them for nothing."
        if not self.lasting:
            again = (
                "it was made with sync_mode, so the API may not\n"
                "  have them any more. Another picture is another --take."
            )
        return (
            f"Run {self.run_id} succeeded, but its pictures could not be fetched: {self.reason}.\n"
            f"  It is paid for and recorded: {again}"
        )


class WaitInterrupted(CellText, KeyboardInterrupt):
    """The person stopped waiting; a run that was begun goes on and is collected later. Ends a Run All.

    `run_id`: ours; empty where none had been begun, None where it was stopped at work that does not tell.
    """

    def __init__(self, run_id: str | None) -> None:
        self.run_id = run_id
        super().__init__(run_id)

    def __str__(self) -> str:
        if self.run_id is None:
            return (
                "Stopped. A run that had been begun goes on: it is paid for once and not lost.\n"
                "  Run the cell again, or %runflow resume."
            )
        if not self.run_id:
            return f"Stopped. {NONE_BEGUN}"
        return (
            f"Stopped waiting. Run {self.run_id} goes on: it is paid for once and not lost.\n"
            "  Run the cell again to collect it, or %runflow resume."
        )
