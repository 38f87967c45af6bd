"""Figures of matplotlib as pictures. matplotlib itself is never imported here: who has a figure has it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...errors import InvalidRequest, Problem
from ...models.validate import brief
from ...record.formats import NotAPicture
from ..order import Order
from .given import Given, plain

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a figure looked like when it was given."""

    picture: PilImage


def is_figure(given: object) -> bool:
    """Whether this is a matplotlib figure, going by the names of its types."""
    return any((kind.__module__, kind.__name__) == ("matplotlib.figure", "Figure") for kind in type(given).__mro__)


def drawn(figure: Any) -> Drawn:
    """The whole figure in its own resolution and colours, whatever the settings for saved files are.

    The figure stays as it is, but for axes that its own layout places at every drawing. Raises NotAPicture.
    """
    from PIL import Image

    stream, stale = io.BytesIO(), figure.stale
    try:
        figure.savefig(
            stream,
            format="png",
            backend="agg",
            dpi="figure",
            facecolor="auto",
            edgecolor="auto",
            bbox_inches=False,  # None would ask the settings
            transparent=False,
        )
    except MemoryError:
        raise
    except Exception as reason:  # noqa: BLE001 - what is drawn may be the user's own code
        raise NotAPicture(f"cannot be drawn ({type(reason).__name__}: {reason})") from None
    finally:
        figure.stale = stale
    return Drawn(Image.open(stream))


def drawn_now(order: Order) -> Order:
    """The order with its figures drawn as they are now. Raises InvalidRequest."""
    if not order.request.images:
        return order
    return replace(order, request=replace(order.request, images=with_figures_drawn(order.request.images)))


def with_figures_drawn(given: Iterable[Any]) -> tuple[Any, ...]:
    """The same pictures with every figure drawn: in the thread of its owner, who may change it next.

    Raises InvalidRequest with every problem.
    """
    found: list[Any] = []
    problems: list[Problem] = []
    for one in given:
        try:
            found.append(_still(one))
        except NotAPicture as reason:
            problems.append(Problem("images", one.typed if isinstance(one, Given) else brief(one), str(reason)))
    if problems:
        raise InvalidRequest(problems)
    return tuple(found)


def _still(given: Any) -> Any:
    value = plain(given)
    if not is_figure(value):
        return given
    return replace(given, value=drawn(value)) if isinstance(given, Given) else drawn(value)
