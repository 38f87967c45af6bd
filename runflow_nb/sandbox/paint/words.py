"""What a prompt asks for, as far as the painter understands: a kind of scene, a mood, a subject. Pure."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from . import colour
from .colour import PALETTES, Palette

SCENES: dict[str, str] = {
    "mountains": "mountain alp peak hill valley hike volcano landscape cliff range himalaya everest highland",
    "sea": "sea ocean wave beach coast boat ship sail sailboat island water river whale dolphin fish harbour harbor "
    "lighthouse surf lagoon tide pirate coral reef",
    "forest": "forest tree wood jungle redwood pine treehouse moss mushroom canopy fairy elf oak "
    "leaf fern woodland grove vine",
    "city": "city town street skyline building tower tokyo york london paris neon cyberpunk architecture car taxi "
    "window office rain robot skyscraper bridge metropolis market cafe desk",
    "meadow": "flower garden meadow rose tulip orchid poppy daisy spring field bee butterfly bloom blossom lavender "
    "grass sunflower picnic farm bouquet petal",
    "aurora": "aurora northern lights borealis polar arctic ice glacier lake iceland norway finland frozen fjord",
    "space": "space planet galaxy astronaut cosmos star nebula alien rocket comet saturn jupiter universe orbit",
    "dunes": "desert dune sand camel pyramid sahara canyon mars egypt oasis nomad",
}
MOODS: dict[tuple[Palette, ...], str] = {
    (colour.DAWN, colour.ROSE, colour.SPRING): "dawn morning sunrise pink rose pastel soft gentle mist dream dreamy",
    (colour.DAY, colour.SPRING, colour.WINTER): "day noon bright sunny blue summer clear sunshine",
    (colour.SPRING, colour.ROSE, colour.DAY): "spring fresh green blossom watercolor watercolour ghibli anime",
    (colour.SUNSET, colour.GOLD, colour.DAWN): "sunset dusk twilight golden evening warm orange red sun fire",
    (colour.NIGHT, colour.TEAL, colour.VIOLET): "night midnight dark moon moonlit moonlight star starry nocturnal",
    (colour.TEAL, colour.VIOLET, colour.NIGHT): "bioluminescent glow glowing turquoise magic magical phosphorescent",
    (colour.AUTUMN, colour.GOLD, colour.SUNSET): "autumn fall leaf harvest brown october vintage retro",
    (colour.WINTER, colour.NIGHT, colour.DAWN, colour.TEAL): "winter snow snowy cold ice icy frost frozen christmas",
    (colour.NEON, colour.VIOLET, colour.SUNSET): "neon cyberpunk synthwave vaporwave futuristic purple violet electric",
    (colour.GOLD, colour.AUTUMN, colour.ROSE): "desert sand gold yellow honey",
}
SNOW = frozenset({"snow", "snowy", "winter", "snowfall", "christmas", "blizzard"})
RAIN = frozenset({"rain", "rainy", "storm", "monsoon", "drizzle"})
BY_NIGHT = ("aurora", "space")
DARK = tuple(each for each in PALETTES if each.dark)
"""For the scenes that are only seen by night."""
SUBJECTS: dict[str, str] = {
    "fox": "fox",
    "wolf": "wolf",
    "cat": "cat kitten",
    "dog": "dog puppy",
    "rabbit": "rabbit bunny hare",
    "bear": "bear panda",
    "boat": "boat ship sail sailboat yacht",
    "whale": "whale",
    "lighthouse": "lighthouse",
    "balloon": "balloon",
    "kite": "kite",
    "cabin": "cabin house cottage hut home treehouse hotel",
    "figure": "person man woman girl boy child people wanderer astronaut engineer samurai monk hiker king queen",
}
AT_HOME: dict[str, tuple[str, ...]] = {
    "boat": ("sea",),
    "whale": ("sea",),
    "lighthouse": ("sea",),
    "kite": ("dunes", "meadow"),
    "balloon": ("mountains", "meadow", "dunes"),
    "cabin": ("mountains", "aurora", "meadow"),
}
"""Where a subject is painted when the prompt names no scene."""
ANYWHERE = ("mountains", "forest", "meadow", "aurora", "dunes")

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Motif:
    """What one picture shows."""

    scene: str
    palette: Palette
    subject: str | None
    snow: bool = False
    rain: bool = False


def read_motif(prompt: str, index: int, dice: random.Random) -> Motif:
    """What to paint for this prompt as the picture of this number; `dice` is shared by all pictures of a run."""
    spoken = said(prompt)
    subject = next(iter(best(SUBJECTS, spoken)), None)
    home = AT_HOME.get(subject or "", ANYWHERE if subject else tuple(SCENES))
    scenes = best(SCENES, spoken) or tuple(dice.sample(home, len(home)))
    moods = best(MOODS, spoken)
    palettes = tuple(dict.fromkeys(each for mood in moods for each in mood)) if moods else PALETTES
    first = 0 if moods else dice.randrange(len(palettes))
    scene, palette = scenes[index % len(scenes)], palettes[(first + index) % len(palettes)]
    if scene in BY_NIGHT and not palette.dark:
        palette = DARK[(first + index) % len(DARK)]
    return Motif(scene, palette, subject, snow=bool(spoken & SNOW), rain=bool(spoken & RAIN))


def said(prompt: str) -> set[str]:
    """The words of a prompt, in lower case, plurals as singulars too."""
    words = set(re.findall(r"[a-z]+", prompt.lower()))
    return (
        words
        | {word[:-1] for word in words if word.endswith("s")}
        | {word[:-2] for word in words if word.endswith("es")}
    )


def best(lists: Mapping[Key, str], spoken: set[str]) -> tuple[Key, ...]:
    """The keys of which most words were spoken; none where nothing was."""
    scores = {key: len(spoken & set(words.split())) for key, words in lists.items()}
    most = max(scores.values())
    return tuple(key for key, score in scores.items() if score == most) if most else ()
