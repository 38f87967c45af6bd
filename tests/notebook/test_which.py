"""Which notebook this is, as the front ends say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from runflow_nb.notebook.which import notebook_path

LAB = {"JPY_SESSION_NAME": "/home/ann/fox.ipynb"}
CODE = {"__vsc_ipynb_file__": "/home/ann/hare.ipynb"}


@pytest.mark.parametrize(
    ("explicit", "environ", "names", "expected"),
    [
        (Path("/x/own.ipynb"), LAB, CODE, Path("/x/own.ipynb")),
        (None, LAB, CODE, Path("/home/ann/fox.ipynb")),
        (None, {}, CODE, Path("/home/ann/hare.ipynb")),
        (None, {"JPY_SESSION_NAME": "7f3c2d70-console"}, {}, None),
        (None, {"JPY_SESSION_NAME": "relative.ipynb"}, {}, None),
        (None, {}, {}, None),
    ],
)
def test_the_first_that_knows_is_believed(
    explicit: Path | None, environ: dict[str, str], names: dict[str, str], expected: Path | None
) -> None:
    """Explicit setting, then Lab's variable, then VS Code's name; a session that is no notebook is none."""
    assert notebook_path(explicit, environ, names) == expected
