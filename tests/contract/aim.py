"""What the suite is pointed at: the sandbox, in its default or in dialects, or any base URL with a cap on its cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from runflow_nb.money import parse_usd
from runflow_nb.sandbox.dialects.choose import BadDialect, read_dialects
from runflow_nb.sandbox.dialects.table import ALL, DIALECTS
from runflow_nb.secret import Secret
from runflow_nb.settings import KEY_VARIABLE, is_loopback

URL, CAP, DIALECT = "RUNFLOW_CONTRACT_URL", "RUNFLOW_CONTRACT_CAP", "RUNFLOW_CONTRACT_DIALECT"
DEFAULT = ""
"""The sandbox as it speaks by itself."""
EACH = "each"
"""The default, every single dialect, and all that make one older service."""


class BadAim(Exception):
    """What was asked for cannot be done; the text says why."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the requests go."""

    url: str | None
    """Any base URL; None for sandboxes that the suite starts itself."""
    key: Secret | None
    cap: Decimal | None
    """USD that a run of the suite may cost at `url`."""
    dialects: tuple[str, ...] = (DEFAULT,)

    @property
    def local(self) -> bool:
        """Whether it stays on this machine."""
        return self.url is None or is_loopback(self.url)

    def check(self, sum_: Decimal) -> None:
        """Raises BadAim where this much must not be spent there."""
        if self.url is None:
            return
        if self.cap is None and not self.local:
            raise BadAim(f"{self.url} may bill: set {CAP} to the USD that a run may cost (it plans {sum_})")
        if self.cap is not None and sum_ > self.cap:
            raise BadAim(f"a run may cost {sum_} USD, and {CAP} is {self.cap}")
        if self.key is None and not self.local:
            raise BadAim(f"{self.url} needs a key: set {KEY_VARIABLE}")


def read_aim(environment: Mapping[str, str]) -> Aim:
    """Raises BadAim."""
    url, cap, spoken = (environment.get(name, "").strip() for name in (URL, CAP, DIALECT))
    amount = parse_usd(cap) if cap else None
    if cap and amount is None:
        raise BadAim(f"{CAP} takes an amount in USD, such as 2.50")
    if url and spoken:
        raise BadAim(f"{DIALECT} is spoken by the sandbox; {URL} points elsewhere")
    key = environment.get(KEY_VARIABLE, "").strip()
    return Aim(url.rstrip("/") or None, Secret(key) if key else None, amount, _dialects(spoken))


def _dialects(spoken: str) -> tuple[str, ...]:
    if spoken in ("", EACH):
        return (DEFAULT, *DIALECTS, ALL) if spoken else (DEFAULT,)
    try:
        read_dialects([spoken])
    except BadDialect as problem:
        raise BadAim(f"{problem}; {ALL} and {EACH} are taken too") from None
    return (spoken,)
