"""A forgotten run that is asked for again is neither fetched nor bought; the error names the take that is another."""

from __future__ import annotations

import pytest

from runflow_nb import calls
from runflow_nb.engine.session import Session
from runflow_nb.errors import PicturesGone
from runflow_nb.record.forget import forget
from runflow_nb.sandbox.embedded import EmbeddedSandbox


@pytest.mark.parametrize("reuse", ["on", "only"])
def test_asked_for_again_it_says_so_and_sends_nothing(
    sandbox: EmbeddedSandbox, session: Session, monkeypatch: pytest.MonkeyPatch, reuse: str
) -> None:
    run = calls.generate("a fox to forget", resolution="0.5K")
    forget(calls.current_store(), run.id)
    before = sandbox.book.requests
    monkeypatch.setenv("RUNFLOW_NB_REUSE", reuse)
    with pytest.raises(PicturesGone, match=r"was forgotten(.|\n)*--take 2 ") as told:
        calls.generate("a fox to forget", resolution="0.5K")
    assert sandbox.book.requests == before
    assert told.value.run.id == run.id
    assert "images folder" not in str(told.value)


def test_another_take_of_it_is_bought(session: Session) -> None:
    first = calls.generate("a fox to forget", resolution="0.5K")
    forget(calls.current_store(), first.id)
    second = calls.generate("a fox to forget", resolution="0.5K", take=2)
    assert (second.take, second.images[0].path.exists()) == (2, True)
    assert calls.history()[1].cost == first.cost
