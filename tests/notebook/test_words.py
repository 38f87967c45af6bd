"""The line of a magic is split into options and a prompt that stays as it was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runflow_nb.notebook.cell.option_table import catalog_table
from runflow_nb.notebook.cell.words import split


def pairs(line: str) -> list[tuple[str, str | None]]:
    return [(word.name, word.value) for word in split(line, catalog_table().takes).words]


@pytest.mark.parametrize(
    ("line", "expected", "rest"),
    [
        ("a red fox", [], "a red fox"),
        ("-n 2 a fox", [("-n", "2")], "a fox"),
        ("-n2 a fox", [("-n", "2")], "a fox"),
        ("-n=2 a fox", [("-n", "2")], "a fox"),
        ("--seed=7 --aspect-ratio 16:9 a fox", [("--seed", "7"), ("--aspect-ratio", "16:9")], "a fox"),
        ("--seed -5 a fox", [("--seed", "-5")], "a fox"),
        ("--seed --estimate a fox", [("--seed", None), ("--estimate", None)], "a fox"),
        ("--enable-web-search true love", [("--enable-web-search", None)], "true love"),
        ("--enable-web-search=false a fox", [("--enable-web-search", "false")], "a fox"),
        ("--no-limit-generations a fox", [("--no-limit-generations", None)], "a fox"),
        ("--tag it's a fox", [("--tag", "it's")], "a fox"),
        ("--tag 'it's' a fox", [("--tag", "it's")], "a fox"),
        ("--tag 'two words' a fox", [("--tag", "two words")], "a fox"),
        (r'--tag "say \"hi\"" a fox', [("--tag", 'say "hi"')], "a fox"),
        (r"-i C:\pics\fox.png make it blue", [("-i", r"C:\pics\fox.png")], "make it blue"),
        ('--metadata {"a": "} b"} a fox', [("--metadata", '{"a": "} b"}')], "a fox"),
        ("--seed {{ n + 1 }} a fox", [("--seed", "{{ n + 1 }}")], "a fox"),
        ("--tag run-{{ n + 1 }} a fox", [("--tag", "run-{{ n + 1 }}")], "a fox"),
        ("--tag {a fox", [("--tag", "{a")], "fox"),
        ("-n 2 -- --5 degrees", [("-n", "2")], "--5 degrees"),
        ("-n 2 --", [("-n", "2")], ""),
        ("- a list", [], "- a list"),
        ("--nope 3 a fox", [("--nope", None)], "3 a fox"),
        ("--nope 3 -n 2 a fox", [("--nope", "3"), ("-n", "2")], "a fox"),
        ("--nope 3", [("--nope", "3")], ""),
    ],
)
def test_options_end_where_the_prompt_begins(line: str, expected: list[tuple[str, str | None]], rest: str) -> None:
    """Options with their values come from the left; everything after them is the prompt, verbatim."""
    assert pairs(line) == expected
    assert split(line, catalog_table().takes).rest == rest


def test_a_quote_that_is_never_closed_is_noticed() -> None:
    """The word knows the quote that opens it, so that the problem can name it."""
    assert split("--tag 'a fox in the snow", catalog_table().takes).words[0].unclosed == "'"


PROMPTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200).map(str.strip).filter(bool)


@given(PROMPTS)
def test_a_prompt_comes_through_as_typed(prompt: str) -> None:
    """Whatever follows `--` is the prompt, character by character."""
    assert split(f"-n 2 --tag x -- {prompt}", catalog_table().takes).rest == prompt


@given(PROMPTS.filter(lambda text: not text.startswith("-")))
def test_a_prompt_needs_no_mark_unless_it_begins_with_a_dash(prompt: str) -> None:
    """Quotes, blanks, backslashes and braces in a prompt mean nothing to the options before it."""
    assert split(f"--seed 5 {prompt}", catalog_table().takes).rest == prompt


@given(st.text(max_size=80))
def test_any_line_can_be_split(line: str) -> None:
    """No text makes the splitting fail, and every word lies where it says."""
    parts = split(line, catalog_table().takes)
    for word in parts.words:
        assert line[word.start :].startswith(word.name)
        assert word.end <= len(line)
    assert line.endswith(parts.rest)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_quoted_value_comes_through_as_typed(value: str) -> None:
    """Within double quotes, with its quotes and backslashes escaped, any value arrives whole."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    assert pairs(f'--tag "{escaped}" a fox') == [("--tag", value)]
