"""A picture file of any format: what it holds, with a recipe in it, and without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from ..formats import HEAD, extension_of
from . import jpeg, png, webp
from .splice import Layout, Parts, Unsuited, digest
from .xmp import with_recipe, without_recipe


@dataclass(frozen=True, slots=True)
class Container:
    """What is known of a format."""

    layout: Callable[[IO[bytes]], Layout]
    placed: Callable[[Layout, bytes], Parts]
    without: Callable[[Layout], tuple[Parts, ...]]


CONTAINERS = {
    "png": Container(png.layout, png.placed, png.without),
    "jpg": Container(jpeg.layout, jpeg.placed, jpeg.without),
    "webp": Container(webp.layout, webp.placed, webp.without),
}
"""By the extension that the first bytes ask for."""


def opened(source: IO[bytes]) -> tuple[Container, Layout] | None:
    """The format of this file, and where what lies in it; None for a format that has no place for a recipe.

    Raises Unsuited where it cannot be followed.
    """
    source.seek(0)
    container = CONTAINERS.get(extension_of(source.read(HEAD)))
    return None if container is None else (container, container.layout(source))


def embedded(container: Container, layout: Layout, recipe: str) -> Parts:
    """The file with this recipe's text in it. Raises Unsuited."""
    packet = layout.packet
    if packet is not None and not packet.plain:
        raise Unsuited("has metadata that nothing can be added to")
    return container.placed(layout, with_recipe(None if packet is None else packet.body, recipe))


def bare(source: IO[bytes], sha256: str) -> Parts | None:
    """The file without its recipe, where that is the original of this hash; None where it is anything else."""
    try:
        found = opened(source)
        if found is None or (packet := found[1].packet) is None or not packet.plain:
            return None
        rest = without_recipe(packet.body)
        if rest == packet.body:
            return None
        container, layout = found
        candidates = container.without(layout) if rest is None else (container.placed(layout, rest),)
    except Unsuited:
        return None
    return next((parts for parts in candidates if digest(parts, source) == sha256), None)
