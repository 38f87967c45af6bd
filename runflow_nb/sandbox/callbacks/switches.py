"""What of callbacks can be set, where the pages leave a choice, disagree, or a test must not wait."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from ..switching import BadSwitch, Choices, Readers, check_choices, read_words, tell_switches

CHOICES: Choices = {
    "retry": ("5xx", "not-2xx"),
    "cancelled": ("cancelled", "canceled"),
    "partial": ("completed", "partial_succeeded"),
    "failed_output": ("null", "error"),
    "signs": ("newest", "oldest"),
    "request_id": ("delivery", "attempt"),
    "listing": ("deliveries", "payload"),
}


def _seconds(name: str, text: str) -> tuple[float, ...]:
    try:
        return tuple(float(each) for each in text.split(",") if each.strip())
    except ValueError:
        raise BadSwitch(f"{name} takes seconds, not {text}") from None


def _first_seconds(name: str, text: str) -> float:
    return next(iter(_seconds(name, text)), 0.0)


READERS: Readers = {"gaps": _seconds, "timeout": _first_seconds}


@dataclass(frozen=True, slots=True)
class CallbackSwitches:
    """How callbacks are sent. Raises BadSwitch for a value that makes no sense."""

    gaps: tuple[float, ...] = (1.0, 2.0)
    """Seconds between the attempts, by the sandbox's clock; there is one attempt more than gaps."""
    timeout: float = 10.0
    """Seconds that a receiver has for its answer. No page gives a number; what takes longer is a network error."""
    retry: str = "5xx"
    """What is tried again beside network errors: `5xx`, or as an older page has it every answer that is `not-2xx`."""
    cancelled: str = "cancelled"
    """How a payload's `status` spells it; `canceled` is how the run itself does."""
    partial: str = "completed"
    """What a run is called that ended in part: `run.completed` with `succeeded`, for the model pages know three events;
    or `run.partial_succeeded` with the status of that name, as another page has it."""
    failed_output: str = "null"
    """`output` of a failed run: null, or as another page has it an `error` envelope (`code`, `message`, `errors`)."""
    signs: str = "newest"
    """Which of several live secrets signs; no page says."""
    request_id: str = "delivery"
    """Whether `Runflow-Request-Id` is the same at each attempt of a delivery, or new at each; no page says."""
    listing: str = "deliveries"
    """What reading a run's callback answers: the list of `deliveries`, or as an older page has it the `payload`."""

    def __post_init__(self) -> None:
        check_choices(self, CHOICES)
        if not all(0 <= gap < math.inf for gap in self.gaps):
            raise BadSwitch("gaps takes seconds from 0 up, as in gaps=1,2")
        if not 0 < self.timeout < math.inf:
            raise BadSwitch("timeout takes seconds above 0")


def read_switches(words: Iterable[str]) -> CallbackSwitches:
    """From words such as `gaps=0,0` and `retry=not-2xx`. Raises BadSwitch."""
    return CallbackSwitches(**read_words("callbacks", words, READERS, CHOICES))


def guide() -> str:
    """Each switch with what it takes, its default first."""
    defaults = CallbackSwitches()
    numbers = {"gaps": ",".join(f"{gap:g}" for gap in defaults.gaps), "timeout": f"{defaults.timeout:g}"}
    return tell_switches(numbers, CHOICES)
