"""The words of a fault plan: where, what, and what each means. Reading, help and doing all go by these tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

WHERE = {
    "create": "a create of a run",
    "read": "reading a run",
    "search": "listing runs, also by client_ref",
    "statuses": "the list of states",
    "logs": "logs and steps of a run",
    "cancel": "a run cancelled by an administrator",
    "callback": "deliveries of a run's callback, and sending it again",
    "secrets": "secrets that callbacks are signed with",
    "webhooks": "webhooks of an organization, and their deliveries",
    "batches": "batches and their items",
    "declare": "an upload, step 1: what is to come",
    "put": "an upload, step 2: the bytes",
    "confirm": "an upload, step 3: making it usable",
    "asset": "reading an asset, and the types of assets",
    "download": "a signed link to a picture",
    "balance": "the credit that is left",
    "me": "whose key it is",
    "models": "the catalog",
    "health": "health and readiness",
}
ANY = "any"

Takes = Literal["nothing", "seconds", "range", "members"]


class Stage(IntEnum):
    """When in a request a fault acts, in this order."""

    WAIT = 0
    REFUSE = 1
    """Nothing is done, and no later fault acts."""
    RUN = 2
    ANSWER = 3
    CUT = 4


TITLES = {
    Stage.WAIT: "time",
    Stage.REFUSE: "in place of the work, so that nothing is accepted",
    Stage.RUN: "what becomes of an accepted run",
    Stage.ANSWER: "a wrong answer of 2xx; the work is done",
    Stage.CUT: "no whole answer; the work is done",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can go wrong."""

    stage: Stage
    meaning: str
    takes: Takes = "nothing"
    must: bool = False
    """Whether it means nothing without its value."""
    fits: tuple[str, ...] = ()
    """The words of WHERE that it can happen at; empty for all."""


RECORDS = ("create", "read", "search")
LINKS = ("download", "put")
JSON = tuple(where for where in WHERE if where not in LINKS)

FAULTS: dict[str, Fault] = {
    "delay": Fault(Stage.WAIT, "it takes so long before anything else happens", "range", must=True),
    "drop-before-read": Fault(Stage.REFUSE, "the connection is reset, the body unread"),
    "drop-after-read": Fault(Stage.REFUSE, "the connection is closed once the request was read"),
    "400": Fault(Stage.REFUSE, "answers 400 BAD_REQUEST"),
    "401": Fault(Stage.REFUSE, "answers 401 UNAUTHORIZED, as for a key that was revoked"),
    "402": Fault(Stage.REFUSE, "answers 402 INSUFFICIENT_CREDIT"),
    "403": Fault(Stage.REFUSE, "answers 403 PERMISSION_DENIED"),
    "404": Fault(Stage.REFUSE, "answers 404 NOT_FOUND"),
    "408": Fault(Stage.REFUSE, "answers 408 REQUEST_TIMEOUT"),
    "409": Fault(Stage.REFUSE, "answers 409 CONFLICT"),
    "422": Fault(Stage.REFUSE, "answers 422 VALIDATION_ERROR that names no field"),
    "429": Fault(Stage.REFUSE, "answers 429 RATE_LIMITED; with a value, Retry-After in seconds", "seconds"),
    "429-date": Fault(Stage.REFUSE, "the same, Retry-After a date so far ahead", "seconds", must=True),
    "500": Fault(Stage.REFUSE, "answers 500 INTERNAL_ERROR"),
    "502": Fault(Stage.REFUSE, "answers 502 with a page of HTML"),
    "503": Fault(Stage.REFUSE, "answers 503 MODEL_UNAVAILABLE; with a value, Retry-After in seconds", "seconds"),
    "504": Fault(Stage.REFUSE, "answers 504 with a page of HTML"),
    "expired": Fault(Stage.REFUSE, "the link has expired: 403 LINK_EXPIRED", fits=LINKS),
    "fails": Fault(Stage.RUN, "it fails and costs nothing", fits=("create",)),
    "hangs": Fault(Stage.RUN, "it never ends", fits=("create",)),
    "cancels": Fault(Stage.RUN, "it ends canceled and costs nothing", fits=("create",)),
    "partial": Fault(
        Stage.RUN, "it ends partial_succeeded without its last picture, but not without any", fits=("create",)
    ),
    "twice": Fault(Stage.RUN, "a second run is accepted with the same client_ref, and billed too", fits=("create",)),
    "forgets-key": Fault(
        Stage.RUN, "its Idempotency-Key is passed over: sent again, it is another run", fits=("create",)
    ),
    "blind": Fault(
        Stage.ANSWER, "runs are found only so long after acceptance", "seconds", must=True, fits=("search",)
    ),
    "unknown-state": Fault(Stage.ANSWER, "the state is a word that nobody knows", fits=RECORDS),
    "completed": Fault(Stage.ANSWER, "succeeded is spelt completed", fits=RECORDS),
    "errored": Fault(Stage.ANSWER, "failed is spelt errored", fits=RECORDS),
    "cancelled": Fault(Stage.ANSWER, "canceled is spelt cancelled", fits=RECORDS),
    "null": Fault(Stage.ANSWER, "these members are null, as in null=cost", "members", must=True, fits=JSON),
    "missing": Fault(
        Stage.ANSWER, "these members are not there, as in missing=cost+output", "members", must=True, fits=JSON
    ),
    "wrong-types": Fault(Stage.ANSWER, "these members, or all, are of another type", "members", fits=JSON),
    "truncated": Fault(Stage.ANSWER, "half of the body, announced as all of it"),
    "garbage": Fault(Stage.ANSWER, "as many bytes of noise"),
    "html": Fault(Stage.ANSWER, "a page of HTML"),
    "empty": Fault(Stage.ANSWER, "no body"),
    "500-after-accept": Fault(Stage.CUT, "answers 500 INTERNAL_ERROR"),
    "502-after-accept": Fault(Stage.CUT, "answers 502 with a page of HTML"),
    "503-after-accept": Fault(Stage.CUT, "answers 503 MODEL_UNAVAILABLE"),
    "504-after-accept": Fault(Stage.CUT, "answers 504 with a page of HTML"),
    "drop-mid-body": Fault(Stage.CUT, "the connection is closed in the middle of the body"),
    "drop-after-accept": Fault(Stage.CUT, "the connection is closed without an answer"),
}

WHEN = {
    "10%": "each request with this chance",
    "first 3": "the first 3",
    "2nd": "the second only",
    "every 5": "each fifth",
    "after 4": "all but the first 4",
}
"""An example of each condition -> what it means."""
COUNTED = ("first", "every", "after")

MEMBERS = (
    "id", "model_id", "target_type", "org_id", "created_by", "status_code", "source_code", "input", "output",
    "duration_ms", "cost", "client_ref", "created_at", "started_at", "completed_at", "callback_url", "metadata",
    "failure_code", "failure_message", "failure_stage_code", "items", "next_pq", "prev_pq", "balance", "status", "ok",
    "sandbox", "instance", "asset_id", "upload_url", "url", "mime_type", "size_bytes", "email", "memberships", "slug",
    "inputs", "outputs", "plain_secret", "payload", "attempts", "attempt_count", "events",
)  # fmt: skip
"""Members of answers that can be taken away or spoilt."""
