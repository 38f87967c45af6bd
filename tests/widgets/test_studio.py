"""The studio in a real kernel: its button, its three outputs, its runs on their way, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.widgets.live import WIDGET
from tests.engine.refusals import png
from tests.http_server import Answer, Heard, HttpServer
from tests.notebook.kernel import Kernel, Ran
from tests.widgets.studio_page import StudioPage, created

PRICE = "about $0.06"
NEW_PROCESS = (
    "from runflow_nb import calls\ncalls.session().close(); calls.use(None)\n"
    "from runflow_nb.widgets.studio import studio as _s; _s._shown.clear()"
)
"""As if the kernel had ended: nothing is left but the store."""


def open_studio(kernel: Kernel, prompt: str, name: str = "studio") -> tuple[StudioPage, Ran]:
    """A studio in the kernel, and the cell that shows it."""
    code = f"from runflow_nb import Studio\n{name} = Studio({name!r}, prompt={prompt!r}, resolution='0.5K')\n{name}"
    ran = kernel.run(code)
    assert not ran.error, ran.error
    return StudioPage(kernel, name), ran


def kinds(ran: Ran) -> list[set[str]]:
    return [set(out["data"]) - {"text/plain"} for out in ran.outputs]


RECORD = "application/vnd.runflow.run+json"


def test_a_double_click_buys_one_run(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Then the button shows it for nothing, and another take is bought by a button of its own, once for two clicks.
    Sheet and caption of the cell follow."""
    page, ran = open_studio(cells, "A grebe alone")
    assert kinds(ran) == [set(), {"text/html"}, {"text/html", WIDGET}]
    page.shows("make", f"Make it · {PRICE}")
    page.press("make", clicks=2)
    page.made(1)
    page.shows("make", "Show · $0.00")
    assert created(sandbox, "A grebe alone") == 1
    page.shows("more", f"Make another · {PRICE}")
    page.press("make", clicks=2)
    page.press("more", clicks=2)
    page.made(2)
    assert created(sandbox, "A grebe alone") == 2
    assert cells.value("[run.take for run in studio.runs]") == "[1, 2]"
    assert cells.value("{run.studio for run in studio.runs}") == "{'studio'}"
    again = cells.run("studio")
    assert len(again.outputs[0]["data"][RECORD]["runs"]) == 2


