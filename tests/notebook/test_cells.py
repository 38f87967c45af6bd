"""Cells in a real kernel against the sandbox: what a person types, what is sent, what is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runflow_nb.notebook.views.run_record import MIME
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel, Ran

FAST = "-r 0.5K"


def prompts(sandbox: EmbeddedSandbox, word: str) -> list[str]:
    """The prompts that reached the sandbox and hold this word."""
    return [
        r.body["input"].get("prompt", "") for r in sandbox.book.received if word in r.body["input"].get("prompt", "")
    ]


def inputs(sandbox: EmbeddedSandbox, word: str) -> list[dict[str, Any]]:
    return [r.body["input"] for r in sandbox.book.received if word in r.body["input"].get("prompt", "")]


def saved(ran: Ran) -> str:
    return json.dumps(ran.outputs, sort_keys=True)


def test_a_cell_buys_a_picture_once(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Picture, record and caption; run again, the same bytes are shown and nothing is sent."""
    first = cells.run(f"%%nanobanana {FAST}\nA heron at dawn")
    assert not first.error
    assert len(first.outputs) == 2
    picture, caption = (out["data"] for out in first.outputs)
    assert {"image/jpeg", "text/plain", MIME} == set(picture)
    assert caption["text/plain"].startswith("A heron at dawn\ngoogle/nano-banana-2 · 512 × 512 PNG · seed ")
    assert picture[MIME]["runs"][0]["origin"] == "sandbox"
    again = cells.run(f"%%nanobanana {FAST}\nA heron at dawn")
    assert saved(again) == saved(first)
    assert prompts(sandbox, "heron") == ["A heron at dawn"]


def test_the_run_is_the_value_of_the_cell(cells: Kernel) -> None:
    """`_`, `Out` and `-o` hold the run, and it is not drawn a second time."""
    ran = cells.run(f"%nanobanana {FAST} -o wren A wren on a twig")
    assert len(ran.outputs) == 2
    assert cells.value("_ is wren, wren in Out.values(), wren.prompt") == "True True A wren on a twig"
    shown = cells.run("wren")
    assert saved(shown) == saved(ran)
    assert len(cells.run("display(wren)\nwren").outputs) == 2
    assert len(cells.run("display(wren)\ndisplay(wren)").outputs) == 4


