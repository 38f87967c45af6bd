"""What a picture's file tells of how it was made cannot be read."""

from __future__ import annotations

from .base import RunflowError


class RecipeUnreadable(RunflowError):
    """A picture holds a recipe, and it is damaged or of a newer version. Nothing was sent."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(name, reason)

    def __str__(self) -> str:
        return (
            f"The recipe in {self.name} cannot be read: {self.reason}. Nothing was sent or billed.\n"
            "  The picture itself is as good as before. Where its run is on record, %runflow history has it."
        )
