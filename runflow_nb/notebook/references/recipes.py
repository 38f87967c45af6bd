"""What a picture says of how it was made, what the record knows of it, and the cell that shows or remakes it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ... import calls
from ...engine.job import Job
from ...engine.pictures.addresses import data_bytes, scheme
from ...engine.pictures.given import plain
from ...errors import InvalidRequest
from ...models.price import Estimate
from ...models.request import RunRequest, build_request
from ...record.embedding.copies import ordinary
from ...record.embedding.reading import read_recipe, recipe_in
from ...record.embedding.recipe import Recipe
from ...record.image import Image
from ...record.makers import maker
from ...record.run import Run, Seeds
from ...record.store import Store
from ...settings import Settings
from ..cell.cell_text import NoCell, cell_text
from .picture_names import picture_names
from .pictures import Surroundings, given_pictures
from .runs import NotFound, a_kind

Fetch = Callable[[str], bytes]
"""Reads an address. Raises OSError, RunflowError."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one picture."""

    recipe: Recipe | None
    """What its file says; else, where its run is on record, what that says."""
    run: Run | None = None
    """The run on record that made it, or that answers the same request."""
    same: bool = True
    """Whether the run made this very picture, as far as can be known; else it is another of the same request."""
    differing: tuple[str, ...] = ()
    """What the file says otherwise than the record."""


def known_of(word: str, around: Surroundings, store: Store, fetch: Fetch) -> Known:
    """What is known of the picture that a word stands for. Raises NotFound, RecipeUnreadable, what `fetch` raises."""
    pictures = given_pictures(word, around)
    if len(pictures) != 1:
        raise NotFound(f"stands for {len(pictures)} pictures: give one of them")
    value = plain(pictures[0])
    if isinstance(value, Image | Run | Job):
        return _of_record(value, store)
    if (packet := _packet_of_opened(value)) is not None:
        return _on_record(recipe_in(packet, word), None, store)
    try:
        with _stream(value, fetch) as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            found = read_recipe(stream, word)
    except OSError as reason:
        raise NotFound(f"cannot be read: {reason.strerror or reason}") from None
    return _on_record(found, sha256, store)


@dataclass(frozen=True, slots=True)
class Offered:
    """The cell for a picture."""

    text: str
    shows: Run | None
    """The run on record that it shows for nothing."""
    price: Estimate | None = None
    """Where it would buy: what that would cost."""


def cell_of(recipe: Recipe) -> str:
    """The text of the cell that shows what this recipe made, where that is on record here, else makes it anew.

    Sends nothing. Raises ValueError, which says why there can be none.
    """
    settings, store = calls.session().settings(), calls.current_store()
    around = Surroundings({}, None, lambda: store, calls.notebook_of(settings))
    return cell_for(_on_record(recipe, None, store), around, store, settings).text


def cell_for(known: Known, around: Surroundings, store: Store, settings: Settings) -> Offered:
    """The cell that shows or remakes a picture. Sends nothing. Raises NoCell."""
    run = known.run
    if run is not None and run.holds_slot and not run.forgotten:
        return Offered(cell_text(run, picture_names(run, around, store), settings.defaults), run)
    if known.recipe is None:
        raise NoCell("holds no recipe")
    # What the store remembers of its model: nobody is asked because of what a file says.
    calls.learn_model(known.recipe.model, replace(settings, reuse="only"))
    anew, request = remade(known.recipe)
    return Offered(cell_text(anew, picture_names(anew, around, store), settings.defaults), None, request.price)


def remade(recipe: Recipe) -> tuple[Recipe, RunRequest]:
    """What asks for it anew: the same recipe, with the seed that was sent. Raises NoCell."""
    if recipe.left_out:
        raise NoCell(f"was written without all of {', '.join(recipe.left_out)}")
    sent = recipe.seeds.sent if recipe.seeds.sent is not None else recipe.seeds.asked
    anew = replace(recipe, seeds=Seeds(sent, sent, None), take=1)
    fields = {name: value for name, value in recipe.input.items() if name not in ("seed", recipe.picture_field)}
    try:
        return anew, build_request(recipe.model, fields | {"seed": sent}, recipe.digests)
    except InvalidRequest as refused:
        first = refused.problems[0]
        raise NoCell(f"cannot be asked for here: {first.subject} {first.given} {first.reason}") from None


def _of_record(value: Image | Run | Job, store: Store) -> Known:
    run = store.index.run(value.run if isinstance(value, Image) else str(value.id))
    if run is None:
        raise NotFound("is of a run that is not on record any more")
    number = value.index if isinstance(value, Image) else 0
    image = next((one for one in run.images if one.index == number), None)
    return Known(image.recipe if image else _told(run), run)


def _told(run: Run) -> Recipe:
    """What is on record of it, as a picture's file would tell it: films and sounds hold none."""
    digests = [str(picture.get("digest")) for picture in run.pictures]
    return Recipe(
        model=run.model,
        input=run.input,
        seeds=run.seeds,
        take=run.take,
        recipe=run.recipe,
        origin=run.origin,
        run=run.id,
        run_id=run.run_id,
        created_at=run.created_at,
        cost=run.shown_cost,
        digests=tuple(digests),
    )


def _packet_of_opened(value: Any) -> bytes | None:
    """The XMP packet that Pillow found in a picture that it opened."""
    found = getattr(value, "info", {}).get("xmp") if hasattr(value, "getbands") else None
    return found if isinstance(found, bytes) else None


def _stream(value: Any, fetch: Fetch) -> AbstractContextManager[io.BufferedReader | io.BytesIO]:
    if isinstance(value, bytes | bytearray | memoryview):
        return io.BytesIO(value)
    if isinstance(value, str) and scheme(value) == "data":
        try:
            return io.BytesIO(data_bytes(value))
        except ValueError as reason:
            raise NotFound(str(reason)) from None
    if isinstance(value, str) and scheme(value) in ("http", "https"):
        return io.BytesIO(fetch(value))
    if isinstance(value, str | Path):
        return ordinary(Path(value).expanduser())
    raise NotFound(f"is {a_kind(value)}, of which nothing is left to read: give its file")


def _on_record(found: Recipe | None, sha256: str | None, store: Store) -> Known:
    exact = maker(store, sha256) if sha256 else None
    if exact is not None:
        image = next((one for one in exact.images if one.sha256 == sha256), None)
        return Known(found or (image.recipe if image else _told(exact)), exact)
    if found is None:
        return Known(None)
    run = store.index.run(found.run)
    if run is not None and not run.forgotten:
        return Known(found, run, differing=tuple(_differing(found, run)))
    if (run := maker(store, found.sha256)) is not None:
        return Known(found, run, differing=tuple(_differing(found, run)))
    run = _slot(found, store)
    return Known(found, run, same=False, differing=() if run is None else tuple(_differing(found, run)))


def _slot(recipe: Recipe, store: Store) -> Run | None:
    """The run that holds the take of this request."""
    own = store.index.slots(None, recipe.recipe, recipe.seeds.asked).get(recipe.take)
    if own is not None and recipe.seeds.sent in (None, own.seeds.sent):
        return own
    return store.index.slots(None, recipe.recipe, recipe.seeds.sent).get(1) if recipe.seeds.sent is not None else None


def _differing(recipe: Recipe, run: Run) -> list[str]:
    pairs = {
        "model": (recipe.model, run.model),
        "prompt": (recipe.prompt, run.prompt),
        "seed": (recipe.seed, run.seed),
        "recipe": (recipe.recipe, run.recipe),
    }
    return [name for name, (told, recorded) in pairs.items() if told != recorded and name not in recipe.left_out]
