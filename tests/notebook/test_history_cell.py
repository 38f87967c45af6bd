"""The cell that is written for a run asks for that very run again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from runflow_nb.errors import InvalidRequest
from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.request import RunRequest, build_request
from runflow_nb.models.spec import Field
from runflow_nb.notebook.asked import ask
from runflow_nb.notebook.cell.cell_text import NoCell, cell_text, quoted
from runflow_nb.notebook.cell.typed import take_apart
from runflow_nb.record.run import Run, Seeds
from tests.notebook.kernel import Kernel
from tests.notebook.made import made

WORDS = st.text(min_size=1, max_size=40).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))
PROMPTS = st.one_of(
    WORDS,
    st.sampled_from(
        ["{{ name }} in snow", "{% if x %}", '{"a": {"b": [1, "{{"]}}', "it's $5 \\ 'quoted' \"so\"", "%%bash\nls -la"]
    ),
    st.lists(
        st.sampled_from([">>> fox", "... owl", "-m pro", "--raw", "a\\", "what?", "  in", "", "🦊"]), min_size=1
    ).map("\n".join),
)


def values(field: Field) -> st.SearchStrategy[Any]:
    if field.type == "boolean":
        return st.booleans()
    if field.type == "integer":
        return st.integers(int(field.minimum or 0), int(field.maximum or 2**31))
    return st.sampled_from(field.allowed) if field.allowed else st.just("x")


@st.composite
def requests(draw: st.DrawFn) -> RunRequest:
    spec = draw(st.sampled_from(list(CATALOG.values())))
    fields = [f for f in spec.fields if f.type != "image_list" and f.name != "prompt"]
    chosen = draw(st.lists(st.sampled_from(fields), unique_by=lambda field: field.name))
    given_values = {field.name: draw(values(field)) for field in chosen}
    images = tuple(draw(st.lists(WORDS.map(one_line).filter(bool), min_size=1, max_size=3))) if spec.edits else ()
    prompt = draw(PROMPTS)
    try:
        return build_request(spec.id, {"prompt": prompt, **given_values}, images)
    except InvalidRequest:
        return build_request(spec.id, {"prompt": "a fox " + "".join(prompt.split("\0")), **given_values}, images)


def one_line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


@cache
def some_run() -> Run:
    import tempfile

    return made(Path(tempfile.mkdtemp()))


def recorded(request: RunRequest, take: int) -> Run:
    """The run of this request, as it is on record."""
    run = replace(some_run(), model=request.spec.id, seeds=Seeds(request.seed, request.seed or 11, None), take=take)
    return replace(run, input={**request.input, "seed": request.seed or 11})


def read_again(text: str) -> tuple[str, str]:
    """(line, body) of a cell magic, as IPython hands them over."""
    first, _, below = text.partition("\n")
    name, _, line = first.partition(" ")
    assert name == "%%nanobanana"
    return line, below


@given(requests(), st.integers(1, 4))
def test_the_cell_asks_for_the_same_request(request: RunRequest, take: int) -> None:
    line, body = read_again(cell_text(recorded(request, take), request.images, {}))
    asked = ask(take_apart(line, body), {"name": "another"})
    digests = [f"url:{word}" for word in request.images]
    assert asked.request.images == request.images
    assert asked.request.recipe(digests) == request.recipe(digests)
    assert asked.request.seed == request.seed
    assert (asked.options.take or 1) == take


@pytest.mark.parametrize("prompt", ["a fox", "{{ fox }}", 'He said "no"\n\n  and left', "what is a fox?"])
def test_ipython_hands_the_cell_over_as_it_is(prompt: str) -> None:
    run = recorded(build_request("2", {"prompt": prompt, "seed": 3}), 2)
    text = cell_text(run, (), {})
    called: list[tuple[str, str, str]] = []

    class Shell:
        def run_cell_magic(self, *given: str) -> None:
            called.append(given)  # type: ignore[arg-type]

    exec(TransformerManager().transform_cell(text), {"get_ipython": Shell})
    ((name, line, body),) = called
    assert name == "nanobanana"
    assert ask(take_apart(line, body), {}).request.prompt == prompt


@given(WORDS.map(one_line).filter(bool))
def test_a_value_on_the_line_is_read_as_it_was(value: str) -> None:
    typed = take_apart(f"-i {quoted(value)} --raw", "a fox")
    assert ask(typed, {}, "google/nano-banana-2/edit").request.images == (value,)


def test_settings_do_not_change_what_the_cell_asks_for() -> None:
    """What the run was asked for without is said, where a setting would put it in."""
    request = build_request("2", {"prompt": "a fox"})
    defaults: Mapping[str, Any] = {"model": "pro", "resolution": "4K", "output_format": "webp"}
    line, body = read_again(cell_text(recorded(request, 1), (), defaults))
    assert ask(take_apart(line, body), {}, None, defaults).request.recipe([]) == request.recipe([])
    with pytest.raises(NoCell, match="unset it with %runflow config aspect_ratio="):
        cell_text(recorded(build_request("pro", {"prompt": "a fox"}), 1), (), {"aspect_ratio": "16:9"})


def test_what_cannot_be_asked_for_is_said() -> None:
    with pytest.raises(NoCell, match="colours = list, which no option can say"):
        cell_text(replace(some_run(), model="other/model", input={"prompt": "a fox", "colours": ["red"]}), (), {})
    with pytest.raises(NoCell, match="forgotten"):
        cell_text(replace(some_run(), forgotten=True, input={}), (), {})


def test_running_the_cell_shows_that_very_run(cells: Kernel, tmp_path: Path) -> None:
    """Seeds asked and drawn, takes, templates, and pictures of every kind; nothing is bought."""
    setup = f"""
