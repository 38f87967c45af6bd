"""A studio as the page has it: what is on its buttons and cards, and what happens when they are pressed."""

from __future__ import annotations

import json
from typing import Any

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import PATIENCE, Kernel
from tests.widgets.comms import send

WAIT = """
import time as _time
_end = _time.monotonic() + {patience}
while not ({condition}) and _time.monotonic() < _end:
    _time.sleep(0.005)
print(bool({condition}))
"""


class StudioPage:
    """The studio that a variable of the kernel holds."""

    def __init__(self, kernel: Kernel, variable: str) -> None:
        self.kernel = kernel
        self.board = f"{variable}._board"
        self.model = kernel.value(f"{self.board}.model_id")
        self.clock = 1_000_000.0

    def until(self, condition: str) -> None:
        """Wait until this holds in the kernel."""
        ran = self.kernel.run(WAIT.format(condition=condition, patience=PATIENCE / 4))
        assert ran.text.strip() == "True", f"{condition}: {ran.error or self.state('buttons')}"

    def state(self, trait: str) -> Any:
        """What the page is told."""
        return json.loads(self.kernel.value(f"__import__('json').dumps({self.board}.{trait})"))

    def label(self, button: str) -> str:
        return str(self.state("buttons").get(button, {}).get("label", ""))

    def shows(self, button: str, label: str) -> None:
        """Wait until these words are on the button."""
        self.until(f"{self.board}.buttons.get({button!r}, {{}}).get('label') == {label!r}")

    def press(self, button: str, *, clicks: int = 1, seen: str | None = None) -> None:
        """Press it, so many times within a moment."""
        told = self.state("buttons")[button]
        words = told["label"] if seen is None else seen
        self.clock += 10
        for click in range(clicks):
            self.tell(ask="press", name=button, seen=words, number=told["number"], at=self.clock + 0.2 * click)

    def tell(self, **content: Any) -> None:
        """A message of the page."""
        send(self.kernel, self.model, {"method": "custom", "content": content})

    def listen(self) -> None:
        """From now on keep what a screen reader is to say."""
        spy = "_said = []\n_send = {board}.send\n{board}.send = lambda *told: (_said.append(told[0]), _send(*told))"
        self.kernel.run(spy.format(board=self.board))

    def announced(self, count: int) -> list[str]:
        """What it was told to say, once that are so many."""
        said = "[told['text'] for told in _said if told['told'] == 'said']"
        self.until(f"len({said}) >= {count}")
        return list(json.loads(self.kernel.value(f"__import__('json').dumps({said})")))

    def made(self, count: int) -> None:
        """Wait until so many cards have their picture."""
        self.until(f"[card['state'] for card in {self.board}.cards].count('done') == {count}")


def created(sandbox: EmbeddedSandbox, word: str) -> int:
    """Runs that were bought for prompts with this word in them."""
    return sum(word in received.body["input"].get("prompt", "") for received in sandbox.book.received)
