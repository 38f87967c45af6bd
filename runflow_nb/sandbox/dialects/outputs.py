"""The `output` of a run in the shapes that clients still meet. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Output = dict[str, Any]

PICTURE = "image"
MANY: dict[str, Callable[[list[str]], Output]] = {
    "output-image-urls": lambda urls: {"image_urls": urls},
    "output-image-list": lambda urls: {"image": urls},
    "output-images": lambda urls: {"images": urls},
    "output-images-url": lambda urls: {"images": [{"url": url} for url in urls]},
    "output-images-image-url": lambda urls: {"images": [{"image_url": url} for url in urls]},
}
ONE: dict[str, Callable[[str], Output]] = {
    "output-image": lambda url: {"image": {"url": url}},
    "output-url": lambda url: {"url": url},
    "output-output-url": lambda url: {"output_url": url},
    "output-image-url": lambda url: {"image_url": url},
}
"""Shapes with room for one artifact; several stay in `outputs[]`."""
ONLY = "output-text"
FOR_ALL = frozenset({"output-url", "output-output-url", ONLY})
"""Shapes that do not say what it is: in the others, what is no picture stays in `outputs[]`."""


def write_output(output: Output | None, spoken: frozenset[str]) -> Output | str | None:
    """The same artifacts in the dialect's shape."""
    if output is None:
        return None
    urls = _urls(output)
    return urls[0] if ONLY in spoken and len(urls) == 1 else write_members(output, spoken)


def write_members(output: Output, spoken: frozenset[str]) -> Output:
    """The same, where `output` has to be an object, as in callbacks: beside the members that are no artifacts."""
    urls = _urls(output)
    rest = {name: value for name, value in output.items() if name != "outputs"}
    if any(entry["type"] != PICTURE for entry in output["outputs"]):
        spoken &= FOR_ALL
    for name in MANY.keys() & spoken:
        return {**MANY[name](urls), **rest}
    for name in ONE.keys() & spoken:
        return {**ONE[name](urls[0]), **rest} if len(urls) == 1 else output
    return output


def _urls(output: Output) -> list[str]:
    return [str(entry["url"]) for entry in output["outputs"]]
