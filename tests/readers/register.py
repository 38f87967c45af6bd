"""What is shown, in which cell of the notebook, and by whom it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from tests.http_server import Heard

Kind = Literal["picture", "text", "fold", "record", "link", "table", "form"]
TAGS = re.compile(r"</?(div|span|details|summary|table|tbody|thead|tr|th|td|img)\b")
FLAGGED = "a fox that is flagged"
CELLS = (
    "%load_ext runflow_nb\n%runflow connect {url}",
    "%%nanobanana -r 0.5K --seed 4 -o fox\na red fox in the snow",
    "%%nanobanana -r 0.5K --seed 4 -n 2\ntwo owls",
    f"%%nanobanana -r 0.5K --seed 4\n{FLAGGED}",
    "%%runflow sandbox/flipbook --duration 1 --seed 4 --yes\na paper boat",
    "%runflow remake fox",
    "%runflow history",
    "%runflow studio",
    "%%nanobanana -a 16x9\na red fox in the snow",
)
"""The last one is a mistake. `{url}` is the address of a sandbox."""


@dataclass(frozen=True)
class Row:
    """One thing that is shown."""

    name: str
    cell: int
    output: int
    kind: Kind
    words: str
    """What has to be read of it, where there are words."""


ROWS = (
    Row("picture", 1, 0, "picture", "a red fox in the snow"),
    Row("caption", 1, 1, "text", "google/nano-banana-2 · 512 × 512 PNG · seed 4 · take 1"),
    Row("details (a fold)", 1, 1, "fold", "asked 4, sent 4, returned"),
    Row("record", 1, 0, "record", '"recipe"'),
    Row("several pictures", 2, 0, "picture", "2 pictures: two owls"),
    Row("veiled picture", 3, 0, "picture", FLAGGED),
    Row("film", 4, 0, "link", "video AVI"),
    Row("comparison", 5, 2, "table", "the same bytes."),
    Row("history", 6, 0, "table", "a paper boat"),
    Row("form", 7, 2, "form", ""),
    Row("error", 8, 0, "text", "did you mean 16:9?"),
)
PLAIN_COLUMNS = (
    "nbconvert HTML",
    "nbconvert --sanitize-html",
    "Markdown",
    "GitHub's rules",
    "VS Code's order",
    "terminal",
)
BROWSER_COLUMNS = ("JupyterLab, live", "JupyterLab, not trusted", "Notebook 7, live", "Notebook 7, not trusted")
COLUMNS = (*BROWSER_COLUMNS, *PLAIN_COLUMNS)


@dataclass(frozen=True)
class Seen:
    """What a reader sees of one output."""

    text: str
    """What is read as it opens, blanks made one."""
    unfolded: str
    """With what folds hide."""
    pictures: int = 0
    links: int = 0
    tables: int = 0
    controls: int = 0


def finding(row: Row, seen: Seen) -> str:
    """What shows of it, in words."""
    read, hidden = row.words in seen.text, row.words in seen.unfolded
    tags = ", tags as text" if TAGS.search(seen.text) else ""
    match row.kind:
        case "picture":
            return "shown" if seen.pictures else "its words" if read else "nothing"
        case "text":
            return f"shown{tags}" if read else "nothing"
        case "fold":
            return f"open{tags}" if read else "folded" if hidden else "left out"
        case "record":
            return "shown as JSON" if read else "kept, not shown"
        case "link":
            return "link" if seen.links else f"its words{tags}" if read else "nothing"
        case "table":
            known = "table" if seen.tables else "text"
            pictures = " with pictures" if seen.pictures else ", no pictures"
            return f"{known}{pictures if seen.tables else ''}{tags}" if read else "nothing"
        case "form":
            return "form" if seen.controls else "its words" if seen.text.strip() else "nothing"


def flagging(_: Heard, answer: Any) -> Any:
    """For the relay before a sandbox: what is said to be flagged is."""
    if answer.get("output") and answer.get("input", {}).get("prompt") == FLAGGED:
        answer["output"]["nsfw_detected"] = True
    return answer
