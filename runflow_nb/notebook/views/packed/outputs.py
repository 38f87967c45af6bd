"""What a cell answered, below it: text as text, never the HTML that stands in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ....pack.outputs import HEAD, Output
from ....plain import shortened
from ....record.run import Run
from ..caption import WRAP
from ..description import ALT_LENGTH, alt_text
from .markdown import markdown_html
from .text import escaped

TALL = 30
"""Lines of an output that are seen at once."""


def told_outputs(outputs: Sequence[Output], known: Mapping[str, Run]) -> Iterator[Output]:
    """The outputs that the page shows: a caption is not, since the page has its own below each picture."""
    above: Output | None = None
    for output in outputs:
        if above is None or not _is_caption(output, above, known):
            yield output
        above = output


def _is_caption(output: Output, above: Output, known: Mapping[str, Run]) -> bool:
    """Whether this is what stands below a picture in a notebook. Of a run that was forgotten it would tell what nobody
    is to know.
    """
    if not (above.runs and output.html and known.keys() & set(above.runs)):
        return False
    if output.html.startswith(f'<div style="{WRAP}">'):
        return True
    words = {line for run in above.runs if run in known for line in _first_lines(known[run])}
    return output.text.partition("\n")[0] in words


def _first_lines(run: Run) -> tuple[str, str]:
    return alt_text(run), shortened(run.prompt, ALT_LENGTH)


def output_html(output: Output, addresses: Mapping[str, str], notebook: str) -> str:
    """`notebook`: its name, where the rest of what is cut stands."""
    if output.picture is not None:
        mime, data = output.picture
        words = escaped(shortened(output.text, ALT_LENGTH) or "picture that this cell made")
        return f'<img class="made" src="data:{mime};base64,{data}" alt="{words}">\n'
    if output.markdown:
        return f'<div class="shown">{markdown_html(output.markdown, addresses)}</div>\n'
    if output.unseen:
        return f'<div class="note quiet">Only Jupyter shows this output: {escaped(output.unseen)}.</div>\n'
    return _text(output, notebook) if output.text else ""


def _text(output: Output, notebook: str) -> str:
    tall = output.text.count("\n") >= TALL
    kinds = ["output", *(["error"] if output.kind == "error" else []), *(["table"] if output.table else [])]
    # What scrolls must be reached by keys.
    reached = ' tabindex="0" role="group" aria-label="Output"' if tall or output.table else ""
    classes = " ".join([*kinds, *(["tall"] if tall else [])])
    if not output.left_out:
        return f'<pre class="{classes}"{reached} dir="auto">{escaped(output.text)}</pre>\n'
    cut = f'<span class="cut">{output.left_out:,} characters more stand in {escaped(notebook)}</span>'
    text = f"{escaped(output.text[:HEAD])}{cut}{escaped(output.text[HEAD:])}"
    return f'<pre class="{classes}"{reached} dir="auto">{text}</pre>\n'
