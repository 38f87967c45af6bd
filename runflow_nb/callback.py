"""Whether a widget's callback is what calls: a slider must never buy at each stop.

Nothing of Jupyter is imported here: who runs callbacks has imported what is looked for.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

HANDLERS = frozenset({"ipywidgets.widgets.interaction", "comm.base_comm"})
"""Modules that call a person's function when something is moved on the page."""
MESSAGES = frozenset({"comm_open", "comm_msg", "comm_close"})


def is_callback(message: str, callers: Iterable[str]) -> bool:
    """The rule. `message`: type of the request that is handled; `callers`: modules on the stack, the nearest first.

    `@interact` calls its function once before anything is moved: that is known only by who calls. A task that a
    callback began has nobody on the stack: that is known only by the message.
    """
    return message in MESSAGES or not HANDLERS.isdisjoint(callers)


def in_callback() -> bool:
    """Whether a callback is what calls. In a thread of one's own: whether one was handled last.

    A timer counts as one: it is how sliders wait for their last stop, and by then a cell may be what runs.
    """
    if isinstance(threading.current_thread(), threading.Timer):
        return True
    ipython = sys.modules.get("IPython")
    header = {} if ipython is None else parent_header(ipython.get_ipython()).get("header", {})
    return is_callback(header.get("msg_type", ""), _callers())


def parent_header(shell: Any) -> Mapping[str, Any]:
    """The request that runs now, as the front end sent it; empty outside a kernel."""
    kernel = getattr(shell, "kernel", None)
    get_parent = getattr(kernel, "get_parent", None)
    parent = get_parent() if get_parent is not None else getattr(shell, "parent_header", None)
    return parent if isinstance(parent, Mapping) else {}


def _callers() -> Iterator[str]:
    frame = sys._getframe()
    while (frame := frame.f_back) is not None:  # type: ignore[assignment]
        yield str(frame.f_globals.get("__name__"))
