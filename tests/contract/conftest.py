"""The service that the suite is pointed at, and which tests have to do with it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from runflow_nb.sandbox.dialects.choose import read_dialects
from runflow_nb.sandbox.offers import pictures
from runflow_nb.sandbox.paint.commission import Commission
from runflow_nb.sandbox.paint.painter import paint
from tests.contract.aim import DEFAULT, BadAim
from tests.contract.aimed import AIM
from tests.contract.endings import endings
from tests.contract.planned import most
from tests.contract.plugin import makes_sense
from tests.contract.service import Service
from tests.http_server import Answer, HttpServer
from tests.sandboxes import running

__all__ = ["endings"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "service" in metafunc.fixturenames and AIM.dialects != (DEFAULT,):
        metafunc.parametrize(
            "service", AIM.dialects, indirect=True, scope="session", ids=[name or "default" for name in AIM.dialects]
        )


PAINT = functools.cache(paint)


def alike(commission: Commission) -> bytes:
    """The same picture for all that are alike in size, format and number: what is in it is told by no dialect."""
    return PAINT(replace(commission, prompt="", seed=0, pictures=(), mark=""))


@pytest.fixture
def painted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that ask for the same picture over and over."""
    monkeypatch.setattr(pictures, "paint", PAINT)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept = [item for item in items if makes_sense(item)]
    config.hook.pytest_deselected(items=[item for item in items if not makes_sense(item)])
    items[:] = kept


@pytest.fixture(scope="session")
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The sandbox in the dialect that is asked for, or what RUNFLOW_CONTRACT_URL names."""
    dialect: str = getattr(request, "param", DEFAULT)
    store = tmp_path_factory.mktemp("contract") / ".runflow"
    with ExitStack() as stack:
        receiver = stack.enter_context(HttpServer(lambda _: Answer())) if AIM.local else None
        if AIM.url is None:
            switches: dict[str, Any] = {"dialects": read_dialects([dialect] if dialect else [])}
            if dialect:
                patch = stack.enter_context(pytest.MonkeyPatch.context())
                patch.setattr(pictures, "paint", alike)
            url = stack.enter_context(running(balance=1000, **switches)).url
        else:
            try:
                AIM.check(most())
            except BadAim as problem:
                pytest.exit(str(problem), 2)
            url = AIM.url
        found = Service(url, AIM.key, store, receiver, dialect)
        stack.callback(found.close)
        yield found
