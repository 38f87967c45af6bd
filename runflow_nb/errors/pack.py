"""A notebook could not be packed, or a pack not be unpacked. Nothing was written, sent or billed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from .base import RunflowError

LISTED = 10
"""Places that are listed; the rest is counted."""


class NotPacked(RunflowError):
    """A notebook cannot be packed."""

    def __init__(self, notebook: str, reason: str, advice: str = "") -> None:
        self.notebook, self.reason, self.advice = notebook, reason, advice
        super().__init__(notebook, reason, advice)

    def __str__(self) -> str:
        return "\n".join([f"Not packed: {self.notebook} {self.reason}. Nothing was written.", *_lines(self.advice)])


class KeyFound(NotPacked):
    """A key would go out. `.places` say where it stands; the key itself is nowhere in the error."""

    def __init__(self, notebook: str, places: Iterable[str]) -> None:
        self.places = tuple(places)
        super().__init__(notebook, "holds a key", "")
        self.args = (notebook, self.places)

    def __str__(self) -> str:
        return "\n".join(
            [
                f"Not packed: a key would go out with {self.notebook}. Nothing was written.",
                *(f"  {place}" for place in _some(self.places)),
                "  Take it out: of a cell by hand (and save), of a run with %runflow forget RUN. If others may have",
                "  seen it, revoke it at app.runflow.io. %runflow connect live asks for a key and leaves it nowhere.",
            ]
        )


class NotUnpacked(RunflowError):
    """A file is not unpacked. `.reason` follows its name."""

    advice: ClassVar[str] = ""

    def __init__(self, pack: str, reason: str) -> None:
        self.pack, self.reason = pack, reason
        super().__init__(pack, reason)

    def __str__(self) -> str:
        return "\n".join([f"Not unpacked: {self.pack} {self.reason}. Nothing was written.", *_lines(self.advice)])


class NotAPack(NotUnpacked):
    """It is something else than what `runflow-nb pack` writes."""

    advice = "A pack is written by runflow-nb pack NOTEBOOK, as STEM.runflow.zip."


class NewerPack(NotUnpacked):
    """It was written by a version that this one knows nothing of."""

    advice = "Unpack it with a newer version: pip install --upgrade runflow_nb"


class DamagedPack(NotUnpacked):
    """It is not as it was written."""

    advice = "Have it sent again; runflow-nb pack writes the same notebook from the same store as the same bytes."


class UnsafePack(NotUnpacked):
    """It would do something else than bring a notebook with its pictures. runflow-nb pack writes no such file."""

    advice = "runflow-nb pack writes no such file: whoever made it did so by other means. Ask where it is from."


class KeyInPack(NotUnpacked):
    """A key stands in it."""

    advice = "Tell whoever sent it: that key is to be revoked at app.runflow.io, and the notebook packed without it."


class FilesInTheWay(NotUnpacked):
    """Files that are here are others than those of the pack. `.paths` are theirs."""

    def __init__(self, pack: str, paths: Iterable[str]) -> None:
        self.paths = tuple(paths)
        super().__init__(pack, "would overwrite what is here")
        self.args = (pack, self.paths)

    def __str__(self) -> str:
        return "\n".join(
            [
                f"Not unpacked: {self.pack} brings other files than those that are here. Nothing was written.",
                *(f"  {path}" for path in _some(self.paths)),
                "  Unpack it in another folder, or move these away.",
            ]
        )


def _some(texts: tuple[str, ...]) -> list[str]:
    more = len(texts) - LISTED
    return [*texts[:LISTED], *([f"and {more:,} more"] if more > 0 else [])]


def _lines(advice: str) -> list[str]:
    return [f"  {advice}"] if advice else []
