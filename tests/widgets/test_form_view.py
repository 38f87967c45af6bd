"""The form over its state: the widgets are real, the page is played."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image as Pillow

from runflow_nb.engine.pictures.files import LARGEST
from runflow_nb.engine.pictures.given import Given
from runflow_nb.models.catalog import CATALOG
from runflow_nb.widgets.form.hands import Incoming
from runflow_nb.widgets.form.look import frame_size, look
from runflow_nb.widgets.form.offered import Sources
from runflow_nb.widgets.form.state import FormState, GonePicture, SeedChoice, started
from runflow_nb.widgets.form.view import Form

NANO, NANO_EDIT, PRO = "google/nano-banana-2", "google/nano-banana-2/edit", "google/nano-banana-pro"
FOX = "a red fox in the snow"
HOSTILE = '<img src=x onerror="alert(1)">\x1b[2J\ud800.png'


def png(pixels: int = 8) -> bytes:
    stream = io.BytesIO()
    Pillow.new("RGB", (pixels, pixels)).save(stream, "PNG")
    return stream.getvalue()


def words(text: str) -> Sequence[Any]:
    if text == "unknown":
        raise LookupError("is nothing here")
    return (text,)


def form(state: FormState | None = None) -> Form:
    return Form(state or FormState(NANO), Sources(list, words))


class Page:
    """What a person does to a form."""

    def __init__(self, shown: Form) -> None:
        self.shown = shown

    def control(self, label: str) -> Any:
        found = [widget for widget in self._all() if widget.description == label]
        assert len(found) == 1, f"{label}: {len(found)}"
        return found[0]

    def _all(self) -> list[Any]:
        found, left = [], [self.shown.widget]
        while left:
            widget = left.pop()
            left += getattr(widget, "children", ())
            found += [widget] if hasattr(widget, "description") else []
        return found

    def labels(self) -> set[str]:
        return {widget.description for widget in self._all()}

    def said(self, field: str) -> list[str]:
        return list(self.shown._hands.words[field])

    def drop(self, name: str, data: bytes, piece: int = 5) -> None:
        self.tell({"file": "k", "name": name, "size": len(data)})
        for at in range(0, len(data), piece):
            self.tell({"piece": "k", "at": at}, [memoryview(data)[at : at + piece]])

    def tell(self, content: dict[str, Any], buffers: Sequence[Any] = ()) -> None:
        self.shown._hands._handle_custom_msg(content, list(buffers))


@pytest.fixture
def page() -> Page:
    return Page(form())


def test_each_control_sets_its_field(page: Page) -> None:
    page.control("Less used settings").value = True
    page.control("Prompt").value = FOX
    page.control("Ratio").index = 2
    page.control("Resolution").index = 3
    page.control("Number").index = 1
    page.control("Format").index = 0
    page.control("Thinking").index = 2
    page.control("Web search").value = True
    page.control("Safety").index = 0
    page.control("Seed").index = 1
    page.control("Seed number").value = "7"
    page.control("Limit generations").value = False
    page.control("Sync mode").value = True
    page.control("Callback URL").value = "https://example.org/x"
    page.control("Metadata").value = '{"a": 1}'
    page.control("Tags").value = "cover"
    state = page.shown.state
    assert dict(state.values) == {
        "prompt": FOX,
        "aspect_ratio": "16:9",
        "resolution": "4K",
        "num_images": 2,
        "output_format": "jpeg",
        "thinking_level": "high",
        "enable_web_search": True,
        "safety_tolerance": "1",
        "limit_generations": False,
        "sync_mode": True,
        "callback_url": "https://example.org/x",
        "metadata": '{"a": 1}',
        "tags": "cover",
    }
    assert state.seed == SeedChoice("fixed", "7")
    assert not page.shown.problems


def test_what_is_put_back_is_not_said_any_more(page: Page) -> None:
    for label, one, back in (("Resolution", 3, 1), ("Web search", True, False), ("Thinking", 1, 0)):
        trait = "value" if isinstance(one, bool) else "index"
        setattr(page.control(label), trait, one)
        assert page.shown.state.values
        setattr(page.control(label), trait, back)
        assert not page.shown.state.values


@pytest.mark.parametrize("model", CATALOG)
def test_a_state_is_shown_without_being_changed(model: str) -> None:
    shown = form()
    told: list[FormState] = []
    shown.on_change(told.append)
    state = started(model, {"prompt": FOX, "resolution": "2K", "aspect_ratio": "4:1", "seed": 7, "num_images": 3})
    shown.load(state)
    assert shown.state == state
    assert told == [state]
    assert Page(shown).control("Ratio").options[-1].startswith("4:1") or "4:1" in Page(shown).control("Ratio").options


def test_a_person_is_told_at_once_and_beside_the_control(page: Page) -> None:
    page.control("Seed").index = 1
    page.control("Seed number").value = "7x"
    assert page.said("seed-number")[1] == "7x takes a whole number."
    page.control("Seed number").value = "7"
    assert page.said("seed-number")[1] == ""


def test_an_empty_form_scolds_nobody_and_is_not_ready(page: Page) -> None:
    assert page.said("prompt")[1] == ""
    assert set(page.shown.problems) == {"prompt"}
    page.control("Prompt").value = "ab"
    assert "3 to 50,000" in page.said("prompt")[1]
    page.control("Prompt").value = ""
    assert page.said("prompt")[1] == "Is missing: say what to draw."


def test_what_is_told_stays_until_the_control_is_changed(page: Page) -> None:
    page.control("Prompt").value = FOX
    page.shown.tell({"resolution": "Is not to be had today."})
    assert page.said("resolution")[1] == "Is not to be had today."
    page.control("Prompt").value = FOX + "!"
    assert set(page.shown.problems) == {"resolution"}
    page.control("Resolution").index = 0
    assert not page.shown.problems


def test_another_model_says_what_it_leaves_out(page: Page) -> None:
    page.control("Prompt").value = FOX
    page.control("Resolution").index = 0
    page.control("Thinking").index = 2
    prompt = page.control("Prompt")
    page.control("Model").index = list(CATALOG).index(PRO)
    assert page.said("model")[2].startswith("Left out: resolution 0.5K: not offered")
    assert dict(page.shown.state.values) == {"prompt": FOX}
    assert "Thinking" not in page.labels()
    # Who is typing keeps the box that is typed into.
    assert page.control("Prompt") is prompt


def test_the_less_used_are_made_only_when_they_are_asked_for(page: Page) -> None:
    assert "Metadata" not in page.labels()
    page.control("Less used settings").value = True
    assert "Metadata" in page.labels()


def test_a_file_comes_in_pieces_and_makes_of_the_model_its_editing_variant(page: Page) -> None:
    page.drop("fox.png", png())
    assert page.shown.state.images == (Given(png(), "fox.png"),)
    assert page.shown.state.model == NANO_EDIT
    assert page.said("model")[2] == "Nano Banana 2 edit was chosen: it takes pictures."
    assert page.control("Pictures to edit").options == ("0. fox.png",)


def test_a_hostile_name_is_only_a_name(page: Page) -> None:
    page.drop(HOSTILE, png())
    (shown,) = page.control("Pictures to edit").options
    assert shown == '0. <img src=x onerror="alert(1)">␛[2J?.png'
    page.drop(HOSTILE, b"no picture")
    assert page.said("images")[1].endswith("looks like text.")
    page.said("images")[1].encode()


def test_what_is_no_picture_is_refused_beside_the_pictures_until_one_is_added(page: Page) -> None:
    page.drop("fox.txt", b"a fox")
    assert page.said("images")[1] == "fox.txt looks like text."
    assert page.shown.state.images == ()
    page.drop("fox.png", png())
    assert page.said("images")[1] == ""


def test_a_picture_of_more_than_fifty_mib_is_refused_before_it_is_sent(page: Page) -> None:
    page.tell({"large": "huge.tif", "size": LARGEST + 2**20})
    assert page.said("images")[1].startswith("huge.tif has 51 MiB; 50 MiB are taken.")
    page.tell({"file": "k", "name": "huge2.tif", "size": LARGEST + 1})
    page.tell({"piece": "k", "at": 0}, [b"x"])
    assert page.said("images")[1].startswith("huge2.tif has 52,428,801 bytes")


def test_no_file_is_in_any_trait(page: Page) -> None:
    data = png(64)
    page.drop("fox.png", data)
    assert all(data not in str(widget.get_state()).encode("latin-1", "ignore") for widget in page._all())
    assert len(str(page.shown._hands.get_state())) < 6000


@pytest.mark.parametrize(
    "message",
    [{"piece": "no such", "at": 0}, {"piece": "k", "at": 7}, {"file": 1}, {"file": "k", "name": "x", "size": "9"}, {}],
)
def test_messages_that_make_no_sense_do_nothing(message: dict[str, Any]) -> None:
    taken: list[str] = []
    incoming = Incoming(lambda name, _: taken.append(name), lambda name, _: taken.append(name))
    incoming.hear({"file": "k", "name": "a.png", "size": 3}, [])
    incoming.hear(message, [b"xyz"])
    incoming.hear("nothing", [])
    assert taken == []


def test_a_page_that_goes_away_in_mid_file_is_forgotten() -> None:
    taken: list[str] = []
    incoming = Incoming(lambda name, _: taken.append(name), lambda *_: None)
    for number in range(40):
        incoming.hear({"file": str(number), "name": f"{number}.png", "size": 1}, [])
    incoming.hear({"piece": "0", "at": 0}, [b"x"])
    incoming.hear({"piece": "39", "at": 0}, [b"x"])
    assert taken == ["39.png"]


def test_pictures_are_ordered_and_removed_by_buttons() -> None:
    page = Page(form(started(NANO_EDIT, {"prompt": FOX}, ["a.png", "b.png", "c.png"])))
    listed = page.control("Pictures to edit")
    listed.index = 2
    page.control("Up").click()
    assert (page.shown.state.images, listed.index) == (("a.png", "c.png", "b.png"), 1)
    page.control("Down").click()
    page.control("Down").click()
    assert (page.shown.state.images, listed.index) == (("a.png", "b.png", "c.png"), 2)
    page.control("Remove").click()
    page.control("Remove").click()
    page.control("Remove").click()
    assert page.shown.state.images == ()
    assert page.said("images")[1].startswith("Are missing")


def test_a_picture_is_added_by_name_and_a_name_that_is_none_is_told(page: Page) -> None:
    name = page.control("Add by variable, path, URL or run")
    name.value = "unknown"
    page.control("Add").click()
    assert (page.said("images")[1], name.value) == ("unknown is nothing here.", "unknown")
    name.value = "https://example.org/fox.png"
    name._handle_custom_msg({"event": "submit"}, [])
    assert (page.shown.state.images, name.value) == (("https://example.org/fox.png",), "")
    page.tell({"address": "https://example.org/owl.png"})
    assert page.shown.state.images[1:] == ("https://example.org/owl.png",)


def test_a_picture_that_is_gone_is_shown_as_such() -> None:
    page = Page(form(FormState(NANO_EDIT, {"prompt": FOX}, (GonePicture("fox.png"),))))
    assert page.control("Pictures to edit").options == ("0. fox.png (gone)",)
    assert set(page.shown.problems) == {"images"}


def test_a_seed_that_is_fixed_begins_with_the_one_that_was_sent_last(page: Page) -> None:
    page.shown.advance(123)
    page.control("Seed").index = 1
    assert page.control("Seed number").value == "123"
    page.control("Seed").index = 2
    page.shown.advance(123)
    assert page.shown.state.seed == SeedChoice("next", 124)
    assert page.control("Seed number").value == "124"


def test_a_form_that_is_saved_is_small(page: Page) -> None:
    import json

    left, seen = [page.shown.widget, page.shown._hands], {}
    while left:
        widget = left.pop()
        seen[widget.model_id] = widget
        left += [*getattr(widget, "children", ()), widget.layout, *filter(None, [getattr(widget, "style", None)])]
        left = [one for one in left if one.model_id not in seen and hasattr(one, "layout")]
    assert sum(len(json.dumps(widget.get_state(), default=str)) + 150 for widget in seen.values()) < 20_000


def test_every_ratio_has_a_frame_of_its_shape() -> None:
    assert frame_size((16, 9)) == (26, 15)
    assert frame_size((1, 8)) == (5, 26)
    assert all(f"{width}%3A{height}" in look() for width, height in ((16, 9), (1, 8), (21, 9)))
