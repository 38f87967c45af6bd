"""The sandbox itself: who has which runs and how much credit, and what is being painted."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..clock import Clock
from .assets import SCHEME, Assets, data_uri_objection
from .book import BookedCallback, BookedRun, Page, Tally
from .callbacks.announcer import Announcer
from .callbacks.sender import Sender
from .callbacks.webhooks import Webhooks
from .dialects.outputs import write_members
from .easel import Easel
from .faults.fate import PLAIN, Acceptance, Fate
from .faults.parse import read_plan
from .faults.turns import Faults
from .identity import Ids, is_uuid
from .links import Links
from .offers.offer import pictures_in
from .output import read_output
from .ratelimit import RateLimits
from .refusal import FieldError, Refusal, invalid
from .run import SandboxRun
from .submission import Submission
from .switches import Switches

UNRESOLVED = "media URLs must be HTTP(S) or data URIs"
"""What a service says that knows no references."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The stored answer to a create that came with an Idempotency-Key."""

    fingerprint: str
    answer: dict[str, Any]


class Desk:
    """Everything one sandbox process knows. Used from its event loop; only painting happens elsewhere."""

    def __init__(self, switches: Switches, clock: Clock) -> None:
        """Raises BadPlan."""
        self.faults = Faults(read_plan(switches.faults))
        self.switches = switches
        self.clock = clock
        self.instance = secrets.token_hex(8)
        self.folder = Path(tempfile.mkdtemp(prefix="runflow-sandbox-"))
        self.ids = Ids()
        self.links = Links(clock)
        self.limits = RateLimits(switches.rate_limit, clock)
        self.tally = Tally()
        for name in ("assets", "outputs"):
            (self.folder / name).mkdir()
        self.assets = Assets(self.folder / "assets", self.ids, switches.assets, clock)
        self.easel = Easel(self.folder / "outputs", self.assets, self.links, clock)
        self.callbacks = Sender(switches.callbacks, clock, self.ids, self._output)
        self.webhooks = Webhooks(self.ids)
        self.announcer = Announcer(self.webhooks, self.callbacks, clock)
        self.runs: dict[str, SandboxRun] = {}
        self.replays: dict[tuple[str, str, str], Replay] = {}
        self._open: dict[str, list[SandboxRun]] = {}
        self.thresholds: dict[str, Decimal] = {}
        """Organization -> USD below which its balance is called low."""
        self._billed: dict[str, Decimal] = {}

    async def close(self) -> None:
        """Stop painting and telling, and remove every file."""
        await self.callbacks.close()
        self.easel.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def accept(self, org_id: str, submission: Submission, base_url: str, acceptance: Acceptance = PLAIN) -> SandboxRun:
        """Take on a run and begin to paint it; `acceptance` may make more than one of it, and the first is given.

        Raises Refusal 422 for pictures that cannot be used, 402 where the credit does not reach.
        """
        price = submission.offer.price(submission.input)
        self._check_pictures(org_id, submission)
        if price > self.balance(org_id) - self._reserved(org_id):
            raise Refusal(402, "INSUFFICIENT_CREDIT", "the credit balance is too low for this run")
        fates = [self._fate(submission, fate) for fate in acceptance.fates()]
        first, *_ = [self._take_on(org_id, submission, base_url, price, fate) for fate in fates]
        return first

    def _fate(self, submission: Submission, fate: Fate) -> Fate:
        in_part = "partial" in self.switches.dialects and submission.offer.count(submission.input) > 1
        return "partial" if in_part and fate == "succeeds" else fate

    def _take_on(self, org_id: str, submission: Submission, base_url: str, price: Decimal, fate: Fate) -> SandboxRun:
        now = self.clock.time()
        seed = submission.input.get("seed")
        run = SandboxRun(
            id=self.ids.new(now),
            org_id=org_id,
            submission=submission,
            input=self._stored(org_id, submission.input),
            metadata=self._stored(org_id, submission.metadata),
            seed=secrets.randbits(31) if seed is None else seed,
            price=price,
            latency=self.switches.latency,
            created=now,
            begun=self.clock.monotonic(),
            base_url=base_url,
            fate=fate,
        )
        self.runs[run.id] = run
        self._open.setdefault(org_id, []).append(run)
        self.easel.begin(run)
        self.callbacks.follow(run)
        self.announcer.follow(run)
        return run

    def run(self, run_id: str, org_id: str) -> SandboxRun:
        """Raises Refusal 404 for an unknown run and for another organization's."""
        run = self.runs.get(run_id.lower()) if is_uuid(run_id) else None
        if run is None or run.org_id != org_id:
            raise Refusal(404, "RUN_NOT_FOUND", "no such run")
        return run

    def runs_of(self, org_id: str) -> list[SandboxRun]:
        """Oldest first."""
        return [run for run in self.runs.values() if run.org_id == org_id]

    def balance(self, org_id: str) -> Decimal:
        """USD left after every run that has succeeded by now."""
        self._settle(org_id)
        return self.switches.balance - self._billed.get(org_id, Decimal(0))

    def page(self) -> Page:
        """The account as it stands."""
        now = self.clock.monotonic()
        runs = [
            BookedRun(
                run.id, run.org_id, run.spec.id, run.status(now), run.submission.client_ref, run.cost(now) or Decimal(0)
            )
            for run in list(self.runs.values())
        ]
        received, requests = tuple(self.tally.received), dict(self.tally.requests)
        told = [
            BookedCallback(
                each.run_id, each.url, each.status, len(each.attempts), each.failure.detail if each.failure else None
            )
            for each in self.callbacks.all()
        ]
        keys = self.tally.keys_at_links
        return Page(self.instance, tuple(runs), received, requests, keys, self.faults.counts(), tuple(told))

    async def _output(self, run: SandboxRun) -> dict[str, Any] | None:
        """What reading the run shows, from where it was created."""
        output = await read_output(run, self.clock.monotonic(), self.links, run.base_url, self.switches)
        return None if output is None else write_members(output, self.switches.dialects)

    def _settle(self, org_id: str) -> None:
        now = self.clock.monotonic()
        still_open = []
        for run in self._open.get(org_id, []):
            cost = run.cost(now)
            if cost is None:
                still_open.append(run)
            else:
                self._billed[org_id] = self._billed.get(org_id, Decimal(0)) + cost
        self._open[org_id] = still_open

    def _reserved(self, org_id: str) -> Decimal:
        return sum((run.price for run in self._open.get(org_id, [])), Decimal(0))

    def _check_pictures(self, org_id: str, submission: Submission) -> None:
        errors = [
            FieldError(each.loc, reason)
            for each in pictures_in(submission.spec, submission.input)
            if (reason := self._objection(org_id, each.url))
        ]
        if any(error.msg == UNRESOLVED for error in errors):
            raise Refusal(422, "VALIDATION_ERROR", UNRESOLVED, errors)
        if errors:
            raise invalid(errors)

    def _objection(self, org_id: str, entry: str) -> str | None:
        if entry.startswith(SCHEME):
            if "no-asset-references" in self.switches.dialects:
                return UNRESOLVED
            return None if self.assets.usable(entry, org_id) else "no such asset, or its upload is not confirmed"
        if entry.lower().startswith(("http://", "https://")):
            return None
        if entry.startswith("data:"):
            return data_uri_objection(entry)
        return "media URLs must be HTTP(S), data URIs or runflow://assets references"

    def _stored(self, org_id: str, value: Any) -> Any:
        """The same JSON with inline files replaced by references to the assets they become."""
        if isinstance(value, dict):
            return {name: self._stored(org_id, each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._stored(org_id, each) for each in value]
        if isinstance(value, str) and value.startswith("data:") and data_uri_objection(value) is None:
            return self.assets.keep_inline(org_id, value)
        return value
