"""What whoever gets a pack reads first. Pure."""

from __future__ import annotations

from .contents import Contents
from .names import MANIFEST, PAGE, SUFFIX

TEXT = """\
# {name}

This is a Jupyter notebook with the pictures that it made, packed by [runflow_nb](https://docs.runflow.io). To look at
it, extract everything and open `{page}` in a browser: nothing else is needed.

To run it yourself, with Python 3.11 or newer:

1. Install: `pip install 'runflow_nb[lab]'`
2. Unpack, in the folder where you want it: `runflow-nb unpack {pack}`
3. Open: `jupyter lab "{name}"`, then Run, Run All Cells

It costs nothing: no key, no account and no network are needed to see the same pictures again, each with what was asked
for it, its seed and its price. {originals}

`%runflow config reuse=only` in a cell makes sure that nothing is ever bought; without it a cell that you change needs a
key of your own, and its price is said first.

`{manifest}` lists every file with its size and SHA-256; `runflow-nb unpack` compares them before it writes anything,
and overwrites nothing.
"""
WITH = "The originals are in it, as they were delivered."
WITHOUT = "It holds previews only; the originals stayed with whoever packed it."


def readme(contents: Contents) -> str:
    """The text for this pack, in Markdown."""
    stem = contents.name.rpartition(".")[0]
    return TEXT.format(
        name=contents.name,
        page=PAGE,
        pack=f'"{stem}{SUFFIX}"',
        manifest=MANIFEST,
        originals=WITHOUT if contents.previews_only else WITH,
    )
