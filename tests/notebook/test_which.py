"""Which notebook this is, as the front ends say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from runflow_nb.notebook.which import notebook_path

LAB = {"JPY_SESSION_NAME": "/home/ann/fox.ipynb"}
CODE = {"__vsc_ipynb_file__": "/home/ann/hare.ipynb"}


@pytest.mark.parametrize(
    ("environ", "names", "expected"),
    [
        (LAB, CODE, Path("/home/ann/fox.ipynb")),
        ({}, CODE, Path("/home/ann/hare.ipynb")),
        ({"JPY_SESSION_NAME": "7f3c2d70-console"}, {}, None),
        ({"JPY_SESSION_NAME": "relative.ipynb"}, {}, None),
        ({}, {}, None),
    ],
)
def test_the_first_that_knows_is_believed(
    environ: dict[str, str], names: dict[str, str], expected: Path | None
) -> None:
    """Lab's variable, then VS Code's name; a session that is no notebook is none."""
    assert notebook_path(environ, names) == expected
