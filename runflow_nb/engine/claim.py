"""Look-up, reservation and intent as one critical section per store."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..clock import Clock
from ..errors import StoreUnavailable
from ..models.price import Estimate
from ..models.request import RunRequest
from ..record.audit.recipes import derived
from ..record.run import Run
from ..record.schema import commitments
from ..record.store import Store
from ..settings import Limit, Settings
from .budget import Committed, Consent, Quote, left_of, quote, reserve, upper_bound
from .connection import Connection
from .lookup import Buy, look_up
from .order import Order
from .pictures.inputs import NotRestorable
from .pictures.reading import PictureInput
from .recorder import Recorder

Spent = Callable[[str], Committed]
"""What this kernel session has spent at an origin, in whichever of its stores."""
SEED_BITS = 31
ROOM = {"0.5K": 4, "1K": 8, "2K": 24, "4K": 80}
"""MiB that one original of a tier may need; a run is bought only where its pictures will find room."""

NO_LOCKS = "the store's folder knows no locks: another kernel could buy the same picture, and counts its own budget"


class Claims:
    """Buys slots: whoever gets one has the intent on disk and may send it."""

    def __init__(self, store: Store, recorder: Recorder, connection: Connection, clock: Clock, spent: Spent) -> None:
        self._store = store
        self._recorder = recorder
        self._connection = connection
        self._clock = clock
        self._spent = spent
        self._said = False

    def claim(
        self,
        order: Order,
        settings: Settings,
        pictures: Sequence[PictureInput],
        sent: Sequence[Mapping[str, Any]],
        mine: Callable[[str], None],
    ) -> Run | None:
        """The run whose intent is now written, or None where the slot is taken since it was looked at.

        `sent` is what is recorded of each picture; `mine` is told the id before the intent is written. Blocks.
        Raises BudgetExceeded, StoreUnavailable, InvalidRequest.
        """
        request = order.request
        recipe = request.recipe([picture.digest for picture in pictures])
        check_room(self._store.root, request)
        with self._store.lock():
            # A kernel knows what it has bought, also where the journal was deleted meanwhile.
            self._store.journal.restore()
            index = self._store.index
            decision = look_up(index.slots(self._connection.origin, recipe, request.seed), order.take, order.remake_of)
            if not isinstance(decision, Buy):
                return None
            price = self.price(request)
            held = reserve(price, *self._terms(order, settings))
            run = self._store.new_id()
            facts = self._facts(order, recipe, decision.take, pictures, sent)
            # First: whoever reads the intent must find that somebody is at it.
            mine(run)
            return self._recorder.intent(
                run, {**facts, "key": run, "reserved": str(held), "estimate": _estimate(price)}
            )

    def price(self, request: RunRequest) -> Estimate:
        """The request's price, with the most that it can cost as far as this store's own past bounds it."""
        observed = self._store.index.observed_price(
            request.spec.id, _tier(request), request.input, origin=self._connection.origin
        )
        if request.price.amount is None:
            # It may go by the length of a text or a film: what such runs cost so far bounds nothing.
            return replace(request.price, seen=observed)
        return replace(request.price, upper=upper_bound(request.price, observed))

    def check(self, order: Order, settings: Settings) -> None:
        """Refuse what would be refused by `claim` as things stand. Raises BudgetExceeded."""
        reserve(self.price(order.request), *self._terms(order, settings))

    def hold_again(self, order: Order, settings: Settings, run: Run) -> Decimal:
        """The sum to hold for a run whose create is sent once more for this order, on the order's terms.

        Its journal may have come with a clone, and is anybody's word: what is sent has to be what is asked for here, at
        its price. Raises NotRestorable, BudgetExceeded.
        """
        if not is_asked_for(run, order.request):
            raise NotRestorable("its record asks for something else than what is asked for now")
        consent, spent = self._terms(order, settings)
        _, own = commitments(run)
        counted = {
            "session": run.session == self._store.session,
            "notebook": run.notebook == self._store.relative(order.notebook),
            "day": run.created_at >= self._today(),
        }
        others = [
            (limit, replace(sums, reserved=sums.reserved - own) if counted[limit.scope] else sums)
            for limit, sums in spent
        ]
        return reserve(self.price(order.request), consent, others)

    def left(self, settings: Settings, notebook: str | None) -> list[tuple[Limit, Decimal]]:
        """What each budget has left, in USD."""
        return [(limit, left_of(limit, self._committed(limit, notebook))) for limit in settings.budget]

    def quote(self, order: Order, settings: Settings, price: Estimate | None = None) -> Quote:
        """What the order would cost, and whether it would be bought as things stand. `price`: of all orders that are
        placed together on the terms of this one."""
        return quote(self.price(order.request) if price is None else price, *self._terms(order, settings))

    def _terms(self, order: Order, settings: Settings) -> tuple[Consent, list[tuple[Limit, Committed]]]:
        """What was agreed to, and what is spent already."""
        consent = Consent(settings.confirm_above, order.max_cost, order.yes, order.agreed)
        return consent, [(limit, self._committed(limit, order.notebook)) for limit in settings.budget]

    def _committed(self, limit: Limit, notebook: str | None) -> Committed:
        index, origin = self._store.index, self._connection.origin
        match limit.scope:
            case "session":
                return self._spent(origin)
            case "notebook":
                return Committed(*index.committed(origin, notebook=notebook))
            case "day":
                return Committed(*index.committed(origin, since=self._today()))

    def _today(self) -> datetime:
        now = datetime.fromtimestamp(self._clock.time(), UTC)
        return now.replace(hour=0, minute=0, second=0, microsecond=0)

    def _facts(
        self, order: Order, recipe: str, take: int, pictures: Sequence[PictureInput], sent: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        request = order.request
        seed = secrets.randbelow(2**SEED_BITS) if request.draws_seed else request.seed
        values: dict[str, Any] = {**request.input, "seed": seed} if seed is not None else dict(request.input)
        values |= request.with_pictures([picture.digest for picture in pictures])
        return {
            "session": self._store.session,
            "origin": self._connection.origin,
            "instance": self._connection.instance,
            "org_id": self._connection.org_id,
            "model": request.spec.id,
            "recipe": recipe,
            "input": values,
            "seed_asked": request.seed,
            "seed_sent": seed,
            "take": take,
            "notebook": self._store.relative(order.notebook),
            "studio": order.studio,
            **({"remake_of": order.remake_of} if order.remake_of is not None else {}),
            "tags": list(order.tags),
            "prompt_template": order.prompt_template,
            "metadata": None if request.metadata is None else dict(request.metadata),
            "callback_url": request.callback_url,
            "pictures": [dict(picture) for picture in sent],
            "warnings": [*request.warnings, *(p.note for p in pictures if p.note), *self._without_locks()],
        }

    def _without_locks(self) -> list[str]:
        """What the first run bought in a store whose file system knows no locks has to say: once is enough."""
        if self._store.locks_work or self._said:
            return []
        self._said = True
        return [NO_LOCKS]


def is_asked_for(run: Run, request: RunRequest) -> bool:
    """Whether what is on record as sent is what this request asks for, though it may be said in other words.

    Fields that no recipe holds, and the address that is called, are compared as they are.
    """
    if derived(run) != run.recipe or run.callback_url not in (None, request.callback_url):
        return False
    field = request.spec.field
    silent = {name for name in run.input if name == "sync_mode" or (field(name) is None and not request.spec.declared)}
    return all(run.input[name] == request.input.get(name) for name in silent)


def _estimate(price: Estimate) -> dict[str, str | None]:
    return {
        "amount": None if price.amount is None else str(price.amount),
        "kind": price.kind,
        "upper": None if price.upper is None else str(price.upper),
    }


def _tier(request: RunRequest) -> str | None:
    tier = request.input.get("resolution")
    return None if tier is None else str(tier)


def check_room(root: Path, request: RunRequest) -> None:
    """Refuse before anything is sent where the pictures would not find room. Raises StoreUnavailable."""
    place = next((folder for folder in (root, *root.parents) if folder.exists()), root)
    tier = _tier(request) or (request.spec.price.default_tier if request.spec.price else None)
    needed = ROOM.get(tier or "", max(ROOM.values())) * request.price.images * 2**20
    free = shutil.disk_usage(place).free
    if free < needed:
        reason = f"{free / 2**20:.0f} MiB are free, and the pictures may need {needed / 2**20:.0f} MiB"
        raise StoreUnavailable(str(root), reason)
