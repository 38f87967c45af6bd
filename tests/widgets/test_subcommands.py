"""`%runflow studio|gallery|compare`: in the help, under Tab, and no part of what loading costs."""

from __future__ import annotations

from tests.notebook.kernel import Kernel

NAMES = ("studio", "gallery", "compare")


def offered(kernel: Kernel, text: str) -> list[str]:
    kernel.client.complete(text, len(text))
    while (reply := kernel.client.get_shell_msg(timeout=60))["msg_type"] != "complete_reply":
        pass
    found: list[str] = reply["content"]["matches"]
    return found


def test_they_are_in_the_help_and_completed(cells: Kernel) -> None:
    """As every other subcommand, with the help last."""
    text = cells.run("%runflow help").text
    rows = [line.split()[1] for line in text.splitlines() if line.startswith("  %runflow")]
    assert rows[-4:] == [*NAMES, "help"]
    assert offered(cells, "%runflow comp") == ["compare"]
    assert {"--all", "--text", "--tag"} <= set(offered(cells, "%runflow gallery --"))
    cells.run("%nanobanana -q -r 0.5K --seed 1 -o fox A fox")
    for name in ("studio", "compare"):
        assert "fox" in offered(cells, f"%runflow {name} ")


def test_mistakes_name_what_was_meant(cells: Kernel) -> None:
    assert "did you mean gallery?" in cells.run("%runflow galery").error
    assert "takes two runs" in cells.run("%runflow compare @last").error
    assert "did you mean --text?" in cells.run("%runflow gallery --txt fox").error
    assert "No runs on record" in cells.run("%runflow gallery").text
