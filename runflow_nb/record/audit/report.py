"""A check as plain text: two lines for each finding, and the figures. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ...plain import GAP, visible
from ...secret import without_keys
from .finding import Figures, Finding

LISTED = 20
"""Findings of one kind that are listed where nobody asks for all: a clone without originals has one for each run."""
UNITS = ("bytes", "kB", "MB", "GB", "TB")


def report_text(
    findings: Sequence[Finding],
    looked_at: str,
    remarks: Sequence[str] = (),
    *,
    every: bool = False,
) -> str:
    """`looked_at`: how much was, in words. `remarks`: what else is to be said. `every`: list all findings."""
    said = [f"Checked {looked_at}.", *remarks, verdict(len(findings))]
    listed = list(listed_lines(findings, every=every))
    return "\n".join([*listed, *[""] * bool(listed), *said])


def listed_lines(findings: Sequence[Finding], *, every: bool = False) -> Iterator[str]:
    """Each finding as one line, and its remedy as another. Those of a kind stand together, in the order in which kinds
    were first found."""
    counts = Counter(finding.kind for finding in findings)
    width = max(map(len, counts), default=0)
    for kind, count in counts.items():
        own = [finding for finding in findings if finding.kind == kind]
        shown = own if every else own[:LISTED]
        for finding in shown:
            yield f"{kind:{width}}{GAP}{inert_line(f'{finding.where}: {finding.what}')}"
            yield f"{'':{width}}{GAP}{inert_line(finding.remedy)}"
        if len(shown) < count:
            yield f"{'':{width}}{GAP}and {count - len(shown):,} more of this kind; --every lists all"


def verdict(count: int) -> str:
    """How many findings there were, in words."""
    return "Nothing was found amiss." if not count else f"{_count(count, 'finding')}."


def inert_line(text: str) -> str:
    """The text as one line that shows no key, and does nothing on a terminal."""
    # Half of a surrogate pair, which JSON can hold, can be written to no terminal.
    return " ".join(visible(without_keys(text)).encode("utf-8", "replace").decode().split())


def figures_text(figures: Figures) -> str:
    """How much of a store was looked at, in words."""
    counts = (
        _count(figures.files, "file") + f" ({_size(figures.bytes)})",
        _count(figures.runs, "run") + f" ({_count(figures.recipes, 'recipe')} derived again)",
        _count(figures.events, "event"),
    )
    return ", ".join(counts)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _size(number: int) -> str:
    size, unit = float(number), 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {UNITS[unit]}" if unit == 0 else f"{size:.1f} {UNITS[unit]}"
