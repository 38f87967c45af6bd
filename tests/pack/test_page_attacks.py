"""Anybody may have written what the page of a pack is made from: nothing of it acts, loads, hides or takes for ever."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.errors import KeyFound
from runflow_nb.notebook.views.packed.markdown import LONGEST, markdown_html

from .paged import Elements, answered, markdown, page_of, printed, shown

SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)><style>*{display:none}</style>'
PLAIN = {"a", "body", "details", "div", "figcaption", "figure", "h1", "h2", "header", "img", "main", "pre", "span"}
PLAIN |= {"summary", "table", "td", "tr", "p", "code", "em", "strong", "br", "h3"}


def acts(page: str) -> list[object]:
    """Whatever in the page is no plain element, handles an event, or leads to what runs or is fetched."""
    read = Elements(page)
    strange: list[object] = [tag for tag, _ in read.elements if tag not in PLAIN]
    strange += [name for _, known in read.elements for name in known if name.startswith("on") or name == "srcset"]
    strange += [known["src"] for known in read.all("img") if not str(known["src"]).startswith((".runflow/", "data:i"))]
    return strange + [
        known["href"]
        for known in read.all("a")
        if not str(known["href"]).lower().startswith((".runflow/", "http://", "https://", "mailto:", "#", "fox.ipynb"))
    ]


@pytest.mark.parametrize(
    "cell",
    [
        markdown(SCRIPT),
        markdown(f"# {SCRIPT}\n`{SCRIPT}`\n\n```{SCRIPT}\nx\n```"),
        markdown(f"[x](https://a.example/{SCRIPT} '{SCRIPT}') <https://a.example/\"onclick=alert(1)>"),
        markdown(f"![{SCRIPT}](fox.png '{SCRIPT}') ![x](https://a.example/{SCRIPT})"),
        answered(printed(SCRIPT)),
        answered(printed(SCRIPT, SCRIPT)),
        answered(shown(text_plain=SCRIPT, text_html=SCRIPT, text_markdown=SCRIPT)),
        answered(shown(text_markdown=SCRIPT)),
        answered(shown(text_html=SCRIPT)),
        answered({"output_type": "display_data", "data": {SCRIPT: SCRIPT}}),
        answered(shown(image_png=SCRIPT, text_plain="x")),
        answered(shown(image_png="iVBORw0KGgo=", text_plain=SCRIPT)),
        answered({"output_type": "error", "ename": SCRIPT, "evalue": SCRIPT, "traceback": None}),
        answered({"output_type": "error", "traceback": [SCRIPT]}),
        answered({"output_type": SCRIPT}, source=SCRIPT),
        {"cell_type": SCRIPT, "source": SCRIPT},
    ],
)
def test_nothing_acts(tmp_path: Path, cell: dict[str, Any]) -> None:
    page = page_of(tmp_path, cell)
    assert acts(page) == []
    assert page.count("<style") == 1
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "&#x01;javascript:alert(1)",
        "java%0ascript:alert(1)",
        "vbscript:msgbox(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:image/svg+xml,<svg/onload=alert(1)>",
        "file:///etc/passwd",
        "//evil.example/x",
        "\\\\\\\\evil.example\\\\x",
        "/etc/passwd",
        "../../secret.html",
        "x/../../secret.html",
        "fox.ipynb/../../secret.html",
        "other.html",
        "ftp://evil.example",
        "https:/\\\\evil.example",
        "blob:https://a.example/1",
    ],
)
def test_such_a_link_is_text(tmp_path: Path, link: str) -> None:
    page = page_of(tmp_path, markdown(f"[words]({link})\n\n[more][1] ![seen]({link})\n\n[1]: {link}\n"))
    read = Elements(page)
    outside = [known["href"] for known in read.all("a") if not str(known["href"]).startswith(".runflow/")]
    assert outside == []
    assert acts(page) == []
    assert "words" in read.text


@pytest.mark.parametrize("source", ["https://example.com/x.png", "//example.com/x.png", "attachment:x.png", "x.png"])
def test_no_picture_is_loaded_from_elsewhere(tmp_path: Path, source: str) -> None:
    read = Elements(
        page_of(tmp_path, markdown(f"![a fox]({source})"), answered(shown(text_markdown=f"![f]({source})")))
    )
    assert all(str(known["src"]).startswith(".runflow/") for known in read.all("img"))
    assert "[a fox: " in read.text


@pytest.mark.parametrize("make", [markdown, lambda text: answered(printed(text)), lambda text: answered(source=text)])
def test_nothing_turns_or_hides_what_follows(tmp_path: Path, make: Any) -> None:
    read = Elements(page_of(tmp_path, make("is\u202eadmin\u2066 \x08\x9b2J end")))
    assert "is[U+202E]admin[U+2066] \u2408\ufffd2J end" in read.text


def test_colours_do_not_hide_a_key(tmp_path: Path) -> None:
    """On the page they would be gone."""
    with pytest.raises(KeyFound, match="cell 1, its outputs"):
        page_of(tmp_path, answered(printed("rf_live_\x1b[31mABCDEF0123456789")))


@pytest.mark.parametrize("outputs", [None, {"a": 1}, [None, 1, "x", []], [{"output_type": "stream", "text": {"a": 1}}]])
def test_outputs_of_no_known_shape_are_left_out(tmp_path: Path, outputs: Any) -> None:
    assert acts(page_of(tmp_path, {"cell_type": "code", "source": "x", "outputs": outputs})) == []


@pytest.mark.parametrize("part", ["[", "*a ", "`a", "![", "> ", "- ", "<a ", "[a](", "|", "&", "~~a~~ ", "\\"])
def test_no_text_takes_long_to_set(part: str) -> None:
    started = time.perf_counter()
    markdown_html(part * (LONGEST // len(part)), {})
    assert time.perf_counter() - started < 5
    longer = part * LONGEST
    assert '<div class="text raw"' in markdown_html(longer + "x", {})