from PIL import Image
import os, numpy
os.chdir({str(tmp_path)!r})
fox = "red fox"
Image.new("RGB", (40, 30), (9, 200, 60)).save("photo one.png")
pil = Image.new("RGB", (20, 20), (1, 2, 3))
"""
    assert not cells.run(setup).error
    bought = [
        "%nanobanana -q -r 0.5K -o a a fox",
        "%nanobanana -q -r 0.5K --take 2 -o b a fox",
        "%nanobanana -q -r 0.5K --seed 9 -n 2 -o c a fox",
        "%nanobanana -q -r 0.5K --seed 9 -n 2 --take 2 -o d a fox",
        "%nanobanana -q -r 0.5K -o e a {{ fox }} of 5 braces",
        "%nanobanana -q -r 0.5K --raw -o f a {{ fox }} of 5 braces",
        '%nanobanana -q -r 0.5K -o g -i "photo one.png" -i c[1] -i a at night',
        "%nanobanana -q -r 0.5K -o h -i pil at night",
        "%nanobanana -q -m pro -o i --no-limit-generations --yes it's an owl",
    ]
    for cell in bought:
        ran = cells.run(cell)
        assert not ran.error, ran.error
    count = cells.value("len(__import__('runflow_nb').history(all=True))")
    assert count == str(len(bought))
    for name in "abcdefghi":
        ran = cells.run(f"%runflow cell {name}")
        assert not ran.error, ran.error
        assert ran.next_input is not None
        assert ran.next_input["text"] in ran.text
        again = cells.run(ran.next_input["text"])
        assert not again.error, again.error
        assert cells.value(f"_.id == {name}.id") == "True", ran.text
    assert cells.value("len(__import__('runflow_nb').history(all=True))") == count


def test_a_picture_that_nothing_stands_for_is_an_error(cells: Kernel, tmp_path: Path) -> None:
    setup = "from PIL import Image\npil = Image.new('RGB', (20, 20), (4, 5, 6))"
    assert not cells.run(setup).error
    assert not cells.run("%nanobanana -q -r 0.5K -o h -i pil at night").error
    assert not cells.run("del pil").error
    assert (
        "took a picture that nothing here stands for any more (picture [0]: pil)" in cells.run("%runflow cell h").error
    )
