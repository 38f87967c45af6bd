"""What a person sees of 100,000 runs: the history's table, narrowed and not, one run, and two beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

from runflow_nb.notebook.views.bundles import picture_bundle
from runflow_nb.notebook.views.caption import caption_bundle
from runflow_nb.notebook.views.diff_view import diff_bundle
from runflow_nb.notebook.views.history_view import history_bundle
from runflow_nb.record import thumbnail
from runflow_nb.record.history import History
from runflow_nb.record.preview import make_preview
from runflow_nb.record.run import Preview
from runflow_nb.record.store import Store
from tests.bench.photographs import photograph
from tests.bench.table import Row
from tests.bench.timing import ms, seconds
from tests.record.made import write_journals

RUNS, SESSIONS, RECIPES = 100_000, 200, 20_000
TURNS = 15
MOST = 0.1


def rows(folder: Path) -> list[Row]:
    root = folder / ".runflow"
    write_journals(root, RUNS, SESSIONS, RECIPES)
    store = Store(root)
    store.index.refresh()
    history = History(store.index)
    views: dict[str, Callable[[], History]] = {
        "the newest 20": lambda: history,
        "of one notebook": lambda: History(store.index, notebook="book7.ipynb"),
        "with --text that most have": lambda: history.where(text="red fox"),
        "with --text that few have": lambda: history.where(text="19999: a red"),
        "with --text that none has": lambda: history.where(text="no such words"),
        "with --model": lambda: history.where(model="google/nano-banana-2"),
        "with --tag": lambda: history.where(tag="cover"),
        "with --since": lambda: history.where(since="2026-01-05"),
        "with --status": lambda: history.where(status="failed"),
    }
    _previews(folder, [run.preview for view in views.values() for run in view()[:20]])
    first, second = history[0], history[1]

    def shown() -> None:
        (found,) = store.index.find(first.id[-6:])
        picture_bundle(found)
        caption_bundle(found)

    def differing() -> None:
        diff_bundle(*(store.index.find(run.id[-6:])[0] for run in (first, second)))

    found = [_row("the newest 20, no picture made yet", _cold(lambda: history_bundle(history)))]
    found += [_row(what, _warm(_bundled(view))) for what, view in views.items()]
    store.close()
    return [*found, _row("one run", _warm(shown)), _row("two runs beside each other", _warm(differing))]


def _bundled(view: Callable[[], History]) -> Callable[[], object]:
    return lambda: history_bundle(view())


def _previews(folder: Path, previews: Iterable[Preview | None]) -> None:
    """The preview of a photograph for each of these runs."""
    original = folder / "photograph.png"
    original.write_bytes(photograph(1024, 1024, "png"))
    data = make_preview([original]).data
    for preview in previews:
        assert preview is not None
        preview.path.parent.mkdir(parents=True, exist_ok=True)
        preview.path.write_bytes(data)


def _cold(view: Callable[[], object]) -> float:
    taken = []
    for _ in range(TURNS):
        thumbnail.forget_all()
        taken.append(seconds(view))
    return median(taken)


def _warm(view: Callable[[], object]) -> float:
    view()
    return median(seconds(view) for _ in range(TURNS))


def _row(what: str, taken: float) -> Row:
    return Row(f"history of {RUNS:,} runs: {what}", ms(taken), "", None, f"< {MOST * 1000:.0f} ms", taken < MOST)
