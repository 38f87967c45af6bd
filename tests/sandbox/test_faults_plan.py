"""The language of fault plans: what it says, and what is said of a plan that cannot be read."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout

import pytest

from runflow_nb.cli.verbs import main
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from runflow_nb.sandbox.faults.guide import EXAMPLE, guide
from runflow_nb.sandbox.faults.parse import BadPlan, read_plan
from runflow_nb.sandbox.faults.plan import When
from runflow_nb.sandbox.faults.words import ANY, COUNTED, FAULTS, WHEN, WHERE


def sandbox_command(*options: str) -> tuple[int, str, str]:
    """(exit status, standard output, standard error) of `runflow-nb sandbox` with these options."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main(["sandbox", *options])
        except SystemExit as end:
            status = int(str(end.code))
    return status, out.getvalue(), err.getvalue()


def numbers(when: When, roll: float = 0.5) -> list[int]:
    return [number for number in range(1, 13) if when.holds(number, roll)]


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ("", list(range(1, 13))),
        ("100%", list(range(1, 13))),
        ("0%", []),
        ("50%", []),
        ("50.1%", list(range(1, 13))),
        ("first 2", [1, 2]),
        ("3rd", [3]),
        ("11th", [11]),
        ("every 5", [5, 10]),
        ("after 10", [11, 12]),
        ("every 2 after 4 first 9", [6, 8]),
        ("FIRST 1", [1]),
    ],
)
def test_conditions(when: str, due: list[int]) -> None:
    (rule,) = read_plan(f"read: 503 {when}").rules
    assert numbers(rule.when) == due


def test_rules_have_places_a_value_and_a_text_of_their_own() -> None:
    plan = read_plan(" seed = 12 ;; Create , READ:  429=200ms   10% ; search: missing=cost+output;read:delay=1..2m;")
    first, second, third = plan.rules
    assert plan.seed == 12
    assert (first.where, first.what, first.seconds, first.text) == (
        {"create", "read"}, "429", (0.2, 0.2), "Create , READ: 429=200ms 10%",
    )  # fmt: skip
    assert (second.members, second.seconds) == (("cost", "output"), None)
    assert third.seconds == (1.0, 120.0)
    assert read_plan("any: blind=5s").rules[0].where == {"search"}
    assert read_plan("any: 503").rules[0].where == set(WHERE)
    assert read_plan("").rules == read_plan(" ; ").rules == ()


@pytest.mark.parametrize(
    ("plan", "problem"),
    [
        ("creat: 503", "creat is no endpoint; did you mean create?"),
        ("read,: 503", "nothing is no endpoint"),
        ("read: truncate", "truncate is no fault; did you mean truncated?"),
        ("read: drop-after-acept 10%", "drop-after-acept is no fault; did you mean drop-after-accept?"),
        ("read: 503 frist 3", "frist is no condition; did you mean first?"),
        ("read: 503 first", "first needs a number from 1 up, as in first 3"),
        ("read: 503 first 0", "first needs a number from 1 up"),
        ("read: 503 0th", "0th is no condition"),
        ("read: 503 101%", "101% is more than 100%"),
        ("read: null", "null needs a value, as in null=cost"),
        ("read: null=costs", "costs is no member of an answer; did you mean cost?"),
        ("read: delay", "delay needs a value, as in delay=0.5s..2s"),
        ("read: delay=3", None),
        ("read: delay=3x", "3x is no time"),
        ("read: delay=", "nothing is no time"),
        ("read: delay=3..1s", "3..1s ends before it begins"),
        ("search: blind=1..2", "blind takes one time, as in blind=5s"),
        ("read: 500=3", "500 takes no value"),
        ("read: fails", "fails fits create, not read"),
        ("create,search: blind=5s", "blind fits search, not create"),
        ("download: null=cost", "not download"),
        ("read", "a rule is WHERE: WHAT [WHEN]"),
        ("read:", "a rule is WHERE: WHAT [WHEN]"),
        ("seed=x", "a seed is a whole number, as in seed=7"),
        ("seed=", "a seed is a whole number"),
    ],
)
def test_what_is_wrong_with_a_plan_is_named_with_the_nearest_word(plan: str, problem: str | None) -> None:
    if problem is None:
        assert read_plan(plan)
        return
    with pytest.raises(BadPlan) as bad:
        read_plan(plan)
    (said,) = bad.value.problems
    assert said.startswith(plan + ": ")
    assert problem in said


def test_every_problem_is_in_one_error_and_the_command_ends_with_2() -> None:
    plan = "creat: 50x first; read: 503 2ndd; download: blind; seed=a"
    with pytest.raises(BadPlan) as bad:
        read_plan(plan)
    assert len(bad.value.problems) == 7
    status, out, err = sandbox_command("--faults", plan)
    assert (status, out) == (2, "")
    assert all(problem in err for problem in bad.value.problems)
    assert "Traceback" not in err


def test_a_sandbox_does_not_start_under_a_plan_that_cannot_be_read() -> None:
    with pytest.raises(BadPlan):
        EmbeddedSandbox(faults="creat: 503")


def test_help_names_every_word_and_its_examples_can_be_read() -> None:
    status, told, err = sandbox_command("--faults", "help")
    assert (status, told, err) == (0, guide() + "\n", "")
    first_words = {
        line.split()[0].partition("=")[0].partition("[")[0] for line in told.splitlines() if line[:2] == "  "
    }
    assert {*WHERE, *FAULTS, ANY} <= first_words
    assert all(f"  {example} " in told for example in WHEN)
    assert set(COUNTED) <= {example.split()[0] for example in WHEN}
    assert max(map(len, told.splitlines())) <= 120
    assert len(read_plan(EXAMPLE).rules) == 4
    for example in WHEN:
        read_plan(f"read: 503 {example}")
    _, brief, _ = sandbox_command("--help")
    assert EXAMPLE.replace(" ", "") in "".join(brief.split())
    assert "--faults help" in " ".join(brief.split())
