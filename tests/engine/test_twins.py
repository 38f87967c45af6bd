"""The API made two runs of one create: both are recorded and collected, the older is shown, the person is told."""

from __future__ import annotations

import runflow_nb
from runflow_nb import calls
from runflow_nb.notebook.views.description import remarks
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.engine.test_doubt import QUICK
from tests.engine.test_late_costs import until
from tests.engine.test_recovery import Skipping


def test_both_are_recorded_and_collected_and_the_older_is_shown(open_session: OpenSession) -> None:
    with EmbeddedSandbox(latency=0, faults="create: twice; create: drop-after-accept") as sandbox:
        open_session(sandbox.url, clock=Skipping())
        run = runflow_nb.generate("an owl", **QUICK)
        store = calls.current_store()
        (twin_id,) = run.twins
        (found,) = store.index.find(twin_id)
        twin = until(found.id, lambda found: found.delivered and not store.open_markers())
        assert [booked.id for booked in sandbox.book.runs] == [run.run_id, twin_id]
        assert (run.take, twin.take, twin.recipe) == (1, 2, run.recipe)
        assert twin.images[0].path.exists()
        assert twin_id in remarks(run)[0]
        assert "not asked for twice" in remarks(twin)[0]
        assert run.cost is not None
        assert twin.cost is not None
        assert store.index.committed("sandbox") == (run.cost + twin.cost, 0)
        # Asked for, each take is shown for nothing.
        assert runflow_nb.generate("an owl", **QUICK, take=2) == twin
        assert runflow_nb.generate("an owl", **QUICK) == run
        assert len(sandbox.book.received) == 1
