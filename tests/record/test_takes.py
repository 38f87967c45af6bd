"""Numbers of takes are a pure fold: the oldest keeps a contested one, and no order of reading matters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runflow_nb.record.takes import Claim, number


def test_claims_that_do_not_collide_keep_their_numbers() -> None:
    assert number([Claim("B", None, 2, 2), Claim("A", None, 1, 1)], None) == {1: "A", 2: "B"}


def test_the_older_keeps_a_contested_number_and_the_others_follow_to_the_next_free_ones() -> None:
    claims = [Claim("A", None, 1, 1), Claim("B", None, 2, 1), Claim("C", None, 3, 2), Claim("D", None, 4, 1)]
    assert number(claims, None) == {1: "A", 2: "C", 3: "B", 4: "D"}


def test_a_freed_number_stays_free() -> None:
    assert number([Claim("B", None, 2, 2)], None) == {2: "B"}


def test_each_asked_seed_is_a_group_of_its_own() -> None:
    claims = [Claim("A", None, 1, 1), Claim("B", 7, 7, 1), Claim("C", 8, 8, 1)]
    assert number(claims, 7) == {1: "B"}
    assert number(claims, None) == {1: "A"}


def test_pinning_the_seed_of_a_picture_shows_that_picture() -> None:
    """The run drew seed 7 by itself; asking for 7 finds it."""
    assert number([Claim("A", None, 7, 3)], 7) == {1: "A"}


def test_take_1_of_a_seed_is_the_oldest_run_that_was_sent_it() -> None:
    claims = [Claim("A", None, 7, 1), Claim("B", 7, 7, 1), Claim("C", 7, 7, 2)]
    assert number(claims, 7) == {1: "A", 2: "C", 3: "B"}
    assert number([Claim("A", 7, 7, 1), Claim("B", None, 7, 1)], 7) == {1: "A"}


def test_a_run_that_becomes_take_1_keeps_its_own_number_too() -> None:
    assert number([Claim("B", 7, 7, 2)], 7) == {1: "B", 2: "B"}


def test_what_was_brought_in_stands_behind_what_was_here_however_old_it_is() -> None:
    brought = Claim("A", None, 7, 2, moved=1)
    assert number([brought, Claim("B", None, 2, 1)], None) == {1: "B", 2: "A"}
    assert number([brought, Claim("B", 7, 7, 1)], 7) == {1: "B"}
    assert number([Claim("B", None, 2, 1, moved=2), Claim("C", None, 3, 1, moved=1)], None) == {1: "C", 2: "B"}


CLAIM = st.builds(
    Claim,
    st.text("ABCDEFGH", min_size=1, max_size=2),
    st.sampled_from([None, 7]),
    st.just(7),
    st.integers(1, 4),
    st.integers(0, 2),
)


@given(st.lists(CLAIM, unique_by=lambda claim: claim.run), st.randoms())
def test_the_order_of_reading_changes_nothing_and_nobody_is_lost(claims: list[Claim], chance: object) -> None:
    mixed = list(claims)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    for asked in (None, 7):
        slots = number(claims, asked)
        assert number(mixed, asked) == slots
        assert {claim.run for claim in claims if claim.asked == asked} <= set(slots.values())
