"""Real kernels for measuring in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.product import configuration
from tests.notebook.kernel import Kernel


@contextmanager
def fresh(folder: Path) -> Iterator[Kernel]:
    """A kernel that has run nothing yet."""
    kernel = Kernel(folder, {**os.environ, "IPYTHONDIR": str(folder / "ipython")})
    try:
        kernel.run("pass")
        yield kernel
    finally:
        kernel.close()


def connecting(url: str, folder: Path) -> str:
    """A cell that loads the extension and connects it to this server."""
    settings = configuration(url, folder)
    return f"%load_ext runflow_nb\nfrom runflow_nb import settings\nsettings.configured.update({settings!r})"


def run(kernel: Kernel, cell: str) -> list[dict[str, object]]:
    """The cell's outputs as they are saved. It must not fail."""
    ran = kernel.run(cell)
    if ran.error:
        raise RuntimeError(ran.error)
    return ran.outputs
