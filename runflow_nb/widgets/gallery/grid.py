"""The part of a gallery that is on the page: counts in its state, runs and pictures in messages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from ... import calls
from ...errors import RunflowError
from ...record.history import History
from ...record.run import Run
from ...record.store import Store
from ..files import by_hash
from ..late import Late
from ..pictures import HERE, Pictures, script
from ..style import style
from .actions import Action
from .cells import Told, sources
from .desk import Desk, said

BYTES = ("pictures", "file")
"""What is answered with bytes, in whatever order it comes."""


class Grid(Late, Pictures):
    """Thumbnails of a history. Each question of the page is answered in turn, beside the kernel's own queue."""

    late_esm = script("keys.js", "lost.js", "files.js", "gallery/toolbar.js", "gallery/look.js", "gallery/gallery.js")
    late_css = style() + (HERE / "gallery/gallery.css").read_text("utf-8")
    total = traitlets.Int().tag(sync=True)
    """Runs of the whole history, as last counted."""
    actions: Any = traitlets.List().tag(sync=True)
    """[name, label, number of runs] of each action."""

    def __init__(
        self,
        history: History,
        store: Store,
        actions: Mapping[str, Action],
        show: Callable[[Any], None],
        done: Callable[[], None],
        **traits: Any,
    ) -> None:
        """`show`: puts a widget below the grid. `done`: puts the static table in place of the gallery."""
        offered = [[name, action.label, action.runs] for name, action in actions.items()]
        super().__init__(actions=offered, total=len(history), **traits)
        self._desk = Desk(history, store, self._offer_run)
        self._acts = actions
        self._show, self._done = show, done
        self._turn: asyncio.Lock | None = None

    def _offer_run(self, runs: Sequence[Run]) -> None:
        self.offer([source for run in runs for source in sources(run)])
        self.offer_files(by_hash(runs))

    def _on_message(self, widget: Any, content: Any, buffers: Any) -> None:
        if isinstance(content, dict) and content.get("ask") not in BYTES:
            calls.session().loop.start(self._in_turn(content))
        else:
            super()._on_message(widget, content, buffers)

    async def _in_turn(self, content: Mapping[str, Any]) -> None:
        # Two stars given one after the other are journaled in that order. A lock belongs to the loop it is made on.
        self._turn = self._turn or asyncio.Lock()
        async with self._turn:
            answer = await asyncio.to_thread(self._answered, content)
        if answer is not None:
            self.send(answer)
            if answer["told"] == "look":
                self.total = answer["all"]

    def _answered(self, content: Mapping[str, Any]) -> Told | None:
        try:
            if content.get("ask") == "done":
                self._done()
                return None
            if content.get("ask") == "act":
                return self._act(content)
            return self._desk.answer(content)
        except RunflowError as error:
            return said(str(error).partition("\n")[0], wrong=True)
        except Exception as error:  # noqa: BLE001 - nobody sees what is raised here, but a person waits for an answer
            return said(f"This did not work: {type(error).__name__}: {error}", wrong=True)

    def _act(self, content: Mapping[str, Any]) -> Told | None:
        action = self._acts.get(str(content.get("what")))
        runs = self._desk.chosen(content)
        if action is None or len(runs) != action.runs:
            return None
        made = action.act(runs)
        if isinstance(made, str):
            return {"told": "text", "text": made, "label": action.label}
        if made is not None:
            self._show(made)
        return said(f"{action.label}: shown below the gallery.")
