"""A store of many runs, each with a picture that can be told from its neighbours'."""

from __future__ import annotations

import io
import os
from functools import cache
from pathlib import Path

from PIL import Image

from runflow_nb.record.ids import new_id
from runflow_nb.record.journal import encode, moment
from runflow_nb.record.places import preview_path
from tests.record.made import BEGIN, accepted, finished, intent, sha

SUBJECTS = ("fox", "owl", "heron", "badger", "otter")
COLOURS = 40
MIME = "image/jpeg"
SIZES = ((768, 768), (768, 432), (432, 768))


def many_runs(root: Path, count: int, *, each: int = 20) -> list[str]:
    """Runs in the store `root`, one each `each` seconds; their ids, oldest first. Only previews, as in a clone."""
    for folder in ("journal", "previews"):
        (root / folder).mkdir(parents=True)
    pictures = [_picture(root / f"{number}.jpg", number) for number in range(COLOURS)]
    session, ids = new_id(BEGIN), []
    with (root / "journal" / f"{session}.jsonl").open("wb") as file:
        file.write(encode({"v": 1, "at": moment(BEGIN), "event": "session", "session": session}))
        for number in range(count):
            at = BEGIN + number * each
            run = new_id(at)
            ids.append(run)
            width, height = SIZES[number % 3]
            begun = intent(
                run,
                prompt=f"{SUBJECTS[number % 5]} number {number}, in the snow at dawn",
                session=session,
                recipe="sha256:1:" + sha(str(number)),
                seed_sent=number,
                tags=[SUBJECTS[number % 5]],
                model="google/nano-banana-pro" if number % 4 == 0 else "google/nano-banana-2",
            )
            key = sha(run)[:32]
            end = finished(
                run,
                cost=f"0.{4 + number % 3 * 4:02}",
                preview={"key": key, "mime": MIME, "width": width, "height": height},
            )
            for delay, event in ((0, begun), (1, accepted(run)), (13, end)):
                file.write(encode({"v": 1, "at": moment(at + delay), **event}))
            os.link(pictures[number % COLOURS], preview_path(root, key, MIME))
    for picture in pictures:
        picture.unlink()
    return ids


def _picture(path: Path, number: int) -> Path:
    path.write_bytes(_painted(number))
    return path


@cache
def _painted(number: int) -> bytes:
    hue = number * 255 // COLOURS
    grey = Image.linear_gradient("L").resize(SIZES[number % 3])
    bands = [grey.point(lambda _: hue), grey.point(lambda value: 255 - value // 2), grey]
    stream = io.BytesIO()
    Image.merge("HSV", bands).convert("RGB").save(stream, "JPEG", quality=80)
    return stream.getvalue()
