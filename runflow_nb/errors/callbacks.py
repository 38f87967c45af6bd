"""What came as a callback is not to be acted on; it says nothing of any run."""

from __future__ import annotations

from .base import RunflowError


class CallbackRefused(RunflowError):
    """A callback that is not to be acted on. `.reason` says why, without its full stop, and never holds a secret."""

    remedy = ""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return f"Callback not believed: {self.reason}. Nothing was sent or billed.\n  {self.remedy}"


class InvalidSignature(CallbackRefused):
    """It does not come from who holds the secret, or that cannot be told. Answer 401 and do nothing."""

    remedy = "Give verify() the body's bytes as they came, the Runflow-Signature header, and each live secret, whole."


class MalformedCallback(CallbackRefused):
    """It cannot be read as an event. Answer 400 and do nothing."""

    remedy = "Give parse() the body as it came; a run's own record is read with GET /v1/runs/ID."

    def __str__(self) -> str:
        return f"Callback not understood: {self.reason}. Nothing was sent or billed.\n  {self.remedy}"
