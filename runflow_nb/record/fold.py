"""From events to a run: pure, and the same whatever the order of the events and of the files they lie in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..models.price import CERTAINTY, Kind
from ..money import parse_usd
from .embedding.recipe import Recipe
from .image import Image
from .output_file import OutputFile
from .places import PREVIEW_KEY, PREVIEW_TYPES, SHA256, original_path, preview_path, shown_name, shown_path
from .redact import redact
from .run import MOST_STARS, Estimated, Phase, Preview, Run, Seeds, short_id

Event = Mapping[str, Any]
NOTHING: Event = {}
TYPE = "type"
"""What an output has that is no picture."""
SOURCE, NOTEBOOK, PACK = "from", "notebook", "pack"
"""What a line says that no session wrote here which had to do with the run: it was made of a saved notebook's record,
or came in a pack."""
LARGEST_TAKE = 10**9
LARGEST = 2**63
"""Bytes, pixels or seconds that nothing has."""
IN_THE_CALL = ("intent", "repeated", "amended", "resent", "unknown", "accepted")
"""Events of those who send a create and learn what became of it."""
KINDS = frozenset({*IN_THE_CALL, "finished", "priced", "settled", "void", "tagged", "rated", "renumbered", "forgotten"})
"""All events that tell of a run."""


def fold(events: Iterable[Event], root: Path, take: int | None = None, *, pictures: bool = True) -> Run | None:
    """The run that these events tell of; None while its intent is not among them (it may lie in a file not here yet).

    `root` is the store's folder, `take` the run's number where it is another than it claimed. Without
    `pictures`, images and preview are left out, for those who only count. What is damaged in an event counts as absent.
    """
    told = _by_kind(events)
    if forgotten := "forgotten" in told:
        # Here too, since a copy of a line may have come back with a merge.
        told = _by_kind(redact(event) for group in told.values() for event in group)
    if not told.get("intent"):
        return None
    intent = told["intent"][0]
    # What the API made by itself was begun and accepted in one.
    accepted = told.get("accepted", [intent if intent.get("run_id") else NOTHING])[0]
    finished = told.get("finished", [NOTHING])[0]
    resent = told.get("resent", [])
    amended = told.get("amended", [NOTHING])[-1]
    phase = _phase(told)
    sent = _integer(amended["seed_sent"] if "seed_sent" in amended else intent.get("seed_sent"))
    created = _moment(intent.get("at")) or datetime.fromtimestamp(0, UTC)
    said = _mapping(intent.get("estimate"))
    renumbered = told.get("renumbered", [NOTHING])[-1]
    claimed = _integer((renumbered or intent).get("take"))
    recipe = Recipe(
        model=_text(intent.get("model")) or "",
        input=_input(intent, amended),
        seeds=Seeds(_integer(intent.get("seed_asked")), sent, _integer(finished.get("seed_returned"))),
        take=take or min(max(1, claimed or 1), LARGEST_TAKE),
        recipe=_text(intent.get("recipe")) or "",
        origin=_text(intent.get("origin")) or "",
        run=str(intent.get("run")),
        run_id=_text(accepted.get("run_id")) or _text(finished.get("run_id")) or _text(intent.get("run_id")),
        created_at=created,
        cost=_cost(told, "finished"),
        digests=tuple(_digests(intent)),
    )
    return Run(
        id=recipe.run,
        run_id=recipe.run_id,
        model=recipe.model,
        origin=recipe.origin,
        status=_status(phase, finished, told),
        recipe=recipe.recipe,
        seeds=recipe.seeds,
        take=recipe.take,
        moved_at=_moment(renumbered.get("at")),
        cost=_cost(told, "finished", "priced"),
        shown_cost=recipe.cost,
        estimate=Estimated(_money(said.get("amount")), _kind(said.get("kind"))),
        reserved=_money((resent or [NOTHING])[-1].get("reserved")) or _money(intent.get("reserved")),
        images=_images(finished, root, recipe) if pictures else (),
        files=_files(finished, root, intent) if pictures else (),
        input=recipe.input,
        prompt_template=_text(intent.get("prompt_template")),
        metadata=_mapping(intent["metadata"]) if intent.get("metadata") is not None else None,
        callback_url=_text(intent.get("callback_url")),
        created_at=recipe.created_at,
        accepted_at=_moment(accepted.get("at")),
        completed_at=_moment(finished.get("at")),
        updated_at=_moment(max(str(group[-1].get("at", "")) for group in told.values())) or created,
        uptimes=_uptimes(told),
        duration=_seconds(finished.get("duration")),
        notebook=_text(intent.get("notebook")),
        studio=_text(intent.get("studio")),
        remake_of=_text(intent.get("remake_of")),
        tags=_tags(intent, told.get("tagged", [])),
        stars=_stars(told.get("rated", [])),
        failure=_failure(phase, finished, told),
        nsfw=nsfw if isinstance(nsfw := finished.get("nsfw"), bool) else None,
        preview=_preview(finished, root) if pictures else None,
        notes=_texts(finished.get("notes")),
        warnings=_texts(intent.get("warnings")),
        pictures=tuple(_mapping(picture) for picture in _list(intent.get("pictures"))),
        model_data=finished.get("model_data"),
        timing=finished.get("timing"),
        session=_text((resent or [NOTHING])[-1].get("session")) or _text(intent.get("session")) or "",
        instance=_text(intent.get("instance")),
        org_id=_text(accepted.get("org_id")) or _text(intent.get("org_id")),
        key=_text(amended.get("key")) or _text(intent.get("key")) or "",
        resends=len(resent),
        twins=_texts(accepted.get("twins")),
        phase=phase,
        forgotten=forgotten,
        second_hand=SOURCE in intent,
        from_notebook=SOURCE in intent and intent[SOURCE] != PACK,
    )


def _by_kind(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Kind -> its events, oldest first; the same event told twice (merged files) counts once."""
    kinds: dict[str, list[Event]] = {}
    for event in events:
        kinds.setdefault(str(event.get("event")), []).append(event)
    if any(SOURCE in event for event in kinds.get("intent", ())):
        kinds = _first_hand(kinds)
    return {kind: told if len(told) == 1 else _in_order(told) for kind, told in kinds.items()}


