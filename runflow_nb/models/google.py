"""The four nano-banana models: one row per fact of the API's pages; what no page states is marked inferred."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from .spec import Fact, Field, ModelSpec, Price

RATIO_SHAPE = r"auto|\d{1,2}:\d{1,2}"
WIDE_RATIOS = (
    "auto",
    "21:9",
    "16:9",
    "3:2",
    "4:3",
    "5:4",
    "1:1",
    "4:5",
    "3:4",
    "2:3",
    "9:16",
    "4:1",
    "1:4",
    "8:1",
    "1:8",
)
COMMON_RATIOS = WIDE_RATIOS[:11]
FORMATS = ("jpeg", "png", "webp")
TOLERANCES = ("1", "2", "3", "4", "5", "6")


def inferred(row: Field, *facts: Fact) -> Field:
    """The same row with these facts marked as stated by no page."""
    return replace(row, inferred=row.inferred | frozenset(facts))


PROMPT = Field("prompt", "string", "What to draw.", required=True, minimum=3, maximum=50_000)
RESOLUTION = Field(
    "resolution", "string", "Size tier of the picture; the price depends on it.",
    allowed=("0.5K", "1K", "2K", "4K"), default="1K",
)  # fmt: skip
ASPECT_RATIO = Field(
    "aspect_ratio", "string", "Width to height; auto leaves it to the model.",
    allowed=WIDE_RATIOS, shape=RATIO_SHAPE, default="auto",
)  # fmt: skip
WEB_SEARCH = Field(
    "enable_web_search", "boolean", "Ground the picture in current facts from the web.",
    default=False, surcharges=((True, Decimal("0.015")),),
)  # fmt: skip
THINKING = Field(
    "thinking_level", "string", "Let the model think first; left out, it does not.",
    allowed=("minimal", "high"), surcharges=(("high", Decimal("0.002")),),
)  # fmt: skip
NUM_IMAGES = Field(
    "num_images", "integer", "How many pictures; each is billed.", minimum=1, maximum=4, default=1, counts_images=True
)
OUTPUT_FORMAT = Field("output_format", "string", "File format of the pictures.", allowed=FORMATS, default="png")
TOLERANCE = Field("safety_tolerance", "string", "Moderation: 1 blocks most, 6 least.", allowed=TOLERANCES, default="4")
SEED = Field("seed", "integer", "Random seed; left out, one is drawn, sent and recorded.")
LIMIT = Field(
    "limit_generations",
    "boolean",
    "At most one picture per round of prompting, whatever the prompt says.",
    default=True,
)
SYNC = Field("sync_mode", "boolean", "Pictures come in the answer itself and are kept nowhere else.", default=False)
IMAGES = Field("image_urls", "image_list", "The pictures to edit.", required=True)

NANO_2 = ModelSpec(
    id="google/nano-banana-2",
    name="Nano Banana 2",
    description="Google's fast image model: pictures from text.",
    fields=(
        PROMPT, RESOLUTION, ASPECT_RATIO, WEB_SEARCH, THINKING, NUM_IMAGES,
        OUTPUT_FORMAT, TOLERANCE, SEED, LIMIT, SYNC,
    ),
    price=Price(
        Decimal("0.08"),
        MappingProxyType({"0.5K": Decimal("0.75"), "1K": Decimal(1), "2K": Decimal("1.5"), "4K": Decimal(2)}),
    ),
    sibling="google/nano-banana-2/edit",
)  # fmt: skip

NANO_2_EDIT = ModelSpec(
    id="google/nano-banana-2/edit",
    name="Nano Banana 2 edit",
    description="Google's fast image model: pictures from pictures and text.",
    fields=(
        inferred(PROMPT, "length"),
        inferred(IMAGES, "required"),
        inferred(RESOLUTION, "presence", "allowed", "default"),
        inferred(ASPECT_RATIO, "presence", "allowed", "default"),
        inferred(WEB_SEARCH, "presence", "default", "surcharge"),
        inferred(THINKING, "presence", "allowed", "surcharge"),
        inferred(NUM_IMAGES, "range", "default"),
        inferred(OUTPUT_FORMAT, "allowed", "default"),
        inferred(TOLERANCE, "allowed", "default"),
        inferred(SEED, "presence"),
        inferred(LIMIT, "default"),
        inferred(SYNC, "presence", "default"),
    ),
    price=NANO_2.price,
    sibling="google/nano-banana-2",
)

PRO_RESOLUTION = replace(RESOLUTION, allowed=("1K", "2K", "4K"))
PRO_RATIO = inferred(replace(ASPECT_RATIO, allowed=COMMON_RATIOS), "allowed")
PRO_PRICE = Price(Decimal("0.15"), MappingProxyType({"1K": Decimal(1), "2K": Decimal(1), "4K": Decimal(2)}))

NANO_PRO = ModelSpec(
    id="google/nano-banana-pro",
    name="Nano Banana Pro",
    description="Google's finest image model: pictures from text.",
    fields=(
        inferred(PROMPT, "length"),
        inferred(replace(PRO_RATIO, default="1:1"), "default"),
        inferred(WEB_SEARCH, "default", "surcharge"),
        inferred(PRO_RESOLUTION, "default"),
        inferred(NUM_IMAGES, "range", "default"),
        inferred(OUTPUT_FORMAT, "default"),
        inferred(SYNC, "default"),
        inferred(TOLERANCE, "default"),
        SEED,
        inferred(LIMIT, "presence", "default"),
    ),
    price=PRO_PRICE,
    sibling="google/nano-banana-pro/edit",
)

NANO_PRO_EDIT = ModelSpec(
    id="google/nano-banana-pro/edit",
    name="Nano Banana Pro edit",
    description="Google's finest image model: pictures from pictures and text.",
    fields=(
        inferred(PROMPT, "length"),
        IMAGES,
        PRO_RATIO,
        inferred(WEB_SEARCH, "surcharge"),
        PRO_RESOLUTION,
        NUM_IMAGES,
        OUTPUT_FORMAT,
        SYNC,
        TOLERANCE,
        SEED,
        inferred(LIMIT, "default"),
    ),
    price=PRO_PRICE,
    sibling="google/nano-banana-pro",
)

GOOGLE = (NANO_2, NANO_2_EDIT, NANO_PRO, NANO_PRO_EDIT)
