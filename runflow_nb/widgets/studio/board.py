"""A studio's side of the page: buttons, cards and menu as one widget, whose state holds words only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from ...record.run import Run
from ..files import by_hash
from ..late import Late
from ..pictures import Pictures, script
from ..sources import source_of_run
from ..style import style
from .cards import Card, announcement, together, told
from .presses import Pressed

MOST = 12
"""Cards that are shown; the older ones that have ended are in the sheet."""
ANEW = "The page was loaded anew. Where pictures are missing above, run the cell again: nothing is bought."
Press = Callable[[Pressed], None]
"""What a button does."""


class Board(Late, Pictures):
    """Any thread may change what is on it. What the page asks is handed on, and only submits work."""

    late_esm = script("keys.js", "lost.js", "files.js", "studio/board.js")
    late_css = style()
    buttons: Any = traitlets.Dict().tag(sync=True)
    """Name -> label, enabled, reason, remark, number of the offer. One without a label is not there."""
    cards: Any = traitlets.List().tag(sync=True)
    menu: Any = traitlets.Dict().tag(sync=True)
    """Of the run that a person goes on from: its id, a title, what there is to choose, and what is chosen."""
    remark = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._lock = threading.RLock()
        self._announced: dict[str, str] = {}
        self._drawn: int | None = None
        self._presses: dict[str, Press] = {}
        self._choose: Callable[[str], None] = _nothing
        self._pick: Callable[[str, int], None] = _nothing
        super().__init__(**traits)

    def on_press(self, name: str, act: Press, label: str = "") -> None:
        """The button of this name does this; with a label it is there from the beginning."""
        self._presses[name] = act
        if label:
            self.put(name, label, True, "")

    def on_choose(self, choose: Callable[[str], None], pick: Callable[[str, int], None]) -> None:
        """`choose`: is told the id of the run to go on from, "" for none. `pick`: which entry of which list it is."""
        self._choose, self._pick = choose, pick

    def put(self, name: str, label: str, enabled: bool, reason: str, number: int = 0, remark: str = "") -> None:
        """What is on a button, why it cannot be pressed, which of its offers that is, and what else is to be read
        before it is pressed."""
        with self._lock:
            told = {"label": label, "enabled": enabled, "reason": reason, "number": number, "remark": remark}
            self.buttons = {**self.buttons, name: told}

    def put_menu(self, **facts: Any) -> None:
        """Change this of the menu."""
        with self._lock:
            self.menu = {**self.menu, **facts}

    def shown(self) -> None:
        """It stands in a cell now, below outputs that a page which is loaded anew has as they were saved."""
        self._drawn, self.remark = 0, ""

    def show(self, cards: Sequence[Card]) -> None:
        """Put these on the page, newest first; nothing is sent where nothing changed."""
        shown = [card for number, card in enumerate(cards) if number < MOST or _is_open(card)]
        self.offer([source for card in shown if (source := _source(card.run)) is not None])
        self.offer_files(by_hash(card.run for card in shown if card.run is not None))
        with self._lock:
            self.cards = [told(card) for card in shown]
            before, self._announced = self._announced, {card.key: announcement(card) for card in cards}
            news = [words for key, words in reversed(self._announced.items()) if before.get(key) != words]
        if news:
            self.send({"told": "said", "text": together(news)})

    def _on_late(self, widget: Any, content: Any, buffers: Any) -> None:
        super()._on_late(widget, content, buffers)
        if self._drawn is not None and isinstance(content, dict) and content.get("ask") == "script":
            self._drawn += 1
            if self._drawn > 1:
                self.remark = ANEW

    def _on_message(self, widget: Any, content: Any, buffers: Any) -> None:
        match content:
            case {
                "ask": "press",
                "name": str(name),
                "seen": str(seen),
                "number": int(number),
                "at": int(at) | float(at),
            }:
                self.send({"told": "heard"})
                self._presses.get(name, _nothing)(Pressed(seen, number, float(at)))
            case {"ask": "choose", "run": str(run)}:
                self._choose(run)
            case {"ask": "pick", "name": str(name), "number": int(number)}:
                self._pick(name, number)
            case Mapping():
                super()._on_message(widget, content, buffers)


def _nothing(*_: object) -> None:
    """A button that is not there does nothing."""


def _is_open(card: Card) -> bool:
    return card.run is None and card.error is None


def _source(run: Run | None) -> Any:
    return None if run is None else source_of_run(run)
