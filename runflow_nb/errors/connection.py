"""There is no API to ask, or it said no; nothing was accepted or billed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .base import RunflowError


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


class ServerUnavailable(RunflowError):
    """The API could not be reached, or kept answering that it is busy; nothing was accepted or billed.

    `absent`: nobody listens there; else there may be somebody who cannot answer now.
    """

    def __init__(self, host: str, reason: str, absent: bool = False) -> None:
        self.host, self.reason, self.absent = host, reason, absent
        super().__init__(host, reason, absent)

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
    """403: the key may not do this, the organisation is another's, or the e-mail address is not verified.

    Nothing was billed.
    """

    next_step = "Check the key's permissions (runs:create, runs:read) at app.runflow.io."
    UPLOADING = "Uploading a picture needs the permission assets:create: check the key's at app.runflow.io."
    """The same where a picture was to be uploaded."""
    steps: Mapping[str, str] = {
        "ORGANIZATION_MEMBERSHIP_REQUIRED": (
            "The setting organization must be the id of one that this key belongs to:\n"
            "  %runflow config organization=ID, or organization= for the key's own; %runflow account --full lists them."
        ),
        "EMAIL_NOT_VERIFIED": "Confirm the e-mail address of your Runflow account (app.runflow.io), then try again.",
    }
    """What to do next, by the code of the refusal."""

    def __init__(self, status: int, code: str = "", message: str = "", fields: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(status, code, message, fields)
        self.next_step = self.steps.get(code, self.next_step)


class UploadRefused(RequestRefused):
    """A picture that has to be uploaded before the request was not taken. Nothing of the request was sent or billed."""

    next_step = "Give another picture, or host it and give its URL."

    def __init__(
        self,
        status: int,
        code: str = "",
        message: str = "",
        fields: Iterable[tuple[str, str]] = (),
        next_step: str | None = None,
    ) -> None:
        super().__init__(status, code, message, fields)
        self.next_step = next_step or self.next_step
        self.args = (status, code, message, self.fields, self.next_step)
