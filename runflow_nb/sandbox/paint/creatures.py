"""Animals that sit and look at you: one build, told apart by coat, ears and tail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from .canvas import Fade, Point
from .colour import Colour, Palette, hexed, mix


@dataclass(frozen=True, slots=True)
class Build:
    """What makes an animal this one."""

    coat: Colour
    chest: Colour
    paws: Colour
    ears: Literal["pointed", "long", "round", "flop"]
    tail: Literal["brush", "thin", "tuft", "none"]


CREATURES: dict[str, Build] = {
    "fox": Build(hexed("#e8712b"), hexed("#fff3e2"), hexed("#4a2a22"), "pointed", "brush"),
    "wolf": Build(hexed("#7d8798"), hexed("#e9edf2"), hexed("#59616f"), "pointed", "brush"),
    "cat": Build(hexed("#3d3a4a"), hexed("#5a566b"), hexed("#f3efe6"), "pointed", "thin"),
    "dog": Build(hexed("#c58a4d"), hexed("#f8ead2"), hexed("#c58a4d"), "flop", "thin"),
    "rabbit": Build(hexed("#cbb8a9"), hexed("#f6ede4"), hexed("#f6ede4"), "long", "tuft"),
    "bear": Build(hexed("#7a5138"), hexed("#b98e68"), hexed("#5d3b28"), "round", "none"),
}
INK = hexed("#231a20")


class Stand(Protocol):
    """Where the animal sits (`subjects.Place`)."""

    @property
    def palette(self) -> Palette: ...
    def shape(
        self, points: Sequence[Point], fill: Colour | Fade, *, soft: bool = False, opacity: float = 1.0
    ) -> None: ...
    def disc(self, x: float, y: float, radius: float, fill: Colour | Fade, opacity: float = 1.0) -> None: ...
    def line(self, points: Sequence[Point], width: float, fill: Colour) -> None: ...
    def lit(self, colour: Colour) -> Colour: ...


def creature(place: Stand, build: Build) -> None:
    """Paint it sitting, seen from the front."""
    coat, chest, paws = place.lit(build.coat), place.lit(build.chest), place.lit(build.paws)
    shade = mix(coat, place.palette.near, 0.3)
    place.shape(
        [(-0.42, 0.03), (0.5, 0.03), (0.62, 0.0), (0.45, -0.03), (-0.4, -0.03), (-0.55, 0.0)],
        place.palette.near,
        soft=True,
        opacity=0.4,
    )
    _tail(place, build, coat, chest, shade)
    body = [
        (0, -0.66),
        (0.14, -0.56),
        (0.25, -0.28),
        (0.27, -0.06),
        (0.18, 0.0),
        (-0.18, 0.0),
        (-0.27, -0.06),
        (-0.25, -0.28),
        (-0.14, -0.56),
    ]
    place.shape(body, Fade.of(shade, coat, shade), soft=True)
    for side in (-1, 1):
        place.shape(
            [(side * x, y) for x, y in ((0.12, -0.02), (0.2, -0.16), (0.29, -0.14), (0.3, -0.02), (0.22, 0.0))],
            shade,
            soft=True,
        )
    place.shape([(0, -0.6), (0.12, -0.5), (0.11, -0.3), (0.0, -0.12), (-0.11, -0.3), (-0.12, -0.5)], chest, soft=True)
    for side in (-1, 1):
        leg = [(side * 0.03, -0.3), (side * 0.13, -0.3), (side * 0.12, -0.02), (side * 0.03, 0.0)]
        place.shape(leg, Fade.of(coat, mix(coat, shade, 0.4)))
        place.shape([(side * 0.02, -0.09), (side * 0.125, -0.09), (side * 0.14, -0.005), (side * 0.015, 0.0)], paws)
    _ears(place, build, coat, chest, shade)
    head = [
        (0, -0.93),
        (0.14, -0.92),
        (0.25, -0.8),
        (0.31, -0.66),
        (0.18, -0.56),
        (0.0, -0.49),
        (-0.18, -0.56),
        (-0.31, -0.66),
        (-0.25, -0.8),
        (-0.14, -0.92),
    ]
    place.shape(head, Fade.of(coat, mix(coat, shade, 0.25)), soft=True)
    for side in (-1, 1):
        place.shape(
            [(side * x, y) for x, y in ((0.31, -0.66), (0.17, -0.69), (0.05, -0.62), (0.0, -0.5), (0.17, -0.565))],
            chest,
            soft=True,
        )
    place.shape([(-0.06, -0.64), (0.06, -0.64), (0.045, -0.52), (0, -0.495), (-0.045, -0.52)], chest, soft=True)
    for side in (-1, 1):
        place.disc(side * 0.115, -0.735, 0.032, INK)
        place.disc(side * 0.115 + 0.01, -0.747, 0.01, (255, 255, 255))
    place.shape([(-0.034, -0.585), (0.034, -0.585), (0.0, -0.545)], INK, soft=True)
    place.line([(0.0, -0.55), (0.0, -0.525)], 0.008, INK)


def _ears(place: Stand, build: Build, coat: Colour, chest: Colour, shade: Colour) -> None:
    for side in (-1, 1):

        def ear(points: Sequence[Point], fill: Colour | Fade, soft: bool = False, side: int = side) -> None:
            place.shape([(side * x, y) for x, y in points], fill, soft=soft)

        if build.ears == "pointed":
            ear([(0.06, -0.9), (0.235, -1.1), (0.285, -0.74)], Fade.of(shade, coat))
            ear([(0.12, -0.9), (0.225, -1.03), (0.25, -0.8)], mix(chest, shade, 0.55))
        elif build.ears == "long":
            ear([(0.04, -0.88), (0.05, -1.15), (0.12, -1.24), (0.18, -1.12), (0.16, -0.88)], Fade.of(shade, coat), True)
            ear(
                [(0.075, -0.9), (0.085, -1.12), (0.12, -1.18), (0.145, -1.1), (0.13, -0.9)],
                mix(chest, (240, 150, 150), 0.5),
                True,
            )
        elif build.ears == "round":
            place.disc(side * 0.22, -0.89, 0.09, shade)
            place.disc(side * 0.22, -0.885, 0.05, mix(chest, shade, 0.4))
        else:
            ear([(0.14, -0.92), (0.27, -0.88), (0.36, -0.7), (0.31, -0.56), (0.24, -0.7)], shade, True)


def _tail(place: Stand, build: Build, coat: Colour, chest: Colour, shade: Colour) -> None:
    if build.tail == "brush":
        tail = [
            (0.15, -0.04),
            (0.45, -0.02),
            (0.66, -0.16),
            (0.72, -0.42),
            (0.62, -0.68),
            (0.56, -0.5),
            (0.47, -0.34),
            (0.32, -0.22),
            (0.18, -0.18),
        ]
        place.shape(tail, Fade.of(coat, shade), soft=True)
        place.shape(
            [(0.62, -0.68), (0.715, -0.46), (0.69, -0.36), (0.62, -0.42), (0.57, -0.38), (0.545, -0.46)],
            chest,
            soft=True,
        )
    elif build.tail == "thin":
        tail = [
            (0.2, -0.02),
            (0.46, -0.03),
            (0.56, -0.2),
            (0.5, -0.4),
            (0.58, -0.52),
            (0.63, -0.48),
            (0.58, -0.4),
            (0.65, -0.2),
            (0.52, 0.03),
            (0.2, 0.04),
        ]
        place.shape(tail, shade, soft=True)
    elif build.tail == "tuft":
        place.disc(0.28, -0.1, 0.09, chest)
