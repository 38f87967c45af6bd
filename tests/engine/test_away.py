"""What must not be torn is done in a thread of its own: an interrupt ends the wait for it, and nothing else."""

from __future__ import annotations

import signal
import threading

import pytest

from runflow_nb.engine.loop import BackgroundLoop


def test_an_interrupt_drops_the_wait_and_lets_the_work_go_on() -> None:
    loop, begun, released, ended = BackgroundLoop(), threading.Event(), threading.Event(), threading.Event()
    here = threading.get_ident()

    def work() -> None:
        begun.set()
        released.wait(30)
        ended.set()

    def interrupt() -> None:
        begun.wait(30)
        signal.pthread_kill(here, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        loop.away(work)
    assert not ended.is_set()
    released.set()
    assert ended.wait(30)
    loop.stop()


def test_the_result_and_the_error_come_back() -> None:
    loop = BackgroundLoop()
    assert loop.away(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        loop.away(divmod, 7, 0)
    loop.stop()
