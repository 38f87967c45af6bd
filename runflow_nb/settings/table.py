"""Every setting as one row: its name, default, meaning, variable and reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import values
from .values import Given

LIVE_URL = "https://api.runflow.io"
DEFAULTS = ("model", "resolution", "aspect_ratio", "output_format", "safety_tolerance", "num_images")
"""Settings that stand in for what a request does not say."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table of settings."""

    name: str
    default: str
    meaning: str
    read: Callable[[Given], Any]
    """From what was given to the value. Raises InvalidSetting."""
    variable: str | None = None
    """The environment variable that sets it."""
    tighten: Callable[[Any, Any], Any] | None = None
    """For a guard: what holds where this value was chosen and the environment has that one. None: the choice holds."""


TABLE: tuple[Setting, ...] = (
    Setting(
        "base_url", LIVE_URL, "the API; `sandbox` starts the embedded sandbox", values.read_base_url, "RUNFLOW_BASE_URL"
    ),
    Setting(
        "store",
        "",
        "the folder `.runflow`; empty: beside the notebook, else the working folder",
        values.read_path,
        "RUNFLOW_NB_STORE",
    ),
    Setting(
        "notebook",
        "",
        "path of this notebook; empty: as the front end says",
        values.read_path,
        "RUNFLOW_NB_NOTEBOOK",
    ),
    Setting(
        "reuse",
        "on",
        "`on`, or `only`: show what is on record, never call the network",
        values.read_reuse,
        "RUNFLOW_NB_REUSE",
        lambda chosen, guard: "only" if "only" in (chosen, guard) else "on",
    ),
    Setting(
        "budget",
        "10/session",
        "USD: `5`, `5/session`, `5/notebook`, `5/day` (UTC), comma-joined",
        values.read_budget,
        "RUNFLOW_NB_BUDGET",
        lambda chosen, guard: chosen + guard,
    ),
    Setting("confirm_above", "1.00", "USD: a run that costs more is bought only with --yes", values.read_usd),
    *(
        Setting(name, "", meaning, values.read_default)
        for name, meaning in {
            "model": "model of a request that names none: `2`, `pro` or a full id; empty: `2`",
            "resolution": "size of a picture where the request says none; empty: the model's own",
            "aspect_ratio": "its width to height; empty: the model's own",
            "output_format": "its file format; empty: the model's own",
            "safety_tolerance": "moderation, 1 (blocks most) to 6; empty: the model's own",
            "num_images": "how many pictures, each billed; empty: the model's own",
        }.items()
    ),
    Setting(
        "wait_limit", "900", "seconds that a cell waits for a run, which then goes on without it", values.read_seconds
    ),
    Setting(
        "wait",
        "block",
        "`block`, or `loop`: the notebook's own asyncio tasks go on while a cell waits",
        values.read_wait,
    ),
    Setting(
        "embed",
        "on",
        "`on`: pictures that are saved hold their recipe (model, prompt, seed, price); `off`: they do not",
        values.read_switch,
    ),
    Setting("organization", "", "organisation id, where the key belongs to several", values.read_text),
)
BY_NAME: Mapping[str, Setting] = {row.name: row for row in TABLE}
