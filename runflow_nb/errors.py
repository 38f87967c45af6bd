"""Every exception a user can meet. Each text says what happened, what it means for money, and what to do next.

RunflowError
├── InvalidRequest          something in the request is wrong; nothing was sent
│   └── InvalidCommand          a line of %runflow is wrong
├── InvalidSetting          a setting, in whatever place it was made, has a value that cannot be used
├── NotConnected            no key and no sandbox, and nothing on record
│   └── NoKey                   a connection needs a key, and none is known
├── NotOnRecord             reuse is "only", and the run is not here
├── PicturesGone            the run is on record, its pictures are not and cannot be fetched again
├── NotForgotten            a run cannot be forgotten now
├── BudgetExceeded          the run could cost more than is left
├── StoreUnavailable        the store cannot be written: nothing is sent that could not be recorded
├── ServerUnavailable       the API could not be reached; nothing was accepted
├── RequestRefused          the API said no (HTTP 4xx); nothing was accepted
│   ├── KeyRefused              401
│   ├── InsufficientCredit      402
│   └── AccessDenied            403
├── RunFailed               accepted, then ended without a picture
├── RunUnknown              it cannot be known whether the API accepted the run
├── StillRunning            the wait is over, the run goes on
├── NotCollected            the run was accepted, and the API does not tell of it now
├── DownloadFailed          the run succeeded, its pictures could not be fetched (yet)
├── NotSaved                the run is on record, a copy of its picture could not be put where it was wanted
└── MissingExtra            an optional package is needed

WaitInterrupted (KeyboardInterrupt)   the person stopped waiting; the run goes on
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from .money import usd
from .plain import visible


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a request."""

    subject: str
    """The field or argument, in the API's spelling (`aspect_ratio`), or "" where it is the whole."""
    given: str
    """What was given, as short text; never a whole prompt, never a key."""
    reason: str
    """Why it cannot be used, without a full stop."""
    nearest: str | None = None
    """The nearest value that can."""

    def line(self, spelled: Literal["python", "option"], width: int) -> str:
        advice = f"; did you mean {self.nearest}?" if self.nearest else ""
        return f"  {self.label(spelled).ljust(width)}   {self.reason}{advice}".rstrip()

    def label(self, spelled: Literal["python", "option"]) -> str:
        if not self.subject:
            return self.given
        if spelled == "option":
            name = self.subject if self.subject.startswith(("-", "%")) else "--" + self.subject.replace("_", "-")
            name = "prompt" if self.subject == "prompt" else name
            return f"{name} {self.given}".strip()
        return f"{self.subject}={self.given}" if self.given else self.subject


NONE_BEGUN = "Nothing new was sent or billed.\n  Run the cell again."


class CellText:
    """Shows its short text in a cell instead of a traceback (IPython asks for `_render_traceback_`)."""

    def _render_traceback_(self) -> list[str]:
        return visible(str(self)).splitlines()


class RunflowError(CellText, Exception):
    """Base of every error of this package."""


class InvalidRequest(RunflowError):
    """Something in the request is wrong; all problems at once. Nothing was sent or billed."""

    def __init__(
        self, problems: Iterable[Problem], spelled: Literal["python", "option"] = "python", hint: str = ""
    ) -> None:
        self.problems = tuple(problems)
        self.spelled: Literal["python", "option"] = spelled
        self.hint = hint
        super().__init__(self.problems, spelled, hint)

    def __str__(self) -> str:
        count = len(self.problems)
        width = min(36, max((len(p.label(self.spelled)) for p in self.problems), default=0))
        head = f"Not sent: {count} problem{'s' if count != 1 else ''} in this request. Nothing was billed."
        return "\n".join([head, *(p.line(self.spelled, width) for p in self.problems), *filter(None, [self.hint])])

    def as_options(self, hint: str = "") -> InvalidRequest:
        """The same error with fields spelt as options of the magic (`--aspect-ratio`)."""
        return InvalidRequest((replace(p) for p in self.problems), "option", hint or self.hint)


class InvalidCommand(InvalidRequest):
    """A line of `%runflow` is wrong. Nothing was done or billed."""

    def __str__(self) -> str:
        told = [
            f"{p.label(self.spelled)} {p.reason}{f'; did you mean {p.nearest}?' if p.nearest else ''}"
            for p in self.problems
        ]
        return f"Not done: {', '.join(told)}\n  Nothing was sent or billed. {self.hint}".rstrip()


class InvalidSetting(RunflowError):
    """A setting has a value that cannot be used. Nothing was sent or billed."""

    def __init__(self, name: str, given: str, source: str, reason: str) -> None:
        self.name, self.given, self.source, self.reason = name, given, source, reason
        super().__init__(name, given, source, reason)

    def __str__(self) -> str:
        return (
            f"Not sent: the setting {self.name} = {self.given} ({self.source}) cannot be used. Nothing was billed.\n"
            f"  {self.reason}\nAll settings: %runflow config"
        )


class NotConnected(RunflowError):
    """There is no key and no sandbox, and what was asked for is not on record. Nothing was billed."""

    def __str__(self) -> str:
        return (
            "Not connected, and this request is not on record. Nothing was sent or billed. Three ways on:\n"
            "  %runflow connect live       with your Runflow key (asked for in a hidden prompt, or RUNFLOW_API_KEY)\n"
            "  %runflow connect sandbox    a local stand-in that paints for nothing (or RUNFLOW_BASE_URL=sandbox)\n"
            "  a notebook or store that holds the run: its pictures are shown without any connection"
        )


