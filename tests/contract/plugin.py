"""For pytest: which lines a test is about, what a test may be asked, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.contract.aim import DEFAULT
from tests.contract.aimed import AIM
from tests.contract.lines import BY_NAME
from tests.contract.outcome import SIDES, Outcome

SWITCHES = "needs the sandbox's switches"


class Contract:
    """Keeps the tests that are about these lines, and remembers what came of them."""

    def __init__(self, only: Iterable[str] = ()) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self._only = frozenset(only)

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        kept = [item for item in items if self._keeps(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept
        for item in items:
            told = ((side, name) for side, name in lines_of(item))
            item.user_properties.append(("lines", [list(pair) for pair in told]))
            item.user_properties.append(("dialect", dialect_of(item)))
            if AIM.url is not None and not asks_service(item):
                item.add_marker(pytest.mark.skip(reason=SWITCHES))

    def _keeps(self, item: pytest.Item) -> bool:
        lines = lines_of(item)
        if unknown := [name for _, name in lines if name not in BY_NAME]:
            raise pytest.UsageError(f"{item.nodeid}: no line is called {', '.join(unknown)}")
        if not lines or (self._only and not self._only & {name for _, name in lines}):
            return False
        return makes_sense(item) and (asks_service(item) or DEFAULT in AIM.dialects)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        if "lines" not in told or (report.when != "call" and report.passed):
            return
        before = self.outcomes.get(report.nodeid)
        if before is not None and before.result == "failed":
            return
        reason = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""
        lines = tuple((side, name) for side, name in told["lines"])  # type: ignore[attr-defined]
        name = report.nodeid.partition("[")[0]
        self.outcomes[report.nodeid] = Outcome(name, lines, str(told["dialect"]), report.outcome, reason)


def lines_of(item: pytest.Item) -> list[tuple[str, str]]:
    """(side, line) of each of its marks."""
    return [(side, name) for side in SIDES for mark in item.iter_markers(side) for name in mark.args]


def asks_service(item: pytest.Item) -> bool:
    """Whether it asks what the suite is pointed at, and not a sandbox of its own."""
    return "service" in getattr(item, "fixturenames", ())


def makes_sense(item: pytest.Item) -> bool:
    """What the service itself says is known in its default; in a dialect, what the client makes of it."""
    if not asks_service(item) or dialect_of(item) == DEFAULT:
        return True
    return any(side != "server" for side, _ in lines_of(item))


def dialect_of(item: pytest.Item) -> str:
    """What is spoken to it; "" for the default."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    marked = next((mark.kwargs["dialect"] for mark in item.iter_markers() if "dialect" in mark.kwargs), DEFAULT)
    return str(params.get("service") or params.get("dialect") or marked)
