"""What came of the lines: read from the reports of the tests that are marked with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.contract.lines import BY_NAME, LINES, Line, Side

SIDES: tuple[Side, ...] = ("both", "client", "server")
HELD = {"both": {"client", "server"}, "client": {"client"}, "server": {"server"}}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one test, in one dialect."""

    test: str
    """Its node id, without parameters."""
    lines: tuple[tuple[Side, str], ...]
    dialect: str
    """"" for the default."""
    result: str
    """`passed`, `failed` or `skipped`."""
    reason: str = ""


@dataclass(slots=True)
class LineOutcome:
    """What came of one line."""

    line: Line
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def tests(self) -> list[str]:
        return sorted({each.test for each in self.outcomes})

    @property
    def result(self) -> str:
        """In the default."""
        default = [each for each in self.outcomes if not each.dialect]
        if not default:
            return "-"
        for word in ("failed", "passed"):
            if any(each.result == word for each in default):
                return {"failed": "FAILED", "passed": "ok"}[word]
        return default[0].reason

    @property
    def dialects(self) -> tuple[int, int]:
        """In how many dialects it held, and in how many it was looked at."""
        looked = [each for each in self.outcomes if each.dialect and each.result != "skipped"]
        spoken = {each.dialect for each in looked}
        failed = {each.dialect for each in looked if each.result == "failed"}
        return len(spoken - failed), len(spoken)

    @property
    def missing(self) -> set[str]:
        """The sides that no test of it looks at."""
        seen = {side for each in self.outcomes for mark, name in each.lines if name == self.line.name
                for side in HELD[mark]}  # fmt: skip
        return HELD[self.line.side] - seen

    @property
    def skipped(self) -> int:
        """How many of its tests were not done in the default."""
        done = {each.test for each in self.outcomes if each.result != "skipped"}
        return len({each.test for each in self.outcomes} - done)


def reasons(outcomes: Iterable[Outcome]) -> Counter[str]:
    """Why tests were not done, and how many."""
    return Counter(reason for _, reason in {(each.test, each.reason) for each in outcomes if each.result == "skipped"})


def by_line(outcomes: Iterable[Outcome], only: Iterable[str] = ()) -> list[LineOutcome]:
    """Every line of the register, or those that are named, with what came of it."""
    wanted = set(only) or BY_NAME.keys()
    found: Mapping[str, LineOutcome] = {line.name: LineOutcome(line) for line in LINES if line.name in wanted}
    for outcome in outcomes:
        for name in {name for _, name in outcome.lines} & found.keys():
            found[name].outcomes.append(outcome)
    return list(found.values())
