"""A request made again: bought once as a take of its own, found from then on, and held to every rule of money."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import runflow_nb
from runflow_nb import calls, errors, settings
from runflow_nb.engine.session import Session
from runflow_nb.engine.together import AT_ONCE, Together
from runflow_nb.errors import BudgetExceeded, InvalidRequest, NotOnRecord
from runflow_nb.models.price import Estimate, together
from runflow_nb.record.forget import forget
from runflow_nb.record.run import Run
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.driver import LaterClock
from tests.engine.refusals import QUICK, owl, png
from tests.http_server import Answer, Heard, HttpServer, relay
from tests.record.made import buy

STEPS = 14
"""More effects than a run has."""
REMAKER = """
import sys
import runflow_nb
from runflow_nb import calls
from runflow_nb.engine.session import Session
from tests.engine.driver import CountingDisk, CountingTransport, Effects
effects = Effects(int(sys.argv[2]) or None)
calls.use(Session(disk=CountingDisk(effects), transport=CountingTransport(effects)))
runflow_nb.remake(calls.current_store().index.run(sys.argv[1]))
print(effects.count, flush=True)
"""


def thorough(*values: object) -> Any:
    return pytest.param(*values, marks=pytest.mark.thorough)


def remade(run: Run, **terms: Any) -> Run:
    new = runflow_nb.remake(run, **terms)
    assert isinstance(new, Run)
    return new


def bodies(sandbox: EmbeddedSandbox) -> list[Any]:
    return [entry.body["input"] for entry in sandbox.book.received]


@pytest.mark.usefixtures("session")
def test_a_drawn_seed_is_sent_once_more_and_the_remake_is_bought_once(sandbox: EmbeddedSandbox) -> None:
    """It counts as asked for, so that the cell without a seed keeps its own second take for another picture."""
    old = owl()
    new = remade(old)
    assert (new.remake_of, new.seeds.asked, new.seed, new.take) == (old.id, old.seed, old.seed, 2)
    assert new.images[0].sha256 == old.images[0].sha256
    assert bodies(sandbox)[0] == bodies(sandbox)[1]
    assert remade(old) == new
    assert len(bodies(sandbox)) == 2
    assert (owl().id, owl(seed=old.seed).id, owl(seed=old.seed, take=2).id) == (old.id, old.id, new.id)
    assert owl(take=2).remake_of is None


@pytest.mark.usefixtures("session")
def test_with_a_new_seed_it_is_the_next_take_of_the_same_request(sandbox: EmbeddedSandbox) -> None:
    old = owl()
    new = remade(old, new_seed=True)
    assert (new.remake_of, new.seeds.asked, new.take) == (old.id, None, 2)
    assert new.seed != old.seed
    assert remade(old, new_seed=True) == new == owl(take=2)
    with pytest.raises(InvalidRequest, match="asked for seed 4: there is none to draw anew"):
        remade(owl(seed=4), new_seed=True)
    assert len(bodies(sandbox)) == 3


@pytest.mark.usefixtures("session")
def test_a_further_one_is_bought_only_by_its_number(sandbox: EmbeddedSandbox) -> None:
    old = owl(seed=4, metadata={"page": 1}, callback_url="https://example.com/told")
    first = remade(old)
    second = remade(old, take=3)
    assert [run.take for run in (old, first, second)] == [1, 2, 3]
    assert [remade(old), remade(old, take=3), remade(old, take=1)] == [first, second, old]
    with pytest.raises(InvalidRequest, match="did you mean 4"):
        remade(old, take="new")
    received = sandbox.book.received
    assert [entry.body["metadata"] for entry in received] == [{"page": 1}] * 3
    assert ["callback_url" in entry.body for entry in received] == [True, False, False]


@pytest.mark.usefixtures("session")
def test_what_it_costs_is_held_to_what_was_agreed(sandbox: EmbeddedSandbox) -> None:
    old = owl(num_images=4)
    price = runflow_nb.remake(old, estimate=True)
    assert isinstance(price, Estimate)
    assert price.amount == old.estimate.amount
    settings.configured["confirm_above"] = "0.1"
    with pytest.raises(BudgetExceeded, match=r"Go on with --yes"):
        remade(old)
    with pytest.raises(BudgetExceeded, match=r"--max-cost \$0.05"):
        remade(old, max_cost="0.05", yes=True)
    assert len(bodies(sandbox)) == 1
    assert remade(old, yes=True).remake_of == old.id
    assert remade(old).remake_of == old.id


@pytest.mark.usefixtures("session")
def test_pictures_come_from_the_store_also_where_their_files_are_gone(sandbox: EmbeddedSandbox, here: Path) -> None:
    pixels = pytest.importorskip("numpy").zeros((40, 60, 3), dtype="uint8")
    (here / "fox.png").write_bytes(png())
    old = owl(images=["fox.png", pixels, owl()])
    (here / "fox.png").unlink()
    new = remade(old)
    assert new.recipe == old.recipe
    assert bodies(sandbox)[1] == bodies(sandbox)[2]
    assert [known["name"] for known in new.pictures] == [known["name"] for known in old.pictures]


@pytest.mark.parametrize("damage", ["gone", thorough("changed")])
@pytest.mark.usefixtures("session")
def test_a_picture_that_the_store_has_no_more_buys_nothing(sandbox: EmbeddedSandbox, here: Path, damage: str) -> None:
    """What was made again before is shown all the same."""
    (here / "fox.png").write_bytes(png())
    old = owl(images="fox.png")
    new = remade(old)
    stored = calls.current_store().images.find(str(old.pictures[0]["file"]))
    assert stored is not None
    stored.unlink() if damage == "gone" else stored.write_bytes(b"another picture")
    assert remade(old) == new
    with pytest.raises(InvalidRequest, match=r"fox.png .*not in the store any more"):
        remade(old, take=3)
    assert len(bodies(sandbox)) == 2


@pytest.mark.usefixtures("session")
def test_what_cannot_be_made_again_says_why(sandbox: EmbeddedSandbox) -> None:
    old = owl()
    with pytest.raises(InvalidRequest, match="was made at live: connect there first; this is sandbox"):
        remade(replace(old, origin="live"))
    with pytest.raises(InvalidRequest, match="is failed: it delivered nothing to compare with"):
        remade(replace(old, status="failed"))
    with pytest.raises(InvalidRequest, match="would be another request today"):
        remade(replace(old, recipe="sha256:0:" + "0" * 64))
    with pytest.raises(InvalidRequest, match="cannot be asked for any more: resolution"):
        remade(replace(old, input={**old.input, "resolution": "16K"}))
    unread = {"digest": "url:" + "0" * 64, "name": "https://example.com/fox.png", "sent": "as given", "file": None}
    with pytest.raises(InvalidRequest, match=r"never read here: https://example\.com/fox\.png"):
        remade(replace(old, pictures=(unread,)))
    forget(calls.current_store(), old.id)
    (forgotten,) = calls.current_store().index.runs([old.id])
    with pytest.raises(InvalidRequest, match="was forgotten"):
        remade(forgotten)
    assert len(bodies(sandbox)) == 1


@pytest.mark.usefixtures("session")
def test_a_declared_model_and_its_film_are_made_again(sandbox: EmbeddedSandbox) -> None:
    sketch = runflow_nb.generate("a fox", model="sandbox/sketch", yes=True, guidance_scale="7.5", paper=True)
    film = runflow_nb.generate("a fox", model="sandbox/flipbook", yes=True, duration="1")
    with pytest.raises(BudgetExceeded, match="an unknown price"):
        remade(sketch)
    again = [remade(run, yes=True) for run in (sketch, film)]
    assert [new.outputs[0].sha256 for new in again] == [old.outputs[0].sha256 for old in (sketch, film)]
    assert [remade(run) for run in (sketch, film)] == again
    assert len(bodies(sandbox)) == 4


def test_readers_see_the_remake_and_buy_none(sandbox: EmbeddedSandbox, open_session: OpenSession) -> None:
    session = open_session(sandbox.url)
    old = owl()
    settings.configured["reuse"] = "only"
    with pytest.raises(NotOnRecord, match="another take of this request"):
        remade(old)
    settings.configured["reuse"] = "on"
    new = remade(old)
    session.close()
    settings.configured["reuse"] = "only"
    before = sandbox.book.requests.copy()
    open_session("http://127.0.0.1:9")
    assert remade(old) == new
    assert sandbox.book.requests == before


@pytest.mark.usefixtures("session")
def test_awaited_it_is_the_same(sandbox: EmbeddedSandbox) -> None:
    old = owl()
    new = asyncio.run(runflow_nb.aio.remake(old))
    assert new == remade(old)
    assert len(bodies(sandbox)) == 2


@pytest.mark.usefixtures("session")
def test_many_at_once_buy_one(sandbox: EmbeddedSandbox) -> None:
    """It is looked up again under the lock."""
    old = owl()
    jobs = [runflow_nb.remake(old, background=True) for _ in range(8)]
    assert len({job.wait(30).id for job in jobs if hasattr(job, "wait")}) == 1
    assert len(bodies(sandbox)) == 2


@pytest.mark.thorough
@pytest.mark.parametrize("step", range(1, STEPS))
def test_stopped_after_any_step_it_is_bought_once(open_session: OpenSession, tmp_path: Path, step: int) -> None:
    """As any other run: it goes on where it was cut off."""
    with EmbeddedSandbox(latency=0.05) as sandbox:
        first = open_session(sandbox.url)
        old = owl()
        first.close()
        stopped = subprocess.run(
            [sys.executable, "-c", REMAKER, old.id, str(step)], capture_output=True, text=True, timeout=60, check=False
        )
        assert stopped.returncode in (-9, 0), stopped.stderr
        # A create without an answer may be settled a minute later.
        open_session(sandbox.url, clock=LaterClock(61))
        new = remade(old)
        assert (new.remake_of, new.take) == (old.id, 2)
        assert len(bodies(sandbox)) == 2


def batch(runs: list[Run], **terms: Any) -> Together:
    now = calls.session().settings()
    orders = [calls.remake_order(run, now, **terms) for run in runs]
    return Together(calls.session().engine(now, calls.notebook_of(now)), orders, now)


def finished(batch: Together) -> list[Any]:
    while (job := batch.next()) is not None:
        try:
            job.wait(30)
        except errors.RunflowError:
            continue
    return batch.results()


@pytest.mark.usefixtures("session")
def test_together_the_sum_is_what_is_agreed_to(sandbox: EmbeddedSandbox) -> None:
    olds = [owl(seed=number) for number in range(3)]
    remade(olds[0])
    settings.configured["confirm_above"] = "0.1"
    assert [quote.on_record for quote in batch(olds).quotes] == [True, False, False]
    for terms, words in (({}, "above"), ({"max_cost": "0.1", "yes": True}, r"--max-cost \$0.10")):
        with pytest.raises(BudgetExceeded, match=rf"these 2 runs cost about \$0.12.*{words}|these 2 runs.*\n.*--yes"):
            batch(olds, **terms).agree()
    assert len(bodies(sandbox)) == 4
    agreed = batch(olds, yes=True)
    agreed.agree()
    assert [run.remake_of for run in finished(agreed)] == [run.id for run in olds]
    assert len(bodies(sandbox)) == 6
    assert batch(olds).due == []


@pytest.mark.parametrize("terms", [{}, thorough({"max_cost": "50"}), thorough({"yes": True})])
def test_each_costs_no_more_than_its_part_of_what_was_agreed_to(
    sandbox: EmbeddedSandbox, session: Session, terms: dict[str, Any]
) -> None:
    """A price that rises while they are bought: the rest is refused with both sums, and what was bought is shown."""
    olds = [owl(seed=number) for number in range(2 * AT_ONCE)]
    many = batch(olds, **terms)
    many.agree()
    first = many.next()
    assert first is not None
    first.wait(30)
    buy(session.store(session.settings()), origin="sandbox", cost="1.60", input=QUICK)
    results = finished(many)
    bought = [result for result in results if isinstance(result, Run)]
    refused = {str(result).splitlines()[0] for result in results if isinstance(result, BudgetExceeded)}
    assert refused == {
        "Not sent: this run costs about $0.06 (up to $1.60 by past runs), and the limit is $0.06, as was agreed to."
        " Nothing was billed."
    }
    assert isinstance(results[-1], BudgetExceeded)
    assert bought
    assert len(bodies(sandbox)) == len(olds) + len(bought)


@pytest.mark.usefixtures("session")
def test_a_limit_bounds_them_together_also_where_no_price_is_known(sandbox: EmbeddedSandbox) -> None:
    sketches = [runflow_nb.generate(f"fox {n}", model="sandbox/sketch", yes=True) for n in range(2)]
    some = batch([owl(), *sketches], max_cost="0.16")
    some.agree()
    held = [run.reserved for run in finished(some)]
    assert held == [Decimal("0.06"), Decimal("0.05"), Decimal("0.05")]
    assert sum(amount for amount in held if amount) == Decimal("0.16")


def test_a_budget_holds_while_they_are_bought(sandbox: EmbeddedSandbox, open_session: OpenSession) -> None:
    open_session(sandbox.url)
    olds = [owl(seed=number) for number in range(3)]
    settings.configured["budget"] = "0.31"
    with pytest.raises(BudgetExceeded, match=r"these 3 runs cost about \$0.18, and the limit is \$0.31"):
        batch(olds, yes=True).agree()
    assert len(bodies(sandbox)) == 3


@pytest.mark.parametrize("status", [402, thorough(401), thorough(403)])
def test_after_a_refusal_of_key_or_credit_none_is_begun(
    sandbox: EmbeddedSandbox, open_session: OpenSession, status: int
) -> None:
    """Those that are on record are shown all the same."""
    forward, refusing = relay(sandbox.url), False

    def answer(heard: Heard) -> Answer:
        if refusing and heard.method == "POST":
            return Answer(status, b'{"code": "NO", "message": "no more"}')
        return forward(heard)

    with HttpServer(answer) as server:
        open_session(server.url)
        olds = [owl(seed=number) for number in range(2 * AT_ONCE)]
        shown = remade(olds[-1])
        posts = sum(heard.method == "POST" for heard in server.heard)
        refusing = True
        many = batch(olds, yes=True)
        many.agree()
        results = finished(many)
        assert results[-1] == shown
        assert {type(result).__name__ for result in results[:-1]} == {
            {401: "KeyRefused", 402: "InsufficientCredit", 403: "AccessDenied"}[status]
        }
        assert sum(heard.method == "POST" for heard in server.heard) - posts <= AT_ONCE
        assert calls.current_store().open_markers() == []


def test_prices_that_are_not_known_make_the_sum_a_beginning() -> None:
    known = Estimate(Decimal("0.08"), "exact", (), 1, upper=Decimal("0.08"))
    open_ended = Estimate(None, "unknown", (), 1)
    assert together([known, known]) == Estimate(Decimal("0.16"), "exact", (), 2, upper=Decimal("0.16"))
    assert str(together([known, open_ended])) == "at least $0.08"
    assert together([known, open_ended]).upper is None
    assert together([open_ended]).amount is None
