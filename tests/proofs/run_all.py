"""Run All as a front end does it: every cell is sent at once, and the first error drops the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

from tests.notebook.kernel import Kernel

PATIENCE = 60.0
"""Seconds without a word from the kernel after which a cell hangs."""
GLANCE = 0.01


@dataclass
class CellRan:
    """What one cell of a Run All left behind."""

    code: str
    ended: bool = False
    pictures: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """What was written to stderr."""

    @property
    def error(self) -> str:
        return "\n".join("\n".join(error["traceback"]) for error in self.errors)


def run_all(
    kernel: Kernel, codes: Sequence[str], each_moment: Callable[[float], object] | None = None
) -> list[CellRan]:
    """Every cell as it was left; `each_moment` is told again and again how many seconds it has been so far."""
    cells: dict[str, CellRan] = {}
    for code in codes:
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = kernel.client.session.msg("execute_request", content | {"stop_on_error": True})
        cells[message["header"]["msg_id"]] = CellRan(code)
        kernel.client.shell_channel.send(message)
    displays: dict[str, CellRan] = {}
    begun = heard = time.monotonic()
    while not all(cell.ended for cell in cells.values()):
        if each_moment is not None:
            each_moment(time.monotonic() - begun)
        try:
            message = kernel.client.get_iopub_msg(timeout=GLANCE)
        except Empty:
            assert time.monotonic() - heard < PATIENCE, [cell.code for cell in cells.values() if not cell.ended]
            continue
        heard = time.monotonic()
        _take(cells.get(message["parent_header"].get("msg_id", "")), message["msg_type"], message["content"], displays)
    return list(cells.values())


def _take(cell: CellRan | None, kind: str, content: dict[str, Any], displays: dict[str, CellRan]) -> None:
    name = content.get("transient", {}).get("display_id")
    # An update belongs to the cell that opened the output, whichever runs when it comes, if any.
    owner = displays.get(name or "", cell) if name else cell
    if owner is not None and kind in ("display_data", "execute_result", "update_display_data"):
        displays[name or ""] = owner
        owner.pictures += bool({"image/jpeg", "image/png"} & set(content["data"]))
    if cell is None:
        return
    if kind == "status" and content["execution_state"] == "idle":
        cell.ended = True
    elif kind == "error":
        cell.errors.append(content)
    elif kind == "stream" and content["name"] == "stderr":
        cell.complaints.append(content["text"])
