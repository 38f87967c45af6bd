"""One API and one key: which origin it is, and the client that speaks to it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..clock import Clock
from ..errors import NotConnected, RequestRefused, ServerUnavailable
from ..secret import Secret
from ..settings import LIVE_URL, SANDBOX, is_loopback

if TYPE_CHECKING:
    from ..api.client import RunflowClient

SANDBOX_TOKEN = Secret("sandbox")
"""What a sandbox is shown: a real key never leaves for one."""


class Connection:
    """Used on the background loop only, but for its plain facts."""

    def __init__(
        self,
        base_url: str,
        key: Secret | None,
        clock: Clock,
        *,
        organization: str | None = None,
        start_sandbox: Callable[[], str] | None = None,
        transport: Any = None,
    ) -> None:
        self.base_url = base_url
        self.key = key
        self.organization = organization
        self.instance: str | None = None
        """Which sandbox it is, once asked."""
        self.org_id: str | None = None
        """The organisation that answers named."""
        self.refused: tuple[float, RequestRefused] | None = None
        """When (monotonic seconds) the API last refused key or credit, and how."""
        self.origin = self._first_guess()
        self.clock = clock
        self._start_sandbox = start_sandbox
        self._transport = transport
        self._client: RunflowClient | None = None
        self._asked = asyncio.Lock()

    def _first_guess(self) -> str:
        if self.base_url == LIVE_URL:
            return "live"
        if self.base_url == SANDBOX or is_loopback(self.base_url):
            return "sandbox"
        return urlsplit(self.base_url).netloc

    @property
    def host(self) -> str:
        """Host and port, for people."""
        return urlsplit(self.base_url).netloc or self.base_url

    @property
    def local(self) -> bool:
        """Whether the address is this machine's."""
        return self.base_url == SANDBOX or is_loopback(self.base_url)

    @property
    def made(self) -> bool:
        """Whether the API has been asked what it has to be asked before the first run."""
        return self._client is not None

    async def client(self) -> RunflowClient:
        """The client; the first call starts an embedded sandbox and learns whether a local server is one.

        Raises NotConnected, ServerUnavailable.
        """
        async with self._asked:
            if self._client is None:
                await self._connect()
            assert self._client is not None
            return self._client

    def stop_buying(self, refusal: RequestRefused) -> None:
        """The API refused key or credit: what was ordered before a person could hear of it need not be sent."""
        self.refused = self.clock.monotonic(), refusal

    def check_not_stopped(self, ordered: float) -> None:
        """Raises the refusal that came after this moment (monotonic seconds), in a copy of its own."""
        if self.refused is not None and self.refused[0] >= ordered:
            raise copy.copy(self.refused[1]) from None

    async def ask_again(self) -> None:
        """Learn anew which sandbox answers at this address; an answer that does not say so tells nothing.

        Raises ServerUnavailable.
        """
        if self.origin != SANDBOX:
            return
        try:
            health = await (await self.client()).health()
        except ServerUnavailable as reason:
            if reason.absent:
                # The next run connects anew: another sandbox may then listen there.
                await self.close()
            raise
        self.instance = health.instance or self.instance

    def is_another(self, instance: str | None) -> bool:
        """Whether it is certain that the sandbox of this name is not the one that answers."""
        return None not in (instance, self.instance) and instance != self.instance

    async def learn_organisation(self) -> None:
        """Learn from the newest of the key's runs whose they are, where no answer has named the organisation yet."""
        if self.origin == SANDBOX or self.org_id is not None:
            return
        try:
            page = await (await self.client()).list_runs(limit=1)
        except (ServerUnavailable, RequestRefused):
            return
        self.org_id = next((run.org_id for run in page.items), None)

    def is_organisation(self, org_id: str | None) -> bool:
        """Whether this key belongs to that organisation; a sandbox has one."""
        return self.origin == SANDBOX or org_id == self.org_id

    async def _connect(self) -> None:
        if not self.local:
            if self.key is None:
                raise NotConnected
            self._client = self._make(self.base_url, self.key)
            return
        url = self.base_url
        if url == SANDBOX:
            if self._start_sandbox is None:
                raise NotConnected
            url = await asyncio.to_thread(self._start_sandbox)
        client = self._make(url, SANDBOX_TOKEN)
        try:
            health = await client.health()
        except BaseException:
            await client.aclose()
            raise
        if health.sandbox:
            self.origin, self.instance, self._client = SANDBOX, health.instance, client
            return
        # Somebody's proxy: a host of its own, with a key of its own.
        await client.aclose()
        self.origin = urlsplit(url).netloc
        if self.key is None:
            raise NotConnected
        self._client = self._make(url, self.key)

    def _make(self, url: str, key: Secret) -> RunflowClient:
        from ..api.client import RunflowClient

        return RunflowClient(url, key, organization=self.organization, transport=self._transport, clock=self.clock)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None
