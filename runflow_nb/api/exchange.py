"""HTTP exchanges, one after another by the rule of retries. What the wire does becomes a value, not an exception.

No error raised further up has an exception of the HTTP library as its cause or context, for those hold requests, and
requests hold the key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import SSLContext
from typing import Generic, TypeVar

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_result

from ..clock import Clock
from ..errors import InvalidSetting
from . import retry
from .address import Address
from .errors import MalformedAnswer
from .problem import phrase
from .retry import Attempt, Phase

T = TypeVar("T")

KEEP_IDLE = 4.0
"""Seconds that an idle connection is kept: below the 5 s after which common servers close one, so that a create does
not meet a connection that is being closed."""
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=64, keepalive_expiry=KEEP_IDLE)
LARGEST_ANSWER = 512 * 2**20
"""Bytes, once unpacked: four 4K pictures that come within an answer are less, a gzip bomb is more."""

UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
UNWRITTEN = (httpx.WriteError, httpx.WriteTimeout)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for each phase of an exchange."""

    connect: float = 10.0
    write: float = 60.0
    read: float = 30.0
    """Between two pieces of an answer."""
    pool: float = 30.0
    """Until one of the connections is free."""
    sync_read: float = 600.0
    """For a create with `sync_mode`, which may be answered only when the picture is done."""
    slowest: float = 256 * 1024
    """Bytes a second that the slowest line takes: a large body is given more time to be written."""

    def of(self, body: int = 0, *, write: float | None = None, read: float | None = None) -> httpx.Timeout:
        """The time-outs for a body of so many bytes."""
        least = self.write if write is None else write
        return httpx.Timeout(
            connect=self.connect,
            write=max(least, body / self.slowest),
            read=self.read if read is None else read,
            pool=self.pool,
        )


@dataclass(frozen=True, slots=True)
class Exchange(Generic[T]):
    """What came of a request."""

    attempt: Attempt
    reason: str
    """For people: what went wrong, or nothing."""
    result: T | None = None
    """What the answer holds, where it succeeded."""
    body: bytes = field(default=b"", repr=False)
    """Of an answer that is no 2xx."""
    absent: bool = False
    """Whether the connection was refused: nobody listens there."""


@cache
def ssl_context() -> SSLContext:
    """One for the process: it takes 20 ms to make."""
    return httpx.create_ssl_context()


