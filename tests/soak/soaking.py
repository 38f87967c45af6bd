"""A soak from its beginning to its figures: the server, the processes and their deaths, what a person then does."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from runflow_nb import calls
from tests.engine.driver import resume
from tests.soak.judge import Verdict, judge
from tests.soak.load import Load, make_load
from tests.soak.server import SoakServer, running
from tests.soak.worker import ENDED, Worker, open_session

FAULTS = """\
seed={seed};
create: drop-before-read 2%; create: drop-after-read 2%; create: drop-after-accept 3%; create: drop-mid-body 2%;
create: 429 3%; create: 500 1%; create: 502 1%; create: 503 1%; create: 500-after-accept 2%;
create: 502-after-accept 2%; create: truncated 2%; create: garbage 1%; create: delay=1s..2s 8%;
create: fails 3%; create: cancels 1%; create: forgets-key;
read: 500 2%; read: 502 2%; read: truncated 2%; read: drop-before-read 2%; read: null=cost 5%; read: unknown-state 1%;
search: blind=500ms; search: 503 5%; search: html 2%; search: drop-after-read 2%;
download: truncated 3%; download: expired 3%; download: drop-mid-body 2%; download: 502 2%; download: delay=100ms 3%;
declare: 503 10%; put: 500 10%; confirm: drop-after-accept 10%
"""
LATENCY = 0.05
"""Seconds from a create to the end of its run."""
HEALTHY_ROUNDS = 3
"""Times that a person asks once more on a healthy server: for everything, then for what is not there yet."""


@dataclass
class Figures:
    """What a soak has to tell."""

    runs: int
    seconds: float = 0.0
    kills: int = 0
    asked: int = 0
    """Asks that came to an end, those of processes that were killed later too."""
    faults: Mapping[str, int] = field(default_factory=dict)
    """Rule -> how often it acted."""
    complaints: list[str] = field(default_factory=list)
    """What no person should meet: errors without a type, and whatever else was written to stderr."""
    verdict: Verdict | None = None

    @property
    def flawless(self) -> bool:
        return self.verdict is not None and self.verdict.flawless and not self.complaints


class Mortal:
    """Lets one process work, and kills and starts it again at moments that are drawn beforehand."""

    def __init__(
        self, command: Sequence[str], asks: int, kills: int, dice: random.Random, figures: Figures, last: bool
    ) -> None:
        """`last`: whether its last death is the end of it, so that others have to bring home what it began."""
        self._command = command
        self._last = last
        # Counted in asks that ended: those of the former life are on record, and go by at once.
        self._moments = sorted(dice.randrange(asks) for _ in range(kills))
        self._lag = [dice.uniform(0, 0.05) for _ in range(kills)]
        self._figures = figures

    def live(self) -> None:
        """Until the whole share was asked for."""
        for moment, lag in zip(self._moments, self._lag, strict=True):
            if not self._life(moment, lag):
                return
        if not self._last:
            self._life(None, 0.0)

    def _life(self, moment: int | None, lag: float) -> bool:
        """Whether it was killed."""
        ended = 0
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        with subprocess.Popen(self._command, **streams) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.rstrip() != ENDED:
                    self._figures.complaints.append(line.rstrip())
                    continue
                ended += 1
                self._figures.asked += 1
                if moment is not None and ended > moment:
                    time.sleep(lag)
                    process.kill()
                    self._figures.kills += 1
                    return True
        if process.returncode:
            self._figures.complaints.append(f"a process ended with {process.returncode}")
        return False


def soak(folder: Path, runs: int, seed: int, processes: int, kills: int, faults: str = FAULTS) -> Figures:
    """So many runs, asked for by these processes, each killed so often."""
    load, figures, begun = make_load(runs, seed, processes), Figures(runs), time.time()
    # Large enough to be uploaded.
    picture = folder / "picture.png"
    Image.effect_noise((1200, 1200), 90).save(picture)
    with running(LATENCY, " ".join(faults.format(seed=seed).split())) as server:
        place = [str(folder / ".runflow"), server.url, str(picture), str(begun)]
        threads = []
        for number in range(processes):
            command = [sys.executable, "-m", "tests.soak.worker", *place]
            command += [str(runs), str(seed), str(processes), str(number)]
            dice = random.Random(seed * 100 + number)
            mortal = Mortal(command, len(load.asks[number]), kills, dice, figures, last=number == 0)
            threads.append(threading.Thread(target=mortal.live))
            threads[-1].start()
        for thread in threads:
            thread.join()
        server.heal()
        figures.faults = {each["rule"]: each["acted"] for each in server.book()["faults"]}
        figures.verdict = _next_day(folder, server, load, picture, begun, figures)
    figures.seconds = time.time() - begun
    return figures


def _next_day(folder: Path, server: SoakServer, load: Load, picture: Path, begun: float, figures: Figures) -> Verdict:
    """A person resumes, asks for everything once more and asks for late costs; then the books are compared."""
    before = dict(os.environ)
    session = open_session(folder / ".runflow", server.url, begun)
    try:
        engine = session.engine(session.settings())
        resume(session)
        worker = Worker(picture, begun, lambda line: None if line == ENDED else figures.complaints.append(line))
        asks = [ask for share in load.asks for ask in share]
        for _ in range(HEALTHY_ROUNDS):
            with ThreadPoolExecutor(8) as pool:
                there = list(pool.map(worker.ask, asks))
            asks = [ask for ask, found in zip(asks, there, strict=True) if not found]
        resume(session)
        engine.ask_costs()
        return judge(server, engine.store, load.wanted)
    finally:
        calls.use(None)
        session.close()
        os.environ.clear()
        os.environ.update(before)
