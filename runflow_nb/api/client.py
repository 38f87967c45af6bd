"""The Runflow HTTP API: one method for each endpoint, named after it. Typed, async, careful with what costs money."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import httpx

from ..clock import Clock, SystemClock
from ..errors import AccessDenied, InsufficientCredit, KeyRefused, RequestRefused, ServerUnavailable
from ..secret import Secret
from .account import BALANCES, Account, Balance, read_account, read_balance
from .address import model_path, read_address, segment
from .errors import AmbiguousCreate, MalformedAnswer, RunNotFound
from .exchange import Exchange, Timeouts, begin, exchange, make_http, repeat
from .key import BearerAuth, Mask, check_key, check_organization
from .problem import phrase, read_problem
from .retry import Attempt, Verdict, judge
from .values import mapping, sequence, text
from .wire import (
    Asset,
    Health,
    Page,
    RemoteRun,
    parse,
    read_asset,
    read_health,
    read_page,
    read_run,
    read_types,
)

T = TypeVar("T")

REFUSED: Mapping[int, type[RequestRefused]] = {401: KeyRefused, 402: InsufficientCredit, 403: AccessDenied}
UNTOLD = frozenset({403, 404, 405})
"""Refusals of what an API need not tell: this key may not see it, or there is no such address."""
SEARCH_PAGES = 5
"""Pages that a search looks through before it admits that it does not know."""
MODEL_PAGES = 200
"""Pages of a list of models that are read at the most."""


class RunflowClient:
    """Speaks to one API with one key. Made, used and closed on one event loop.

    Every method raises `ServerUnavailable` where no usable answer came, and `RequestRefused` or its kind where the
    answer was no. The key goes to the base URL's own origin only.
    """

    def __init__(
        self,
        base_url: str,
        key: Secret,
        *,
        organization: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        """`transport` carries every byte, also those of uploads and downloads. Raises InvalidSetting."""
        self.address = read_address(base_url)
        check_key(key)
        self._headers = {"Accept": "application/json", "User-Agent": "runflow_nb"}
        if organization is not None:
            check_organization(organization)
            self._headers["X-Organization-Id"] = organization
        self.clock: Clock = clock or SystemClock()
        self.timeouts = timeouts or Timeouts()
        self._mask = Mask(key)
        self._auth = BearerAuth(key, self.address)
        self._http = make_http(self.address, transport)

    def __repr__(self) -> str:
        return f"<RunflowClient {self.address.host}>"

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def create_run(
        self,
        model_id: str,
        body: Mapping[str, Any],
        *,
        idempotency_key: str,
        before_repeat: Callable[[], Awaitable[None]] | None = None,
    ) -> RemoteRun:
        """Send a create; it is sent again only where it was proven unsent, or answered 429.

        `before_repeat`: awaited before it is sent again; what it raises ends the create, of which then nothing was
        accepted. Raises AmbiguousCreate where it may have been accepted, InvalidRequest for a model id that is none.
        """
        path = f"/v1/models/{model_path(model_id)}/runs"
        content = json.dumps(body, allow_nan=False).encode()
        sync = mapping(body.get("input")).get("sync_mode") is True
        timeout = self.timeouts.of(len(content), read=self.timeouts.sync_read if sync else None)

        def request() -> httpx.Request:
            return self._post(path, content, timeout, {"Idempotency-Key": idempotency_key})

        outcome = await self._repeat(
            "POST", request, lambda answer: read_run(parse(answer), accepted=True), create=True, before=before_repeat
        )
        if outcome.result is not None:
            return outcome.result
        if judge(outcome.attempt) is Verdict.AMBIGUOUS:
            raise AmbiguousCreate(self._told(outcome), outcome.attempt.status)
        raise self._failure(outcome)

    async def get_run(self, run_id: str) -> RemoteRun:
        """A run as it is now, its output links freshly signed. Raises RunNotFound."""

        def read(body: bytes) -> RemoteRun:
            run = read_run(parse(body))
            if not run.is_called(run_id):
                raise MalformedAnswer("the answer is about another run")
            return run

        outcome = await self._repeat("GET", self._get(f"/v1/runs/{segment(run_id)}"), read)
        if outcome.result is None and outcome.attempt.status == 404:
            raise RunNotFound(run_id)
        return self._result(outcome)

    async def list_runs(
        self,
        *,
        client_ref: str | None = None,
        status: str | None = None,
        limit: int | None = None,
        pq: str | None = None,
        fields: str | None = None,
        sort_by: str | None = None,
        q: str | None = None,
    ) -> Page:
        """One page of the organisation's runs. `q` is a filter expression of its own; the filters are joined by AND."""
        filters = [q, _equals("client_ref", client_ref), _equals("status_code", status)]
        expression = " AND ".join(part for part in filters if part)
        query = {"q": expression or None, "limit": limit, "pq": pq, "fields": fields, "sort_by": sort_by}
        return await self._read(_path("/v1/runs", query), lambda body: read_page(parse(body)))

    async def find_runs(self, client_ref: str) -> list[RemoteRun]:
        """The runs that carry this label; none means that there is none.

        A server that passes over the filter is not believed: labels are compared here, and where that does not settle
        it, ServerUnavailable is raised.
        """
        pq: str | None = None
        for _ in range(SEARCH_PAGES):
            page = await self._labelled(client_ref, pq)
            found = [run for run in page.items if run.client_ref == client_ref]
            if found:
                return found
            if page.unreadable or any(run.client_ref is None for run in page.items):
                break
            if page.next_pq is None:
                return []
            pq = page.next_pq
        raise ServerUnavailable(self.address.host, "its search by client_ref settles nothing")

    async def _labelled(self, client_ref: str, pq: str | None) -> Page:
        """A page of the runs with this label, in the syntax of the pages where that of official clients is refused."""
        try:
            return await self.list_runs(client_ref=client_ref, pq=pq)
        except RequestRefused as refusal:
            if refusal.status != 422 or not client_ref.isalnum():
                raise
            return await self.list_runs(q=f"client_ref:{client_ref}", pq=pq)

    async def account(self) -> Account:
        """Whose key it is; the way to check one."""
        try:
            return await self._account("/v1/auth/me?embed=memberships")
        except RequestRefused as refusal:
            if refusal.status not in (400, 422):
                raise
            return await self._account("/v1/auth/me")  # an API that embeds nothing

    async def _account(self, path: str) -> Account:
        return await self._read(path, lambda body: read_account(parse(body)))

    async def balance(self) -> Balance | None:
        """What is left, in USD; None where this API or this key does not tell, or in no shape that can be read."""
        for path in BALANCES:
            try:
                found = await self._read(path, _balances)
            except RequestRefused as refusal:
                if refusal.status not in UNTOLD:
                    raise
            else:
                if found:
                    return found[0]
        return None

    async def health(self) -> Health:
        """Whether a server answers, and whether it is a sandbox. Sends no key."""
        return self._result(await self._repeat("GET", self._get("/v1/health"), _health, keyless=True))

    async def models(self, *, public: bool = False) -> list[Mapping[str, Any]]:
        """The models that the API lists, as it tells of them, from every page. `public`: those that anybody may see,
        asked for without the key."""
        path = "/v1/public/models" if public else "/v1/models"
        found: list[Mapping[str, Any]] = []
        asked: set[str] = set()
        pq: str | None = None
        while True:
            page = self._get(_path(path, {"pq": pq}))
            outcome = await self._repeat("GET", page, lambda body: mapping(parse(body)), keyless=public)
            answer = self._result(outcome)
            found += [mapping(entry) for entry in sequence(answer.get("items"))]
            pq = text(answer.get("next_pq"))
            if pq is None or pq in asked or len(asked) >= MODEL_PAGES:
                return found
            asked.add(pq)

    async def model(self, model_id: str) -> Mapping[str, Any] | None:
        """What the API says of one model, by slash path or by the id of its record; None where it knows none.

        Raises InvalidRequest for an id that is none.
        """
        try:
            return await self._read(f"/v1/models/{model_path(model_id)}", lambda body: mapping(parse(body)))
        except RequestRefused as refusal:
            if refusal.status in (404, 405):
                return None
            raise

    async def asset(self, asset_id: str) -> Asset:
        """An uploaded file, with a freshly signed link."""
        return await self._read(f"/v1/assets/{segment(asset_id)}", lambda body: read_asset(parse(body)))

    async def asset_types(self) -> tuple[str, ...]:
        """The MIME types that can be uploaded."""
        return await self._read("/v1/assets/types", lambda body: read_types(parse(body)))

    async def post(self, path: str, body: Mapping[str, Any], read: Callable[[bytes], T]) -> T:
        """Post what costs nothing and may be posted twice."""
        content = json.dumps(body, allow_nan=False).encode()
        timeout = self.timeouts.of(len(content))
        return self._result(await self._repeat("POST", lambda: self._post(path, content, timeout), read))

    async def put_elsewhere(self, url: httpx.URL, content: bytes, mime: str, *, seconds: float) -> Exchange[bytes]:
        """Put bytes to a signed link, once, without the key. Does not raise, and follows nothing.

        `seconds`: how long it may take; what this machine has buffered is on its way while the answer is waited for.
        """
        headers, timeout = {"Content-Type": mime}, self.timeouts.of(write=seconds, read=seconds)

        def request() -> httpx.Request:
            return self._http.build_request("PUT", url, content=content, headers=headers, timeout=timeout)

        return await exchange(self._http, request, bytes, auth=None, attempt=self._attempt("PUT"))

    async def open_elsewhere(self, url: httpx.URL) -> Exchange[httpx.Response]:
        """Open a link for reading, without the key, by the rule of retries. Does not raise, and follows nothing.

        The result is to be closed by the caller.
        """
        headers, timeout = {"Accept-Encoding": "identity"}, self.timeouts.of()

        def request() -> httpx.Request:
            return self._http.build_request("GET", url, headers=headers, timeout=timeout)

        async def once(attempt: Attempt) -> Exchange[httpx.Response]:
            return await begin(self._http, request, auth=None, attempt=attempt)

        return await repeat(once, self._attempt("GET"), self.clock)

    def _get(self, path: str) -> Callable[[], httpx.Request]:
        timeout = self.timeouts.of()
        return lambda: self._http.build_request("GET", self.address.at(path), headers=self._headers, timeout=timeout)

    def _post(
        self, path: str, content: bytes, timeout: httpx.Timeout, more: Mapping[str, str] | None = None
    ) -> httpx.Request:
        headers = {**self._headers, "Content-Type": "application/json", **(more or {})}
        return self._http.build_request(
            "POST", self.address.at(path), content=content, headers=headers, timeout=timeout
        )

    def _attempt(self, method: str, *, create: bool = False) -> Attempt:
        return Attempt(method, is_create=create, phase="connect", local=self.address.local)

    async def _read(self, path: str, read: Callable[[bytes], T]) -> T:
        return self._result(await self._repeat("GET", self._get(path), read))

    async def _repeat(
        self,
        method: str,
        request: Callable[[], httpx.Request],
        read: Callable[[bytes], T],
        *,
        create: bool = False,
        keyless: bool = False,
        before: Callable[[], Awaitable[None]] | None = None,
    ) -> Exchange[T]:
        auth = None if keyless else self._auth

        async def once(attempt: Attempt) -> Exchange[T]:
            if before is not None and attempt.number > 1:
                await before()
            return await exchange(self._http, request, lambda body: read(self._mask(body)), auth=auth, attempt=attempt)

        return await repeat(once, self._attempt(method, create=create), self.clock)

    def _result(self, outcome: Exchange[T]) -> T:
        if outcome.result is None:
            raise self._failure(outcome)
        return outcome.result

    def _failure(self, outcome: Exchange[Any]) -> RequestRefused | ServerUnavailable:
        status = outcome.attempt.status
        if status is None or not 400 <= status < 500 or judge(outcome.attempt) is not Verdict.FINAL:
            return ServerUnavailable(self.address.host, self._told(outcome), outcome.absent)
        problem = read_problem(status, self._mask(outcome.body))
        return REFUSED.get(status, RequestRefused)(status, problem.code, problem.message, problem.fields)

    def _told(self, outcome: Exchange[Any]) -> str:
        """What went wrong, with the server's own words where it had any."""
        status = outcome.attempt.status
        if status is None or status < 400 or not outcome.body:
            return outcome.reason
        message = read_problem(status, self._mask(outcome.body)).message
        return outcome.reason if message.casefold() == phrase(status) else f"{outcome.reason}: {message}"


def _path(path: str, query: Mapping[str, str | int | None]) -> str:
    given = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given, quote_via=quote)}" if given else path


def _equals(name: str, value: str | None) -> str | None:
    """The filter in the syntax that official clients use. Raises ValueError for a value that would end its quotes."""
    if value is not None and "'" in value:
        raise ValueError(f"a filter by {name} takes no quotation mark")
    return None if value is None else f"{name}.EQ:'{value}'"


def _health(body: bytes) -> Health:
    """An answer of 200 is health enough, whatever it holds."""
    try:
        return read_health(parse(body))
    except MalformedAnswer:
        return Health(sandbox=False)


def _balances(body: bytes) -> tuple[Balance, ...]:
    """The balance, or nothing where there is JSON that holds none."""
    answer = parse(body)
    try:
        return (read_balance(answer),)
    except MalformedAnswer:
        return ()
