"""What could make a studio buy what nobody meant, more than was read, or lose what was bought."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from runflow_nb import calls, settings
from runflow_nb.engine.order import Order
from runflow_nb.engine.session import Session
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.widgets.studio.cards import Card
from runflow_nb.widgets.studio.offer import Offer
from runflow_nb.widgets.studio.presses import Pressed, Presses
from runflow_nb.widgets.studio.till import Till
from runflow_nb.widgets.studio.work import Work
from tests.http_server import Answer, Heard, HttpServer
from tests.notebook.kernel import Kernel
from tests.record.made import buy
from tests.widgets.studio_page import StudioPage, created
from tests.widgets.test_studio import PRICE, open_studio

PATIENCE = 20.0
IMPATIENT = """
import threading
now = studio._board.buttons[{name!r}]
told = {{"ask": "press", "name": {name!r}, "seen": now["label"], "number": now["number"]}}
asked = [(None, {{**told, "at": 1e7 + 10 * n}}, []) for n in range(8)]
presses = [threading.Thread(target=studio._board._on_message, args=each) for each in asked]
for press in presses:
    press.start()
for press in presses:
    press.join()
"""
"""Presses that a kernel hears of at once, of a person who saw nothing happen and of other pages."""


def _unanswered(_: Heard) -> Answer:
    threading.Event().wait(PATIENCE)
    return Answer(503)


def judged(page: StudioPage, button: str) -> None:
    """Wait until no press of this button is left to be judged."""
    page.until(f"{button}._pressed is None")


def test_presses_of_an_impatient_person_buy_once(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Each is long after the one before by the page's clock, but stands for what the first has bought."""
    page, _ = open_studio(cells, "An impatient knot")
    page.shows("make", f"Make it · {PRICE}")
    page.press("make")
    page.made(1)
    page.shows("more", f"Make another · {PRICE}")
    page.press("make")
    page.tell(ask="press", name="more", seen=page.label("more"), number=0, at=page.clock + 0.3)
    judged(page, "studio._make")
    judged(page, "studio._more")
    assert created(sandbox, "An impatient knot") == 1
    cells.run(IMPATIENT.format(name="more"))
    page.made(2)
    page.until("studio._board.buttons['more']['number'] == 1")
    page.tell(ask="press", name="more", seen=page.label("more"), number=0, at=2e7)
    page.tell(ask="choose", run=cells.value("studio.runs[0].id"))
    page.shows("seeds", "4 new seeds · about $0.24")
    cells.run(IMPATIENT.format(name="seeds"))
    page.made(6)
    judged(page, "studio._menu._tills['seeds']")
    judged(page, "studio._more")
    assert created(sandbox, "An impatient knot") == 6