def _first_hand(kinds: dict[str, list[Event]]) -> dict[str, list[Event]]:
    """Without what a pack or a saved notebook tells, where somebody nearer tells it: the session that bought the run,
    or a pack, which has the lines of that session."""
    nearest = min(map(_distance, kinds["intent"]))
    own = {kind: [event for event in told if _distance(event) <= nearest] for kind, told in kinds.items()}
    return {kind: told for kind, told in own.items() if told}


def _distance(event: Event) -> int:
    if SOURCE not in event:
        return 0
    return 1 if event[SOURCE] == PACK else 2


def _in_order(told: Iterable[Event]) -> list[Event]:
    # The text decides where moments are equal, so that no machine's order of files does.
    by_moment = {(str(event.get("at", "")), json.dumps(event, sort_keys=True)): event for event in told}
    return [by_moment[moment] for moment in sorted(by_moment)]


def _phase(told: Mapping[str, list[Event]]) -> Phase:
    """The end is the last word, then what a person settled (unless the API said later that it has the run), then that
    nothing is left of it."""
    if "finished" in told:
        return "ended"
    if "settled" in told and not _is_later(told.get("accepted", [NOTHING])[-1], told["settled"][-1]):
        return "settled"
    if "void" in told:
        return "void"
    if "accepted" in told or told["intent"][0].get("run_id"):
        return "accepted"
    if "unknown" in told:
        # Sent once more after it was given up: somebody is in the call again.
        return "intent" if _is_later(told.get("resent", [NOTHING])[-1], told["unknown"][-1]) else "unknown"
    return "intent"


def _is_later(event: Event, other: Event) -> bool:
    return str(event.get("at", "")) > str(other.get("at", ""))


def _uptimes(told: Mapping[str, list[Event]]) -> tuple[float, ...]:
    ups = (_seconds(event.get("up")) for kind in IN_THE_CALL for event in told.get(kind, []))
    return tuple(up for up in ups if up is not None)


def _status(phase: Phase, finished: Event, told: Mapping[str, list[Event]]) -> str:
    match phase:
        case "ended":
            return _text(finished.get("status")) or "unknown"
        case "settled":
            return "unknown" if billed(told["settled"]) else "void"
        case "void" | "unknown":
            return phase
        case "intent" | "accepted":
            return "queued"


def billed(settled: list[Event]) -> bool:
    """Whether the person said that the run was billed: the last word counts."""
    return bool(settled[-1].get("billed"))


def _cost(told: Mapping[str, list[Event]], *kinds: str) -> Decimal | None:
    """The first sum that is told in an event of these kinds, in their order."""
    costs = (_money(event.get("cost")) for kind in kinds for event in told.get(kind, []))
    return next((cost for cost in costs if cost is not None), None)


