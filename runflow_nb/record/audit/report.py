"""A check as plain text: a line for each finding, and the figures. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ...plain import visible
from .finding import Figures, Finding

LISTED = 20
"""Findings of one kind that are listed where nobody asks for all: a clone without originals has one for each run."""
UNITS = ("bytes", "kB", "MB", "GB", "TB")


def report_text(
    findings: Sequence[Finding], figures: Figures, remarks: Sequence[str] = (), *, every: bool = False
) -> str:
    """`remarks`: what else was looked at, in words. `every`: list all findings."""
    said = [f"Checked {_figures(figures)}.", *remarks, _verdict(len(findings))]
    listed = list(_listed(findings, every))
    return "\n".join([*listed, *[""] * bool(listed), *said])


def _listed(findings: Sequence[Finding], every: bool) -> Iterator[str]:
    """Findings of a kind stand together, in the order in which kinds were first found."""
    for kind, count in Counter(finding.kind for finding in findings).items():
        own = [finding for finding in findings if finding.kind == kind]
        shown = own if every else own[:LISTED]
        for finding in shown:
            yield " ".join(visible(str(finding)).split())
        if len(shown) < count:
            yield f"and {count - len(shown):,} more of this kind ({kind}); --every lists all"


def _figures(figures: Figures) -> str:
    counts = (
        _count(figures.files, "file") + f" ({_size(figures.bytes)})",
        _count(figures.runs, "run") + f" ({_count(figures.recipes, 'recipe')} derived again)",
        _count(figures.events, "event"),
    )
    return ", ".join(counts)


def _verdict(count: int) -> str:
    return "Nothing was found amiss." if not count else f"{_count(count, 'finding')}."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _size(number: int) -> str:
    size, unit = float(number), 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {UNITS[unit]}" if unit == 0 else f"{size:.1f} {UNITS[unit]}"
