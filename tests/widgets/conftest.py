"""The kernel and the sandbox of the notebook's tests."""

from tests.notebook.conftest import cells, kernel, one_kernel, sandbox, slow_cells, slow_sandbox

__all__ = ["cells", "kernel", "one_kernel", "sandbox", "slow_cells", "slow_sandbox"]
