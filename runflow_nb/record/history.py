"""The runs of a store as people ask for them: a view that reads only what is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal, overload

from ..errors import MissingExtra
from .costs import Spent
from .filters import Filter, Moment, amount, check_stars, check_status
from .index import Index
from .listing import SHOWN, listing_text, sizes
from .run import Run

if TYPE_CHECKING:
    import pandas

AT_ONCE = 100
"""Runs read at a time."""


class History:
    """Runs of a store, newest first. Always up to date: each look reads the journal as it then is."""

    def __init__(
        self,
        index: Index,
        *,
        notebook: str | PurePath | None = None,
        filters: Sequence[Filter] = (),
        remarks: Sequence[str] = (),
    ) -> None:
        """`notebook` None: the whole store's."""
        self.remarks = tuple(remarks)
        """What whoever looks at it should know: what could not be read."""
        self._index = index
        self._given = tuple(filters)
        self._notebook = notebook

    @property
    def _filters(self) -> list[Filter]:
        # What a notebook's own file tells is asked for anew at each look, since it is saved now and then.
        return [*self._given, *([] if self._notebook is None else [self._index.of_notebook(self._notebook)])]

    def where(
        self,
        *,
        text: str | None = None,
        model: str | None = None,
        seed: int | None = None,
        tag: str | None = None,
        status: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        origin: str | None = None,
        notebook: str | PurePath | None = None,
        stars: int | None = None,
        min_cost: object = None,
        max_cost: object = None,
        studio: str | None = None,
    ) -> History:
        """The runs of this history for which all of this holds too.

        `text`: part of the prompt. `model`: an id or part of one. `seed`: as sent. `since`, `until`: a datetime, a date
        or ISO text, in UTC where no zone is given; both included. `stars`: so many or more. `min_cost`, `max_cost`: USD
        that the API said, both included. `studio`: the name of the form it was made in. Raises ValueError for a text
        that is no date or no amount, and for a status and a number of stars that no run can have.
        """
        check_status(status)
        check_stars(stars)
        narrowed = Filter(
            text,
            model,
            seed,
            tag,
            status,
            since,
            until,
            origin,
            stars=stars,
            min_cost=amount(min_cost),
            max_cost=amount(max_cost),
            studio=studio,
        )
        narrowed.clauses()  # a date that is none is an error here, where it was written
        named = () if notebook is None else (self._index.of_notebook(notebook),)
        filters = (*self._given, narrowed, *named)
        return History(self._index, notebook=self._notebook, filters=filters, remarks=self.remarks)

    def ids(self) -> list[str]:
        """The ids of these runs, newest first: what stays in place while more are bought."""
        return self._index.ids(self._filters)

    def runs(self, ids: Sequence[str]) -> list[Run]:
        """Runs of the store by their ids, in that order; those that are not on record are left out."""
        return self._index.runs(ids)

    def tags(self) -> list[str]:
        """The tags of these runs, the most frequent first."""
        return self._index.tags(self._filters)

    def __len__(self) -> int:
        return self._index.count(self._filters)

    def __iter__(self) -> Iterator[Run]:
        ids = self._index.ids(self._filters)
        for start in range(0, len(ids), AT_ONCE):
            yield from self._index.runs(ids[start : start + AT_ONCE])

    @overload
    def __getitem__(self, place: int) -> Run: ...
    @overload
    def __getitem__(self, place: slice) -> list[Run]: ...
    def __getitem__(self, place: int | slice) -> Run | list[Run]:
        if isinstance(place, slice):
            if (place.start or 0) >= 0 and (place.stop or -1) >= 0 and place.step in (None, 1):
                # Nothing has to be counted for it.
                start, stop, step = place.start or 0, place.stop, 1
            else:
                start, stop, step = place.indices(len(self))
            if step == 1:
                return self._index.query(*self._filters, limit=max(0, stop - start), offset=start)
            return self._index.runs(self._index.ids(self._filters)[place])
        offset = place if place >= 0 else len(self) + place
        found = self._index.query(*self._filters, limit=1, offset=offset) if offset >= 0 else []
        if not found:
            raise IndexError(f"this history has {len(self)} runs")
        return found[0]

    def values(self, column: Literal["model", "origin"]) -> list[str]:
        """What occurs there among these runs."""
        return self._index.values(column, self._filters)

    def spending(self) -> list[Spent]:
        """What these runs cost, by origin, model and day."""
        return list(self._index.spending(self._filters))

    def cost(self) -> dict[str, Decimal]:
        """Origin -> what the API said that these runs cost, in USD."""
        return self._index.costs_of(self._filters)

    def sums(self) -> tuple[int, dict[str, Decimal]]:
        """(`len`, `cost`), at the price of one."""
        found = self._index.sums(self._filters)
        costs = {origin: cost for origin, (_, cost) in found.items() if cost is not None}
        return sum(count for count, _ in found.values()), costs

    def to_frame(self) -> pandas.DataFrame:
        """One row a run, newest first; money stays Decimal. Raises MissingExtra."""
        try:
            import pandas
        except ImportError:
            raise MissingExtra("history().to_frame()", "pandas") from None
        return pandas.DataFrame([_record(run) for run in self], columns=list(FRAME))

    def __repr__(self) -> str:
        total = len(self)
        if not total:
            return "\n".join(["No runs on record.", *self.remarks])
        older = total - SHOWN
        rest = [f"and {older:,} older"] if older > 0 else []
        return "\n".join([listing_text(self[:SHOWN]), *rest, *self.remarks])


FRAME = (
    "id",
    "short",
    "run_id",
    "created_at",
    "prompt",
    "model",
    "size",
    "origin",
    "status",
    "seed",
    "seed_asked",
    "seed_returned",
    "take",
    "cost",
    "estimate",
    "duration",
    "images",
    "notebook",
    "tags",
)


def _record(run: Run) -> dict[str, object]:
    plain = {name: getattr(run, name) for name in FRAME if not name.startswith("seed_") and name != "size"}
    return {
        **plain,
        "size": sizes(run),
        "seed_asked": run.seeds.asked,
        "seed_returned": run.seeds.returned,
        "estimate": run.estimate.amount,
        "images": [str(image.path) for image in run.images],
        "files": [str(file.path) for file in run.files],
        "tags": list(run.tags),
    }
