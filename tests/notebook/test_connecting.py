"""`%runflow connect` in cells."""

from __future__ import annotations

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel

SANDBOX = "Connected to the sandbox on this machine: nothing is billed."


def test_alone_it_shows_where_one_is_connected(kernel: Kernel, sandbox: EmbeddedSandbox) -> None:
    """Nowhere at first; then whose key it is and what is left. Nothing is created by asking."""
    nowhere = kernel.run("%runflow connect").text
    assert "key         not set" in nowhere
    assert "%runflow connect live" in nowhere
    assert "%runflow connect sandbox" in nowhere
    kernel.run(f"%runflow connect {sandbox.url}")
    before = len(sandbox.book.received)
    rows = dict(line.split(maxsplit=1) for line in kernel.run("%runflow connect").text.splitlines()[1:])
    assert rows["API"] == sandbox.url
    assert (rows["origin"], rows["key"], rows["organisation"]) == ("sandbox", "not set", "Sandbox")
    assert rows["balance"].startswith("$")
    assert rows["balance"].endswith(" play money")
    assert len(sandbox.book.received) == before


def test_a_reader_asks_nobody(kernel: Kernel) -> None:
    """Where nobody listens, `reuse = "only"` shows the connection and no error."""
    kernel.run("%runflow connect http://127.0.0.1:9")
    assert "127.0.0.1:9 did not take the request" in kernel.run("%runflow connect").error
    kernel.run("%runflow config reuse=only")
    ran = kernel.run("%runflow connect")
    assert not ran.error
    assert "Nothing was asked: reuse is only." in ran.text


def test_a_disk_that_goes_with_the_kernel_is_named_once(kernel: Kernel) -> None:
    kernel.run("%runflow config store=/content/.runflow\n%env COLAB_RELEASE_TAG=release")
    try:
        first, warned = kernel.run("%runflow connect sandbox").text.splitlines()
        assert first == SANDBOX
        assert "RUNFLOW_NB_STORE=/content/drive/MyDrive/.runflow" in warned
        assert kernel.run("%runflow connect sandbox").text == SANDBOX
    finally:
        kernel.run("%env COLAB_RELEASE_TAG=")
