"""The product in this process, on a store and a connection of a measurement's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runflow_nb import calls, settings
from runflow_nb.engine.session import Session

BUDGET = "1000000"


@contextmanager
def connected(url: str, folder: Path, *, previews: bool = False) -> Iterator[None]:
    """Inside, `generate` buys from this server and keeps in this folder."""
    session, before = Session(previews=previews), dict(settings.configured)
    settings.configured.update(configuration(url, folder))
    calls.use(session)
    try:
        yield
    finally:
        calls.use(None)
        session.close()
        settings.configured.clear()
        settings.configured.update(before)


def configuration(url: str, folder: Path) -> dict[str, Any]:
    """Settings by name."""
    return {"base_url": url, "store": str(folder / ".runflow"), "budget": BUDGET}
