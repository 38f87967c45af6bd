"""The oldest supported set, which CI tests, is the one that pyproject.toml promises."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FLOORS = dict(
    re.findall(r"^([\w-]+)==([\d.]+)$", (ROOT / "tests" / "floors.txt").read_text(encoding="utf-8"), re.MULTILINE)
)


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_each_lower_bound_is_the_version_that_is_tested(requirement: str) -> None:
    """`>=7.2` is tested with a release of 7.2."""
    bound = re.match(r"([\w-]+)>=([\d.]+)", requirement)
    assert bound is not None, f"{requirement} has no lower bound"
    name, lowest = bound.groups()
    assert f"{FLOORS.get(name)}.".startswith(f"{lowest}.")


def test_nothing_else_is_pinned() -> None:
    assert {re.split(r"[<>=]", requirement)[0] for requirement in PROJECT["dependencies"]} == set(FLOORS)