class NoKey(NotConnected):
    """A connection was asked for that needs a key, and none is known. Nothing was changed, sent or billed."""

    def __str__(self) -> str:
        return (
            "Not connected: no Runflow key is known, and none was typed. Nothing was sent or billed.\n"
            "  Set RUNFLOW_API_KEY before the kernel starts, or run %runflow connect live where it can ask\n"
            "  (in Python connect(api_key=...)). Without a key: %runflow connect sandbox paints for nothing."
        )


class NotOnRecord(RunflowError):
    """Only recorded runs may be shown (`reuse = "only"`), and this one is not here. Nothing was sent."""

    def __init__(self, what: str, price: str) -> None:
        self.what, self.price = what, price
        super().__init__(what, price)

    def __str__(self) -> str:
        return (
            f'Not on record: {self.what}. Nothing was sent or billed (reuse is "only").\n'
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
        return (
            f"The pictures of run {self.run.id} are gone from the store and cannot be fetched again: {self.reason}.\n"
            "  Nothing was billed, and nothing is bought unasked.\n"
            f"  Buy another with --take {self.take} ({self.price}), or put the store's images folder back."
        )


class NotForgotten(RunflowError):
    """A run cannot be forgotten now. Nothing was changed. `.run_id` is ours."""

    def __init__(self, run_id: str, reason: str) -> None:
        self.run_id, self.reason = run_id, reason
        super().__init__(run_id, reason)

    def __str__(self) -> str:
        return f"Run {self.run_id} was not forgotten: {self.reason}.\n  Nothing of it was changed."


class BudgetExceeded(RunflowError):
    """The run could cost more than the budget has left. Nothing was sent or billed."""

    def __init__(
        self,
        price: str,
        limit: str,
        spent: Decimal,
        reserved: Decimal,
        remedy: str,
    ) -> None:
        # `limit` is "" where the price itself is not bounded.
        self.price, self.limit, self.spent, self.reserved, self.remedy = price, limit, spent, reserved, remedy
        super().__init__(price, limit, spent, reserved, remedy)

    def __str__(self) -> str:
        limit = f"the limit is {self.limit}" if self.limit else "nothing bounds how much more"
        used = f"  {usd(self.spent)} confirmed, {usd(self.reserved)} held for runs on their way.\n"
        return (
            f"Not sent: this run costs {self.price}, and {limit}. Nothing was billed.\n"
            f"{used if self.spent or self.reserved else ''}  {self.remedy}"
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


class ServerUnavailable(RunflowError):
    """The API could not be reached, or kept answering that it is busy; nothing was accepted or billed."""

    def __init__(self, host: str, reason: str) -> None:
        self.host, self.reason = host, reason
        super().__init__(host, reason)

    def __str__(self) -> str:
        return (
            f"{self.host} did not take the request: {self.reason}. Nothing was accepted or billed.\n"
            "  Run the cell again when it is back; what is on record is shown without it."
        )


class RequestRefused(RunflowError):
    """The API refused the request with an HTTP 4xx answer; nothing was accepted or billed."""

    next_step = "Change the request and run the cell again."

    def __init__(self, status: int, code: str = "", message: str = "", fields: Iterable[tuple[str, str]] = ()) -> None:
        self.status, self.code, self.message, self.fields = status, code, message, tuple(fields)
        super().__init__(status, code, message, self.fields)

    def __str__(self) -> str:
        code = f" {self.code}" if self.code else ""
        head = f"Refused by the API ({self.status}{code}): {self.message or 'no reason given'}. Nothing was billed."
        width = max((len(name) for name, _ in self.fields), default=0)
        return "\n".join([head, *(f"  {n.ljust(width)}   {why}" for n, why in self.fields), f"  {self.next_step}"])


class KeyRefused(RequestRefused):
    """401: the key is missing, wrong or revoked. Nothing was billed."""

    next_step = "Give another with %runflow connect live --ask (keys are made at app.runflow.io, Settings, API Keys)."


class InsufficientCredit(RequestRefused):
    """402: the organisation's balance is too low. Nothing was billed."""

    next_step = "Top up at app.runflow.io, then run the cell again; runs already accepted go on."


class AccessDenied(RequestRefused):
    """403: the key may not do this, or the e-mail address is not verified. Nothing was billed."""

    next_step = "Check the key's permissions (runs:create, runs:read) at app.runflow.io."


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
            "  Run the cell again to search for it once more, or look for it at app.runflow.io."
        )


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


class MissingExtra(RunflowError):
    """An optional package is needed for what was asked."""

    def __init__(self, wanted: str, extra: str) -> None:
        self.wanted, self.extra = wanted, extra
        super().__init__(wanted, extra)

    def __str__(self) -> str:
        return f"{self.wanted} needs a package that is not installed.\n  pip install 'runflow_nb[{self.extra}]'"


class WaitInterrupted(CellText, KeyboardInterrupt):
    """The person stopped waiting; a run that was begun goes on and is collected later. Ends a Run All."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(run_id)

    def __str__(self) -> str:
        if not self.run_id:
            return f"Stopped. {NONE_BEGUN}"
        return (
            f"Stopped waiting. Run {self.run_id} goes on: it is paid for once and not lost.\n"
            "  Run the cell again to collect it, or %runflow resume."
        )
