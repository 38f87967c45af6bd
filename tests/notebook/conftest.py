"""A kernel with the extension loaded, and a sandbox that tells what reached it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel


@pytest.fixture(scope="session")
def sandbox() -> Iterator[EmbeddedSandbox]:
    """Ends every run at once."""
    with EmbeddedSandbox(latency=0, balance=10_000) as running:
        yield running


@pytest.fixture(scope="session")
def slow_sandbox() -> Iterator[EmbeddedSandbox]:
    """Takes a second for a run."""
    with EmbeddedSandbox(latency=1.0, balance=10_000) as running:
        yield running


@pytest.fixture(scope="session")
def one_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("kernel")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RUNFLOW_")}
    environment["IPYTHONDIR"] = str(folder / "ipython")
    kernel = Kernel(folder, environment)
    assert not kernel.run("%load_ext runflow_nb").error
    yield kernel
    kernel.close()


@pytest.fixture
def kernel(one_kernel: Kernel, tmp_path: Path) -> Kernel:
    """The one kernel, with a store of its own for this test and connected to nothing."""
    setup = (
        "%reset -f\n"
        "from runflow_nb import calls, settings\n"
        "calls.session().close(); calls.use(None); settings.configured.clear()\n"
        f"settings.configured['store'] = {str(tmp_path / '.runflow')!r}\n"
    )
    ran = one_kernel.run(setup)
    assert not ran.error, ran.error
    return one_kernel


@pytest.fixture
def cells(kernel: Kernel, sandbox: EmbeddedSandbox) -> Kernel:
    """The kernel, connected to the sandbox."""
    assert not kernel.run(f"%runflow connect {sandbox.url}").error
    return kernel


@pytest.fixture
def slow_cells(kernel: Kernel, slow_sandbox: EmbeddedSandbox) -> Kernel:
    """The kernel, connected to the slow sandbox."""
    assert not kernel.run(f"%runflow connect {slow_sandbox.url}").error
    return kernel
