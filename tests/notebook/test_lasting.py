"""Where the disk goes with the kernel, connecting says so; elsewhere it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from runflow_nb.notebook.lasting import outlives, passing_system, warning

BINDER = {"BINDER_LAUNCH_HOST": "https://mybinder.org/", "BINDER_REPO_URL": "https://github.com/a/b"}


@pytest.mark.parametrize(
    ("environ", "system"),
    [
        ({"COLAB_RELEASE_TAG": "release-colab_20260101"}, "Google Colab"),
        (BINDER, "Binder"),
        ({}, None),
        ({"COLAB_RELEASE_TAG": "x", "KAGGLE_KERNEL_RUN_TYPE": "Interactive"}, None),
        ({"JUPYTERHUB_USER": "ada", "JPY_SESSION_NAME": "/home/ada/a.ipynb"}, None),
        ({"COLAB_RELEASE_TAG": ""}, None),
    ],
)
def test_a_system_is_known_by_its_own_signs(environ: dict[str, str], system: str | None) -> None:
    assert passing_system(environ) == system


@pytest.mark.parametrize(
    ("folder", "lasts"),
    [
        ("/content/.runflow", False),
        ("/content/drive/MyDrive/.runflow", True),
        ("/content/drive2/.runflow", False),
        ("/", False),
    ],
)
def test_only_what_is_mounted_lasts(folder: str, lasts: bool) -> None:
    """The machine's own root is a mount too, and goes with it."""
    assert outlives(Path(folder), {Path("/"), Path("/content/drive")}.__contains__) == lasts


@pytest.mark.parametrize("system", ["Google Colab", "Binder"])
def test_the_warning_names_what_helps(system: str) -> None:
    assert "RUNFLOW_NB_STORE" in warning(system)
    assert "\n" not in warning(system)