def make_http(address: Address, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    """The HTTP client: follows nothing, keeps no cookies. Raises InvalidSetting where the environment's proxy is none.

    The proxy of the environment is passed by for an address of this machine: it would read what is sent in clear text.
    """
    try:
        return httpx.AsyncClient(
            transport=transport,
            verify=ssl_context(),
            limits=LIMITS,
            follow_redirects=False,
            trust_env=not address.local,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )
    except (ImportError, ValueError, httpx.InvalidURL):
        pass
    # Outside of the handler: the first error's text holds the proxy's address, perhaps with a password.
    reason = (
        "The environment names a proxy (HTTPS_PROXY or ALL_PROXY) that cannot be used; it takes an http:// address."
    )
    raise InvalidSetting("proxy", "(hidden)", "environment", reason)


async def begin(
    http: httpx.AsyncClient, prepare: Callable[[], httpx.Request], *, auth: httpx.Auth | None, attempt: Attempt
) -> Exchange[httpx.Response]:
    """Send one request and wait for the head of the answer. Never raises for anything that the wire or the server does.

    The result is an answer of 2xx, to be read and closed by the caller; any other one is closed and its body kept.
    """
    phase: Phase = "connect"
    if http.is_closed:
        return Exchange(attempt, "this connection was given up")
    try:
        response = await http.send(prepare(), auth=auth, stream=True)
    except UNSENT as error:
        return Exchange(attempt, describe(error), absent=_was_refused(error))
    except UNWRITTEN as error:
        phase, reason = "write", describe(error)
    except Exception as error:  # noqa: BLE001 - whatever else broke, the request may have been read: assume the worst
        phase, reason = "read", describe(error)
    else:
        attempt = replace(attempt, phase="answer", status=response.status_code, headers=response.headers)
        return Exchange(attempt, "", response) if response.is_success else await _refusal(response, attempt)
    return Exchange(replace(attempt, phase=phase), reason)


async def exchange(
    http: httpx.AsyncClient,
    prepare: Callable[[], httpx.Request],
    read: Callable[[bytes], T],
    *,
    auth: httpx.Auth | None,
    attempt: Attempt,
) -> Exchange[T]:
    """Send one request and read the whole answer. Never raises for anything that the wire or the server does.

    `read` makes the result from the body of a 2xx, or raises MalformedAnswer.
    """
    begun = await begin(http, prepare, auth=auth, attempt=attempt)
    if begun.result is None:
        return Exchange(begun.attempt, begun.reason, body=begun.body, absent=begun.absent)
    body, reason = await _body(begun.result)
    if body is not None:
        try:
            return Exchange(begun.attempt, "", read(body))
        except MalformedAnswer as error:
            reason = error.reason
    return Exchange(replace(begun.attempt, readable=False), reason)


async def _refusal(response: httpx.Response, attempt: Attempt) -> Exchange[httpx.Response]:
    status = response.status_code
    body, broken = await _body(response)
    if response.is_redirect:
        reason = f"it answered with a redirect ({status}), which is not followed"
    else:
        reason = f"it answered {status} ({phrase(status)})"
    return Exchange(replace(attempt, readable=not broken), reason, body=body or b"")


async def _body(response: httpx.Response) -> tuple[bytes | None, str]:
    """The body, or None and why it did not come whole."""
    content = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > LARGEST_ANSWER:
                return None, f"its answer is larger than {LARGEST_ANSWER // 2**20} MiB"
        return bytes(content), ""
    except Exception as error:  # noqa: BLE001 - the status is known, so is what it means; the rest is only unreadable
        return None, f"its answer ({response.status_code}) broke off: {describe(error)}"
    finally:
        await response.aclose()


async def repeat(once: Callable[[Attempt], Awaitable[Exchange[T]]], first: Attempt, clock: Clock) -> Exchange[T]:
    """Do `once` for as long as the rule of retries allows, and give its last outcome."""
    tried = await once(first)
    if not retry.is_repeated(tried.attempt):
        return tried  # nearly always; setting up for more tries would take a tenth of an exchange's time

    async def try_again() -> Exchange[T]:
        nonlocal tried
        tried = await once(replace(first, number=tried.attempt.number + 1))
        return tried

    def wait(_: RetryCallState | None = None) -> float:
        return retry.delay(tried.attempt, clock.time())

    await clock.sleep(wait())
    again = retry_if_result(lambda outcome: retry.is_repeated(outcome.attempt))
    return await AsyncRetrying(sleep=clock.sleep, wait=wait, retry=again)(try_again)


def _was_refused(error: BaseException | None) -> bool:
    """Whether the other side's machine said that nobody listens, at every address that was tried."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_was_refused, error.exceptions))
    return error is not None and (
        isinstance(error, ConnectionRefusedError) or _was_refused(error.__cause__ or error.__context__)
    )


def describe(error: Exception) -> str:
    """What broke, for people, without anything that the error itself says: it may hold an address or a header."""
    words: tuple[tuple[type[Exception], str], ...] = (
        (httpx.ConnectTimeout, "no connection in time"),
        (httpx.PoolTimeout, "no connection was free in time"),
        (httpx.ReadTimeout, "no answer in time"),
        (httpx.WriteTimeout, "the request could not be sent in time"),
        (httpx.ProxyError, "the proxy refused"),
        (httpx.ConnectError, "it cannot be reached"),
        (httpx.ProtocolError, "the connection was cut, or what came is not HTTP"),
        (httpx.NetworkError, "the connection was cut"),
        (httpx.DecodingError, "the answer is damaged"),
    )
    return next((text for kind, text in words if isinstance(error, kind)), f"it failed ({type(error).__name__})")
