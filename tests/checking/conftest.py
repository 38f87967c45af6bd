"""A store with runs of a sandbox, bought once; each test breaks a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

import runflow_nb
from runflow_nb import calls
from runflow_nb.engine.session import Session
from runflow_nb.record.run import Run
from runflow_nb.record.store import Store
from runflow_nb.sandbox.embedded import EmbeddedSandbox

WORDS = ("an owl", "a hare", "a fox", "a stag", "a wolf", "a crow", "a seal", "a lynx", "a bear")
QUICK = {"resolution": "0.5K", "output_format": "jpeg"}


@dataclass(frozen=True)
class Bought:
    """A folder with a store, and what was bought there by what it shows."""

    folder: Path
    runs: dict[str, Run]
    stranger: Run
    """Of another store: the same request as the owl."""

    @property
    def root(self) -> Path:
        return self.folder / ".runflow"


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bought]:
    folder = tmp_path_factory.mktemp("checked")
    with EmbeddedSandbox(latency=0) as sandbox, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUNFLOW_BASE_URL", sandbox.url)
        Image.new("RGB", (40, 30), "red").save(folder / "red.png")

        def within(store: Path, buy: Callable[[], dict[str, Run]]) -> dict[str, Run]:
            patch.setenv("RUNFLOW_NB_STORE", str(store))
            session = Session()
            calls.use(session)
            try:
                return buy()
            finally:
                session.close()
                calls.use(None)

        def all_words() -> dict[str, Run]:
            runs = {words: runflow_nb.generate(words, **QUICK) for words in WORDS}
            return {**runs, "at night": runflow_nb.edit("at night", images=[str(folder / "red.png")], **QUICK)}

        runs = within(folder / ".runflow", all_words)
        other = within(folder / "other" / ".runflow", lambda: {"owl": runflow_nb.generate("an owl", **QUICK)})
        yield Bought(folder, runs, other["owl"])


@pytest.fixture
def bought(once: Bought, tmp_path: Path) -> Bought:
    """A copy of it, to be broken."""
    folder = Path(shutil.copytree(once.folder, tmp_path / "work", ignore=shutil.ignore_patterns("other")))
    store = Store(folder / ".runflow")
    known = {run.id: run for run in store.index.runs([run.id for run in once.runs.values()])}
    store.close()
    return Bought(folder, {words: known[run.id] for words, run in once.runs.items()}, once.stranger)
