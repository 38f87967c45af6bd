"""What follows a subcommand of `%runflow`, taken apart."""

from __future__ import annotations

import pytest

from runflow_nb.errors import InvalidCommand
from runflow_nb.notebook.runflow.arguments import Arguments, read_arguments
from runflow_nb.notebook.runflow.dispatch import help_text
from runflow_nb.notebook.runflow.subcommands import SUBCOMMANDS, Flag, Operands, Subcommand

FLAGS = (Flag("--text", "", "TEXT"), Flag("--status", "", "WORD", ("succeeded", "failed")), Flag("--all", ""))


def read(rest: str, operands: Operands = "runs") -> Arguments:
    return read_arguments("history", Subcommand("history", "", "", operands, FLAGS), rest)


@pytest.mark.parametrize(
    ("rest", "words", "text"),
    [
        ('--text "red fox" a', ("a",), "red fox"),
        ("--text='red fox' a b", ("a", "b"), "red fox"),
        ("--text it's", (), "it's"),
        ("""--text "the fox's den" """, (), "the fox's den"),
        ("--text C:\\new", (), "C:\\new"),
        ("--text=a --text=b", (), "b"),
    ],
)
def test_words_and_values_arrive_as_typed(rest: str, words: tuple[str, ...], text: str) -> None:
    found = read(rest)
    assert found.words == words
    assert found.value("--text") == text


def test_a_saved_notebook_is_a_word_and_words_of_a_prompt_are_none() -> None:
    assert read('"my fox.ipynb" --text a', "saved").words == ("my fox.ipynb",)
    for rest, told in (
        ("fox", "fox is left over: history takes one saved notebook, fox.ipynb"),
        ("red fox.ipynb", 'did you mean --text "red fox.ipynb"?'),
        ("a.ipynb b.ipynb", "b.ipynb is left over"),
    ):
        with pytest.raises(InvalidCommand) as refused:
            read(rest, "saved")
        assert told in str(refused.value)


def test_a_flag_is_on_or_off() -> None:
    assert read("--all").on("--all")
    assert not read("x").on("--all")
    assert read("--text=a --text=b").all("--text") == ("a", "b")


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("--txet fox", "--txet is no option here; did you mean --text?"),
        ("--status suceeded", "did you mean succeeded?"),
        ("--text", "--text needs a value: --text TEXT"),
        ("--text --all", "--text needs a value: --text TEXT"),
        ("--all=yes", "--all takes no value"),
        ('--text "red fox', "opens a quote that is never closed"),
        ("all", "all is left over: history takes nothing; did you mean --all?"),
        ("fox", "did you mean --text fox?"),
        ("red fox", 'did you mean --text "red fox"?'),
    ],
)
def test_a_mistake_names_what_was_meant(rest: str, told: str) -> None:
    with pytest.raises(InvalidCommand) as refused:
        read(rest, "none")
    assert told in str(refused.value)


@pytest.mark.parametrize("name", [None, *SUBCOMMANDS])
def test_the_help_fits(name: str | None) -> None:
    """Flags and what is said of them, in 80 columns."""
    text = help_text(name)
    assert max(map(len, text.splitlines())) <= 80
    for flag in SUBCOMMANDS[name].flags if name else ():
        assert f"{flag.name} {flag.metavar}".strip() in text
        assert flag.help in " ".join(text.split())


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(InvalidCommand) as refused:
        read("--txet a --status gone")
    assert {problem.subject for problem in refused.value.problems} == {"--txet", "--status"}


def test_a_dash_begins_a_word_where_words_are_text() -> None:
    """`%runflow tag fox -blue` takes a tag away."""
    assert read("fox -blue", "text").words == ("fox", "-blue")
