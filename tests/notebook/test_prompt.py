"""Templates are filled in from the notebook; everything that is none stays as typed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runflow_nb.notebook.cell.prompt import TemplateFault, render


@pytest.mark.parametrize(
    "prompt",
    [
        '{"subject": {"kind": "fox", "colours": ["{#ff8800}"]}}',
        "100 % red, $5, 50%, {one} {0} %s %(x)s ${HOME}",
        "# a heading\n## and a line with {# what others take for a comment #}",
        'it\'s a "fox" \\ with \\n backslashes',
        "<b>bold</b> &amp; \x1b[31mred\x1b[0m 🦊 שועל",
        "} }} %} alone",
    ],
)
def test_text_without_templates_is_untouched(prompt: str) -> None:
    """Braces, percents, dollars, hashes, HTML, ANSI codes and emoji arrive as typed, also beside a template."""
    assert render(prompt, {}) == prompt
    assert render(prompt + "{{ fox }}", {"fox": "!"}) == prompt + "!"


@given(st.text(max_size=60).filter(lambda text: "{{" not in text and "{%" not in text and "\r" not in text))
def test_any_text_stays_beside_a_template(text: str) -> None:
    """A template elsewhere in the prompt changes nothing of the rest."""
    assert render("{{ fox }} " + text.rstrip("{"), {"fox": 1}) == "1 " + text.rstrip("{")


def test_statements_are_live() -> None:
    """Loops and conditions work, with jinja's own functions."""
    assert render("{% for n in range(3) %}{{ n }}{{ ', ' if not loop.last }}{% endfor %}", {}) == "0, 1, 2"


class Watched(Mapping[str, Any]):
    """Names that remember which of them were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.asked.append(name)
        return name

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("the namespace was walked through")

    def __len__(self) -> int:
        return 1


def test_only_names_that_occur_are_looked_up() -> None:
    """A notebook's namespace may be large and full of costly objects."""
    names = Watched()
    assert render("{{ fox }} and {{ hare }}", names) == "fox and hare"
    assert sorted(names.asked) == ["fox", "hare"]


@pytest.mark.parametrize(
    ("template", "place", "says"),
    [
        ("a {{ nope }}", (1, 6), "'nope' is undefined"),
        ("nope\nthe nope {{ nope }}", (2, 13), "'nope' is undefined"),
        ("a\n\n  {% if %}", (3, 3), "Expected an expression"),
        ("a {{ fox", (1, 3), "unexpected end of template"),
        ("one\n{{ fox.tail }}", (2, 8), "has no attribute 'tail'"),
        ("one\n{{ 1 / 0 }}", (2, 1), "ZeroDivisionError: division by zero"),
        ("{{ fox | nope }}", (1, 1), "No filter named 'nope'"),
    ],
)
def test_a_fault_is_located(template: str, place: tuple[int, int], says: str) -> None:
    """Line and column of the template, and --raw as the way to send it as typed."""
    with pytest.raises(TemplateFault) as caught:
        render(template, {"fox": "red"})
    assert (caught.value.line, caught.value.column) == place
    assert says in caught.value.reason
    assert "--raw" in caught.value.located()


def test_a_prompt_without_templates_does_not_import_jinja2() -> None:
    """Most prompts are plain text; they do not pay for templates."""
    code = (
        "import sys; from runflow_nb.notebook.asked import ask\n"
        "from runflow_nb.notebook.cell.typed import take_apart\n"
        "ask(take_apart('-n 2 a {fox}', None), {}); sys.exit('jinja2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("value", [print, object(), [object()], TemplateFault("x", 1, 1)])
def test_what_is_no_text_is_refused(value: object) -> None:
    """A function has another address after a restart: its prompt would be bought anew, and no model can draw it."""
    with pytest.raises(TemplateFault, match="not text") as caught:
        render("A fox\nand {{ thing }} in snow", {"thing": value})
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_a_private_name_is_no_advice() -> None:
    """IPython's own names are not what a person meant."""
    with pytest.raises(TemplateFault) as caught:
        render("A {{ nosuch }}", {"_oh": 1, "__name__": 2})
    assert caught.value.nearest is None
