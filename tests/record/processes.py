"""What second processes do in tests: started afresh, on the store whose folder is their first argument."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from runflow_nb.errors import StoreUnavailable
from runflow_nb.record.ids import new_id
from runflow_nb.record.store import Store

from .made import buy


def count(root: Path, times: int) -> None:
    """Read a number, add one and write it back, many times, under the store's lock."""
    store, number = Store(root), root.parent / "number"
    for _ in range(times):
        with store.lock():
            value = int(number.read_text())
            time.sleep(0)
            number.write_text(str(value + 1))
    store.close()


def claim(root: Path, wanted: int) -> None:
    """Buy each of these requests unless somebody holds its first take: look up and intent under one lock."""
    store = Store(root)
    for prompt in map(str, range(wanted)):
        with store.lock():
            held = [run for run in store.index.query() if run.prompt == prompt]
            if not held:
                buy(store, prompt=prompt)
    store.close()


def stay(root: Path) -> None:
    """Buy, say which session this is, and stay until the input ends."""
    store = Store(root)
    buy(store)
    print(store.session, flush=True)
    sys.stdin.read()


def read(root: Path, user: int) -> None:
    """Say what is on record, and what a purchase says, as this user."""
    new_id(0)  # loads what the user may not be allowed to read
    if user != os.geteuid():
        os.setuid(user)
    store = Store(root)
    print(len(store.index.query()), store.index.count(), len(store.open_markers()))
    for attempt in (lambda: buy(store), lambda: store.lock().__enter__(), lambda: store.mark_open("x")):
        try:
            attempt()
        except StoreUnavailable as reason:
            print(reason.reason)
    store.close()


if __name__ == "__main__":
    name, root, *rest = sys.argv[1:]
    work: dict[str, Callable[..., None]] = {"count": count, "claim": claim, "stay": stay, "read": read}
    work[name](Path(root), *map(int, rest))