def test_the_cell_run_again_shows_all_at_once_for_nothing(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Also in another kernel; sheet and caption are the same to the byte, and the form says what it said."""
    page, _ = open_studio(cells, "A smew at home")
    page.shows("make", f"Make it · {PRICE}")
    page.press("make")
    page.made(1)
    _, same = open_studio(cells, "A smew at home")
    cells.run(NEW_PROCESS)
    page, again = open_studio(cells, "A smew at home")
    assert kinds(again) == [{"image/jpeg", RECORD}, {"text/html"}, {"text/html", WIDGET}]
    assert [out["data"] for out in again.outputs[:2]] == [out["data"] for out in same.outputs[:2]]
    page.shows("make", "Show · $0.00")
    assert created(sandbox, "A smew at home") == 1


def test_generate_does_what_the_button_does(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """It waits and gives the run; called again it shows. The outputs of the cell above are brought up to date."""
    open_studio(cells, "A teal by call")
    both = cells.run("first, second = studio.generate(), studio.generate()\nprint(first.id == second.id, first.studio)")
    assert both.text.strip().endswith("True studio")
    update = [content for kind, content in both.messages if kind == "update_display_data"]
    assert any("image/jpeg" in content["data"] for content in update)
    assert created(sandbox, "A teal by call") == 1


def test_a_high_price_is_asked_about_and_nothing_beyond_the_budget_is_offered(
    cells: Kernel, sandbox: EmbeddedSandbox
) -> None:
    """The question is on the button; a double click does not answer it. What the form lacks is the reason too."""
    cells.run("%runflow config confirm_above=0.01")
    page, _ = open_studio(cells, "A shy eider")
    page.shows("make", f"Make it · {PRICE}")
    page.press("make", clicks=2)
    page.shows("make", f"Make it · {PRICE}, sure?")
    assert created(sandbox, "A shy eider") == 0
    page.press("make")
    page.made(1)
    assert created(sandbox, "A shy eider") == 1
    cells.run("%runflow config budget=0.05\nfrom runflow_nb.widgets.form.state import changed")
    for prompt, reason in (("A shy scoter", "the limit is $0.05"), ("", "Prompt is missing")):
        cells.run(f"studio._form.load(changed(studio._form.state, 'prompt', {prompt!r}))")
        page.until(f"{reason!r} in {page.board}.buttons['make']['reason']")
        assert page.state("buttons")["make"]["enabled"] is False


def test_a_press_does_no_more_than_what_was_read(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Pressed while the price rises: nothing is bought, and the new one shown. While the prompt changes: bought."""
    page, _ = open_studio(cells, "A quick pintail")
    page.shows("make", f"Make it · {PRICE}")
    load = (
        "from runflow_nb.widgets.form.state import changed\nstudio._form.load(changed(studio._form.state, {!r}, {!r}))"
    )
    cells.run("from runflow_nb.widgets.studio.presses import Pressed")
    stale = f"\nstudio._make.press(Pressed('Make it · {PRICE}', 0, {{}}))"
    cells.run(load.format("resolution", "4K") + stale.format(100))
    page.shows("make", "Make it · about $0.16")
    cells.run(load.format("resolution", "0.5K"))
    page.shows("make", f"Make it · {PRICE}")
    assert created(sandbox, "pintail") == 0
    cells.run(load.format("prompt", "A quicker pintail") + stale.format(200))
    page.made(1)
    assert created(sandbox, "A quicker pintail") == 1


def test_a_run_that_was_cut_off_is_picked_up_by_its_studio(slow_cells: Kernel, slow_sandbox: EmbeddedSandbox) -> None:
    """The same cell run again goes on following it, and a new kernel collects it: bought once. Where only what is on
    record may be shown, nobody is asked about it."""
    page, _ = open_studio(slow_cells, "A lost garganey")
    page.shows("make", f"Make it · {PRICE}")
    page.press("make")
    page.until("studio._work.open() and studio._work.open()[0][1].run")
    page, _ = open_studio(slow_cells, "A lost garganey")
    assert [card["state"] for card in page.state("cards")] == ["open"]
    slow_cells.run(NEW_PROCESS)
    slow_cells.run("from runflow_nb import calls, settings\nsettings.configured['reuse'] = 'only'")
    page, _ = open_studio(slow_cells, "A lost garganey")
    assert page.state("cards") == []
    assert slow_cells.value("calls.session().engine(calls.session().settings()).connection.made") == "False"
    slow_cells.run("del settings.configured['reuse']")
    page, _ = open_studio(slow_cells, "A lost garganey")
    page.made(1)
    assert created(slow_sandbox, "A lost garganey") == 1
    assert slow_cells.value("len(studio.runs)") == "1"


def test_bad_news_stands_on_the_card(cells: Kernel) -> None:
    """The API gone: the card says so and what it means for money, and the form stays usable."""
    cells.run("from runflow_nb.sandbox.embedded import EmbeddedSandbox\nother = EmbeddedSandbox(latency=30)")
    cells.run("get_ipython().run_line_magic('runflow', f'connect {other.url}')")
    page, _ = open_studio(cells, "A wigeon cut off")
    page.shows("make", f"Make it · {PRICE}")
    cells.run("other.stop()")
    page.listen()
    page.press("make")
    page.until(f"[card['state'] for card in {page.board}.cards] == ['failed']")
    (card,) = page.state("cards")
    assert "127.0.0.1" in card["line"]
    page.until("any(told.get('text', '').startswith('Failed') for told in _said)")
    # It may have failed before it was seen to be on its way.
    *way, failed = page.announced(1)
    assert way in ([], ["On its way: A wigeon cut off."])
    assert failed.startswith("Failed: A wigeon cut off. ")
    page.shows("make", f"Make it · {PRICE}")


KEY = "rf_live_5up3r53cr3t0123"


def test_a_key_refused_under_an_open_form_bills_nothing_and_is_nowhere(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """The card says what happened and what to do, though the answer repeats the key; with another one it buys once."""

    def answer(heard: Heard) -> Answer:
        if heard.path == "/v1/health":
            return Answer()
        return Answer(401, f'{{"code": "UNAUTHORIZED", "message": "no: {heard.headers["authorization"]}"}}'.encode())

    page, shown = open_studio(cells, "A refused goldeneye")
    with HttpServer(answer) as server:
        cells.run(f"calls.connect({server.url!r}, api_key={KEY!r})")
        page.shows("make", f"Make it · {PRICE}")
        page.press("make")
        page.until(f"[card['state'] for card in {page.board}.cards] == ['failed']")
    (card,) = page.state("cards")
    assert "401" in card["line"]
    assert "%runflow connect live" in " ".join(card["advice"])
    cells.run(
        "import json\nfrom ipywidgets.embed import dependency_state\nsaved = json.dumps(dependency_state([studio]))"
    )
    assert cells.value(f"any(part in saved for part in ({KEY!r}, {KEY[-8:]!r}))") == "False"
    assert KEY not in str(shown.messages)
    cells.run(f"%runflow connect {sandbox.url}")
    page.press("make", seen=f"Make it · {PRICE}")
    page.made(1)
    assert created(sandbox, "A refused goldeneye") == 1


def test_what_only_reading_a_picture_finds_is_said_beside_the_pictures(cells: Kernel, tmp_path: Path) -> None:
    """The button says it too; both change their words when the picture is taken out."""
    broken = tmp_path / "cut.png"
    broken.write_bytes(png()[:-20])
    cells.run(
        f"from runflow_nb import Studio\nstudio = Studio('cut', prompt='A scaup', images=[{str(broken)!r}])\nstudio"
    )
    page = StudioPage(cells, "studio")
    words = "studio._form._hands.words['images'][1]"
    page.until(f"'damaged' in {words}")
    assert "damaged" in page.state("buttons")["make"]["reason"]
    assert "cut.png" in page.state("buttons")["make"]["reason"]
    cells.run("studio._form._said('images', ())")
    page.until(f"'damaged' not in {words} + {page.board}.buttons['make']['reason']")


def test_variations_of_a_picture_are_bought_on_their_buttons_only(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Four new seeds, the same seed with another value, all values of a parameter: each with its price."""
    page, _ = open_studio(cells, "A varied shoveler")
    run = cells.value("studio.generate().id").split()[-1]
    page.tell(ask="choose", run=run)
    page.shows("seeds", "4 new seeds · about $0.24")
    page.shows("changes", f"Make it · {PRICE}")
    assert created(sandbox, "A varied shoveler") == 1
    page.press("seeds", clicks=2)
    page.made(5)
    assert created(sandbox, "A varied shoveler") == 5
    steps = page.state("menu")["steps"]
    page.tell(ask="pick", name="steps", number=steps.index("Thinking: 2 values"))
    page.until(f"{page.board}.menu['picked']['steps'] == {steps.index('Thinking: 2 values')}")
    page.until(f"{page.board}.buttons['steps']['label'].startswith('Make all · about $0.12')")
    page.press("steps")
    page.made(7)
    seeds = cells.value("sorted(run.seed for run in studio.runs).count(studio.runs[0].seed)")
    assert seeds == "3"


def test_a_run_opens_in_a_studio_and_goes_to_a_cell_unchanged(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """The form asks for the same request, with a picture that went in too; the cell pins the seed. Both for nothing."""
    cells.run("%nanobanana -q -r 0.5K --seed 5 -o source A goosander")
    cells.run("%nanobanana -q -r 0.5K -i source -a 3:2 -o dusk A goosander at dusk")
    assert not cells.run("from runflow_nb import Studio\nstudio = Studio.of(dusk)\nstudio").error
    page = StudioPage(cells, "studio")
    page.shows("make", "Show · $0.00")
    page.press("make")
    page.made(1)
    assert cells.value("studio.runs[0].id == dusk.id") == "True"
    cell = cells.run("studio.to_cell(dusk)").next_input
    assert cell is not None
    text = cell["text"]
    seed = cells.value("dusk.seed")
    assert f"-s {seed}" in text
    assert not cells.run(text).error
    assert cells.value("_.id == dusk.id") == "True"
    assert created(sandbox, "A goosander") == 2


def test_done_leaves_what_needs_no_kernel(cells: Kernel) -> None:
    """The form gives way to words; sheet and caption stay."""
    open_studio(cells, "A done merganser")
    cells.run("studio.generate()")
    shown = cells.run("studio")
    done = cells.run("studio.done()")
    (update,) = [content["data"] for kind, content in done.messages if kind == "update_display_data"]
    assert set(update) == {"text/plain", "text/html"}
    assert "Studio studio is done" in update["text/plain"]
    assert "image/jpeg" in shown.outputs[0]["data"]
    again = cells.run("studio")
    assert again.outputs[2]["data"] == update
    assert again.outputs[0]["data"] == shown.outputs[0]["data"]


def test_saved_widgets_stay_small_with_ten_pictures(cells: Kernel) -> None:
    """No picture and no script in them: below 50 KB as a runner saves them."""
    page, _ = open_studio(cells, "A small smew, asleep on the ice of a frozen lake in the first light of the morning")
    cells.run(
        "from dataclasses import replace\nfrom runflow_nb.widgets.form.state import SeedChoice\n"
        "for seed in range(10):\n"
        "    studio._form.load(replace(studio._form.state, seed=SeedChoice('fixed', seed))); studio.generate()"
    )
    page.made(10)
    cells.run("import json\nfrom ipywidgets.embed import dependency_state\nsaved = dependency_state([studio])")
    assert int(cells.value("len(json.dumps(saved))")) < 50_000
    assert cells.value("'IntersectionObserver' in json.dumps(saved)") == "False"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("Studio('a', resolutoin='2K')", "resolution"),
        ("Studio('a\\nb')", "names a studio"),
        ("Studio('half a pair \\ud800')", "names a studio"),
        ("Studio('a' * 101)", "of 1 to 100 characters"),
        ("Studio(model='nano-bananna-2')", "is not a model"),
    ],
)
def test_a_mistake_in_the_call_says_what_is_meant(cells: Kernel, code: str, words: str) -> None:
    assert words in cells.run(f"from runflow_nb import Studio\n{code}").error
