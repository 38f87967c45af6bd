"""The figures of a soak, for people."""

from __future__ import annotations

from collections import Counter

from tests.soak.soaking import Figures

SHOWN = 20
"""Lines of a kind at the most."""


def report(figures: Figures) -> str:
    """A short table, and below it whatever is wrong."""
    verdict = figures.verdict
    if verdict is None:
        return "no verdict"
    kinds = Counter[str]()
    for rule, acted in figures.faults.items():
        where, _, what = rule.partition(": ")
        kinds[f"{where}: {what.split()[0]}"] += acted
    rows = [
        ("asked for", f"{figures.runs} runs, {figures.asked} asks ended"),
        ("accepted, billed", f"{verdict.accepted}, {verdict.billed}"),
        ("kills", str(figures.kills)),
        ("faults", str(kinds.total())),
        ("seconds", f"{figures.seconds:.0f}"),
        ("lost", str(len(verdict.lost))),
        ("doubled", str(len(verdict.doubled))),
        ("not made", str(len(verdict.missing))),
        ("complaints", str(len(figures.complaints))),
        ("of unknown fate", str(len(verdict.still_open))),
        ("server, ledger", f"{verdict.server} USD, {verdict.ledger} USD"),
        ("difference", f"{verdict.difference} USD"),
    ]
    lines = [f"{name:<17} {value}" for name, value in rows]
    lines += ["", "faults by kind", *(f"  {acted:>5}  {kind}" for kind, acted in kinds.most_common())]
    for name, wrong in (
        ("lost", verdict.lost),
        ("doubled", verdict.doubled),
        ("not made", verdict.missing),
        ("of unknown fate", verdict.still_open),
        ("complaints", figures.complaints),
    ):
        lines += ["", name, *(f"  {each}" for each in wrong[:SHOWN])] if wrong else []
    return "\n".join(lines)
