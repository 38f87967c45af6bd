"""Variables of a notebook by what they hold, judged by the names of their types: nothing is imported for it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

RUN = "runflow_nb.record.run.Run"
JOB = "runflow_nb.engine.job.Job"
PICTURES = frozenset({"runflow_nb.record.image.Image", "PIL.Image.Image", "matplotlib.figure.Figure"})
BYTES = frozenset({"builtins.bytes", "builtins.bytearray"})
PATH = "pathlib.PurePath"
ARRAY = "numpy.ndarray"
CHANNELS = (1, 3, 4)
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic")
"""What files with pictures are called."""


def holding_runs(names: Mapping[str, Any]) -> list[str]:
    """Variables that hold a run."""
    return [name for name, value in _items(names) if _types(value) & {RUN, JOB}]


def holding_pictures(names: Mapping[str, Any]) -> list[str]:
    """What `--image` can be given: `photo`, or `fox[0]`, `fox[1]` where a run has several pictures."""
    return [text for name, value in _items(names) for text in _pictures(name, value)]


def pictures_of(name: str, count: int) -> list[str]:
    """The pictures of a run that goes by this name: it stands for its only one."""
    return [name] if count == 1 else [f"{name}[{index}]" for index in range(count)]


def _pictures(name: str, value: Any) -> list[str]:
    types = _types(value)
    run = value.run if JOB in types else value if RUN in types else None
    if run is not None:
        return pictures_of(name, len(run.images))
    array = ARRAY in types and (value.ndim == 2 or (value.ndim == 3 and value.shape[2] in CHANNELS))
    file = PATH in types and str(value).lower().endswith(SUFFIXES)
    return [name] if array or file or types & (PICTURES | BYTES) else []


def _items(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    # A cell in another thread may bind names meanwhile.
    yield from list(names.items())


def _types(value: Any) -> set[str]:
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(value).__mro__}
    # Python 3.13 moved them into a module of its own, and 3.14 back.
    return {name.replace("pathlib._local.", "pathlib.") for name in kinds}
