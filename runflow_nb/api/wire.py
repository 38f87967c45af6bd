"""Answers of the API as records. Every shape that the contract's pages disagree on is read; the rest is let be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .errors import MalformedAnswer
from .outputs import RemoteOutput, read_outputs
from .values import amount, count, first_text, flag, mapping, moment, text, whole

FOLDED = {"cancelled": "canceled", "completed": "succeeded", "errored": "failed", "timeout": "failed"}
"""Other words for the documented states."""
DELIVERED = frozenset({"succeeded", "partial_succeeded"})
MIME = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*", re.IGNORECASE)
LONGEST_ID = 200
"""Characters of a run id; one that has no room in an address could never be asked about."""
ENDED = DELIVERED | {"failed", "canceled"}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run ended without its pictures, as far as the API says."""

    code: str | None = None
    stage: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteRun:
    """A run as the API tells of it at one moment."""

    id: str
    status: str
    """One word a state, however it was spelt; a word that is not documented means that it still goes on."""
    outputs: tuple[RemoteOutput, ...] = ()
    """Empty unless it delivered."""
    cost: Decimal | None = None
    """USD."""
    seed: int | None = None
    """As the provider reports it."""
    nsfw: bool | None = None
    timing: Mapping[str, Any] | None = None
    model_data: Mapping[str, Any] | None = None
    duration_ms: int | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    failure: Failure | None = None
    client_ref: str | None = None
    org_id: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def ended(self) -> bool:
        """Whether it will not change any more."""
        return self.status in ENDED

    @property
    def delivered(self) -> bool:
        """Whether it ended with pictures, all of them or some."""
        return self.status in DELIVERED

    def is_called(self, run_id: str) -> bool:
        """Whether this is the run of that id, by either of the names under which answers hold it."""
        names = (self.raw.get("id"), self.raw.get("run_id"))
        return any(name.strip().casefold() == run_id.casefold() for name in names if isinstance(name, str))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing of runs."""

    items: tuple[RemoteRun, ...]
    next_pq: str | None = None
    prev_pq: str | None = None
    unreadable: int = 0
    """Entries that could not be read as a run."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a server says of itself."""

    sandbox: bool
    instance: str | None = None
    """Which sandbox it is; another process is another instance."""


@dataclass(frozen=True, slots=True)
class Asset:
    """An uploaded file."""

    id: str
    url: str | None = field(default=None, repr=False)
    """A signed link, good for a short time only."""
    org_id: str | None = None
    deleted: bool = False
    expires_at: datetime | None = None
    """When the file itself can be used no longer, where the API says so."""

    @property
    def reference(self) -> str:
        """What to put in `image_urls`; never goes stale."""
        return f"runflow://assets/{self.id}"

    def gone(self, now: float) -> bool:
        """Whether it can be used no longer. `now`: Unix seconds."""
        return self.deleted or (self.expires_at is not None and self.expires_at.timestamp() <= now)


def parse(content: bytes) -> object:
    """JSON of any shape. Raises MalformedAnswer."""
    try:
        return json.loads(content)
    except RecursionError:
        raise MalformedAnswer("the answer is nested too deeply") from None
    except ValueError:
        raise MalformedAnswer("the answer is not JSON") from None


def read_run(answer: object, *, accepted: bool = False) -> RemoteRun:
    """A run from its JSON. Raises MalformedAnswer without a usable id or status.

    accepted: it answers a create, whose acceptance is proven by an id alone; without a status it is `queued`.
    """
    members = mapping(answer)
    names = (name for name in (members.get("id"), members.get("run_id")) if len(str(name)) <= LONGEST_ID)
    identity = first_text(*names)
    status = first_text(members.get("status_code"), members.get("status"), "queued" if accepted else None)
    if identity is None or status is None:
        raise MalformedAnswer(f"the answer holds no run {'id' if identity is None else 'status'}")
    status = status.strip().lower()
    status = FOLDED.get(status, status)
    output = members.get("output") if status in DELIVERED else None
    details = mapping(output)
    return RemoteRun(
        id=identity.strip(),
        status=status,
        outputs=read_outputs(output),
        cost=amount(members.get("cost")),
        seed=whole(details.get("seed")),
        nsfw=flag(details.get("nsfw_detected")),
        timing=mapping(details.get("timing")) or None,
        model_data=mapping(details.get("model_data")) or None,
        duration_ms=count(members.get("duration_ms")),
        created_at=moment(members.get("created_at")),
        started_at=moment(members.get("started_at")),
        completed_at=moment(members.get("completed_at")) or moment(members.get("finished_at")),
        failure=_failure(members),
        client_ref=text(members.get("client_ref")),
        org_id=text(members.get("org_id")),
        raw=members,
    )


def _failure(members: Mapping[str, Any]) -> Failure | None:
    error = members.get("error")
    nested = mapping(error)
    failure = Failure(
        code=first_text(members.get("failure_code"), nested.get("code")),
        stage=first_text(members.get("failure_stage_code"), members.get("failure_stage"), nested.get("stage")),
        message=first_text(members.get("failure_message"), nested.get("message"), error, members.get("failure_reason")),
    )
    return None if failure == Failure() else failure


def read_page(answer: object) -> Page:
    """A page of runs; entries that are no runs are counted. Raises MalformedAnswer where there is no list."""
    members = mapping(answer)
    entries = members.get("items")
    if not isinstance(entries, list):
        raise MalformedAnswer("the answer holds no list")
    runs: list[RemoteRun] = []
    unreadable = 0
    for entry in entries:
        try:
            runs.append(read_run(entry))
        except MalformedAnswer:
            unreadable += 1
    return Page(tuple(runs), text(members.get("next_pq")), text(members.get("prev_pq")), unreadable)


def read_health(answer: object) -> Health:
    """Never raises: an answer of 200 is health enough, only a sandbox says more."""
    members = mapping(answer)
    return Health(members.get("sandbox") is True, text(members.get("instance")))


def read_asset(answer: object) -> Asset:
    """An uploaded file, from its own JSON or from the answer to the announcement. Raises MalformedAnswer."""
    members = mapping(answer)
    identity = first_text(members.get("id"), members.get("asset_id"))
    if identity is None:
        raise MalformedAnswer("the answer holds no asset id")
    return Asset(
        identity.strip(),
        text(members.get("url")),
        text(members.get("org_id")),
        members.get("deleted_at") is not None,
        moment(members.get("access_expires_at")),
    )


def read_types(answer: object) -> tuple[str, ...]:
    """Every MIME type that is named in it, in its order: no page says what the list looks like. Never raises."""
    found: dict[str, None] = {}
    waiting = [answer]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str) and MIME.fullmatch(each.strip()):
            found[each.strip().lower()] = None
        elif isinstance(each, Mapping):
            waiting += reversed([*each, *each.values()])
        elif isinstance(each, list):
            waiting += reversed(each)
    return tuple(found)
