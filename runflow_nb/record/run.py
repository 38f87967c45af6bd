"""A run as it is on record: frozen, and the same on every machine that has the journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ..models.price import Estimate, Kind
from .image import Image
from .output_file import OutputFile

Phase = Literal["intent", "accepted", "unknown", "void", "settled", "ended"]
SHORT = 6
"""Characters at the end of an id that people tell runs by: those of one day begin alike."""
MOST_STARS = 5
REPR_PROMPT = 48
"""Characters of the prompt in a run's repr: a list of runs has to stay readable."""
DELIVERED = frozenset({"succeeded", "partial_succeeded"})


def short_id(run: str) -> str:
    """The end of an id of ours, which tables show and people type."""
    return run[-SHORT:]


@dataclass(frozen=True, slots=True)
class Seeds:
    """Three facts that need not agree."""

    asked: int | None
    """What the person asked for."""
    sent: int | None
    """What was sent: the asked one, or the one that was drawn."""
    returned: int | None
    """What the API said that was used."""


class Estimated(NamedTuple):
    """What a run was expected to cost when it was bought."""

    amount: Decimal | None
    """USD."""
    kind: Kind


@dataclass(frozen=True, slots=True)
class Preview:
    """The small picture that stands for a run in a notebook."""

    path: Path
    mime: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """One execution of a request. Times are UTC, money is USD."""

    id: str
    """Ours, a ULID; also sent as `client_ref`."""
    run_id: str | None
    """Runflow's, once accepted."""
    model: str
    origin: str
    """`live`, `sandbox`, else the host of the base URL."""
    status: str
    """The API's word; `queued` while open; else `unknown` or `void`."""
    recipe: str
    seeds: Seeds
    take: int
    moved_at: datetime | None
    """When it was brought into a store that had runs of the same request, behind which its take stands."""
    cost: Decimal | None
    """What the API said that it cost, whenever it said so."""
    shown_cost: Decimal | None
    """What it had said when the run ended: what is shown of a run stays as it was."""
    estimate: Estimated
    reserved: Decimal | None
    """What the budget holds for it, or held."""
    images: tuple[Image, ...]
    files: tuple[OutputFile, ...]
    """What it delivered beside pictures: videos, sounds, documents."""
    input: Mapping[str, Any]
    """What was sent, with pictures as `sha256:...` or `url:...`."""
    prompt_template: str | None
    metadata: Mapping[str, Any] | None
    callback_url: str | None
    created_at: datetime
    """When its intent was written."""
    accepted_at: datetime | None
    completed_at: datetime | None
    updated_at: datetime
    """When the last word about it was written."""
    uptimes: tuple[float, ...]
    """How long the machine had been up, in seconds, when it was begun, sent and accepted: no setting of a clock
    changes that."""
    duration: float | None
    """Seconds from create to end."""
    notebook: str | None
    """Relative to the folder that holds the store, where it lies below it."""
    studio: str | None
    """The name of the form in which it was made."""
    remake_of: str | None
    """Our id of the run whose request it makes again."""
    tags: tuple[str, ...]
    stars: int | None
    """How well a person likes it, from 1 to 5."""
    failure: str | None
    """Why it failed, is unknown or void."""
    nsfw: bool | None
    preview: Preview | None
    notes: tuple[str, ...]
    """What was delivered not as asked."""
    warnings: tuple[str, ...]
    """What was doubtful about the request."""
    pictures: tuple[Mapping[str, Any], ...]
    """The pictures that went in: digest, name, source."""
    model_data: Any
    timing: Any
    session: str
    """Which process sent it last."""
    instance: str | None
    """Which sandbox it was sent to."""
    org_id: str | None
    key: str
    """The idempotency key it was last sent with."""
    resends: int
    twins: tuple[str, ...]
    """Runflow's ids of other runs that it made of the same create; each is on record as a run of its own."""
    phase: Phase
    forgotten: bool
    """Whether a person had its prompt and pictures removed; what it cost stays."""
    second_hand: bool
    """Whether it was brought here from elsewhere, by a pack or a saved notebook: whoever bought it counts its sum."""
    from_notebook: bool
    """Whether a saved notebook's record is all that is known of it: anybody may have bought it, or written that."""

    def __getitem__(self, index: int) -> Image:
        """The picture of this number, counted from 0, as on a contact sheet."""
        return self.images[index]

    def __iter__(self) -> Iterator[Image]:
        return iter(self.images)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        prompt = " ".join(self.prompt.split())
        short = prompt if len(prompt) <= REPR_PROMPT else prompt[: REPR_PROMPT - 1].rstrip() + "…"
        return f"<Run {self.id} {self.status}: {short!r}, {self.model}, seed {self.seed}, take {self.take}>"

    @property
    def short(self) -> str:
        """The end of the id, which tables show and people type."""
        return short_id(self.id)

    @property
    def seed(self) -> int | None:
        """The seed that was sent."""
        return self.seeds.sent

    @property
    def prompt(self) -> str:
        return str(self.input.get("prompt", ""))

    @property
    def outputs(self) -> tuple[Image | OutputFile, ...]:
        """All that it delivered, pictures first."""
        return (*self.images, *self.files)

    @property
    def picture_field(self) -> str | None:
        """The field that the pictures went into; None where none went in, or that is not on record."""
        digests = [picture.get("digest") for picture in self.pictures]
        fields = (name for name, value in self.input.items() if digests and value in (digests, digests[0]))
        return next(fields, None)

    @property
    def price(self) -> Estimate:
        """What it was expected to cost; the upper bound is what the budget held."""
        asked = self.input.get("num_images", 1)
        count = asked if isinstance(asked, int) else 1
        return Estimate(self.estimate.amount, self.estimate.kind, (), count, upper=self.reserved)

    @property
    def open(self) -> bool:
        """Whether it is on its way."""
        return self.phase in ("intent", "accepted")

    @property
    def delivered(self) -> bool:
        """Whether it ended with pictures, all of them or some."""
        return self.phase == "ended" and self.status in DELIVERED

    @property
    def holds_slot(self) -> bool:
        """Whether its take is taken: delivered, open or unknown."""
        return self.open or self.delivered or self.phase == "unknown"
