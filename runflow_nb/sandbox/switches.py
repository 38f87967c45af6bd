"""What of the sandbox can be set: one record, made before it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, get_args

from .accounts.switches import AccountSwitches
from .asset_switches import AssetSwitches
from .callbacks.switches import CallbackSwitches
from .dialects.choose import check_dialects
from .offers.switches import ModelSwitches

SyncMode = Literal["read", "answer"]
"""Where `sync_mode` puts its data URIs, which no page says.

read: the create answers `queued` as ever, and reading the run carries them.
answer: the create waits for the end and carries them; no later read does.
In both a listing never carries them, for the pages say that they are not in the history.
"""
Readiness = Literal["ok", "redis-degraded", "redis-missing", "database-down"]
"""How database and Redis are, as `/v1/readiness` has it: 200 also where Redis is degraded, else 503."""

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Switches:
    """How this sandbox behaves where the contract leaves a choice, or a test wants another."""

    latency: float = 1.0
    """Seconds from the create to the end of a run; a run that takes longer to paint ends when it is painted."""
    balance: Decimal = Decimal(10)
    """USD that every organization starts with."""
    link_lifetime: float = 24 * 3600.0
    """Seconds that a signed link to an output works."""
    refuse_unknown: bool = True
    """Whether members of the body and of `input` that the model does not have are refused (422) or ignored."""
    enforce_inferred: bool = True
    """Whether limits that no page publishes are enforced."""
    rate_limit: int = 0
    """Requests with a key that an organization may make a minute, beyond which is 429; 0: as many as are wanted."""
    rate_limit_headers: bool = False
    """Whether answers carry `X-RateLimit-*`, as an older page has it."""
    report_seed: bool = True
    """Whether `output.seed` holds the seed used; else null, as for a provider that reports none."""
    sync_mode: SyncMode = "read"
    maximum_body: int = 96 * MIB
    """Largest JSON body in bytes (413 beyond): the largest inline picture, in base64, and room for the rest."""
    readiness: Readiness = "ok"
    accounts: AccountSwitches = field(default_factory=AccountSwitches)
    assets: AssetSwitches = field(default_factory=AssetSwitches)
    callbacks: CallbackSwitches = field(default_factory=CallbackSwitches)
    models: ModelSwitches = field(default_factory=ModelSwitches)
    faults: str = ""
    """What goes wrong on purpose, in the language of `faults`; nothing, where it is empty."""
    dialects: frozenset[str] = frozenset()
    """Names of `dialects.table`: in what the sandbox differs from its default, as sources of the API do."""

    def __post_init__(self) -> None:
        for name in ("latency", "balance", "link_lifetime", "rate_limit"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} takes a number from 0 up")
        if self.readiness not in get_args(Readiness):
            raise ValueError(f"readiness takes {', '.join(get_args(Readiness))}")
        check_dialects(self.dialects)