def test_a_magic_shows_in_assignments_and_loops(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Each run is shown where it is asked for, once."""
    ran = cells.run(f"stork = %nanobanana {FAST} A stork\nstork")
    assert len(ran.outputs) == 2
    ran = cells.run(f"for n in range(3):\n    %nanobanana {FAST} --seed {{{{ n }}}} A loop of crows {{{{ n }}}}")
    assert not ran.error
    assert len(ran.pictures) == 3
    assert [(given["seed"], given["prompt"]) for given in inputs(sandbox, "crows")] == [
        (n, f"A loop of crows {n}") for n in range(3)
    ]


def test_templates_see_the_locals_of_the_caller(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """A name of the function that calls the magic goes before one of the notebook."""
    code = f"bird = 'owl'\ndef paint(bird):\n    %nanobanana {FAST} -q A local {{{{ bird }}}}\npaint('kite')"
    assert not cells.run(code).error
    assert not cells.run(f"%nanobanana {FAST} -q A local {{{{ bird }}}}").error
    assert prompts(sandbox, "A local") == ["A local kite", "A local owl"]


def test_quiet_shows_nothing(cells: Kernel) -> None:
    """The run is bound, the cell stays empty; asked for later, the run is shown."""
    ran = cells.run(f"%nanobanana {FAST} -q A quiet swift")
    assert ran.outputs == []
    assert cells.value("_.prompt") == "A quiet swift"
    assert len(cells.run(f"swift = %nanobanana {FAST} -q A quiet swift\nswift").outputs) == 2


def test_estimate_spends_nothing(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """The price, its kind and its parts; nothing is sent and nothing is on record."""
    ran = cells.run("%nanobanana --estimate -r 4K -n 4 An estimated crane")
    assert "total for 4 pictures  $0.64  estimated" in ran.text
    assert prompts(sandbox, "estimated") == []
    assert cells.value("len(__import__('runflow_nb').history())") == "0"


def test_a_mistake_is_a_short_error(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """It stops a Run All, shows no traceback, and sends nothing."""
    ran = cells.run("%%nanobanana -a 16x9 --num-image 2\nA mistaken {{ grebe }}")
    assert ran.reply["status"] == "error"
    assert ran.error.splitlines()[0] == "Not sent: 3 problems in this request. Nothing was billed."
    assert "did you mean 16:9?" in ran.error
    assert "did you mean --num-images?" in ran.error
    assert "line 2, column 15: 'grebe' is undefined" in ran.error
    assert "Traceback" not in ran.error
    assert prompts(sandbox, "mistaken") == []


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("%nanobanana", "is missing: say what to draw"),
        ("%nanobanana ab", "has 2 characters"),
        ("%nanobanana -i nowhere.png make it blue", "nowhere.png"),
        ("%nanobanana -m google/nano-banana-9 a fox", "did you mean google/nano-banana-2?"),
        ("%nanobanana --take 7 a fox never made", "is not on record"),
        ("%runflow histroy", "did you mean history?"),
        ("%runflow config resue=only", "did you mean reuse?"),
        ("%runflow config reuse=maybe", "It takes `on` or `only`"),
        ("%runflow config reuse='only", "opens a quote"),
        ("%runflow connect sandbx", "did you mean sandbox?"),
        ("%runflow history --al", "did you mean --all?"),
    ],
)
def test_bad_input_has_one_clear_error(cells: Kernel, sandbox: EmbeddedSandbox, code: str, says: str) -> None:
    """Whatever is wrong, the cell ends in an error that says so, and nothing is sent."""
    before = len(sandbox.book.received)
    ran = cells.run(code)
    assert ran.reply["status"] == "error"
    assert says in ran.error
    assert "Traceback" not in ran.error
    assert len(ran.error.splitlines()) <= 5
    assert len(sandbox.book.received) == before


def test_without_a_connection_the_error_names_the_ways_on(kernel: Kernel) -> None:
    """No key, no sandbox, nothing on record."""
    error = kernel.run("%nanobanana a fox that nobody made").error
    for way in ("%runflow connect live", "%runflow connect sandbox", "RUNFLOW_BASE_URL=sandbox"):
        assert way in error


def test_connecting_without_a_key_asks_for_a_key(kernel: Kernel) -> None:
    """Where nobody can type one, the error is about the key, not about a request that nobody made."""
    error = kernel.run("%runflow connect live").error
    assert "no Runflow key is known" in error
    assert "RUNFLOW_API_KEY" in error
    assert "request" not in error


def test_help_is_given_behind_any_subcommand(cells: Kernel) -> None:
    """`--help` is never a mistake, and says what this one takes."""
    text = cells.run("%runflow history --help").text
    assert text == cells.run("%runflow help history").text
    assert "--text TEXT" in text
    assert "connect" not in text
    assert "did you mean history?" in cells.run("%runflow help histry").error


def test_a_sheet_given_as_a_picture_is_told_apart(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Which of its pictures is meant has to be written, in the words of the cell."""
    cells.run(f"%nanobanana {FAST} -n 2 -o pair -q A pair of herons")
    error = cells.run(f"%nanobanana {FAST} -i pair A pair at night").error
    assert "-i pair   has 2 pictures: give one of them, such as pair[0]" in error
    assert cells.value("pair[1] is pair.images[1]") == "True"


def test_an_invalid_setting_stops_the_next_call(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """IPython lets a bad %config pass; the next cell does not."""
    assert not cells.run("%config Runflow.budget = 'lots'").error
    error = cells.run("%nanobanana A dipper").error
    assert "the setting budget = lots (%config Runflow) cannot be used" in error
    cells.run("%config Runflow.budget = '5/session'")
    assert not cells.run(f"%nanobanana {FAST} A dipper").error
    assert cells.run("%config Runflow.budget").text == "'5/session'"


def test_an_edit_takes_a_run(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """`-i` with a variable sends its original to the edit model."""
    cells.run(f"%nanobanana {FAST} -q -o finch A finch to be edited")
    ran = cells.run(f"%nanobanana {FAST} -i finch[0] -i finch Make the edited finch blue")
    assert not ran.error
    assert "google/nano-banana-2/edit" in ran.outputs[1]["data"]["text/plain"]
    (given,) = inputs(sandbox, "Make the edited finch")
    assert len(given["image_urls"]) == 2


def test_a_run_from_python_is_shown_too(cells: Kernel) -> None:
    """A run, an image, a history and an estimate as closing values are shown in their own way."""
    ran = cells.run("from runflow_nb import generate, history\ngenerate('A rail', resolution='0.5K', num_images=2)")
    assert len(ran.pictures) == 1
    assert "2 pictures: A rail" in ran.text
    assert len(cells.run("_.images[1]").pictures) == 1
    assert "A rail" in cells.run("history()").outputs[0]["data"]["text/html"]
    assert "one image at 1K" in cells.run("generate('A rail', estimate=True)").text


def test_history_and_cost(cells: Kernel) -> None:
    """What was made and what it cost, as tables."""
    cells.run(f"%nanobanana {FAST} -q --seed 3 A history of gulls")
    history = cells.run("%runflow history").text
    assert "A history of gulls" in history
    assert "1 run" in history
    (line,) = [line for line in cells.run("%runflow cost").text.splitlines() if line.startswith("whole store")]
    assert line.split()[2:] == ["Sandbox", "1", "$0.06", "$0.06", "$0.00"]
    assert "1 run" in cells.run("%runflow history --all").text


def test_help_is_one_keystroke_away(cells: Kernel) -> None:
    """`--help`, `?` and `%runflow help` say what there is."""
    assert "--aspect-ratio" in cells.run("%nanobanana --help").text
    assert "--aspect-ratio" in cells.run("%%nanobanana --help\n\n").text
    assert "%runflow resume" in cells.run("%runflow help").text
    reply = cells.run("%nanobanana?").reply
    assert "--aspect-ratio" in reply["payload"][0]["data"]["text/plain"]


def test_config_shows_and_sets(cells: Kernel) -> None:
    """Each setting with its value and source; the key only as set or not set."""
    text = cells.run("%runflow config wait_limit = 30 reuse='only'").text
    assert [line.split()[:2] for line in text.splitlines()] == [
        ["setting", "value"],
        ["reuse", "only"],
        ["wait_limit", "30"],
    ]
    assert cells.run("%runflow config wait_limit reuse").text == text
    assert cells.run("%runflow config budget 25").error
    assert "not set" in cells.run("%runflow config").text
    assert "Not on record" in cells.run("%nanobanana A fox for readers").error
    assert cells.run("%runflow config wait_limit=30 reuse=never").error
    assert cells.value("__import__('runflow_nb').settings.configured['reuse']") == "only"
