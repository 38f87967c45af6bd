"""Where callbacks go: to this machine, and to no other."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import Any

import pytest

from runflow_nb.sandbox.callbacks.target import NotThisMachine, read_target

from .callbacks import Receiver, asked, call, deliveries, quick, stack, told
from .conftest import Caller

__all__ = ["call", "quick", "stack"]


def test_another_machine_is_not_asked_nor_looked_up_and_the_record_says_why(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str] = []
    real = socket.getaddrinfo

    def watch(host: str, *rest: Any, **named: Any) -> Any:
        asked_for.append(host)
        return real(host, *rest, **named)

    monkeypatch.setattr("socket.getaddrinfo", watch)
    delivery = told(call, "https://example.org/hook?token=t")
    assert (delivery["status_code"], delivery["failure_reason_code"]) == ("failed", "not_loopback")
    assert delivery["attempts"] == []
    assert delivery["failure_detail"].endswith("to this machine only (localhost, 127.0.0.1, [::1]), not to example.org")
    assert set(asked_for) <= {"127.0.0.1"}


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0:8000/",
        "http://127.0.0.1@example.org/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://[::ffff:10.0.0.1]/",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "http:///hook",
    ],
)
def test_addresses_of_other_machines_however_they_are_spelt(url: str) -> None:
    with pytest.raises(NotThisMachine, match="this machine only"):
        read_target(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "http://[::1/", "http://127.0.0.1/\x01"])
def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(NotThisMachine, match="no address that can be posted to"):
        read_target(url)


def test_addresses_of_this_machine() -> None:
    found = {url: read_target(url).addresses for url in ("http://127.0.0.9:1/", "https://[::1]/", "http://LOCALHOST/a")}
    assert list(found.values()) == [("127.0.0.9",), ("::1",), ("127.0.0.1", "::1")]


def test_localhost_is_asked_by_its_name_at_whichever_address_it_listens(call: Caller, stack: ExitStack) -> None:
    receiver = Receiver(stack, 200)
    url = receiver.url.replace("127.0.0.1", "localhost")
    assert told(call, url)["status_code"] == "delivered"
    assert receiver.heard[0].headers["host"] == url.removeprefix("http://").partition("/")[0]


def test_an_address_in_brackets_is_asked(call: Caller, stack: ExitStack) -> None:
    try:
        listening = stack.enter_context(socket.create_server(("::1", 0), family=socket.AF_INET6))
    except OSError:
        pytest.skip("this machine has no ::1")
    run_id = asked(call, f"http://[::1]:{listening.getsockname()[1]}/")["id"]
    with listening.accept()[0] as connection:
        connection.recv(100_000)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert deliveries(call, run_id)[0]["status_code"] == "delivered"
