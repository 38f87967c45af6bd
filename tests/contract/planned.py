"""Every create that the suite sends to whatever it is pointed at, each with what it may cost."""

from __future__ import annotations

import base64
import io
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from PIL import Image

from tests.contract.pages import LANGUAGES, NANO_2, PAGES, PRO_EDIT, ModelPage

Sender = Literal["client", "example", "body"]
"""client: our client makes it. example: a page's example, verbatim. body: this body, as it stands."""
HOOK = "https://your-server.com/webhook"
"""Whom the examples call back."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One create."""

    name: str
    page: ModelPage
    sender: Sender
    price: Decimal
    """USD; of what is to be refused, what it costs where it is not."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """For our client what a person gives, else the body."""
    refused: bool = False
    path: str = ""
    """Where the page's own endpoint is not meant."""
    times: int = 1
    """How often it is sent; it costs more than once only where keys of idempotency are passed over."""
    keyed: bool = False
    """Whether it carries the key of idempotency that all of these share."""

    @property
    def address(self) -> str:
        return self.path or self.page.path


def large_picture() -> bytes:
    """One that is uploaded: above a MiB."""
    stream = io.BytesIO()
    Image.frombytes("RGB", (640, 640), random.Random(7).randbytes(640 * 640 * 3)).save(stream, "PNG")
    return stream.getvalue()


def small_picture() -> bytes:
    """One that is sent inline."""
    stream = io.BytesIO()
    Image.new("RGB", (96, 64), "teal").save(stream, "PNG")
    return stream.getvalue()


INLINE = "data:image/png;base64," + base64.b64encode(small_picture()).decode()
PROMPT = "a red kite over dunes"
SMALL = Decimal("0.06")
"""What an image at 0.5K is thought to cost; only 1K is published."""
AGAIN = {"prompt": PROMPT, "resolution": "0.5K", "seed": 7, "safety_tolerance": 4}
TWICE = {"input": AGAIN, "callback_url": None, "metadata": None}
METADATA = {"notebook": "demo.ipynb", "n": [1, None, {"deep": "ümit"}]}

CLIENTS = (
    Planned(
        "two small", NANO_2, "client", 2 * SMALL,
        {"prompt": PROMPT, "resolution": "0.5K", "num_images": 2, "output_format": "jpeg", "metadata": METADATA},
    ),
    Planned(
        "every field", NANO_2, "client", NANO_2.base + Decimal("0.017"),
        {
            "prompt": PROMPT, "resolution": "1K", "aspect_ratio": "4:3", "enable_web_search": True,
            "thinking_level": "high", "num_images": 1, "output_format": "webp", "safety_tolerance": "2",
            "seed": 7, "limit_generations": True, "sync_mode": False,
        },
    ),
    Planned(
        "inline", NANO_2, "client", SMALL,
        {"prompt": PROMPT, "resolution": "0.5K", "seed": 7, "safety_tolerance": "4", "sync_mode": True},
    ),
    Planned(
        "every field of an edit", PRO_EDIT, "client", PRO_EDIT.base + Decimal("0.015"),
        {
            "prompt": PROMPT, "images": [large_picture()], "aspect_ratio": "4:3", "enable_web_search": True,
            "resolution": "1K", "num_images": 1, "output_format": "jpeg", "sync_mode": False,
            "safety_tolerance": "2", "seed": 7, "limit_generations": True,
        },
    ),
    Planned(
        "two inline edits", PRO_EDIT, "client", 2 * PRO_EDIT.base,
        {
            "prompt": PROMPT, "images": [small_picture()], "num_images": 2, "output_format": "jpeg",
            "safety_tolerance": 3, "sync_mode": True,
        },
    ),
)  # fmt: skip

WRONG_KINDS: Mapping[str, Mapping[str, Any]] = {
    NANO_2.name: {
        "prompt": 5, "resolution": 1, "aspect_ratio": [], "enable_web_search": "yes", "thinking_level": True,
        "num_images": "two", "output_format": 3, "safety_tolerance": [4], "seed": "seven", "limit_generations": 1,
        "sync_mode": "no",
    },
    PRO_EDIT.name: {
        "prompt": 5, "aspect_ratio": [], "enable_web_search": "yes", "resolution": 1, "num_images": "two",
        "output_format": 3, "sync_mode": "no", "safety_tolerance": [4], "seed": "seven", "image_urls": "a.png",
        "limit_generations": 1,
    },
}  # fmt: skip
WRONG_VALUES: Mapping[str, Mapping[str, Any]] = {
    NANO_2.name: {
        "prompt": "ab", "resolution": "8K", "aspect_ratio": "7:6", "thinking_level": "low", "num_images": 5,
        "output_format": "gif", "safety_tolerance": "7",
    },
    PRO_EDIT.name: {
        "prompt": PROMPT, "image_urls": [INLINE], "resolution": "0.5K", "output_format": "gif",
        "safety_tolerance": "7",
    },
}  # fmt: skip
"""Page by its name -> values that it does not allow, and what it requires."""
BESIDE = {"callback_url": 5, "metadata": "none"}

PLANNED = (
    *(Planned(f"example for {language}", page, "example", page.base) for page in PAGES for language in LANGUAGES),
    *CLIENTS,
    Planned("sent twice", NANO_2, "body", SMALL, TWICE, times=2, keyed=True),
    Planned("same key, other body", NANO_2, "body", SMALL, {"input": {**AGAIN, "seed": 8}}, refused=True, keyed=True),
    *(
        Planned("wrong kinds", page, "body", page.base, {"input": WRONG_KINDS[page.name], **BESIDE}, refused=True)
        for page in PAGES
    ),
    Planned("wrong values", NANO_2, "body", 5 * NANO_2.base, {"input": WRONG_VALUES[NANO_2.name]}, refused=True),
    Planned("wrong values", PRO_EDIT, "body", PRO_EDIT.base, {"input": WRONG_VALUES[PRO_EDIT.name]}, refused=True),
    *(Planned("nothing given", page, "body", page.base, {"input": {}}, refused=True) for page in PAGES),
    *(Planned("no input", page, "body", page.base, {}, refused=True) for page in PAGES),
    Planned("a batch", NANO_2, "body", SMALL, {"input": [AGAIN]}, True, "/v1/models/google/nano-banana-2/batches"),
    Planned("the older address", NANO_2, "body", SMALL, {"input": AGAIN}, True, "/v1/run/google/nano-banana-2"),
)


def planned(name: str, page: ModelPage | None = None) -> Planned:
    """The create of this name, of this page where both have one."""
    return next(each for each in PLANNED if each.name == name and page in (None, each.page))


def most() -> Decimal:
    """USD that a run of the suite may cost where nothing that is to be refused is."""
    return sum((each.price * each.times for each in PLANNED), Decimal(0))


def listed() -> str:
    """What would be sent, and for what price."""
    rows = [("create", "model", "USD", "")]
    for each in PLANNED:
        note = "nothing, if it is refused as it should be" if each.refused else ""
        if each.times > 1:
            note = f"sent {each.times} times with one key; if that is passed over, each is billed"
        rows.append((each.name, each.page.model, f"{each.price:.3f}", note))
    expected = sum((each.price for each in PLANNED if not each.refused), Decimal(0))
    rows += [("", "", "", ""), ("expected", "", f"{expected:.3f}", ""), ("at most", "", f"{most():.3f}", "")]
    left, middle, right = (max(len(row[column]) for row in rows) for column in range(3))
    return "\n".join(
        f"{name:<{left}}  {model:<{middle}}  {price:>{right}}  {note}".rstrip() for name, model, price, note in rows
    )
