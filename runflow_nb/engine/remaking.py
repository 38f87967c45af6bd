"""The request of an earlier run, made again: another take, paid for like any other, beside the one that is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import InvalidRequest
from ..models.request import RunRequest, build_request
from ..record.run import Run
from .order import Order
from .pictures.given import Recorded

REFERENCE = "runflow://"


class NotRemade(Exception):
    """Why a run's request cannot be made again; the text follows the run's name."""


@dataclass(frozen=True, slots=True)
class Remake:
    """A run, and the order that makes it again."""

    old: Run
    order: Order


def request_again(run: Run, *, new_seed: bool = False) -> RunRequest:
    """What was asked for, with the seed that was sent, so that both pictures can be compared; its model must be known.

    `new_seed`: a seed that was drawn is drawn anew. Nobody is called back: whoever made the run asked for that.
    Raises NotRemade.
    """
    if new_seed and run.seeds.asked is not None:
        raise NotRemade(f"asked for seed {run.seeds.asked}: there is none to draw anew")
    if run.forgotten:
        raise NotRemade("was forgotten: its prompt and pictures were removed")
    if not run.delivered:
        raise NotRemade(f"is {run.status}: it delivered nothing to compare with")
    fields = {name: value for name, value in run.input.items() if name not in ("seed", run.picture_field)}
    seed = run.seeds.asked if new_seed else run.seeds.sent
    pictures = [_picture(known) for known in run.pictures]
    try:
        request = build_request(run.model, {**fields, "seed": seed}, pictures, metadata=run.metadata)
    except InvalidRequest as refused:
        problem = refused.problems[0]
        raise NotRemade(f"cannot be asked for any more: {problem.label('python')} {problem.reason}") from None
    digests = [str(known.get("digest")) for known in run.pictures]
    if request.spec.id != run.model or request.recipe(digests) != run.recipe:
        raise NotRemade("would be another request today: what its model takes is told otherwise than it was")
    return request


def _picture(known: Any) -> Any:
    """A picture that went in. Raises NotRemade for one that was never read."""
    sent = str(known.get("sent"))
    if sent.startswith(REFERENCE) and str(known.get("digest")).startswith("url:"):
        return sent
    if known.get("file") is None and str(known.get("digest")).startswith("url:"):
        raise NotRemade(f"took a picture that was never read here: {known.get('name')}")
    return Recorded(known)
