"""A form as a person fills it in: by mouse, keys and dropped files."""

from __future__ import annotations

import base64
import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow
from playwright.sync_api import Locator, expect

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.browser.accessibility import grave_problems
from tests.browser.app import App

pytestmark = pytest.mark.browser

FORM = """
import ipywidgets
from runflow_nb.widgets.form.view import Form
from runflow_nb.widgets.form.state import FormState
from runflow_nb.widgets.style import style
form = Form(FormState("google/nano-banana-2"))
ipywidgets.VBox([ipywidgets.HTML(f"<style>{style()}</style>"), form.widget])
"""
DROP = """([name, size, data]) => {
  const bytes = data ? Uint8Array.from(atob(data), (c) => c.charCodeAt(0)) : new Uint8Array(size);
  const files = new DataTransfer();
  files.items.add(new File([bytes], name));
  const form = document.querySelector(".rf-form");
  for (const kind of ["dragover", "drop"])
    form.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
}"""
LARGE = 50 * 2**20


def opened(app: App) -> Locator:
    app.page.set_viewport_size({"width": 1280, "height": 1800})
    app.open(
        "%load_ext runflow_nb\n%runflow connect sandbox",
        FORM,
        "print(form.state.model, form.state.values, form.state.seed)",
    )
    app.run_all()
    shown = app.page.locator(".rf-form")
    expect(shown.locator(".rf-help").first).to_be_visible()
    return shown


def expect_said(app: App, *parts: str) -> None:
    """What the form says now, as the kernel knows it."""
    app.page.locator(".jp-Cell").nth(2).locator(".cm-content").click()
    app.page.keyboard.press("Control+Enter")
    for part in parts:
        expect(app.output(2)).to_contain_text(part)


def picture(pixels: int) -> bytes:
    stream = io.BytesIO()
    Pillow.frombytes("RGB", (pixels, pixels), os.urandom(pixels * pixels * 3)).save(stream, "PNG", compress_level=0)
    return stream.getvalue()


def drop(app: App, name: str, size: int = 0, data: bytes = b"") -> None:
    given: list[Any] = [name, size, base64.b64encode(data).decode()]
    app.page.evaluate(DROP, given)


def test_every_control_has_its_name_and_can_be_set_without_a_mouse(lab: App) -> None:
    shown, keys = opened(lab), lab.page.keyboard
    shown.get_by_label("Prompt").fill("a fox")
    shown.get_by_role("radiogroup", name="Ratio").get_by_role("radio", name="auto").focus()
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    expect(shown.get_by_role("radio", name="16:9", exact=True)).to_be_checked()
    shown.get_by_role("radiogroup", name="Resolution").get_by_role("radio", name="1K").focus()
    keys.press("ArrowRight")
    shown.get_by_label("Web search").focus()
    keys.press("Space")
    shown.get_by_role("slider", name="Safety").focus()
    keys.press("ArrowLeft")
    shown.get_by_role("radiogroup", name="Seed").get_by_role("radio", name="random").focus()
    keys.press("ArrowRight")
    shown.get_by_label("Seed number").fill("7x")
    expect(shown.get_by_label("Seed number")).to_have_accessible_description(
        "A whole number. Next counts on after each run. 7x takes a whole number."
    )
    expect(shown.get_by_label("Seed number")).to_have_attribute("aria-invalid", "true")
    shown.get_by_label("Seed number").fill("7")
    shown.get_by_role("button", name="Less used settings").focus()
    keys.press("Enter")
    shown.get_by_label("Tags").fill("cover")
    expect(shown.get_by_label("Model")).to_be_visible()
    expect_said(
        lab,
        "'prompt': 'a fox'",
        "'aspect_ratio': '16:9'",
        "'resolution': '2K'",
        "'enable_web_search': True",
        "'safety_tolerance': '3'",
        "'tags': 'cover'",
        "SeedChoice(kind='fixed', number='7')",
    )


