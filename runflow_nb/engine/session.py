"""This process's session: its background loop, its stores, and the API it is connected to."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

from .. import settings as settings_module
from ..clock import Clock, SystemClock
from ..record.disk import Disk
from ..record.store import Store
from ..secret import Secret
from ..settings import Settings
from .budget import Committed
from .connection import Connection
from .engine import Engine
from .job import Job
from .loop import BackgroundLoop
from .order import Order


class Session:
    """Places orders with the engine of the right store and connection. Any thread."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        start_sandbox: Callable[[], str] | None = None,
        disk: Disk | None = None,
        transport: Any = None,
        previews: bool = True,
    ) -> None:
        """`disk` and `transport` (of httpx) are the seams that every effect passes through."""
        self.process = os.getpid()
        """Whose session it is: background threads do not survive a fork."""
        self.clock: Clock = clock or SystemClock()
        self._disk = disk
        self._transport = transport
        self._previews = previews
        self.loop = BackgroundLoop()
        self.start_sandbox = start_sandbox
        """Starts the embedded sandbox and returns its address; handed in, since the engine does not know it."""
        self._key: Secret | None = None
        self._lock = threading.RLock()
        self._stores: dict[Path, Store] = {}
        self._jobs: dict[Path, dict[str, Job]] = {}
        self._engines: dict[tuple[Path, str, Secret | None, str | None], Engine] = {}
        self._claiming = ThreadPoolExecutor(1, thread_name_prefix="runflow-claim")

    def use_key(self, key: Secret | None) -> None:
        """Keep a key in memory for this process; it goes before the environment's."""
        self._key = key

    @property
    def has_key(self) -> bool:
        """Whether a key is kept in memory."""
        return self._key is not None

    def settings(self) -> Settings:
        """All settings as they stand now. Raises InvalidSetting."""
        return settings_module.resolve(key=self._key)

    def store(self, settings: Settings, notebook: str | None = None) -> Store:
        """The store of this notebook: as set, else beside the notebook, else in the working folder."""
        place = settings_module.store_folder(settings.store, notebook)
        with self._lock:
            if place not in self._stores:
                self._stores[place] = Store(place, disk=self._disk, clock=self.clock)
            return self._stores[place]

    def engine(self, settings: Settings, notebook: str | None = None) -> Engine:
        """The engine of this store and connection."""
        store = self.store(settings, notebook)
        with self._lock:
            known = (store.root, settings.base_url, settings.key, settings.organization)
            if known not in self._engines:
                jobs = self._jobs.setdefault(store.root, {})
                connection = self._connection(settings)
                self._engines[known] = Engine(
                    store,
                    connection,
                    self.loop,
                    self.clock,
                    jobs,
                    self._claiming,
                    self._spent,
                    previews=self._previews,
                )
            return self._engines[known]

    def _spent(self, origin: str) -> Committed:
        with self._lock:
            stores = list(self._stores.values())
        sums = [store.index.committed(origin, session=store.session) for store in stores]
        nothing = Decimal(0)
        return Committed(sum((one for one, _ in sums), nothing), sum((other for _, other in sums), nothing))

    def _connection(self, settings: Settings) -> Connection:
        for (_, url, key, organization), engine in self._engines.items():
            if (url, key, organization) == (settings.base_url, settings.key, settings.organization):
                return engine.connection
        return Connection(
            settings.base_url,
            settings.key,
            self.clock,
            organization=settings.organization,
            start_sandbox=self.start_sandbox,
            transport=self._transport,
        )

    def place(self, order: Order, settings: Settings | None = None) -> Job:
        """Begin to do what is ordered; returns at once. Raises InvalidSetting."""
        now = settings or self.settings()
        return self.engine(now, order.notebook).place(order, now)

    def close(self) -> None:
        """End the background work; for tests and for the end of a program."""
        # Before its connection: a create that loses its connection would be taken for one whose fate is open.
        self.loop.cancel()
        for engine in self._engines.values():
            self.loop.run(engine.connection.close())
        self._engines.clear()
        self._claiming.shutdown(wait=False)
        self._claiming = ThreadPoolExecutor(1, thread_name_prefix="runflow-claim")
        for store in self._stores.values():
            store.close()
        self._stores.clear()
        self.loop.stop()
