"""A run is a pure fold of its events: the same whatever their order, and whoever reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runflow_nb.record.fold import fold
from runflow_nb.record.run import Run
from runflow_nb.record.schema import commitments

from .made import accepted, finished, intent, sha

ROOT = Path("/somewhere/.runflow")


def at(seconds: int, event: dict[str, Any]) -> dict[str, Any]:
    return {"v": 1, "at": f"2026-01-01T00:00:{seconds:02}.000Z", **event}


def folded(*events: dict[str, Any]) -> Run:
    run = fold([at(number, event) for number, event in enumerate(events)], ROOT)
    assert run is not None
    return run


UNKNOWN = {"event": "unknown", "run": "R", "reason": "time-out"}
RESENT = {"event": "resent", "run": "R", "key": "R"}
VOID = {"event": "void", "run": "R", "reason": "refused (402)"}
SETTLED = {"event": "settled", "run": "R", "billed": False}
BILLED = {"event": "settled", "run": "R", "billed": True}


@pytest.mark.parametrize(
    ("events", "phase", "status", "holds", "money"),
    [
        ([], "intent", "queued", True, ("0", "0.08")),
        ([accepted("R")], "accepted", "queued", True, ("0", "0.08")),
        ([accepted("R"), finished("R", cost="0.07")], "ended", "succeeded", True, ("0.07", "0")),
        ([accepted("R"), finished("R", cost=None)], "ended", "succeeded", True, ("0.08", "0")),
        ([accepted("R"), finished("R", status="partial_succeeded")], "ended", "partial_succeeded", True, ("0.08", "0")),
        ([accepted("R"), finished("R", status="failed", cost=None)], "ended", "failed", False, ("0", "0")),
        ([accepted("R"), finished("R", status="canceled", cost=None)], "ended", "canceled", False, ("0.08", "0")),
        ([UNKNOWN], "unknown", "unknown", True, ("0", "0.08")),
        ([UNKNOWN, RESENT], "intent", "queued", True, ("0", "0.08")),
        ([RESENT, UNKNOWN], "unknown", "unknown", True, ("0", "0.08")),
        ([UNKNOWN, accepted("R")], "accepted", "queued", True, ("0", "0.08")),
        ([VOID], "void", "void", False, ("0", "0")),
        ([accepted("R"), VOID], "void", "void", False, ("0", "0")),
        ([UNKNOWN, SETTLED], "settled", "void", False, ("0", "0")),
        ([accepted("R"), SETTLED], "settled", "void", False, ("0", "0")),
        ([UNKNOWN, SETTLED, accepted("R")], "accepted", "queued", True, ("0", "0.08")),
        ([UNKNOWN, BILLED], "settled", "unknown", False, ("0.08", "0")),
        ([UNKNOWN, SETTLED, finished("R")], "ended", "succeeded", True, ("0.08", "0")),
    ],
)
def test_each_history_of_a_run_has_its_phase_status_slot_and_money(
    events: list[dict[str, Any]], phase: str, status: str, holds: bool, money: tuple[str, str]
) -> None:
    run = folded(intent("R"), *events)
    assert (run.phase, run.status, run.holds_slot) == (phase, status, holds)
    assert commitments(run) == tuple(map(Decimal, money))


LIFE = [
    at(0, intent("R", seed_asked=5)),
    at(1, UNKNOWN),
    at(2, RESENT),
    at(3, accepted("R")),
    at(9, finished("R")),
    at(9, finished("R", cost="0.09", seed_returned=None)),
    at(10, finished("R", status="failed")),
]


@given(st.permutations(LIFE), st.lists(st.sampled_from(LIFE)))
def test_order_and_repetition_of_events_change_nothing(
    events: list[dict[str, Any]], again: list[dict[str, Any]]
) -> None:
    assert fold([*events, *again], ROOT) == fold(LIFE, ROOT)


def test_the_earliest_end_counts_and_a_cost_told_later_is_taken() -> None:
    run = folded(intent("R"), finished("R", cost=None), finished("R", status="failed", cost="0.08"))
    assert (run.status, run.cost) == ("succeeded", Decimal("0.08"))


def test_without_its_intent_there_is_no_run() -> None:
    assert fold([at(0, accepted("R")), at(1, finished("R"))], ROOT) is None


def test_paths_come_from_the_root_of_the_store() -> None:
    run = folded(intent("R"), finished("R"))
    assert run.images[0].path == ROOT / "images" / sha("R")[:2] / f"{sha('R')}.png"
    assert run.preview is not None
    assert run.preview.path == ROOT / "previews" / f"{sha('R')[:32]}.jpg"


def test_every_fact_is_read_back() -> None:
    run = folded(
        intent(
            "R",
            seed_asked=5,
            take=2,
            tags=["a", "b"],
            prompt_template="a {{ x }}",
            metadata={"k": 1},
            callback_url="https://example.com/c",
            instance="i",
            input={"resolution": "2K", "num_images": 2},
            warnings=["inferred"],
        ),
        accepted("R"),
        finished("R", notes=["smaller"], failure=None, nsfw=True),
    )
    assert (run.seeds.asked, run.seeds.sent, run.seeds.returned, run.seed) == (5, 5, 11, 5)
    assert (run.take, run.tags, run.prompt_template, run.metadata) == (2, ("a", "b"), "a {{ x }}", {"k": 1})
    assert (run.callback_url, run.instance, run.org_id, run.key) == ("https://example.com/c", "i", "org_1", "R")
    assert (run.run_id, run.duration, run.nsfw, run.notes) == ("remote-R", 12.5, True, ("smaller",))
    assert (run.estimate.amount, run.estimate.kind, run.reserved) == (Decimal("0.08"), "exact", Decimal("0.08"))
    assert (run.price.images, run.price.upper, run.warnings) == (2, Decimal("0.08"), ("inferred",))
    assert [when and when.second for when in (run.created_at, run.accepted_at, run.completed_at)] == [0, 1, 2]


def test_a_run_is_short_to_read_and_can_be_a_key() -> None:
    run = folded(intent("R", prompt="a long\nprompt " * 20), accepted("R"), finished("R"))
    assert len(repr(run)) < 160
    assert repr(run).startswith("<Run R succeeded: 'a long prompt a long")
    assert {run: 1}[folded(intent("R", prompt="a long\nprompt " * 20), accepted("R"), finished("R"))] == 1
    assert run[0] is run.images[0]
    assert list(run) == list(run.images)


def test_a_changed_create_counts_as_what_was_sent() -> None:
    amended = {"event": "amended", "run": "R", "key": "R-2", "why": "no seeds", "seed_sent": None}
    run = folded(intent("R"), amended, accepted("R"))
    assert (run.key, run.seeds.sent, "seed" in run.input) == ("R-2", None, False)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists))
def test_a_field_of_any_wrong_type_is_as_good_as_absent(odd: Any) -> None:
    names = [*intent("R"), *accepted("R"), *finished("R")]
    for name in set(names) - {"event", "run"}:
        events = [intent("R"), accepted("R"), finished("R")]
        run = fold([{**at(number, event), name: odd} for number, event in enumerate(events)], ROOT)
        assert run is not None
        assert run.id == "R"


def test_a_run_that_was_brought_in_goes_by_the_number_it_was_given_there() -> None:
    brought = {"event": "renumbered", "run": "A", "take": 3, "at": "2026-02-01T00:00:00.000Z"}
    run = fold([brought, intent("A")], ROOT)
    assert run is not None
    assert (run.take, run.moved_at) == (3, datetime(2026, 2, 1, tzinfo=UTC))
    forgotten = fold([brought, intent("A"), {"event": "forgotten", "run": "A", "at": brought["at"]}], ROOT)
    assert forgotten is not None
    assert forgotten.take == 3


def test_who_is_nearer_to_a_run_tells_it() -> None:
    """The session that bought it, then a pack, which has the session's lines, then a saved notebook's record."""
    told = [
        at(1, {**intent("A", prompt="as a notebook says"), "from": "notebook"}),
        at(2, {**intent("A", prompt="as a pack says"), "from": "pack"}),
        at(3, intent("A", prompt="as it was")),
    ]
    found = [fold(told[:count], ROOT) for count in (1, 2, 3)]
    assert [(run.prompt, run.from_notebook, run.second_hand) for run in found if run is not None] == [
        ("as a notebook says", True, True),
        ("as a pack says", False, True),
        ("as it was", False, False),
    ]


@pytest.mark.parametrize(
    ("model", "run", "name"),
    [
        ("sandbox/flipbook", "01ABCDEF", "flipbook-ABCDEF.avi"),
        ("a/..\\..\\evil\0\n", "../../x", "evil-x.avi"),
        ("a/" + "m" * 500, "01ABCDEF", "m" * 60 + "-ABCDEF.avi"),
        ("", "..", "file.avi"),
    ],
)
def test_the_copy_that_is_linked_to_has_a_name_that_stays_in_its_folder(model: str, run: str, name: str) -> None:
    """Also where somebody else's journal names model and run."""
    film = {"sha256": sha("film"), "type": "video", "mime": "video/x-msvideo", "bytes": 9}
    told = fold([intent(run, model=model), accepted(run), finished(run, outputs=[film])], Path("/lab/.runflow"))
    assert told is not None
    (file,) = told.files
    assert file.shown.parent == Path("/lab/runflow_files")
    assert file.shown.name == name


