"""A short tune as a WAV file. The same words, seed and settings are the same bytes."""

from __future__ import annotations

import array
import io
import math
import random
import sys
import wave

MIME = "audio/wav"
RATE = 22_050
"""Samples a second; one channel of 16 bits."""
TABLE = 2048
"""Samples of one period; a power of two."""
LOUDEST = 0.3
ROOT = 220.0
"""Hz of the lowest note."""
SCALES = ((0, 2, 4, 7, 9), (0, 3, 5, 7, 10))
"""Major and minor pentatonic, in semitones: no two of their notes jar."""
INSTRUMENTS: dict[str, tuple[tuple[float, ...], float]] = {
    "bells": ((1.0, 0.0, 0.45, 0.0, 0.3, 0.0, 0.12), 3.2),
    "flute": ((1.0, 0.22, 0.08), 0.9),
    "organ": ((1.0, 0.6, 0.45, 0.3, 0.12, 0.2), 0.25),
}
"""Name -> strength of each overtone, and how fast a note fades (per second)."""


def tune(instrument: str, seconds: int, tempo: int, dice: random.Random) -> bytes:
    """The file; `tempo` in beats a minute."""
    overtones, fading = INSTRUMENTS[instrument]
    table = _period(overtones)
    total = seconds * RATE
    sound = array.array("f", bytes(4 * total))
    scale = dice.choice(SCALES)
    beat = 60 / tempo * RATE
    start, step = 0.0, dice.randrange(5, 10)
    while start < total:
        length = beat * dice.choice((0.5, 1, 1, 2))
        octave, degree = divmod(step, len(scale))
        _note(sound, table, round(start), ROOT * 2 ** (octave - 1 + scale[degree] / 12), fading, length)
        start += length
        step = min(14, max(3, step + dice.choice((-2, -1, -1, 0, 1, 1, 2, 3))))
    return _wav(sound)


def _period(overtones: tuple[float, ...]) -> list[float]:
    turns = [2 * math.pi * at / TABLE for at in range(TABLE)]
    period = [sum(part * math.sin(turn * (i + 1)) for i, part in enumerate(overtones)) for turn in turns]
    peak = max(map(abs, period))
    return [LOUDEST * value / peak for value in period]


def _note(
    sound: array.array[float], table: list[float], start: int, pitch: float, fading: float, length: float
) -> None:
    """Add one note; it rings on a little after its time."""
    count = min(len(sound) - start, round(length * 1.6))
    stride, attack, release = pitch * TABLE / RATE, RATE // 100, max(1, count // 4)
    fade, level = math.exp(-fading / RATE), 1.0
    for at in range(count):
        edge = min(1.0, at / attack, (count - at) / release)
        sound[start + at] += table[int(at * stride) % TABLE] * level * edge
        level *= fade


def _wav(sound: array.array[float]) -> bytes:
    samples = array.array("h", (round(32767 * max(-1.0, min(1.0, value))) for value in sound))
    if sys.byteorder == "big":
        samples.byteswap()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return out.getvalue()
