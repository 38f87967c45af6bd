"""The register: every line of the contract, what it says in our words, and who is held to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["both", "client", "server"]


@dataclass(frozen=True, slots=True)
class Line:
    """One documented fact."""

    name: str
    says: str
    side: Side = "both"


LINES: tuple[Line, ...] = (
    Line("nano-banana-2/price/base", "an image costs 0.08 USD"),
    Line("nano-banana-2/price/note", "the price is for each image, at 1K, which is the default"),
    Line("nano-banana-2/endpoint", "runs are created by POST /v1/models/google/nano-banana-2/runs"),
    Line("nano-banana-2/example/python", "the example in Python makes a run", "server"),
    Line("nano-banana-2/example/node", "the example in JavaScript makes a run", "server"),
    Line("nano-banana-2/example/curl", "the example for curl makes a run", "server"),
    Line("nano-banana-2/input/prompt", "required text of 3 to 50,000 characters"),
    Line("nano-banana-2/input/resolution", "0.5K, 1K (default), 2K or 4K; the price varies with it"),
    Line("nano-banana-2/input/aspect_ratio", "one of 14 ratios, or auto (default), which leaves it to the model"),
    Line("nano-banana-2/input/enable_web_search", "true or false (default); adds 0.015 USD to each image"),
    Line("nano-banana-2/input/thinking_level", "minimal or high, else off; high adds 0.002 USD to each image"),
    Line("nano-banana-2/input/num_images", "1 (default) to 4 pictures"),
    Line("nano-banana-2/input/output_format", "jpeg, png (default) or webp"),
    Line("nano-banana-2/input/safety_tolerance", "text, 1 (strictest) to 6; 4 by default"),
    Line("nano-banana-2/input/seed", "an integer; the same one gives the same picture"),
    Line("nano-banana-2/input/limit_generations", "true (default) or false: one picture per round of prompting"),
    Line("nano-banana-2/input/sync_mode", "true or false (default): pictures come as data URIs, not in the history"),
    Line("nano-banana-pro/edit/price/base", "an image costs 0.15 USD"),
    Line("nano-banana-pro/edit/price/note", "the price is for each image, by use"),
    Line("nano-banana-pro/edit/endpoint", "runs are created by POST /v1/models/google/nano-banana-pro/edit/runs"),
    Line("nano-banana-pro/edit/example/python", "the example in Python makes a run", "server"),
    Line("nano-banana-pro/edit/example/node", "the example in JavaScript makes a run", "server"),
    Line("nano-banana-pro/edit/example/curl", "the example for curl makes a run", "server"),
    Line("nano-banana-pro/edit/input/prompt", "required text"),
    Line("nano-banana-pro/edit/input/aspect_ratio", "text, without a closed set"),
    Line("nano-banana-pro/edit/input/enable_web_search", "true or false"),
    Line("nano-banana-pro/edit/input/resolution", "1K, 2K or 4K"),
    Line("nano-banana-pro/edit/input/num_images", "an integer: so many pictures"),
    Line("nano-banana-pro/edit/input/output_format", "jpeg, png or webp"),
    Line("nano-banana-pro/edit/input/sync_mode", "true or false: pictures come as data URIs, not in the history"),
    Line("nano-banana-pro/edit/input/safety_tolerance", "text, 1 (blocks most) to 6"),
    Line("nano-banana-pro/edit/input/seed", "an integer"),
    Line("nano-banana-pro/edit/input/image_urls", "required list of addresses of the pictures to edit"),
    Line("nano-banana-pro/edit/input/limit_generations", "true or false: one picture per round of prompting"),
    Line("request/input", "required object: the model's parameters"),
    Line("request/callback_url", "text or null: called when the run has ended"),
    Line("request/metadata", "object or null: any pairs, kept with the run"),
    Line("output/outputs", "a list with an entry for each artifact: url, type, width, height"),
    Line("output/model_data", "what only this model tells, by name"),
    Line("output/nsfw_detected", "true: flagged, false: cleared, null: not checked"),
    Line("output/seed", "the seed that was used, or null where the provider tells none"),
    Line("output/timing", "the provider's times, or null"),
    Line("callback/event", "run.completed, run.failed or run.cancelled"),
    Line("callback/run_id", "the run's id"),
    Line("callback/status", "succeeded, failed or cancelled"),
    Line("callback/output", "the run's output; null where it failed or was cancelled"),
    Line("callback/duration_ms", "milliseconds that the run took, or null"),
    Line("callback/created_at", "when the run was created, in ISO 8601, or null"),
    Line("callback/completed_at", "when the run ended, in ISO 8601, or null"),
    Line("callback/metadata", "the metadata of the create, or null"),
    Line("callback/sent", "callback_url is sent a POST once the run has ended", "server"),
    Line("callback/retries", "3 attempts, 1 s and 2 s apart, on 5xx and network errors only", "server"),
    Line("callback/headers", "Runflow-Request-Id always, Runflow-Signature where there is a secret"),
    Line("14/cancelled-on-runs", "a run that was stopped is canceled, or cancelled"),
    Line("14/cancelled-in-callbacks", "a callback says cancelled, or what the run says"),
    Line("14/state-field", "a run's state is status_code, or status"),
    Line("14/unlisted-states", "seven states, or completed, errored, timeout, processing, in_progress as well"),
    Line("14/partial-succeeded", "a single run is never partial_succeeded, or may be: what came is kept"),
    Line("14/create-id", "a create is answered with id, or run_id"),
    Line("14/create-status", "a create is answered with 201, or another 2xx"),
    Line("14/end-time", "the end of a run is completed_at, or finished_at"),
    Line("14/failure-fields", "why a run failed is failure_*, or error, or failure_reason"),
    Line("14/error-envelope", "a refusal is flat, or nested in error, or a text"),
    Line("14/rate-limit-headers", "no X-RateLimit-* and no Retry-After, or both"),
    Line("14/idempotency", "Idempotency-Key replays a create and refuses another body, or does nothing"),
    Line("14/output-shape", "output is outputs[], or one of the shapes of the models behind"),
    Line("14/callback-output", "a failed run's callback has null as output, or an error"),
    Line("14/callback-events", "three events, or run.partial_succeeded as well"),
    Line("14/callback-retries", "sent again on 5xx and network errors, or after everything but 2xx", "server"),
    Line("14/callback-record", "a run's callback is read as a list of deliveries, or as the payload", "server"),
    Line("14/timestamps", "times end in Z, or in +00:00"),
    Line("14/balance", "the balance is balance, or balance_cents, or found at another address"),
    Line("14/batch-body", "a batch is input[], or items[].input, and no model of Google's takes one"),
    Line("14/asset-references", "runflow://assets/ID is resolved, or refused and the signed link taken"),
    Line("14/upload-scheme", "uploads go to https, and to http on this machine only"),
    Line("14/health-body", "health says status, or ok, or nothing but 200"),
    Line("14/key-prefix", "a key begins with anything, and is never shown"),
    Line("14/safety-tolerance", "safety_tolerance is a text; a number is taken too, or refused"),
    Line("14/filter-syntax", "runs are filtered by field.EQ:'value', or field:value"),
    Line("14/run-url", "runs are created at /v1/models/ID/runs only, not at /v1/run/ID"),
    Line("14/asset-link-lifetime", "a link to an asset works for minutes, or a week: none is stored"),
)
BY_NAME = {line.name: line for line in LINES}