@pytest.mark.parametrize("width", [360, 1600])
def test_nothing_sticks_out_and_nothing_is_grave(lab: App, width: int) -> None:
    shown = opened(lab)
    shown.get_by_role("button", name="Less used settings").click()
    drop(lab, "fox.png", data=picture(16))
    expect(shown.get_by_label("Pictures to edit", exact=True)).to_be_visible()
    box = shown.evaluate_handle("form => form.parentElement")
    box.evaluate("(box, width) => { box.style.width = box.style.maxWidth = `${width}px`; }", width)
    wide = shown.evaluate(
        "form => [...form.querySelectorAll('*')].filter(e => e.getBoundingClientRect().width && "
        "e.getBoundingClientRect().right > form.getBoundingClientRect().right + 4).map(e => e.className)"
    )
    assert wide == []
    assert grave_problems(lab.page, ".rf-form") == []


def test_large_and_hostile_files(lab: App) -> None:
    shown = opened(lab)
    words = shown.locator(".rf-f-images > .rf-problem")
    drop(lab, "huge.png", LARGE + 1)
    expect(words).to_have_text(
        "huge.png has 52,428,801 bytes; 52,428,800 bytes = 50 MiB are taken. "
        "Save it smaller, e.g. as JPEG, or host it and give its URL."
    )
    drop(lab, "zeros.png", LARGE)
    expect(words).to_contain_text("zeros.png looks like", timeout=60_000)
    drop(lab, '<img src=x onerror="window.hurt = 1">.png', data=picture(1500))
    expect(shown.get_by_label("Pictures to edit", exact=True)).to_contain_text(
        '0. <img src=x onerror="window.hurt = 1">.png'
    )
    expect(words).to_be_hidden()
    expect(shown.get_by_label("Model")).to_have_value("Nano Banana 2 edit")
    assert lab.page.evaluate("window.hurt") is None
    # The connection outlived it.
    expect_said(lab, "nano-banana-2/edit")


def test_a_file_is_chosen_twice_and_ordered(lab: App, tmp_path: Path) -> None:
    shown = opened(lab)
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(picture(16))
    shown.locator("input[type=file]").set_input_files([tmp_path / "a.png", tmp_path / "b.png"])
    listed = shown.get_by_label("Pictures to edit", exact=True)
    expect(listed.locator("option")).to_have_text(["0. a.png", "1. b.png"])
    shown.locator("input[type=file]").set_input_files([tmp_path / "a.png"])
    expect(listed.locator("option")).to_have_text(["0. a.png", "1. b.png", "2. a.png"])
    listed.select_option("2. a.png")
    shown.get_by_role("button", name="Up").click()
    expect(listed.locator("option")).to_have_text(["0. a.png", "1. a.png", "2. b.png"])
    shown.get_by_role("button", name="Remove").click()
    expect(listed.locator("option")).to_have_text(["0. a.png", "1. b.png"])


def test_a_picture_of_the_notebook_is_chosen_by_sight_and_by_keys(lab: App) -> None:
    """Small pictures of this notebook's runs; Enter adds the one under the focus, which is then shown as added."""
    made = "from runflow_nb import generate\nfor word in ('hare', 'lynx'): generate(word, resolution='0.5K', seed=1)"
    lab.page.set_viewport_size({"width": 1280, "height": 1800})
    asked = "print([one.typed for one in form.state.images], [run.short for run in runflow_nb.history()])"
    lab.open(f"import runflow_nb\n%load_ext runflow_nb\n%runflow connect sandbox\n{made}", FORM, asked)
    lab.run_all()
    fold = lab.page.locator(".rf-form details summary")
    expect(fold).to_have_text("Add from this notebook")
    fold.press("Enter")
    offered = lab.page.get_by_role("toolbar", name="Pictures of this notebook").get_by_role("button")
    expect(offered.locator("img")).to_have_count(2)
    lab.page.keyboard.press("Tab")
    expect(offered.first).to_be_focused()
    lab.page.keyboard.press("ArrowRight")
    expect(offered.last).to_have_accessible_name(re.compile(r"Add \w{6} hare"))
    lab.page.keyboard.press("Enter")
    expect(lab.page.locator(".rf-form .rf-strip[aria-hidden=true] img")).to_have_count(1)
    expect(offered.last).to_be_focused()
    lab.page.locator(".jp-Cell").nth(2).locator(".cm-content").click()
    lab.page.keyboard.press("Control+Enter")
    expect(lab.output(2)).to_contain_text(re.compile(r"\['(\w{6})'\] \['\w{6}', '\1'\]"))


