"""What the suite speaks to: by our client, and as any client would."""

from __future__ import annotations

import io
import json
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from runflow_nb import calls, settings
from runflow_nb.api.wire import parse, read_run
from runflow_nb.engine.connection import SANDBOX_TOKEN
from runflow_nb.engine.session import Session
from runflow_nb.record.run import Run
from runflow_nb.secret import Secret
from tests.contract.pages import ModelPage
from tests.contract.planned import Planned, planned
from tests.contract.recorder import Recorder, Wire, wire
from tests.http_server import Heard, HttpServer

PATIENCE = 900.0
"""Seconds that a run may take; the sandbox ends it at once."""
LIVE = "https://api.runflow.io"
NO_BOOK = "needs the sandbox's book"
NO_RECEIVER = "needs a receiver that the service can reach"


@dataclass(frozen=True, slots=True)
class Made:
    """A run that our client made."""

    run: Run
    created: Wire
    """Its create, which was accepted."""
    uploads: tuple[Wire, ...]
    """What went to the API before it."""

    @property
    def input(self) -> dict[str, Any]:
        """As it was sent."""
        found: dict[str, Any] = self.created.body["input"]
        return found


class Service:
    """One API, with every planned create at most once: many tests read what one of them shows."""

    def __init__(
        self, url: str, key: Secret | None, store: Path, receiver: HttpServer | None = None, dialect: str = ""
    ) -> None:
        self.url = url
        self.dialect = dialect
        self.store = store
        self._receiver = receiver
        self._recorder = Recorder()
        self._session = Session(transport=self._recorder, previews=False)
        health = httpx.get(f"{url}/v1/health", trust_env=False).json() if settings.is_loopback(url) else {}
        told = SANDBOX_TOKEN if isinstance(health, dict) and health.get("sandbox") is True else key
        assert told is not None, "there is no key"
        self._key = told
        self._settings = settings.resolve(
            {"base_url": url, "store": str(store), "budget": "1000", "confirm_above": "1000"}, key
        )
        self.http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {told.reveal()}"}, timeout=60, trust_env=False
        )
        self._again = f"contract-{uuid.uuid4()}"
        self._made: dict[str, Made] = {}
        self._sent: dict[tuple[str, str], list[Wire]] = {}
        self._ended: dict[str, dict[str, Any]] = {}

    @property
    def hook(self) -> str | None:
        """Where callbacks can be received; None where the service cannot reach this machine."""
        return self._receiver.url if self._receiver else None

    @property
    def bearer(self) -> str:
        return f"Bearer {self._key.reveal()}"

    @property
    def seen(self) -> list[Wire]:
        """All that our client said and heard so far."""
        return list(self._recorder.seen)

    def made(self, name: str) -> Made:
        """The planned create of this name, by our client, once it has ended."""
        if name not in self._made:
            self._made[name] = self._make(planned(name))
        return self._made[name]

    def _make(self, plan: Planned) -> Made:
        fields = dict(plan.fields)
        if "metadata" in fields and self.hook:
            fields["callback_url"] = self.hook
        before = len(self._recorder.seen)
        order = calls.make_order(fields.pop("prompt"), self._settings, model=plan.page.model, yes=True, **fields)
        run = self._session.place(order, self._settings).wait(PATIENCE)
        seen = self._recorder.seen[before:]
        number = next(
            number for number, each in enumerate(seen) if each.path.endswith("/runs") and each.method == "POST"
            and 200 <= each.status < 300
        )  # fmt: skip
        return Made(run, seen[number], tuple(each for each in seen[:number] if each.method == "POST"))

    def sent(self, name: str, page: ModelPage | None = None) -> list[Wire]:
        """The exchanges of a planned create that is no work of our client."""
        plan = planned(name, page)
        place = (plan.name, plan.page.name)
        if place not in self._sent:
            body = json.dumps(plan.fields).encode()
            headers = {"Idempotency-Key": self._again} if plan.keyed else {}
            if plan.sender == "example":
                self._sent[place] = [self.example(plan.page, name.rpartition(" ")[2])]
            else:
                self._sent[place] = [self._post(plan.address, body, headers) for _ in range(plan.times)]
        return self._sent[place]

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> Wire:
        kind = {"Content-Type": "application/json"}
        response = self.http.post(path, content=body, headers={**kind, **headers})
        return wire(response.request, response.status_code, response.content, response.headers)

    def example(self, page: ModelPage, language: str) -> Wire:
        """An example of a page, verbatim but for host and key."""
        text = page.example(language)
        if language == "python":
            return self._python(text)
        if language == "node":
            body = text.partition("JSON.stringify(")[2].partition("),\n  }\n);")[0]
            content = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False)
        else:
            content = text.partition("<<'JSON'\n")[2].removesuffix("JSON\n")
        assert LIVE + page.path in text
        return self._post(page.path, content.encode(), {})

    def _python(self, text: str) -> Wire:
        """The example runs as it stands, on a `requests` that sends what the library would."""
        exchanged: list[Wire] = []

        def post(address: str, headers: dict[str, str], json: Any) -> httpx.Response:
            assert headers == {"Authorization": "Bearer RUNFLOW_API_KEY"}
            response = self.http.post(
                address.removeprefix(LIVE), content=dumps(json), headers={"Content-Type": "application/json"}
            )
            exchanged.append(wire(response.request, response.status_code, response.content, response.headers))
            return response

        with library("requests", post=post), redirect_stdout(io.StringIO()) as said:
            exec(compile(text, "the example", "exec"), {})
        assert said.getvalue().strip() == str(exchanged[0].json)
        return exchanged[0]

    def ended(self, run_id: str) -> dict[str, Any]:
        """A run as the service tells of it once it has ended."""
        deadline = time.monotonic() + PATIENCE
        while run_id not in self._ended:
            answer = self.http.get(f"/v1/runs/{run_id}")
            if read_run(parse(answer.content)).ended:
                self._ended[run_id] = answer.json()
            assert time.monotonic() < deadline, f"{run_id} does not end"
            time.sleep(0.01 if settings.is_loopback(self.url) else 2)
        return self._ended[run_id]

    def told(self, made: Made) -> dict[str, Any]:
        """What the service tells of a run of our client."""
        assert made.run.run_id is not None
        return self.ended(made.run.run_id)

    def example_told(self, page: ModelPage, language: str = "python") -> dict[str, Any]:
        """What became of an example."""
        (exchange,) = self.sent(f"example for {language}", page)
        return self.ended(exchange.json["id"])

    def called(self, made: Made) -> Heard:
        """The callback of this run; skips where none can come here."""
        if self._receiver is None:
            pytest.skip(NO_RECEIVER)
        deadline = time.monotonic() + 60
        while True:
            for heard in self._receiver.heard:
                if json.loads(heard.body).get("run_id") == made.run.run_id:
                    return heard
            assert time.monotonic() < deadline, "no callback came"
            time.sleep(0.005)

    def delivered(self, asked: int) -> int:
        """How many pictures come of so many: in one dialect the last of several is missing."""
        return asked - 1 if self.dialect == "partial" and asked > 1 else asked

    def book(self) -> dict[str, Any]:
        """What the sandbox received; skips where there is no book."""
        answer = httpx.get(f"{self.url}/sandbox/book", trust_env=False) if settings.is_loopback(self.url) else None
        if answer is None or answer.status_code != 200:
            pytest.skip(NO_BOOK)
        found: dict[str, Any] = answer.json()
        return found

    def billed(self, made: Made) -> Decimal:
        """USD, as the service tells it."""
        return Decimal(self.told(made)["cost"])

    def close(self) -> None:
        self._session.close()
        self.http.close()


def dumps(value: Any) -> bytes:
    return json.dumps(value).encode()


@contextmanager
def library(name: str, **functions: Any) -> Iterator[None]:
    """A module of this name, for whoever imports it within the block."""
    module = ModuleType(name)
    vars(module).update(functions)
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        yield
    finally:
        with suppress(KeyError):
            del sys.modules[name]
        if before is not None:
            sys.modules[name] = before
