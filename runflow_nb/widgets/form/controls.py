"""Which controls a model's form has: one for each field of its spec, and those that every model has. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ...models.price import estimate
from ...models.spec import Field, ModelSpec, Value
from ...money import usd

Kind = Literal["text", "line", "ratio", "choice", "scale", "switch", "seed", "pictures"]
"""text: several lines. line: one. ratio: a frame for each. choice: one of few. scale: one of few, in order."""

PROMPT, IMAGES, SEED = "prompt", "images", "seed"
CALLBACK, METADATA, TAGS = "callback_url", "metadata", "tags"
RATIO = re.compile(r"(\d+):(\d+)")
FEW = 8
"""Whole numbers up to so many are chosen from; more are typed."""
LESS_USED = frozenset({"limit_generations", "sync_mode", CALLBACK, METADATA, TAGS})
ORDER = (
    PROMPT,
    IMAGES,
    "aspect_ratio",
    "resolution",
    "num_images",
    "output_format",
    "thinking_level",
    "enable_web_search",
    "safety_tolerance",
    SEED,
    "limit_generations",
    "sync_mode",
)
"""Where a control stands, whichever model is chosen: nothing jumps when it changes. Others follow."""
LABELS = {
    IMAGES: "Pictures to edit",
    "aspect_ratio": "Ratio",
    "num_images": "Number",
    "output_format": "Format",
    "thinking_level": "Thinking",
    "enable_web_search": "Web search",
    "safety_tolerance": "Safety",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that are offered."""

    value: Value | None
    """None: nothing is said, and the model does as it does."""
    label: str
    note: str = ""
    """Beside it: its price, or what is known of it."""
    frame: tuple[int, int] | None = None
    """Width and height of what is drawn for a ratio; None for none."""

    @property
    def text(self) -> str:
        """Label and note on one line."""
        return f"{self.label} · {self.note}" if self.note else self.label


@dataclass(frozen=True, slots=True)
class Control:
    """One control of the form."""

    field: str
    """The field it sets, as the API spells it; `images` for pictures."""
    kind: Kind
    label: str
    help: str
    """What the spec says of the field."""
    choices: tuple[Choice, ...] = ()
    folded: bool = False
    """Whether it is among the less used."""
    unsaid: Value | None = None
    """What is chosen where nothing is said; None for the choice that has no value, or for nothing."""

    def choice(self, value: Value | None) -> Choice:
        """How this value is offered; one that is not is put as it is."""
        shown = self.unsaid if value is None else value
        return next((one for one in self.choices if one.value == shown), choice_of(shown))

    def offered(self, value: Value | None) -> tuple[Choice, ...]:
        """The choices, and this value where it is none of them."""
        chosen = self.choice(value)
        return self.choices if chosen in self.choices else (*self.choices, chosen)


BESIDE = (
    Control(CALLBACK, "line", "Callback URL", "Address that Runflow calls when the run ends.", folded=True),
    Control(METADATA, "line", "Metadata", "An object in JSON that Runflow keeps with the run.", folded=True),
    Control(TAGS, "line", "Tags", "Labels to find the run by, with commas between.", folded=True),
)
"""What goes beside the input of every model."""


def controls(spec: ModelSpec) -> tuple[Control, ...]:
    """The controls of this model's form, in the order in which they stand."""
    found = [*(_control(spec, field) for field in spec.fields), *BESIDE]
    return tuple(sorted(found, key=lambda control: (control.folded, _place(control.field))))


def choice_of(value: Value | None) -> Choice:
    """A value as it is called."""
    label = "none" if value is None else str(value)
    match = RATIO.fullmatch(label)
    return Choice(value, label, frame=(int(match[1]), int(match[2])) if match else None)


def _place(name: str) -> int:
    return ORDER.index(name) if name in ORDER else len(ORDER)


def _control(spec: ModelSpec, field: Field) -> Control:
    name = IMAGES if field.type == "image_list" else field.name
    kind = _kind(field)
    known = field.default if field.published("default") or kind == "switch" else None
    return Control(
        name,
        kind,
        LABELS.get(name, name.replace("_", " ").capitalize()),
        " ".join(filter(None, [field.description, _extra(field) if kind == "switch" else "", _billed(field)])),
        _choices(spec, field) if kind in ("ratio", "choice", "scale") else (),
        name in LESS_USED,
        known,
    )


def _kind(field: Field) -> Kind:
    if field.type == "image_list":
        return "pictures"
    if field.type == "boolean":
        return "switch"
    if field.name == SEED:
        return "seed"
    if any(RATIO.fullmatch(value) for value in field.allowed):
        return "ratio"
    if field.allowed:
        return "scale" if all(value.isdigit() for value in field.allowed) else "choice"
    if field.type == "integer":
        return "choice" if _numbers(field) else "line"
    return "text" if field.required else "line"


def _numbers(field: Field) -> tuple[int, ...]:
    """The whole numbers that are taken, where they are few."""
    return tuple(field.whole_range) if len(field.whole_range) <= FEW else ()


def _choices(spec: ModelSpec, field: Field) -> tuple[Choice, ...]:
    values: tuple[Value, ...] = field.allowed or _numbers(field)
    found = [_priced(spec, field, choice_of(value)) for value in values]
    if field.default is None:
        return (Choice(None, "off"), *found)
    if field.published("default"):
        return tuple(found)
    # What no page states may be otherwise: whoever wants it for sure says so.
    return (Choice(None, "unset", f"probably {field.default}"), *found)


def _priced(spec: ModelSpec, field: Field, choice: Choice) -> Choice:
    """With the price of one picture where it depends on this field, else with what it adds."""
    assert choice.value is not None
    note = f"+{usd(extra)}" if (extra := field.surcharge(choice.value)) else ""
    if field.name == TIER:
        note = str(estimate(spec, {TIER: choice.value}))
    return Choice(choice.value, choice.label, note, choice.frame)


TIER = "resolution"
"""The field that a spec's `Price` goes by."""


def _extra(field: Field) -> str:
    extra: Decimal = field.surcharge(True)
    return f"Adds {'' if field.published('surcharge') else 'about '}{usd(extra)} to each picture." if extra else ""


def _billed(field: Field) -> str:
    return "The price is that of one picture." if field.name == TIER else ""
