"""What could stand at the cursor of a cell. Pure but for what the notebook is asked."""

from __future__ import annotations

from ..cell.typed import take_apart
from .commands import command_offers
from .offers import Notebook, Offer, offer
from .options import options_at
from .place import Place, locate, template_word


def complete(text: str, offset: int, notebook: Notebook) -> list[Offer] | None:
    """Offers for the cursor at `offset`; None where it stands nowhere that is ours, such as among a prompt's words."""
    place = locate(text, offset)
    if place is None:
        return None
    if place.magic == "runflow" and place.body is None:
        return command_offers(place.head, place.start, notebook)
    template = _template(place, notebook)
    if template is not None or place.below:
        return template
    return options_at(place, notebook)


def _template(place: Place, notebook: Notebook) -> list[Offer] | None:
    word = template_word(place.head)
    if word is None or take_apart(place.line, place.body).given("--raw"):
        return None
    return offer(notebook.names, place.head[word:], place.start + word, "instance")
