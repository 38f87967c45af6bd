"""What the API room tells the rooms above. The errors that people meet are in `runflow_nb.errors`."""

from __future__ import annotations


class ApiSignal(Exception):
    """Base of what is decided upon further up and never shown as it is."""


class AmbiguousCreate(ApiSignal):
    """A create was sent, and no answer tells whether it was accepted: search for it, never send it again blindly."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        self.reason, self.status = reason, status
        super().__init__(reason, status)


class RunNotFound(ApiSignal):
    """404: the API knows no such run, or not yet, or it belongs to another organisation."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(run_id)


class DownloadError(ApiSignal):
    """An output could not be fetched whole.

    `expired`: a fresh link, got by reading the run again, may help. `passing`: asking once more may help.
    """

    def __init__(self, reason: str, *, expired: bool = False, passing: bool = False) -> None:
        self.reason, self.expired, self.passing = reason, expired, passing
        super().__init__(reason)

    def __reduce__(self) -> tuple[object, ...]:
        return _download_error, (self.reason, self.expired, self.passing)


class MalformedAnswer(ApiSignal):
    """An answer that cannot be read as what it should be."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def _download_error(reason: str, expired: bool, passing: bool) -> DownloadError:
    return DownloadError(reason, expired=expired, passing=passing)
