"""Whether what is written to the disk outlives the kernel. Pure: the signs are read by the caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

ADVICE = {
    "Google Colab": "mount your drive and set RUNFLOW_NB_STORE=/content/drive/MyDrive/.runflow",
    "Binder": "download what is to stay, or set RUNFLOW_NB_STORE to a folder that stays",
}


def passing_system(environ: Mapping[str, str]) -> str | None:
    """The hosted system whose machine is given away when the kernel ends, or None."""
    # Kaggle's images have Colab's variables too, and Kaggle keeps its working folder.
    if environ.get("COLAB_RELEASE_TAG") and not environ.get("KAGGLE_KERNEL_RUN_TYPE"):
        return "Google Colab"
    if environ.get("BINDER_LAUNCH_HOST") and environ.get("BINDER_REPO_URL"):
        return "Binder"
    return None


def outlives(folder: Path, is_mount: Callable[[Path], bool]) -> bool:
    """Whether this folder lies on something mounted into the machine: a drive, or a volume of the hub's own."""
    return any(is_mount(place) for place in (folder, *folder.parents) if place != place.parent)


def warning(system: str) -> str:
    """What connecting says there."""
    return f"This disk is gone when {system} ends the session, and the pictures with it: {ADVICE[system]}."
