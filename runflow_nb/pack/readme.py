"""What whoever gets a pack reads first. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ..record.audit.references import Way, needed
from .contents import Contents
from .names import MANIFEST, PAGE

TEXT = """\
# {name}

This is a Jupyter notebook with the pictures that it made, packed by [runflow_nb](https://docs.runflow.io). To look at
it, extract everything and open `{page}` in a browser: nothing else is needed.

To run it yourself, with Python 3.11 or newer:

1. Install: `pip install 'runflow_nb[lab]'`
2. Unpack, in the folder where you want it: `runflow-nb unpack` and the path of the zip that this came in
3. Open: `jupyter lab "{name}"`, then Run, Run All Cells

{price}

{originals}

`%runflow config reuse=only` in a cell makes sure that nothing is ever bought; without it a cell that you change needs a
key of your own, and its price is said first.

`{manifest}` lists every file with its size and SHA-256; `runflow-nb unpack` compares them before it writes anything,
and overwrites nothing.
"""
FREE = """\
Run All costs nothing: no key, no account and no network are needed to see the same pictures again, each with what was
asked for it, its seed and its price. That does not hold where another picture lies under the name of one that a cell
takes in, nor where another API is connected than the one that made them; `runflow-nb unpack` tells of both."""
NOT_ALL_FREE = """\
What is on record costs nothing: no key, no account and no network are needed to see the same pictures again, each with
what was asked for it, its seed and its price. But Run All as it stands may buy, or show otherwise than it was saved, in
{cells}; `runflow-nb unpack` tells what each of them lacks."""
ALL = "The originals are in it, as they were delivered."
NONE = "It holds previews only; the originals stayed where they were made."
FETCHED = "`%runflow show RUN --fetch` brings those of a run back, for nothing,"
WAYS: Mapping[Way, str] = {
    "api": f"{FETCHED} with the key of the account that made it.",
    "sandbox": f"{FETCHED} while the sandbox runs that made it.",
    "copy": "",
}
LACKING = "The originals are not in it, only previews: the store that it was packed from had none."
SOME = "{here:,} of {all:,} originals are in it, as they were delivered."
BACK = "Missing are those of the following runs; `--fetch` needs the key of the account that made them."
LISTED = 20
"""Runs that are listed; the rest is counted."""


def readme(contents: Contents) -> str:
    """The text for this pack, in Markdown."""
    return TEXT.format(
        name=contents.name, page=PAGE, manifest=MANIFEST, price=_price(contents), originals=_originals(contents)
    )


def _price(contents: Contents) -> str:
    cells = list(dict.fromkeys(finding.where.partition(" (")[0].partition(",")[0] for finding in contents.noticed))
    if not cells:
        return FREE
    shown = [*cells[:LISTED], *([f"{len(cells) - LISTED:,} more"] if len(cells) > LISTED else [])]
    return NOT_ALL_FREE.format(cells=" and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])))


def _originals(contents: Contents) -> str:
    """What is there of them, and how the others come back."""
    if contents.previews_only:
        ways = {needed(run).way for run in contents.runs if run.outputs}
        return "\n".join([NONE, *(WAYS[way] for way in sorted(ways) if WAYS[way])])
    there = contents.originals & {file.wanted.key for file in contents.files}
    if there == contents.originals:
        return ALL
    speaking = [needed(run) for run in contents.runs]
    lacking = [(each, sum(one not in there for one in each.originals)) for each in speaking]
    lines = [f"- run {each.short} ({gone} of {len(each.originals)}): {each.back}" for each, gone in lacking if gone]
    if len(lines) > LISTED:
        lines = [*lines[:LISTED], f"- and those of {len(lines) - LISTED:,} more runs"]
    head = SOME.format(here=len(there), all=len(contents.originals)) if there else LACKING
    return "\n".join([head, BACK, "", *lines])
