"""A saved notebook as other programs show it: exporters, GitHub, VS Code, a terminal."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bleach
import nbformat
import pytest
from nbconvert import HTMLExporter, MarkdownExporter
from PIL import Image as Pillow

from runflow_nb.notebook.views.caption import caption_bundle
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.html_text import lines
from tests.notebook.kernel import Kernel
from tests.notebook.made import PROMPT, made

PICTURE, HISTORY, ESTIMATE, COST = range(4)
CELLS = (
    "%%nanobanana -r 0.5K -n 2 --seed 4\nTwo red foxes, $5 each\nin the <snow>",
    "%runflow history",
    "%nanobanana --estimate -n 2 Two red foxes",
    "%runflow cost",
)
WORDS = "2 pictures: Two red foxes, $5 each in the <snow>"
FACTS = "google/nano-banana-2 · 512 × 512 PNG · seed 4 · take 1 · "
GITHUB_TAGS = """a abbr b bdo blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3
    h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup table tbody
    td tfoot th thead time tr tt ul var wbr""".split()  # noqa: SIM905 - so many read best as text
GITHUB_ATTRIBUTES = [
    "align",
    "alt",
    "colspan",
    "dir",
    "height",
    "href",
    "open",
    "rowspan",
    "src",
    "title",
    "valign",
    "width",
]
"""What its allow-list leaves of HTML: no style, no id, no class, and of pictures only those at an address."""
VSCODE_ORDER = (
    "application/json", "application/javascript", "text/html", "image/svg+xml", "text/latex", "text/markdown",
    "image/png", "image/jpeg", "text/plain",
)  # fmt: skip
"""What it shows of a bundle: the first of these."""


@pytest.fixture(scope="module")
def notebook(
    one_kernel: Kernel, sandbox: EmbeddedSandbox, tmp_path_factory: pytest.TempPathFactory
) -> nbformat.NotebookNode:
    """The notebook as it is saved after its cells were run."""
    store = tmp_path_factory.mktemp("readers") / ".runflow"
    code = (
        "from runflow_nb import calls, settings\ncalls.session().close(); calls.use(None); settings.configured.clear()"
    )
    assert not one_kernel.run(f"{code}\nsettings.configured['store'] = {str(store)!r}").error
    assert not one_kernel.run(f"%runflow connect {sandbox.url}").error
    cells = []
    for source in CELLS:
        ran = one_kernel.run(source)
        assert not ran.error, ran.error
        cells.append(nbformat.v4.new_code_cell(source, outputs=[nbformat.from_dict(out) for out in ran.outputs]))
    return nbformat.v4.new_notebook(cells=cells)


def bundles(notebook: nbformat.NotebookNode, cell: int) -> list[dict[str, Any]]:
    return [output["data"] for output in notebook.cells[cell].outputs]


def opened(data: bytes) -> tuple[int, int]:
    return Pillow.open(io.BytesIO(data)).size


def has(seen: Sequence[str], *texts: str) -> bool:
    """Whether each text begins a line, in this order."""
    rest = iter(seen)
    return all(any(line.startswith(text) for line in rest) for text in texts)


def test_html_by_nbconvert(notebook: nbformat.NotebookNode) -> None:
    """The picture, what it shows and its facts; the rest in a closed fold; the tables row by row."""
    page, _ = HTMLExporter().from_notebook_node(notebook)
    (picture,) = re.findall(r'<img\s[^>]*src="data:image/jpeg;base64,\s*([^"]+)"[^>]*>\s*</div>', page)
    assert min(opened(base64.b64decode(picture))) > 200
    assert has(lines(page), WORDS, FACTS, "Details", "part USD", "total for 2 pictures")
    assert not has(lines(page), "seeds asked 4")
    assert has(
        lines(page, unfolded=True), FACTS, "Details", "prompt Two red foxes, $5 each", "in the <snow>", "seeds asked"
    )


def test_html_where_markup_is_not_trusted(notebook: nbformat.NotebookNode) -> None:
    """`--sanitize-html` shows what it does not know as text: the picture is there, and the words can be found."""
    page, _ = HTMLExporter(sanitize_html=True).from_notebook_node(notebook)
    assert "data:image/jpeg;base64" in page
    text = "\n".join(lines(page))
    for words in ("2 pictures: Two red foxes, $5 each in the", FACTS):
        assert words in re.sub(r"</?span>", "", text)


def test_markdown(notebook: nbformat.NotebookNode) -> None:
    """The picture is a file beside it, and the caption is HTML that a Markdown viewer shows."""
    page, resources = MarkdownExporter().from_notebook_node(notebook)
    ((name, data),) = resources["outputs"].items()
    assert f"]({name})" in page
    assert min(opened(data)) > 200
    assert has(lines(page), WORDS, FACTS, "Details")


def test_github(notebook: nbformat.NotebookNode) -> None:
    """Without any style every fact still has its line, the fold folds, and no table runs together."""
    assert set(bundles(notebook, PICTURE)[0]) & {"image/png", "image/jpeg"}
    kept = bleach.clean(
        "".join(
            data["text/html"] for cell in range(len(CELLS)) for data in bundles(notebook, cell) if "text/html" in data
        ),
        tags=GITHUB_TAGS,
        attributes=GITHUB_ATTRIBUTES,
        protocols=["http", "https"],
        strip=True,
    )
    assert "style" not in kept
    assert has(
        lines(kept), WORDS, FACTS, "Details", "run, when (UTC) prompt", "part USD price is", "total for 2 pictures"
    )
    assert has(
        lines(kept, unfolded=True), "prompt Two red foxes, $5 each", "in the <snow>", "num_images 2", "seeds asked 4"
    )
    assert not has(lines(kept), "seeds asked 4")


def test_vs_code(notebook: nbformat.NotebookNode) -> None:
    """It shows one of each bundle: the picture of the first, and the HTML of the others."""

    def shown(data: dict[str, Any]) -> str:
        return next(mime for mime in VSCODE_ORDER if mime in data)

    assert [shown(data) for data in bundles(notebook, PICTURE)] == ["image/jpeg", "text/html"]
    assert {shown(data) for cell in (HISTORY, ESTIMATE, COST) for data in bundles(notebook, cell)} == {"text/html"}


def test_words_only(notebook: nbformat.NotebookNode) -> None:
    """A terminal, a diff or a screen reader gets the same facts as text, without any markup."""
    texts = [data["text/plain"] for cell in range(len(CELLS)) for data in bundles(notebook, cell)]
    assert all(text.strip() for text in texts)
    assert has(texts[0].splitlines(), WORDS)
    assert has(texts[1].splitlines(), WORDS, FACTS)
    assert not any(re.search(r"</?(div|span|table|td|details)", text) for text in texts)


def test_lines_of_a_prompt_stay_lines_without_styles(tmp_path: Path) -> None:
    """They are part of what was asked."""
    run = made(tmp_path, intent={"input": {"prompt": f"{PROMPT}\n  at dusk", "seed": 1}})
    assert has(lines(caption_bundle(run)["text/html"], unfolded=True), f"prompt {PROMPT}", "at dusk")
