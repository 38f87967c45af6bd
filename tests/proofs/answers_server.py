"""A server of the contract that keeps a book, and answers as damaged as a plan says, byte by byte."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import threading
import zlib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from .answers import Damage, reply

REFUSED = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 422, 429})
"""Statuses by which, as the contract says, nothing was accepted."""
ORG = "0198f2a4-0000-7000-8000-000000000001"


def plain_picture() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((24, 24), 90).convert("RGB").save(stream, "PNG")
    return stream.getvalue()


PLAIN = plain_picture()


def picture(number: int) -> bytes:
    """A picture of its own for each case: the same pixels, with another word in it."""
    word = b"tEXtCase\0%d" % number
    chunk = (len(word) - 4).to_bytes(4, "big") + word + zlib.crc32(word).to_bytes(4, "big")
    return PLAIN[:-12] + chunk + PLAIN[-12:]


@dataclass
class Case:
    """One request of the proof, as the server knows it."""

    number: int
    plans: dict[str, deque[Damage]]
    accepted: list[dict[str, Any]] = field(default_factory=list)
    """Every run that the server would bill."""
    keys: list[str] = field(default_factory=list)
    """The idempotency key of every create that came."""

    @property
    def prompt(self) -> str:
        return f"case {self.number}"

    def next(self, endpoint: str) -> Damage | None:
        plan = self.plans.get(endpoint)
        return plan.popleft() if plan else None


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes


class AnswersServer:
    """Listens at `url` as the API, and at `storage` as a host that only serves files."""

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}
        self._numbers = itertools.count(1)
        self.health: deque[Damage] = deque()
        self.served = 0
        """Damaged answers that were given."""
        self.told_key: list[str] = []
        """Requests to storage, and of cookies anywhere, that should not have been."""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> AnswersServer:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def case(self, plans: Mapping[str, Sequence[Damage]]) -> Case:
        case = Case(next(self._numbers), {name: deque(plan) for name, plan in plans.items()})
        self._cases[case.prompt] = case
        return case

    def _run(self) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        api, storage = (
            self._loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0, limit=2**22))
            for serve in (self._serve, self._serve_storage)
        )
        self.url, self.storage = (f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in (api, storage))
        self._ready.set()
        self._loop.run_forever()
        api.close()
        storage.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._each(reader, writer, self._answer)

    async def _serve_storage(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._each(reader, writer, self._file)

    async def _each(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Any) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *rest = head.strip().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, target, _ = first.split(" ")
                parts = urlsplit(target)
                request = Request(method, parts.path, parse_qs(parts.query), headers, body)
                if "cookie" in headers:
                    self.told_key.append(f"cookie at {target}")
                content, stays = answer(request)
                writer.write(content)
                await writer.drain()
                if not stays:
                    return
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    def _given(self, damage: Damage | None, document: object, status: int = 200) -> tuple[bytes, bool]:
        if damage is None:
            return reply(status, json.dumps(document).encode()), True
        given = damage.answer(document, status)
        self.served += 1
        return given, False

    def _answer(self, request: Request) -> tuple[bytes, bool]:
        path = request.path
        if path == "/v1/health":
            return self._given(self.health.popleft() if self.health else None, {"status": "ok", "ok": True})
        if request.method == "POST":
            return self._create(json.loads(request.body), request.headers["idempotency-key"])
        if path == "/v1/runs":
            return self._search(request.query.get("q", [""])[0])
        if path.startswith("/v1/runs/"):
            return self._read(path.removeprefix("/v1/runs/"))
        if path.startswith("/files/"):
            return self._file(request)
        return self._given(None, {"code": "NOT_FOUND", "message": "no such resource"}, 404)

    def _create(self, body: Mapping[str, Any], key: str) -> tuple[bytes, bool]:
        case = self._cases[body["input"]["prompt"]]
        case.keys.append(key)
        damage = case.next("create")
        if damage is not None and (not damage.acts or damage.status in REFUSED):
            return self._given(damage, {"code": "INTERNAL", "message": "something broke"}, 500)
        run = self._accept(case, body)
        return self._given(damage, {**run, "status_code": "queued", "output": None, "cost": None}, 201)

    def _accept(self, case: Case, body: Mapping[str, Any]) -> dict[str, Any]:
        identity = f"0198f2a4-5c1e-7b21-{len(case.accepted):04x}-{case.number:012x}"
        link = f"{self.storage if case.number % 2 else self.url}/files/{case.number}/0.png?sig=x"
        run = {
            "id": identity,
            "status_code": "succeeded",
            "target_type": "model",
            "org_id": ORG,
            "input": body["input"],
            "output": {
                "outputs": [{"url": link, "type": "image", "width": 24, "height": 24}],
                "model_data": {"description": "a case"},
                "nsfw_detected": None,
                "seed": 7,
                "timing": {"inference_ms": 12},
            },
            "client_ref": body["client_ref"],
            "cost": "0.06",
            "duration_ms": 12,
            "created_at": "2026-05-06T10:00:00Z",
            "started_at": "2026-05-06T10:00:00Z",
            "completed_at": "2026-05-06T10:00:01Z",
        }
        case.accepted.append(run)
        self._cases[identity] = self._cases[body["client_ref"]] = case
        return run

    def _search(self, query: str) -> tuple[bytes, bool]:
        label = query.partition("'")[2].rstrip("'")
        case = self._cases.get(label)
        found = [run for run in case.accepted if run["client_ref"] == label] if case else []
        damage = case.next("search") if case else None
        return self._given(damage, {"items": found, "next_pq": None, "prev_pq": None})

    def _read(self, identity: str) -> tuple[bytes, bool]:
        case = self._cases.get(identity)
        run = next((run for run in case.accepted if run["id"] == identity), None) if case else None
        if case is None or run is None:
            return self._given(None, {"code": "RUN_NOT_FOUND", "message": "no such run"}, 404)
        return self._given(case.next("read"), run)

    def _file(self, request: Request) -> tuple[bytes, bool]:
        if "authorization" in request.headers:
            self.told_key.append(f"the key at {request.path}")
        number = request.path.split("/")[2] if request.path.startswith("/files/") else ""
        case = self._cases.get(f"case {number}")
        if case is None:
            return reply(404, b""), True
        damage = case.next("download")
        if damage is None:
            return reply(200, picture(case.number), {"Content-Type": "image/png"}), True
        self.served += 1
        return damage.answer(picture(case.number), 200), False