def _tags(intent: Event, told: Iterable[Event]) -> tuple[str, ...]:
    """In the order in which they were first given; of each the last word counts."""
    given = dict.fromkeys(_texts(intent.get("tags")), True)
    for event in told:
        given.update(dict.fromkeys(_texts(event.get("add")), True))
        given.update(dict.fromkeys(_texts(event.get("remove")), False))
    return tuple(tag for tag, on in given.items() if on)


def _stars(told: Iterable[Event]) -> int | None:
    """The last word counts; one that is no number of stars takes them away."""
    given = [_integer(event.get("stars")) for event in told]
    return given[-1] if given and given[-1] in range(1, MOST_STARS + 1) else None


def _failure(phase: Phase, finished: Event, told: Mapping[str, list[Event]]) -> str | None:
    if phase == "ended":
        return _text(finished.get("failure"))
    if phase in ("void", "unknown"):
        return _text(told[phase][-1].get("reason"))
    return None


def _input(intent: Event, amended: Event) -> Mapping[str, Any]:
    given = dict(_mapping(intent.get("input")))
    if "seed_sent" in amended and amended["seed_sent"] is None:
        given.pop("seed", None)
    return given


def _digests(intent: Event) -> Iterator[str]:
    """Of the pictures that went in."""
    for picture in _list(intent.get("pictures")):
        if digest := _text(_mapping(picture).get("digest")):
            yield digest


def _images(finished: Event, root: Path, recipe: Recipe) -> tuple[Image, ...]:
    found = []
    for index, output in enumerate(_list(finished.get("outputs"))):
        known = _mapping(output)
        if TYPE in known:
            continue
        sha256, mime = _sha256(known), _text(known.get("mime")) or ""
        found.append(
            Image(
                sha256=sha256,
                path=original_path(root, sha256, mime),
                format=_text(known.get("format")) or "",
                mime=mime,
                width=_size(known.get("width")) or 0,
                height=_size(known.get("height")) or 0,
                size=_size(known.get("bytes")) or 0,
                index=index,
                run=recipe.run,
                recipe=recipe,
            )
        )
    return tuple(found)


def _files(finished: Event, root: Path, intent: Event) -> tuple[OutputFile, ...]:
    found, run = [], str(intent.get("run"))
    outputs = _list(finished.get("outputs"))
    name = shown_name(_text(intent.get("model")) or "", short_id(run))
    for index, output in enumerate(outputs):
        known = _mapping(output)
        if TYPE not in known:
            continue
        sha256, mime = _sha256(known), _text(known.get("mime")) or ""
        path = original_path(root, sha256, mime)
        found.append(
            OutputFile(
                sha256=sha256,
                path=path,
                type=_text(known[TYPE]) or "",
                mime=mime,
                size=_size(known.get("bytes")) or 0,
                width=_size(known.get("width")),
                height=_size(known.get("height")),
                duration=_seconds(known.get("duration")),
                index=index,
                run=run,
                shown=shown_path(root, f"{name}{f'-{index}' if len(outputs) > 1 else ''}{path.suffix}"),
            )
        )
    return tuple(found)


def _preview(finished: Event, root: Path) -> Preview | None:
    known = _mapping(finished.get("preview"))
    key, mime = _text(known.get("key")), _text(known.get("mime"))
    if key is None or mime not in PREVIEW_TYPES or not PREVIEW_KEY.fullmatch(key):
        return None
    size = _size(known.get("width")) or 0, _size(known.get("height")) or 0
    return Preview(preview_path(root, key, mime), mime, *size)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _sha256(output: Mapping[str, Any]) -> str:
    """Nothing where it is none: it is a name of a file, and a journal that came with a merge is anybody's word."""
    found = _text(output.get("sha256")) or ""
    return found if SHA256.fullmatch(found) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(entry for entry in _list(value) if isinstance(entry, str))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else NOTHING


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _size(value: object) -> int | None:
    found = _integer(value)
    return found if found is not None and 0 <= found < LARGEST else None


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < LARGEST else None


def _money(value: object) -> Decimal | None:
    return None if value is None else parse_usd(value)


def _kind(value: object) -> Kind:
    return next((kind for kind in CERTAINTY if kind == value), "unknown")


def _moment(value: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(str(value))
        if when.tzinfo is UTC:
            return when
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and the last day have no other zones
        return None
