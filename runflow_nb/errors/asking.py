"""Something that a person wrote cannot be used; nothing was sent or billed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .base import RunflowError


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
