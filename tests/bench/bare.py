"""The same exchanges as a run's, written straight down with httpx: create, ask, download, hash, write, fsync."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Any

import httpx

MODEL = "google/nano-banana-2"
HEADERS = {"Authorization": "Bearer sandbox"}
SMALLEST = {"resolution": "0.5K", "output_format": "jpeg"}
AGAIN = 0.05
"""Seconds between two questions, where the first one comes too early."""
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=64)


def body(prompt: str, **given: Any) -> dict[str, Any]:
    return {"input": {"prompt": prompt, "seed": 1, **SMALLEST, **given}}


class Bare:
    """One client, one run after another."""

    def __init__(self, url: str, folder: Path) -> None:
        self._http = httpx.Client(base_url=url, headers=HEADERS, trust_env=False)
        self._folder = folder

    def run(self, prompt: str) -> str:
        """The SHA-256 of the delivered picture."""
        run = self._http.post(f"/v1/models/{MODEL}/runs", json=body(prompt), headers={"Idempotency-Key": prompt}).json()
        while not run["completed_at"]:
            run = self._http.get(f"/v1/runs/{run['id']}").json()
        digest, path = hashlib.sha256(), self._folder / f"{run['id']}.jpg"
        with self._http.stream("GET", run["output"]["outputs"][0]["url"]) as answer, path.open("wb") as file:
            for chunk in answer.iter_bytes():
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        return digest.hexdigest()

    def close(self) -> None:
        self._http.close()


class FanOut:
    """One client on one loop, many runs at once."""

    def __init__(self, url: str, folder: Path) -> None:
        self._loop = asyncio.Runner()
        self._folder = folder
        self._http = httpx.AsyncClient(base_url=url, headers=HEADERS, trust_env=False, limits=LIMITS, timeout=60)

    def run(self, prompts: list[str], latency: float) -> None:
        """Each is told how long its run takes, and asks for the first time when that is over."""
        self._loop.run(self._all(prompts, latency))

    async def _all(self, prompts: list[str], latency: float) -> None:
        await asyncio.gather(*(_one(self._http, self._folder, prompt, latency) for prompt in prompts))

    def close(self) -> None:
        self._loop.run(self._http.aclose())
        self._loop.close()


async def _one(http: httpx.AsyncClient, folder: Path, prompt: str, latency: float) -> str:
    answer = await http.post(f"/v1/models/{MODEL}/runs", json=body(prompt), headers={"Idempotency-Key": prompt})
    run = answer.json()
    await asyncio.sleep(latency)
    while not (run := (await http.get(f"/v1/runs/{run['id']}")).json())["completed_at"]:  # noqa: ASYNC110
        await asyncio.sleep(min(AGAIN, latency))
    digest, path = hashlib.sha256(), folder / f"{run['id']}.jpg"
    async with http.stream("GET", run["output"]["outputs"][0]["url"]) as stream:
        with path.open("wb") as file:
            async for chunk in stream.aiter_bytes():
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    return digest.hexdigest()
