"""Every dialect, as data: its name, the row of the contract's table of disagreements, what it changes."""

from __future__ import annotations

from dataclasses import dataclass

ALL = "older"
"""Stands for all dialects that together make one older service."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One side of a disagreement."""

    name: str
    row: int
    """Of the contract's table of disagreements, from 1."""
    meaning: str
    older: bool = True
    """Whether `older` speaks it."""
    choice: str = ""
    """What it is a choice of; of these one is spoken at a time."""


TOPICS = {
    1: "Cancelled spelling on runs",
    2: "Cancelled spelling in callbacks",
    3: "Name of the state field",
    4: "Unlisted states",
    5: "`partial_succeeded` on single runs",
    6: "Id field in create answer",
    7: "Create status",
    8: "End time field",
    9: "Failure fields",
    10: "HTTP error envelope",
    11: "Rate-limit headers",
    12: "Idempotency",
    13: "Output shape",
    14: "Callback `output` on failure",
    15: "Callback events",
    16: "Callback retry trigger",
    17: "`GET /v1/runs/{id}/callback`",
    18: "Timestamps",
    19: "Balance",
    20: "Batch body",
    21: "Asset references",
    22: "Upload URL scheme",
    23: "Health body",
    24: "Key prefix",
    25: "`safety_tolerance`",
    26: "Filter syntax",
    27: "Run URL",
    28: "Asset URL lifetime",
}
"""The rows, by their names."""

TABLE = (
    Dialect("state-cancelled", 1, "a run that was stopped is `cancelled`, with two l"),
    Dialect("callback-canceled", 2, "a callback's status is spelt as the run's own, `canceled`"),
    Dialect("status-field", 3, "runs hold their state as `status`"),
    Dialect("state-completed", 4, "a run that succeeded is `completed`"),
    Dialect("state-errored", 4, "a run that failed is `errored`", choice="the state of a failed run"),
    Dialect("state-timeout", 4, "a run that failed is `timeout`", older=False, choice="the state of a failed run"),
    Dialect("state-processing", 4, "a run under way is `processing`", choice="the state of a running run"),
    Dialect(
        "state-in-progress", 4, "a run under way is `in_progress`", older=False, choice="the state of a running run"
    ),
    Dialect("partial", 5, "a run of several pictures ends `partial_succeeded`, without the last", older=False),
    Dialect("run-id", 6, "the answer to a create holds the id as `run_id`"),
    Dialect("create-200", 7, "a create is answered with 200"),
    Dialect("finished-at", 8, "the end of a run is `finished_at`"),
    Dialect("failure-stage", 9, "where a run failed is `failure_stage`"),
    Dialect("failure-error", 9, "why a run failed is `error` with `code` and `message`", choice="why a run failed"),
    Dialect("failure-text", 9, "why a run failed is `error`, a text", older=False, choice="why a run failed"),
    Dialect("failure-reason", 9, "why a run failed is `failure_reason`", older=False, choice="why a run failed"),
    Dialect("error-nested", 10, "refusals are `error` with `code` and `message`", choice="the envelope of refusals"),
    Dialect("error-text", 10, "refusals are `error`, a text", older=False, choice="the envelope of refusals"),
    Dialect("rate-limit-headers", 11, "answers carry `X-RateLimit-*`, and 429 a `Retry-After`"),
    Dialect("no-idempotency", 12, "`Idempotency-Key` is passed over: a create sent twice is two runs"),
    Dialect("output-image-urls", 13, "pictures are `image_urls[]`", choice="the shape of outputs"),
    Dialect("output-image", 13, "the one picture is `image.url`", older=False, choice="the shape of outputs"),
    Dialect("output-image-list", 13, "pictures are `image[]`, addresses", older=False, choice="the shape of outputs"),
    Dialect("output-images", 13, "pictures are `images[]`, addresses", older=False, choice="the shape of outputs"),
    Dialect("output-images-url", 13, "pictures are `images[].url`", older=False, choice="the shape of outputs"),
    Dialect(
        "output-images-image-url", 13, "pictures are `images[].image_url`", older=False, choice="the shape of outputs"
    ),
    Dialect("output-url", 13, "the one picture is `url`", older=False, choice="the shape of outputs"),
    Dialect("output-output-url", 13, "the one picture is `output_url`", older=False, choice="the shape of outputs"),
    Dialect("output-image-url", 13, "the one picture is `image_url`", older=False, choice="the shape of outputs"),
    Dialect(
        "output-text", 13, "the one picture's address is all of `output`", older=False, choice="the shape of outputs"
    ),
    Dialect("callback-error", 14, "a failed run's callback has an error envelope as `output`"),
    Dialect("callback-partial", 15, "callbacks know `run.partial_succeeded`"),
    Dialect("callback-retry", 16, "callbacks are sent again after every answer that is no 2xx"),
    Dialect("callback-payload", 17, "reading a run's callback answers the payload"),
    Dialect("times-offset", 18, "times end in `+00:00`, not in `Z`"),
    Dialect("balance-cents", 19, "the balance is `balance_cents` and `currency`"),
    Dialect("batch-items", 20, "a batch is `items[].input`"),
    Dialect("no-asset-references", 21, "`runflow://assets/ID` is refused with 422"),
    Dialect("health-ok", 23, "health is `ok: true`", choice="the body of health"),
    Dialect("health-status", 23, "health is `status: ok`", older=False, choice="the body of health"),
    Dialect("safety-text", 25, "`safety_tolerance` as a number is refused with 422"),
    Dialect("filter-eq", 26, "filters are read as `field.EQ:'value'` only", choice="the syntax of filters"),
    Dialect("filter-colon", 26, "filters are read as `field:value` only", older=False, choice="the syntax of filters"),
    Dialect("asset-links-week", 28, "a signed link to an asset works for 7 days"),
)
DIALECTS = {dialect.name: dialect for dialect in TABLE}
OLDER = frozenset(dialect.name for dialect in TABLE if dialect.older)

NOT_SPOKEN = {
    22: "the sandbox is on this machine, and its links are http",
    24: "any key is taken, whatever it begins with",
    27: "the model pages' address is the only one",
}
"""Rows that no dialect is made of, and why."""