@pytest.mark.parametrize("name", ["/etc/passwd", "../../photo", "a" * 63, "A" * 64, 7, None])
def test_a_name_of_a_file_that_is_no_hash_is_none(name: object) -> None:
    """A journal that came with a merge is anybody's word, and would have any picture of this disk shown and sent."""
    picture = {"sha256": name, "format": "png", "mime": "image/png", "width": 8, "height": 8, "bytes": 9}
    film = {**picture, "type": "video", "mime": "video/mp4"}
    shown = {"key": name, "mime": "image/png", "width": 8, "height": 8}
    run = folded(intent("R"), accepted("R"), finished("R", outputs=[picture, film], preview=shown))
    ((image,), (file,)) = run.images, run.files
    assert (image.sha256, file.sha256) == ("", "")
    assert (image.path.name, file.path.name) == (".png", ".mp4")
    assert run.preview is None


@pytest.mark.parametrize("mime", ["text/html", "application/vnd.runflow.run+json", "image/svg+xml", 'image/png"><img'])
def test_what_is_shown_for_a_run_is_a_picture_of_ours(mime: str) -> None:
    shown = {"key": sha("R")[:32], "mime": mime, "width": 8, "height": 8}
    assert folded(intent("R"), accepted("R"), finished("R", preview=shown)).preview is None


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_that_no_clock_can_hold_is_none(at: str) -> None:
    run = fold([{**intent("R"), "at": at}, {**accepted("R"), "at": at}], ROOT)
    assert run is not None
    assert (run.created_at.year, run.accepted_at) == (1970, None)


def test_numbers_that_nothing_can_hold_are_none() -> None:
    vast = 10**400
    film = {"type": "video", "sha256": sha("R"), "mime": "video/mp4", "bytes": vast, "width": vast, "duration": vast}
    run = folded(intent("R"), accepted("R"), finished("R", outputs=[film], duration=vast))
    (file,) = run.files
    assert (file.size, file.width, file.duration, run.duration) == (0, None, None, None)
