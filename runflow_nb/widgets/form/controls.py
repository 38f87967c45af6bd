"""Which controls a model's form has: one for each field of its spec, and those that every model has. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from ...models.catalog import CATALOG
from ...models.price import estimate
from ...models.spec import PICTURES, Field, ModelSpec, Value
from ...money import usd
from ...plain import shortened
from ..sendable import sendable

Kind = Literal["text", "line", "ratio", "choice", "menu", "scale", "switch", "seed", "pictures"]
"""text: several lines. line: one. ratio: a frame for each. choice: one of few. menu: one of many. scale: one of few, in
order."""
CHOSEN: frozenset[Kind] = frozenset({"ratio", "choice", "menu", "scale"})

MODEL, PROMPT, IMAGES, SEED = "model", "prompt", "images", "seed"
CALLBACK, METADATA, TAGS = "callback_url", "metadata", "tags"
OURS = frozenset({MODEL, IMAGES, CALLBACK, METADATA, TAGS})
"""Names that mean something to every form: a model's own field of such a name has no control."""
RATIO = re.compile(r"(\d+):(\d+)")
FEW = 8
"""Whole numbers up to so many are chosen from; more are typed."""
MANY = 16
"""Values from so many on are in a menu."""
UNFOLDED = 12
"""Fields of a model outside of the catalog that stand open, beside those that it needs."""
WORDS: Mapping[bool | None, str] = {None: "none", True: "on", False: "off"}
HELP_LENGTH, CHOICE_LENGTH = 200, 48
"""Characters of what a model's maker wrote that are shown."""
RATIOS = frozenset(value for spec in CATALOG.values() for field in spec.fields for value in field.allowed)
"""Values that the form's sheet may have a frame for."""
LESS_USED = frozenset({"limit_generations", "sync_mode", CALLBACK, METADATA, TAGS})
OTHERS = ""
"""The place of those that have none of their own."""
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
    OTHERS,
    SEED,
    "limit_generations",
    "sync_mode",
)
"""Where a control stands, whichever model is chosen: nothing jumps when it changes."""
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


def controls(spec: ModelSpec, said: Iterable[str] = ()) -> tuple[Control, ...]:
    """The controls of this model's form, in the order in which they stand.

    `said`: names of what is said. Where it is not known what the model takes, each of them has a line.
    """
    fields = [field for field in spec.fields if field == spec.image_field or field.name not in OURS]
    if not spec.typed:
        known = {*OURS, SEED, *(field.name for field in fields)}
        fields += [Field(name, "string", "The API judges what it means.") for name in said if name not in known]
    found = [_control(spec, field) for field in fields]
    if spec.declared:
        found = [
            replace(one, folded=place >= UNFOLDED and not field.required)
            for place, (one, field) in enumerate(zip(found, fields, strict=True))
        ]
    return tuple(sorted([*found, *BESIDE], key=lambda control: (control.folded, _place(control.field))))


def choice_of(value: Value | None) -> Choice:
    """A value as it is called."""
    label = WORDS[value] if value is None or isinstance(value, bool) else sendable(str(value))
    match = RATIO.fullmatch(label)
    return Choice(value, shortened(label, CHOICE_LENGTH), frame=(int(match[1]), int(match[2])) if match else None)


def takes_seed(spec: ModelSpec) -> bool:
    """Whether a seed can be asked for."""
    field = spec.field(SEED)
    return field is not None and field.type == "integer"


def is_typed(field: Field) -> bool:
    """Whether its value is typed, and not chosen: it then stays as it was typed."""
    return not field.allowed and field.type != "boolean" and not _numbers(field)


def _place(name: str) -> int:
    return ORDER.index(name if name in ORDER else OTHERS)


def _control(spec: ModelSpec, field: Field) -> Control:
    name = IMAGES if field == spec.image_field else field.name
    kind = _kind(spec, field)
    known = field.default if field.published("default") or kind == "switch" else None
    label = (LABELS.get(name) or name.replace("_", " ").strip()) or name
    words = [field.description, _extra(field) if kind == "switch" else "", _billed(spec, field)]
    if spec.declared:
        words = [shortened(sendable(field.description), HELP_LENGTH), _bounds(field) if kind == "line" else ""]
    return Control(
        name,
        kind,
        label[:1].upper() + label[1:] + (" (required)" if spec.declared and field.required else ""),
        " ".join(filter(None, words)),
        _choices(spec, field) if kind in CHOSEN else (),
        name in LESS_USED,
        known,
    )


def _kind(spec: ModelSpec, field: Field) -> Kind:
    if field == spec.image_field:
        return "pictures"
    if field.type == "boolean":
        # Of two states one would always be taken for the default.
        return "choice" if spec.declared and field.default is None else "switch"
    if field.name == SEED and takes_seed(spec):
        return "seed"
    if any(RATIO.fullmatch(value) for value in field.allowed) and (RATIOS.issuperset(field.allowed)):
        return "ratio"
    if field.allowed:
        if len(field.allowed) >= MANY:
            return "menu"
        return "scale" if all(value.isdigit() for value in field.allowed) else "choice"
    if field.type == "integer":
        return "choice" if _numbers(field) else "line"
    long = field.required or (spec.declared and field.name.endswith(PROMPT))
    return "text" if long and field.type not in PICTURES and field.type != "number" else "line"


def _numbers(field: Field) -> tuple[int, ...]:
    """The whole numbers that are taken, where they are few."""
    return tuple(field.whole_range) if len(field.whole_range) <= FEW else ()


def _choices(spec: ModelSpec, field: Field) -> tuple[Choice, ...]:
    values: tuple[Value, ...] = (True, False) if field.type == "boolean" else field.allowed or _numbers(field)
    found = [_priced(spec, field, choice_of(value)) for value in values]
    if field.default is None:
        return (Choice(None, "unset" if spec.declared else "off"), *found)
    if field.published("default"):
        return tuple(found)
    # What no page states may be otherwise: whoever wants it for sure says so.
    return (Choice(None, "unset", f"probably {choice_of(field.default).label}"), *found)


def _priced(spec: ModelSpec, field: Field, choice: Choice) -> Choice:
    """With the price of one picture where it depends on this field, else with what it adds."""
    assert choice.value is not None
    note = f"+{usd(extra)}" if (extra := field.surcharge(choice.value)) else ""
    if field.name == TIER and spec.price is not None:
        note = str(estimate(spec, {TIER: choice.value}))
    return Choice(choice.value, choice.label, note, choice.frame)


TIER = "resolution"
"""The field that a spec's `Price` goes by."""


def _extra(field: Field) -> str:
    extra: Decimal = field.surcharge(True)
    return f"Adds {'' if field.published('surcharge') else 'about '}{usd(extra)} to each picture." if extra else ""


def _billed(spec: ModelSpec, field: Field) -> str:
    return "The price is that of one picture." if field.name == TIER and spec.price is not None else ""


def _bounds(field: Field) -> str:
    """What is said of a value that is typed: never more than probable, for nobody checks it here."""
    if field.type in PICTURES:
        return "The address of a picture."
    low, high = field.minimum, field.maximum
    said = []
    if field.type in ("integer", "number") and (low is not None or high is not None):
        both = low is not None and high is not None
        said.append(f"{low:g} to {high:g}" if both else f"{low:g} or more" if high is None else f"{high:g} or less")
    if field.default not in (None, ""):
        said.append(f"probably {choice_of(field.default).label} where it is empty")
    text = ", ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
