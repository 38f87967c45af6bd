"""The line that stands where the picture will be."""

from __future__ import annotations

from typing import ClassVar

import pytest

from runflow_nb.engine.job import Progress
from runflow_nb.models.request import build_request
from runflow_nb.notebook.showing import screen as screen_module
from runflow_nb.notebook.views.live import live_bundle, live_text

PRICE = build_request("2", {"prompt": "a fox", "resolution": "2K"}).price


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress("queued", 0.4, None, PRICE, True), "queued · 0 s · about $0.12"),
        (Progress("running", 7.9, 12.4, PRICE, True), "painting · 7 s of about 12 s · about $0.12"),
        (Progress("running", 1.0, 0.2, PRICE, True), "painting · 1 s of about 1 s · about $0.12"),
        (Progress("upscaling", 3.0, None, PRICE, True), "upscaling · 3 s · about $0.12"),
        (Progress("collecting", 30.0, 12.0, PRICE, False), "collecting · 30 s of about 12 s · bought before"),
    ],
)
def test_state_seconds_and_price(progress: Progress, text: str) -> None:
    """What is happening, for how long, how long it takes as a rule, and what it costs."""
    assert live_text(progress) == text


def test_it_changes_once_a_second() -> None:
    """While the state stays, the text changes with the second only: nothing flickers, and little is sent."""
    texts = {live_text(Progress("running", tenth / 10, 12.0, PRICE, True)) for tenth in range(40)}
    assert len(texts) == 4


def test_a_line_that_was_left_says_what_to_do() -> None:
    """After a reload of the page updates are lost: the line itself must say how to go on."""
    bundle = live_bundle(Progress("running", 3.0, None, PRICE, True))
    for text in bundle.values():
        assert "run the cell again" in text


class Interrupted:
    """An output like IPython's; the interrupt comes while the second one is being shown."""

    made: ClassVar[list[Interrupted]] = []

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.made.append(self)

    def display(self, obj: dict[str, str], *, raw: bool) -> None:
        self.texts.append(obj["text/plain"])
        if self is not self.made[0]:
            raise KeyboardInterrupt

    update = display


def test_an_interrupt_while_the_outputs_are_opened_still_ends_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the line of a cell that nobody waits for any more would seem to move for ever."""
    monkeypatch.setattr(screen_module, "updatable", Interrupted)
    monkeypatch.setattr(screen_module, "in_terminal", lambda _: False)
    screen = screen_module.Screen(object())
    with pytest.raises(KeyboardInterrupt):
        screen.progress(FakeJob())  # type: ignore[arg-type]
    screen.leave("Stopped waiting.")
    assert [text.splitlines()[0] for text in Interrupted.made[0].texts] == [
        "painting · 1 s · about $0.12",
        "Stopped waiting.",
    ]


class FakeJob:
    """A run on its way of which nothing is on record yet."""

    run = None

    def progress(self) -> Progress:
        return Progress("running", 1.0, None, PRICE, True)
