"""`%runflow from PICTURE`: what a picture says of how it was made, and the cell that shows or remakes it."""

from __future__ import annotations

from collections.abc import Iterator

from IPython import get_ipython

from .... import calls
from ....engine.pictures.elsewhere import fetched
from ....models.validate import brief
from ....record.store import Store
from ....settings import Settings
from ...cell.cell_text import NoCell
from ...interactive import has_page
from ...references.pictures import Surroundings
from ...references.recipes import Known, Offered, cell_for, known_of
from ...references.runs import NotFound
from ...showing.outputs import publish, say
from ...showing.shown import last_shown
from ...views.recipe_view import recipe_table
from ..arguments import Arguments, usage_error
from .cell import warning

NOTHING = "holds no recipe, and is no original on record: what it was made of is not known"


def run(arguments: Arguments) -> None:
    """The facts, and the cell as the next one; nothing is bought. Raises InvalidCommand, RecipeUnreadable."""
    if len(arguments.words) != 1:
        raise usage_error("", "from", "takes one picture: a file, an address or a variable", "from fox.png")
    (word,) = arguments.words
    shell = get_ipython()
    settings, store = calls.session().settings(), calls.current_store()
    around = Surroundings(shell.user_ns, last_shown(shell), lambda: store, calls.notebook_of(settings))
    try:
        known = known_of(word, around, store, lambda url: _fetched(url, settings))
    except NotFound as missing:
        raise usage_error("", brief(word), str(missing), missing.nearest) from None
    if known.recipe is None:
        raise usage_error("", brief(word), NOTHING)
    offered, reason = _offered(known, around, store, settings)
    remarks = [*_remarks(known, offered, settings), *([f"No cell can be written: it {reason}."] if reason else [])]
    publish(recipe_table(word, known.recipe, remarks).bundle())
    if offered is not None:
        shell.set_next_input(offered.text)
        if not has_page(shell):
            say(offered.text)


def _fetched(url: str, settings: Settings) -> bytes:
    if settings.reuse == "only":
        raise OSError('it is elsewhere, and reuse is "only"')
    if not settings.connected:
        raise OSError("it is elsewhere, and nothing is connected: save it as a file first")
    session = calls.session()
    connection = session.engine(settings, calls.notebook_of(settings)).connection
    return session.loop.run(fetched(connection, url))


def _offered(known: Known, around: Surroundings, store: Store, settings: Settings) -> tuple[Offered | None, str]:
    """The cell, or why there is none."""
    try:
        return cell_for(known, around, store, settings), ""
    except NoCell as reason:
        return None, str(reason)


def _remarks(known: Known, offered: Offered | None, settings: Settings) -> Iterator[str]:
    run = known.run
    if run is not None and known.differing:
        yield f"Its file was changed: on record run {run.short} has another {', '.join(known.differing)}."
    if offered is None:
        return
    if (shown := offered.shows) is not None:
        what = "On record as" if known.same else "Not on record itself; the same request is, as"
        yield f"{what} run {shown.short}: the next cell shows {'it' if known.same else 'that one'} for nothing."
        if told := warning(shown, settings):
            yield told
    else:
        yield f"Not on record here: the next cell asks for it anew, with the seed that was sent, for {offered.price}."