def test_a_price_is_asked_about_by_the_setting_of_the_press(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Four pictures, each below the limit; one that no setting allows; and a setting that is none."""
    page, _ = open_studio(cells, "A cautious ruff")
    page.tell(ask="choose", run=cells.value("studio.generate().id").split()[-1])
    page.shows("seeds", "4 new seeds · about $0.24")
    cells.run("%runflow config confirm_above=0.1")
    page.press("seeds")
    page.shows("seeds", "4 new seeds · about $0.24, sure?")
    cells.run("%runflow config budget=0.1")
    page.press("seeds")
    page.until("'$0.10 a kernel session' in studio._board.buttons['seeds']['reason']")
    cells.run("settings.configured['budget'] = 'plenty'")
    page.press("more")
    page.until("'budget = plenty' in studio._board.buttons['more']['reason']")
    cells.run("settings.configured['budget'] = '5'")
    assert created(sandbox, "A cautious ruff") == 1


def test_a_crowd_on_its_way_leaves_threads_for_others(kernel: Kernel) -> None:
    """An API that does not answer: more runs than there are threads wait for it, and prices are computed."""
    with HttpServer(_unanswered) as silent:
        kernel.run(f"calls.connect({silent.url!r}, api_key='k')")
        page, _ = open_studio(kernel, "A crowded dunlin")
        page.shows("make", f"Make it · {PRICE}")
        kernel.run("for _ in range(64): studio._place(studio._wanted())")
        kernel.run("import time; time.sleep(1.1)")
        kernel.run("from runflow_nb.widgets.form.state import changed")
        kernel.run("studio._form.load(changed(studio._form.state, 'resolution', '4K'))")
        page.shows("make", "Make it · about $0.16")
        kernel.run("calls.session().close(); calls.use(None)")


class Button:
    """A till, and what it shows."""

    def __init__(self, wanted: Sequence[Order] | Exception, presses: Presses | None = None) -> None:
        self.wanted = wanted
        self.offers: list[tuple[Offer, int]] = []
        self.placed: list[Sequence[Order]] = []
        self._shown = threading.Semaphore(0)
        self.till = Till("Make it", self._wanted, self.placed.append, self._show, presses or Presses())

    def _wanted(self) -> Sequence[Order]:
        if isinstance(self.wanted, Exception):
            raise self.wanted
        return self.wanted

    def _show(self, offer: Offer, number: int) -> None:
        self.offers.append((offer, number))
        self._shown.release()

    def next(self) -> Offer:
        """What it shows next."""
        assert self._shown.acquire(timeout=PATIENCE)
        return self.offers[-1][0]


def test_a_price_that_past_runs_raised_is_read_before_it_is_paid(session: Session) -> None:
    """The most that it can be stands on the button, and a press on the words before does nothing."""
    order = calls.make_order("a pricey stint", session.settings(), resolution="0.5K")
    button = Button([order])
    button.till.changed()
    assert button.next().label == "Make it · about $0.06"
    buy(session.store(session.settings()), origin="sandbox", cost="0.50", input={"resolution": "0.5K"})
    button.till.press(Pressed("Make it · about $0.06", 0, 1.0))
    assert button.next().label == "Make it · about $0.06, up to $0.50"
    button.till.press(Pressed("Make it · about $0.06", 0, 10.0))
    assert not button.placed
    button.till.press(Pressed("Make it · about $0.06, up to $0.50", 0, 20.0))
    button.next()
    button.next()
    assert len(button.placed) == 1


def test_a_press_on_other_words_does_nothing(session: Session) -> None:
    """Nor one for an offer that was taken already."""
    order = calls.make_order("a lone stint", session.settings(), resolution="0.5K")
    button = Button([order])
    button.till.changed()
    words = button.next().label
    button.till.press(Pressed("Show · $0.00", 0, 1.0))
    button.till.press(Pressed(words, 1, 10.0))
    button.till.changed()
    button.next()
    assert not button.placed
    button.till.press(Pressed(words, 0, 20.0))
    button.next()
    button.next()
    button.till.press(Pressed(words, 0, 30.0))
    button.till.changed()
    button.next()
    assert len(button.placed) == 1


def test_the_second_click_of_a_hand_answers_no_question(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Although the question is what it stands on; nor does it press what came to stand below it."""
    order = calls.make_order("a dear stint", session.settings(), resolution="0.5K")
    monkeypatch.setitem(settings.configured, "confirm_above", "0.01")
    presses = Presses()
    button, other = Button([order], presses), Button([order], presses)
    for each in (button, other):
        each.till.changed()
        each.next()
    button.till.press(Pressed("Make it · about $0.06", 0, 1.0))
    sure = button.next()
    assert sure.label == "Make it · about $0.06, sure?"
    button.till.press(Pressed(sure.label, 0, 1.2))
    other.till.press(Pressed("Make it · about $0.06", 0, 1.9))
    other.till.changed()
    assert other.next().label == "Make it · about $0.06"
    button.till.press(Pressed(sure.label, 0, 10.0))
    button.next()
    button.next()
    assert [order.yes for order in button.placed[0]] == [True]
    assert len(button.placed) == 1


def test_what_nobody_expected_stands_on_the_button(session: Session) -> None:
    button = Button(ZeroDivisionError("in the middle of it"))
    button.till.changed()
    assert button.next().reason == "ZeroDivisionError: in the middle of it"
    assert not button.offers[-1][0].enabled


def test_a_card_that_cannot_be_shown_takes_no_other_with_it(session: Session) -> None:
    """What ended is told, and the runs that come later are followed too."""
    first, ended = threading.Event(), threading.Semaphore(0)

    def show(_: Sequence[Card]) -> None:
        if not first.is_set():
            first.set()
            raise ZeroDivisionError

    work = Work(show, ended.release)
    work.add("a stilt", session.place(calls.make_order("a stilt", session.settings(), resolution="0.5K")))
    assert ended.acquire(timeout=PATIENCE)
    assert len(work.runs()) == 1


def test_the_menu_is_for_the_run_that_was_chosen_last(cells: Kernel) -> None:
    """Also where an earlier one is found later; its buttons are never for one run under the title of another."""
    page, _ = open_studio(cells, "A torn turnstone")
    cells.run("first = studio.generate()\nfrom runflow_nb.widgets.form.state import changed")
    cells.run(
        "studio._form.load(changed(studio._form.state, 'prompt', 'A whole turnstone'))\nsecond = studio.generate()"
    )
    page.made(2)
    cells.run("studio._menu.choose(first); studio._menu.choose(second)")
    page.until("studio._board.menu.get('run') == second.id")
    cells.run("studio._menu._chosen(first)")
    assert page.state("menu")["title"] == "From: A whole turnstone"
    assert cells.value("studio._menu._state.value('prompt')") == "A whole turnstone"
    page.tell(ask="choose", run="")
    cells.run("studio._menu._chosen(second)")
    assert page.state("menu")["run"] == ""
