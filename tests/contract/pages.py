"""The rows of the two model pages, as they are printed there: what the register and the tests are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parent / "examples"
LANGUAGES = ("python", "node", "curl")
TOLERANCES = ("1", "2", "3", "4", "5", "6")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    name: str
    type: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    """The closed set; empty where the page says "Any"."""
    default: Any = None
    """None where the page states none."""
    limits: tuple[int, int] | None = None
    """The range of a number, or the length of a text."""
    adds: Mapping[Any, Decimal] = field(default_factory=dict)
    """Value -> USD that it adds to each image."""


@dataclass(frozen=True, slots=True)
class ModelPage:
    """One page."""

    name: str
    """As lines are named after it."""
    model: str
    base: Decimal
    """USD for an image."""
    note: str
    endpoint: str
    input: tuple[Row, ...]

    @property
    def path(self) -> str:
        return self.endpoint.removeprefix("POST ")

    def row(self, name: str) -> Row:
        return next(row for row in self.input if row.name == name)

    def example(self, language: str) -> str:
        """The example in this language, verbatim."""
        return (EXAMPLES / f"{self.name.replace('/', '-')}.{language}").read_text(encoding="utf-8")


RATIOS = tuple("auto 21:9 16:9 3:2 4:3 5:4 1:1 4:5 3:4 2:3 9:16 4:1 1:4 8:1 1:8".split())  # noqa: SIM905 - as printed
FORMATS = ("jpeg", "png", "webp")

NANO_2 = ModelPage(
    name="nano-banana-2",
    model="google/nano-banana-2",
    base=Decimal("0.08"),
    note="Per image (1K default)",
    endpoint="POST /v1/models/google/nano-banana-2/runs",
    input=(
        Row("prompt", "string", required=True, limits=(3, 50_000)),
        Row("resolution", "string", allowed=("0.5K", "1K", "2K", "4K"), default="1K"),
        Row("aspect_ratio", "string", allowed=RATIOS, default="auto"),
        Row("enable_web_search", "boolean", default=False, adds={True: Decimal("0.015")}),
        Row("thinking_level", "string", allowed=("minimal", "high"), adds={"high": Decimal("0.002")}),
        Row("num_images", "integer", default=1, limits=(1, 4)),
        Row("output_format", "string", allowed=FORMATS, default="png"),
        Row("safety_tolerance", "string", default="4"),
        Row("seed", "integer"),
        Row("limit_generations", "boolean", default=True),
        Row("sync_mode", "boolean", default=False),
    ),
)
PRO_EDIT = ModelPage(
    name="nano-banana-pro/edit",
    model="google/nano-banana-pro/edit",
    base=Decimal("0.15"),
    note="Usage-based, per image",
    endpoint="POST /v1/models/google/nano-banana-pro/edit/runs",
    input=(
        Row("prompt", "string", required=True),
        Row("aspect_ratio", "string"),
        Row("enable_web_search", "boolean"),
        Row("resolution", "string", allowed=("1K", "2K", "4K")),
        Row("num_images", "integer"),
        Row("output_format", "string", allowed=FORMATS),
        Row("sync_mode", "boolean"),
        Row("safety_tolerance", "string", allowed=TOLERANCES),
        Row("seed", "integer"),
        Row("image_urls", "image_list", required=True),
        Row("limit_generations", "boolean"),
    ),
)
PAGES = (NANO_2, PRO_EDIT)

REQUEST = (
    Row("input", "object", required=True),
    Row("callback_url", "string | null"),
    Row("metadata", "object | null"),
)
"""Of both pages, like all that follows."""
OUTPUT = ("outputs", "model_data", "nsfw_detected", "seed", "timing")
CALLBACK: Mapping[str, type | tuple[type, ...]] = {
    "event": str,
    "run_id": str,
    "status": str,
    "output": (dict, type(None)),
    "duration_ms": (int, float, type(None)),
    "created_at": (str, type(None)),
    "completed_at": (str, type(None)),
    "metadata": (dict, type(None)),
}
"""Member -> its type in JSON."""
ENDS = {
    "run.completed": "succeeded",
    "run.failed": "failed",
    "run.cancelled": "cancelled",
}
"""Event -> status."""
BULLETS = ("sent", "retries", "headers")
"""What the pages say of callbacks beside their table."""

DISAGREEMENTS = (
    "cancelled-on-runs",
    "cancelled-in-callbacks",
    "state-field",
    "unlisted-states",
    "partial-succeeded",
    "create-id",
    "create-status",
    "end-time",
    "failure-fields",
    "error-envelope",
    "rate-limit-headers",
    "idempotency",
    "output-shape",
    "callback-output",
    "callback-events",
    "callback-retries",
    "callback-record",
    "timestamps",
    "balance",
    "batch-body",
    "asset-references",
    "upload-scheme",
    "health-body",
    "key-prefix",
    "safety-tolerance",
    "filter-syntax",
    "run-url",
    "asset-link-lifetime",
)
"""Rows of the table of disagreements, section 14, in its order."""


def names() -> list[str]:
    """The lines that there have to be, in the order of the pages."""
    found = []
    for page in PAGES:
        found += [f"{page.name}/{line}" for line in ("price/base", "price/note", "endpoint")]
        found += [f"{page.name}/example/{language}" for language in LANGUAGES]
        found += [f"{page.name}/input/{row.name}" for row in page.input]
    found += [f"request/{row.name}" for row in REQUEST]
    found += [f"output/{name}" for name in OUTPUT]
    found += [f"callback/{name}" for name in (*CALLBACK, *BULLETS)]
    found += [f"14/{name}" for name in DISAGREEMENTS]
    return found
