"""The client against the real sandbox, over HTTP."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from runflow_nb import errors
from runflow_nb.api.client import RunflowClient
from runflow_nb.api.errors import AmbiguousCreate, RunNotFound
from runflow_nb.api.wire import RemoteRun
from runflow_nb.clock import SystemClock
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.api.made import KEY, MODEL, connected, create_body


def play(url: str, work: Callable[[RunflowClient], Awaitable[None]], key: str = KEY) -> None:
    """Do this with a client of that sandbox."""

    async def go() -> None:
        async with connected(url, key=key, clock=SystemClock()) as client:
            await work(client)

    asyncio.run(go())


async def ended(client: RunflowClient, run: RemoteRun) -> RemoteRun:
    while not run.ended:
        run = await client.get_run(run.id)
    return run


def test_a_run_goes_from_create_to_its_pictures(sandbox: EmbeddedSandbox) -> None:
    async def work(client: RunflowClient) -> None:
        ref = uuid.uuid4().hex
        accepted = await client.create_run(MODEL, create_body(ref, num_images=2), idempotency_key=ref)
        assert accepted.client_ref == ref
        run = await ended(client, accepted)
        assert (run.status, run.delivered, len(run.outputs)) == ("succeeded", True, 2)
        assert run.cost == Decimal("0.16")
        assert run.seed == 7
        assert run.org_id
        assert run.created_at is not None
        assert run.completed_at is not None
        assert run.created_at <= run.completed_at

    play(sandbox.url, work)


def test_the_same_key_and_body_is_one_run(sandbox: EmbeddedSandbox) -> None:
    async def work(client: RunflowClient) -> None:
        ref = uuid.uuid4().hex
        first = await client.create_run(MODEL, create_body(ref), idempotency_key=ref)
        again = await client.create_run(MODEL, create_body(ref), idempotency_key=ref)
        assert first.id == again.id
        assert [run.id for run in await client.find_runs(ref)] == [first.id]

    play(sandbox.url, work)


def test_the_same_key_with_another_body_is_a_conflict_to_be_searched(sandbox: EmbeddedSandbox) -> None:
    async def work(client: RunflowClient) -> None:
        ref = uuid.uuid4().hex
        await client.create_run(MODEL, create_body(ref), idempotency_key=ref)
        with pytest.raises(AmbiguousCreate) as caught:
            await client.create_run(MODEL, create_body(ref, seed=8), idempotency_key=ref)
        assert caught.value.status == 409

    play(sandbox.url, work)


def test_a_run_that_nobody_knows_is_not_found(sandbox: EmbeddedSandbox) -> None:
    async def work(client: RunflowClient) -> None:
        with pytest.raises(RunNotFound):
            await client.get_run("0198f2a4-5c1e-7b21-9f37-0c6f4e1d2a90")
        assert await client.find_runs("nothing-of-that-name") == []

    play(sandbox.url, work)


def test_a_wrong_field_is_named(sandbox: EmbeddedSandbox) -> None:
    async def work(client: RunflowClient) -> None:
        with pytest.raises(errors.RequestRefused) as caught:
            await client.create_run(MODEL, create_body(resolution="9K"), idempotency_key=uuid.uuid4().hex)
        assert caught.value.status == 422
        assert [name for name, _ in caught.value.fields] == ["input.resolution"]

    play(sandbox.url, work)


def test_an_empty_balance_has_an_error_of_its_own() -> None:
    async def work(client: RunflowClient) -> None:
        with pytest.raises(errors.InsufficientCredit):
            await client.create_run(MODEL, create_body(), idempotency_key="k")

    with EmbeddedSandbox(latency=0, balance=Decimal(0)) as poor:
        play(poor.url, work)


def test_account_balance_health_and_models_are_told(sandbox: EmbeddedSandbox) -> None:
    async def work(client: RunflowClient) -> None:
        assert (await client.account()).organizations
        balance = await client.balance()
        assert balance is not None
        assert balance.amount > 0
        health = await client.health()
        assert (health.sandbox, health.instance) == (True, sandbox.instance)
        assert len(await client.models()) >= 4

    play(sandbox.url, work)


def test_a_listing_is_turned_page_by_page(sandbox: EmbeddedSandbox) -> None:
    async def work(client: RunflowClient) -> None:
        ref = uuid.uuid4().hex
        bought = [
            (await client.create_run(MODEL, create_body(ref, seed=seed), idempotency_key=f"{ref}{seed}")).id
            for seed in range(3)
        ]
        first = await client.list_runs(client_ref=ref, limit=2)
        assert first.next_pq is not None
        second = await client.list_runs(client_ref=ref, limit=2, pq=first.next_pq)
        assert sorted(run.id for run in (*first.items, *second.items)) == sorted(bought)
        await asyncio.gather(*(ended(client, run) for run in first.items))
        assert len((await client.list_runs(client_ref=ref, status="succeeded")).items) >= 2

    play(sandbox.url, work)


def test_sixty_four_runs_go_at_once(sandbox: EmbeddedSandbox) -> None:
    async def work(client: RunflowClient) -> None:
        async def one(number: int) -> RemoteRun:
            body = create_body(f"many-{number}", seed=number, resolution="0.5K")
            return await client.create_run(MODEL, body, idempotency_key=f"many-{number}")

        runs = await asyncio.gather(*map(one, range(64)))
        assert len({run.id for run in runs}) == 64

    play(sandbox.url, work)


def test_a_second_client_costs_next_to_nothing() -> None:
    async def make() -> None:
        async with connected("https://api.runflow.io"):
            pass

    asyncio.run(make())
    began = time.perf_counter()
    for _ in range(20):
        asyncio.run(make())
    assert (time.perf_counter() - began) / 20 < 0.01
