"""What was delivered not as asked, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..money import usd
from ..record.run import Run
from .recorder import StoredOutput

AREA_SHARE = 0.6
"""A picture with less than this share of its tier's area is smaller than asked."""
RATIO_SLACK = 0.10
"""A ratio may be off by this much; models round their sides."""


def delivery_notes(given: Mapping[str, Any], outputs: Sequence[StoredOutput]) -> list[str]:
    """One short sentence for each difference between what was asked (`given`: the input sent) and what came."""
    notes = []
    asked = int(given.get("num_images", 1))
    if len(outputs) < asked:
        notes.append(f"{len(outputs)} of {asked} pictures were delivered")
    for index, output in enumerate(outputs):
        name = "the picture" if len(outputs) == 1 else f"picture {index}"
        notes += [f"{name} {difference}" for difference in _differences(given, output)]
    if given.get("sync_mode"):
        notes.append("made with sync_mode: it cannot be fetched again")
    return notes


def money_notes(run: Run, cost: Decimal | None) -> list[str]:
    """That a run cost more (USD) than was held for it."""
    if cost is None or run.reserved is None or cost <= run.reserved:
        return []
    if run.estimate.amount is None and not run.reserved:
        return []  # nobody knew what it would cost, and it was agreed to whatever it is
    return [f"it cost {usd(cost)}: more than the {usd(run.reserved)} that were expected at most"]


def _differences(given: Mapping[str, Any], output: StoredOutput) -> list[str]:
    found = []
    tier = str(given.get("resolution", "1K")).removesuffix("K")
    try:
        area = (1024 * float(tier)) ** 2
    except ValueError:
        area = 0.0
    if output.width * output.height < AREA_SHARE * area:
        found.append(f"is {output.width} × {output.height}, smaller than {given.get('resolution', '1K')}")
    wide, _, high = str(given.get("aspect_ratio", "auto")).partition(":")
    if wide.isdigit() and high.isdigit() and int(high) and int(wide):
        off = (output.width / output.height) / (int(wide) / int(high))
        if not 1 - RATIO_SLACK <= off <= 1 + RATIO_SLACK:
            found.append(f"is {output.width} × {output.height}, not {wide}:{high}")
    wanted = given.get("output_format")
    if wanted and output.format != wanted:
        found.append(f"came as {output.format}, not {wanted}")
    return found
