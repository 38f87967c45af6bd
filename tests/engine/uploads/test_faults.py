"""Whatever goes wrong with an upload is got over, or told; nothing is bought twice, and nothing without its picture."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

import runflow_nb
from runflow_nb.errors import RunflowError, UploadRefused
from runflow_nb.sandbox.asset_switches import AssetSwitches
from runflow_nb.sandbox.faults.words import FAULTS, MEMBERS
from tests.conftest import OpenSession
from tests.engine.test_recovery import Skipping
from tests.sandboxes import running

from .made import bought_once, edited, padded, uploads, written


def test_several_cells_at_once_are_each_told_why_it_was_refused(open_session: OpenSession, large: bytes) -> None:
    with running(faults="declare: delay=0.3s; declare: 422") as sandbox:
        open_session(sandbox.url)

        def refused(number: int) -> RunflowError:
            with pytest.raises(UploadRefused, match="Nothing was billed") as raised:
                edited(large, f"make it night {number}")
            return raised.value

        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(refused, range(4)))
        assert len({id(each) for each in told}) == 4
        assert sandbox.book.runs == ()


def test_a_confirmation_that_cannot_be_repeated_need_not_be(open_session: OpenSession, large: bytes) -> None:
    plan, switches = "confirm: drop-after-accept 1st", AssetSwitches(put="204", again="refused")
    with running(assets=switches, faults=plan) as sandbox:
        open_session(sandbox.url, clock=Skipping())
        run = edited(large)
        assert uploads(sandbox) == (1, 1, 2)
        assert bought_once(sandbox, run)


@pytest.mark.parametrize("listing", ["items", "names", "kinds"])
def test_a_type_that_is_not_taken_is_named_in_whatever_shape_the_list_is(
    listing: str, open_session: OpenSession, large: bytes
) -> None:
    with running(assets=AssetSwitches(types=("image/jpeg", "image/webp"), listing=listing)) as sandbox:
        open_session(sandbox.url)
        with pytest.raises(UploadRefused) as refused:
            edited(large)
        first, second = str(refused.value).splitlines()
        assert first.endswith(".png is image/png, a type that it does not take. Nothing was billed.")
        assert second.startswith("  It takes image/jpeg, image/webp. Save the picture as another type, e.g. as JPEG,")
        assert sandbox.book.received == ()


NOTHING_TO_SPOIL = {("put", "truncated"), ("put", "garbage"), ("put", "empty")}
"""Storage takes the bytes without a word."""


def fitting(where: str) -> list[str]:
    """Every fault that can happen there, as it is written in a plan."""
    values = {"seconds": "=0s", "range": "=0s", "members": "=" + "+".join(MEMBERS)}
    return [
        word + values.get(fault.takes, "")
        for word, fault in FAULTS.items()
        if (not fault.fits or where in fault.fits) and (where, word) not in NOTHING_TO_SPOIL
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("where", ["declare", "put", "confirm", "asset"])
def test_whatever_goes_wrong_once_with_an_upload_it_is_uploaded_or_refused_and_bought_once(
    where: str, open_session: OpenSession, store: Path
) -> None:
    """Each picture is another one, and is given twice, so that its asset is read."""
    faults = fitting(where)
    plan = "; ".join(f"{where}: {fault} {number}th" for number, fault in enumerate(faults, 1))
    with running(balance=1000, faults=plan) as sandbox:
        open_session(sandbox.url, clock=Skipping())
        runs, refused = [], []
        for number in count():
            if sandbox.book.faults[-1].acted or number > 2 * len(faults):
                break
            try:
                runs.append(edited(padded(number), f"make it night {number}"))
                runs.append(edited(padded(number), f"make it day {number}"))
            except RunflowError as reason:
                refused.append(reason)
        assert [each.rule for each in sandbox.book.faults if not each.acted] == []
        for told in refused:
            assert re.search("Nothing was (accepted or )?billed", str(told)), told
            assert len(str(told).splitlines()) <= 4
        assert bought_once(sandbox, *runs)
        assert {run.status for run in runflow_nb.history(all=True)} == {"succeeded"}
        assert b"signature=" not in written(store)
