"""`%runflow check`, `%runflow cost --ledger` and `%runflow show RUN --fetch` in a kernel."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from runflow_nb.notebook.checking.targets import Manner, check
from runflow_nb.notebook.views.run_record import MIME
from runflow_nb.secret import Secret
from tests.checking.made import code, notebook
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
    said = cells.run("%runflow check").text
    assert "Previews only, as in a clone: 1 original is not here. %runflow show RUN --fetch brings" in said
    assert said.endswith("Nothing was found amiss.")
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


def test_of_a_notebook_that_was_run_nothing_is_named_and_nothing_is_written(cells: Kernel, tmp_path: Path) -> None:
    """Text, a template, an edit of a file and of a run, takes, a seed, a line magic, a loop, and Python."""
    Image.new("RGB", (40, 30), "red").save(tmp_path / "red.png")
    sources = [
        "what = 'fox'",
        "%%nanobanana -r 0.5K -f jpeg\na red fox\n  in the snow\n",
        "%%nanobanana -r 0.5K -o fox\na {{ what }} at dawn",
        "%%nanobanana -r 0.5K -f jpeg --take 2 --tag good\na red fox\n  in the snow",
        "%%nanobanana -r 0.5K -s 7 -n 2\nthe seventh",
        f"%%nanobanana -m 2 -i {tmp_path / 'red.png'} -i fox\nat night",
        "owl = %nanobanana -r 0.5K an owl's nest",
        "for animal in ('hare', 'stag'):\n    %nanobanana -r 0.5K a {{ animal }}",
        "from runflow_nb import generate\ngenerate('a crow', resolution='0.5K')",
        "%%nanobanana --raw -r 0.5K\n{{ not a name }}",
        "%runflow show @last",
        "%%nanobanana -q -r 0.5K\nnothing to see",
        "%runflow history",
    ]
    saved = []
    for source in sources:
        ran = cells.run(source)
        assert not ran.error, ran.error
        saved.append(code(source, *ran.outputs))
    assert sum(MIME in output.get("data", {}) for cell in saved for output in cell["outputs"]) == 11
    path = notebook(tmp_path / "fox.ipynb", saved)
    before = {each: each.stat().st_mtime_ns for each in tmp_path.rglob("*")}
    assert check(path, Manner(datetime.now(UTC), Secret("never seen there")), "").findings == ()
    assert {each: each.stat().st_mtime_ns for each in tmp_path.rglob("*")} == before
    said = cells.run(f"%runflow check {path}").text
    assert f"Checked {len(sources)} cells" in said
    assert "held against its store" in said
    assert said.endswith("Nothing was found amiss.")