def test_what_each_control_says_is_what_the_server_receives(lab: App) -> None:
    """Each control is set by hand, and the run is read from the server's own book."""
    with EmbeddedSandbox(latency=0.2) as sandbox:
        lab.page.set_viewport_size({"width": 1280, "height": 2600})
        Pillow.new("RGB", (40, 30), "teal").save(lab.folder / "named.png")
        lab.open(
            f"%load_ext runflow_nb\n%runflow connect {sandbox.url}\nfrom runflow_nb import Studio, generate\n"
            "from PIL import Image\nheld = Image.new('RGB', (24, 24), 'red')",
            "generate('A first fox', resolution='0.5K', seed=1)",
            "Studio('herons')",
        )
        lab.run_all()
        shown, keys = lab.output(2), lab.page.keyboard
        button = shown.locator(".rf-primary")

        def choose(group: str, label: str) -> None:
            shown.get_by_role("radiogroup", name=group).get_by_role("radio", name=label, exact=True).check()

        def make(price: str) -> None:
            # The price that stays: a press on one that has changed meanwhile buys nothing.
            expect(button).to_have_text(f"Make it · {price}")
            button.click()
            expect(button).to_have_text(f"Make it · {price}, sure?")
            lab.page.wait_for_timeout(1100)  # two presses within a second are one double click
            button.click()

        shown.get_by_label("Prompt").fill("A heron")
        choose("Ratio", "16:9")
        choose("Resolution", "2K · about $0.12")
        choose("Number", "2")
        choose("Format", "jpeg")
        choose("Thinking", "high · +$0.002")
        shown.get_by_label("Web search").check()
        shown.get_by_role("slider", name="Safety").focus()
        keys.press("ArrowLeft")
        choose("Seed", "fixed")
        shown.get_by_label("Seed number").fill("41")
        shown.get_by_role("button", name="Less used settings").click()
        shown.get_by_label("Limit generations").uncheck()
        shown.get_by_label("Sync mode").check()
        shown.get_by_label("Callback URL").fill("https://example.com/told")
        shown.get_by_label("Metadata").fill('{"for": "cover"}')
        shown.get_by_label("Tags").fill("birds, water")
        make("at least $0.274")
        expect(shown.locator(".rf-card[data-state=done]")).to_have_count(1)
        sent = sandbox.book.received[-1]
        assert sent.model == "google/nano-banana-2"
        assert sent.body["input"] == {
            "prompt": "A heron",
            "aspect_ratio": "16:9",
            "resolution": "2K",
            "num_images": 2,
            "output_format": "jpeg",
            "thinking_level": "high",
            "enable_web_search": True,
            "safety_tolerance": "3",
            "seed": 41,
            "limit_generations": False,
            "sync_mode": True,
        }
        assert (sent.body["callback_url"], sent.body["metadata"]["for"]) == ("https://example.com/told", "cover")

        # Pictures of four kinds, in the order in which they came; the seed counts on.
        shown.get_by_label("Sync mode").uncheck()
        choose("Seed", "next")
        drop(lab, "dropped.png", data=picture(16))
        listed = shown.get_by_label("Pictures to edit", exact=True)
        expect(listed.locator("option")).to_have_text(["0. dropped.png"])
        expect(shown.get_by_label("Model")).to_have_value("Nano Banana 2 edit")
        shown.get_by_text("Add from this notebook").click()
        shown.get_by_role("button", name=re.compile("^Add .*A first fox")).click()
        expect(listed.locator("option")).to_have_count(2)
        named = shown.get_by_label("Add by variable, path, URL or run")
        for count, word in enumerate(("held", "named.png", "https://example.com/a.png"), 3):
            named.fill(word)
            keys.press("Enter")
            expect(listed.locator("option")).to_have_count(count)
        shown.get_by_label("Prompt").fill("A second heron")
        make("at least $0.274")
        expect(shown.locator(".rf-card[data-state]")).to_have_count(2)
        expect(shown.locator(".rf-card[data-state=open]")).to_have_count(0)
        sent = sandbox.book.received[-1]
        assert (sent.model, sent.body["input"]["prompt"]) == ("google/nano-banana-2/edit", "A second heron")
        assert len(sent.body["input"]["image_urls"]) == 5
        assert sent.body["input"]["image_urls"][4] == "https://example.com/a.png"
        assert sent.body["input"]["seed"] == 41
        expect(shown.get_by_label("Seed number")).to_have_value("42")
