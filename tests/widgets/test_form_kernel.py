"""What a form's widgets hold, in a real kernel and as the page talks to it."""

from __future__ import annotations

import io
import json
import os

from PIL import Image as Pillow

from tests.notebook.kernel import Kernel
from tests.widgets.comms import ask, change, send

PIECE = 4 * 2**20
OPEN = """
from runflow_nb.widgets.form.view import Form
from runflow_nb.widgets.form.state import FormState
form = Form(FormState("google/nano-banana-2"))
import ipywidgets
# Where the widgets of this process are kept: ipywidgets 8, and 7.
widgets = getattr(ipywidgets.widgets.widget, "_instances", None)
widgets = ipywidgets.Widget.widgets if widgets is None else widgets
form.widget
"""
LARGEST_STATE = "max(len(str(widget.get_state())) for widget in widgets.values())"


def noise() -> bytes:
    """A picture of some megabytes."""
    stream = io.BytesIO()
    Pillow.frombytes("RGB", (1500, 1500), os.urandom(1500 * 1500 * 3)).save(stream, "PNG", compress_level=0)
    return stream.getvalue()


def test_what_is_typed_chosen_and_dropped_arrives_and_no_trait_holds_a_picture(cells: Kernel) -> None:
    made = cells.run('from runflow_nb import generate; fox = generate("a red fox", resolution="0.5K", seed=1)')
    assert not made.error, made.error
    ran = cells.run(OPEN)
    assert not ran.error, ran.error
    data = noise()
    change(cells, cells.value("form.widget.children[0].children[2].model_id"), value="a fox")
    hands = cells.value("form._hands.model_id")

    def say(content: dict[str, object], *buffers: bytes) -> None:
        send(cells, hands, {"method": "custom", "content": content}, list(buffers))

    say({"file": "k", "name": "fox.png", "size": len(data)})
    for at in range(0, len(data), PIECE):
        say({"piece": "k", "at": at}, data[at : at + PIECE])
    # A variable, by its name, and a picture of this notebook.
    name = cells.value("form._pictures._name.model_id")
    change(cells, name, value="fox")
    send(cells, name, {"method": "custom", "content": {"event": "submit"}})
    assert cells.value("form.state.model, form.state.values['prompt']") == "google/nano-banana-2/edit a fox"
    assert cells.value("[one.typed for one in form.state.images]") == "['fox.png', 'fox']"
    assert int(cells.value("len(form.state.images[0].value)")) == len(data)
    # One of the notebook's, by its small picture.
    assert cells.value("form._hands.shelf == [[fox.images[0].sha256, f'{fox.short} a red fox']]") == "True"
    say({"add": cells.value("fox.images[0].sha256")})
    assert cells.value("[one.typed for one in form.state.images][2] == fox.short") == "True"
    say({"add": "never offered"})
    # What was added is shown as it is: file, run and picture of a run.
    wanted = [[name, 64] for name, _ in json.loads(cells.value("__import__('json').dumps(form._hands.chosen)"))]
    told, pictures = ask(cells, hands, ask="pictures", wanted=wanted)
    assert [one["state"] for one in told["pictures"]] == ["here"] * 3
    assert len(pictures) == 3
    assert cells.value("dict(form.problems)") == "{}"
    assert int(cells.value(LARGEST_STATE)) < 10_000
