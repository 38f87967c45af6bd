"""`%runflow check`, `%runflow cost --ledger` and `%runflow show RUN --fetch` in a kernel."""

from __future__ import annotations

from pathlib import Path

from tests.notebook.kernel import Kernel


def test_the_ledger_and_the_check_agree_with_the_server_and_what_is_missing_comes_back(
    cells: Kernel, tmp_path: Path
) -> None:
    assert not cells.run('from runflow_nb import generate\nowl = generate("a checked owl", resolution="0.5K")').error
    short = cells.value("owl.short").strip("'")
    ledger = cells.run("%runflow cost --ledger").text
    (row,) = (line for line in ledger.splitlines() if line.startswith(short))
    assert row.split()[-4:] == ["succeeded", "$0.06", "$0.00", "$0.06"]
    assert "balance now" in ledger
    clean = cells.run("%runflow check --connected --shared").text
    assert "Compared with the server (sandbox): 1 run, $0.06 here and $0.06 there." in clean
    assert clean.endswith("Nothing was found amiss.")
    (original,) = (path for path in (tmp_path / ".runflow" / "images").rglob("*.*") if path.is_file())
    delivered = original.read_bytes()
    original.unlink()
    assert f"%runflow show {short} --fetch brings it back, for nothing" in cells.run("%runflow check").text
    shown = cells.run(f"%runflow show {short} --fetch")
    assert (len(shown.pictures), original.read_bytes()) == (1, delivered)
    assert "Nothing was found amiss" in cells.run("%runflow check").text


def test_what_cannot_come_back_or_be_asked_says_why(cells: Kernel, tmp_path: Path) -> None:
    assert not cells.run('from runflow_nb import generate\nowl = generate("a lost owl", resolution="0.5K")').error
    (original,) = (path for path in (tmp_path / ".runflow" / "images").rglob("*.*") if path.is_file())
    original.unlink()
    short = cells.value("owl.short").strip("'")
    cells.run("%runflow config reuse=only")
    for line in (f"show {short} --fetch", "check --connected"):
        assert "reuse is" in cells.run(f"%runflow {line}").error
    assert "balance now" not in cells.run("%runflow cost --ledger").text
    cells.run("%runflow config reuse=on")
    (journal,) = (tmp_path / ".runflow" / "journal").glob("*.jsonl")
    journal.write_text(journal.read_text().replace('"origin":"sandbox"', '"origin":"elsewhere"'))
    assert "was made at elsewhere: connect there first" in cells.run(f"%runflow show {short} --fetch").error
    assert "belongs to --ledger" in cells.run("%runflow cost --limit 3").error
