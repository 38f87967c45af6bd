"""What is on record for an order: in the store and, where that lacks it, in the notebook's own file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from ..errors import InvalidRequest
from ..record.run import Run
from ..record.store import Store
from .lookup import Buy, Decision, Found, look_up, next_take
from .loop import BackgroundLoop
from .order import Order
from .pictures.inputs import Inputs
from .pictures.reading import PictureInput
from .saved_notebooks import SavedNotebooks
from .shown import needs_no_picture, originals_here, preview_here


class Slots:
    """Looks up orders. Nothing leaves the machine."""

    def __init__(self, store: Store, inputs: Inputs, saved: SavedNotebooks, loop: BackgroundLoop) -> None:
        self._store = store
        self._inputs = inputs
        self._saved = saved
        self._loop = loop

    @property
    def brought(self) -> int:
        """How often a notebook's file told something new."""
        return self._saved.brought

    def held(self, order: Order, pictures: Sequence[PictureInput], origin: str | None) -> dict[int, Run]:
        """Take -> the run that holds it; `origin` None for readers. Blocks."""
        recipe, seed = order.request.recipe([picture.digest for picture in pictures]), order.request.seed
        return {**self._saved.slots(origin, recipe, seed), **self._store.index.slots(origin, recipe, seed)}

    def next_take(self, order: Order, origin: str) -> int:
        """The number that `--take new` would buy. Blocks."""
        self._bring(order, self._known(order))
        return next_take(self.held(order, self._identified(order), origin))

    def look_up(self, order: Order, pictures: Sequence[PictureInput], origin: str | None) -> Decision:
        """What is to be done for it by what the store has. Blocks. Raises InvalidRequest."""
        return look_up(self.held(order, pictures, origin), order.take, order.remake_of)

    def decide(self, order: Order, origin: str | None) -> Decision:
        """What is to be done for it, the notebook's file read where the store lacks the run. Blocks.

        Raises InvalidRequest.
        """
        pictures, decision = self._known(order), None
        if pictures is not None:
            with suppress(InvalidRequest):
                decision = self.look_up(order, pictures, origin)
        if decision is None or misses(decision):
            self._bring(order, pictures)
            decision = self.look_up(order, self._identified(order), origin)
        return decision

    async def has_more(self, order: Order, pictures: Sequence[PictureInput] | None, brought: int) -> bool:
        """Whether the notebook's file tells something that was not there when `brought` was read.

        `pictures`: None where one of them is not known.
        """
        await asyncio.to_thread(self._bring, order, pictures)
        return self._saved.brought != brought

    def _bring(self, order: Order, pictures: Sequence[PictureInput] | None) -> None:
        # Of a picture that is not here the name may be what the notebook's file tells of.
        request = order.request
        about = request.spec.id if pictures is None else request.recipe([one.digest for one in pictures])
        self._saved.bring(order.notebook, about)

    def where_looked(self, order: Order) -> str:
        """Where an order's run was looked for, as a sentence."""
        return self._saved.where_looked(order.notebook)

    def _known(self, order: Order) -> Sequence[PictureInput] | None:
        with suppress(InvalidRequest):
            return self._identified(order)
        return None

    def _identified(self, order: Order) -> Sequence[PictureInput]:
        return self._loop.run(self._inputs.identify(order, {}, online=False))


def misses(decision: Decision) -> bool:
    """Whether the store has nothing to show for it, and a notebook's file may."""
    if isinstance(decision, Found):
        run = decision.run
        return not (run.forgotten or preview_here(run) or originals_here(run) or needs_no_picture(run))
    return isinstance(decision, Buy)
