"""What `--image` takes: from the word in a cell to what the server received and what is on record of it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from runflow_nb.engine.pictures.given import Given
from runflow_nb.notebook.references.globs import matching
from runflow_nb.notebook.references.pictures import MOST, Surroundings, given_pictures
from runflow_nb.notebook.references.runs import NotFound, find_run
from runflow_nb.record.disk import Disk
from runflow_nb.record.run import Run
from runflow_nb.record.store import Store
from runflow_nb.sandbox.book import shortened
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel
from tests.notebook.made import made

FAST = "-r 0.5K -q"


def png(shade: int = 120) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (24, 16), (shade, 80, 40)).save(stream, "PNG")
    return stream.getvalue()


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def received(sandbox: EmbeddedSandbox, word: str) -> list[str]:
    """The pictures of the one create whose prompt holds this word, as the book shows them."""
    (body,) = [r.body["input"] for r in sandbox.book.received if word in r.body["input"].get("prompt", "")]
    urls: list[str] = body["image_urls"]
    return urls


def inline(data: bytes) -> str:
    """How the book shows this PNG."""
    shown: str = shortened(f"data:image/png;base64,{base64.b64encode(data).decode()}")
    return shown


def size(url: str) -> tuple[int, int]:
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).size


def shots(folder: Path, *names: str) -> None:
    for shade, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(shade))


def looked(text: str, *, last: Run | None = None, store: Store | None = None, **names: Any) -> tuple[Any, ...]:
    return given_pictures(text, Surroundings(names, last, None if store is None else lambda: store))


def why_not(text: str, **around: Any) -> str:
    """What is said of this word, with what it may have meant."""
    with pytest.raises(NotFound) as caught:
        looked(text, **around)
    return f"{caught.value}; near: {caught.value.nearest}"


# --- in a kernel: what arrives, what is written down, what is shown


def test_every_kind_of_thing_arrives_and_is_written_down(
    cells: Kernel, sandbox: EmbeddedSandbox, tmp_path: Path
) -> None:
    """Variables of all kinds, in the order of the cell, each with its name, its hash and where it came from."""
    path = tmp_path / "shot.png"
    path.write_bytes(png(1))
    setup = f"""
import io
import numpy as np
from pathlib import Path
from PIL import Image
from matplotlib.figure import Figure
%nanobanana {FAST} -n 2 -o fox A pair of foxes
place, data, drawing = Path({str(path)!r}), {png(2)!r}, Image.open(io.BytesIO({png(3)!r}))
grid, figure, one, several = np.zeros((8, 9, 3), "uint8"), Figure(figsize=(1, 0.5)), fox[0], [data, place]
figure.add_subplot().plot([1, 3, 2])
"""
    ran = cells.run(setup)
    assert not ran.error, ran.error
    words = ["fox[1]", "place", "data", "drawing", "grid", "figure", "one", "several", str(path)]
    ran = cells.run(f"%nanobanana -r 0.5K -o all {' '.join(f'-i {word}' for word in words)} Join a litter")
    assert not ran.error, ran.error
    assert cells.value("all.model") == "google/nano-banana-2/edit"
    second = bytes.fromhex(cells.value("fox[1].bytes.hex()"))
    arrived = received(sandbox, "litter")
    given = [second, png(1), png(2), png(2), png(1), png(1)]
    assert [arrived[i] for i in (0, 1, 2, 7, 8, 9)] == [inline(data) for data in given]
    assert [size(arrived[i]) for i in (3, 4, 5)] == [(24, 16), (9, 8), (100, 50)]
    rows = json.loads(cells.value("__import__('json').dumps([dict(p) for p in all.pictures])"))
    short, run = cells.value("fox.short"), cells.value("fox.id")
    assert [(row["typed"], row["source"], row["name"]) for row in rows] == [
        ("fox[1]", "run", f"run {short} picture 1"),
        ("place", "file", str(path)),
        ("data", "bytes", "bytes"),
        ("drawing", "pil", "PIL image"),
        ("grid", "array", "array"),
        ("figure", "figure", "figure"),
        ("one", "run", f"run {short} picture 0"),
        ("several[0]", "bytes", "bytes"),
        ("several[1]", "file", str(path)),
        (None, "file", str(path)),
    ]
    assert [(rows[i]["run"], rows[i]["number"]) for i in (0, 6, 1)] == [(run, 1), (run, 0), (None, None)]
    assert [rows[i]["digest"] for i in (0, 1, 2)] == [digest(second), digest(png(1)), digest(png(2))]
    page = ran.outputs[1]["data"]["text/html"]
    assert f"fox[1] → run {short} picture 1 ({digest(second)})" in page
    assert f"place → shot.png ({digest(png(1))})" in page
    assert str(tmp_path) not in page


def test_runs_are_named_by_id_and_as_the_last_one_shown(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """`@last`, the end of an id, and the whole of one; of several pictures one by its number."""
    assert not cells.run(f"%nanobanana -r 0.5K -o vixen -n 2 A vixen\n%nanobanana {FAST} -o cub A cub").error
    short, whole = cells.value("vixen.short"), cells.value("cub.id")
    first, second = (bytes.fromhex(cells.value(f"vixen[{n}].bytes.hex()")) for n in (0, 1))
    ran = cells.run(f"%nanobanana {FAST} -i @last[1] -i {short.lower()}[0] -i {whole} Gather a den")
    assert not ran.error, ran.error
    cub = bytes.fromhex(cells.value("cub[0].bytes.hex()"))
    assert received(sandbox, "den") == [inline(data) for data in (second, first, cub)]
    ran = cells.run(f"%nanobanana {FAST} -i @last -i {short} -i @last[2] -i nowhere Gather a pack")
    lines = [" ".join(line.split()) for line in ran.error.splitlines()]
    assert "-i @last has 2 pictures: give one of them, such as @last[0]" in lines
    assert f"-i {short} has 2 pictures: give one of them, such as {short}[0]" in lines
    assert "-i @last[2] is not there: the run has 2 pictures, numbered from 0" in lines
    unknown = "-i nowhere is no variable of this notebook, no file here, no address and no run on record"
    assert unknown in lines
    assert lines[0] == "Not sent: 4 problems in this request. Nothing was billed."


def test_a_glob_sends_its_files_in_the_order_people_count(
    cells: Kernel, sandbox: EmbeddedSandbox, tmp_path: Path
) -> None:
    """Each is on record as the file that it is, below the pattern that was typed."""
    shots(tmp_path, "shots/10.png", "shots/9.png", "shots/notes.jpg")
    ran = cells.run(f"%nanobanana {FAST} -i {tmp_path}/shots/*.png -o burrow Join a burrow")
    assert not ran.error, ran.error
    assert received(sandbox, "burrow") == [inline(png(1)), inline(png(0))]
    rows = cells.value("[(p['typed'], p['name'][-6:]) for p in burrow.pictures]")
    assert rows == str([(f"{tmp_path}/shots/*.png", "/9.png"), (f"{tmp_path}/shots/*.png", "10.png")])


# --- which of several things a word means


def test_a_name_goes_before_a_file_and_a_file_before_a_run(here: Path, tmp_path: Path) -> None:
    """So that what is on the disk never changes what a cell with a variable in it means."""
    run = made(tmp_path / "a", pictures=1)
    store = Store(tmp_path / "store", disk=Disk())
    shots(here, "fox", "odd[1].png")
    assert looked("fox", fox=run, store=store) == (Given(run, "fox"),)
    assert looked("fox", store=store) == ("fox",)
    assert looked("odd[1].png") == ("odd[1].png",)
    assert looked("@last", last=run) == (Given(run, "@last"),)
    assert looked("https://example.org/*.png?x=[1]") == ("https://example.org/*.png?x=[1]",)


def test_a_file_that_is_gone_is_an_error_unless_the_record_knows_it(here: Path, tmp_path: Path) -> None:
    """With all other problems of the cell, and not only when everything else is right."""
    store = Store(tmp_path / "store", disk=Disk())
    shots(here, "shots/owl.png")
    assert why_not("shots/owk.png", store=store) == "is not there; near: shots/owl.png"
    assert why_not("shot/owl.png", store=store).startswith("is not there, nor is the folder shot")
    for name in ("shots/owk.png", "gone"):
        store.journal.append({"event": "input", "notebook": None, "name": name, "digest": "sha256:1"})
        assert looked(name, store=store) == (name,)
    store.close()


def test_numbers_reach_into_runs_lists_and_lists_of_runs(tmp_path: Path) -> None:
    """Python's indices, also from the end; a run's own pictures also by the word that Python has for them."""
    run = made(tmp_path, pictures=3)
    for text, image in (("fox[2]", 2), ("fox[-1]", 2), ("fox.images[0]", 0), ("foxes[1][1]", 1)):
        assert looked(text, fox=run, foxes=[b"", run]) == (Given(run.images[image], text),)
    assert looked("foxes[0]", foxes=(b"x",)) == (Given(b"x", "foxes[0]"),)


def test_a_text_in_a_variable_is_a_path_a_glob_or_an_address(here: Path) -> None:
    """It is what the text would be, and no other variable."""
    shots(here, "a.png", "b.png")
    assert looked("v", v="*.png") == (Given("a.png", "v"), Given("b.png", "v"))
    assert looked("v", v=["b.png", "https://example.org/a*.png"]) == (
        Given("b.png", "v[0]"),
        Given("https://example.org/a*.png", "v[1]"),
    )


WRONG = [
    ("fox[2]", "fox has 2, numbered from 0"),
    ("seven[0]", "seven is no run and no list of pictures"),
    ("words[0]", "words is no run and no list of pictures"),
    ("table[0]", "table is no run and no list of pictures"),
    ("nothing", "holds no picture"),
    ("many", f"holds 101; at most {MOST} pictures are taken at once"),
    ("seven.images[0]", "seven is no run: it has no images"),
    ("@last", "was not found: no run was shown in this kernel yet"),
    ("@lst", "near: @last"),
    ("foxx", "near: fox"),
    ("foxx[1]", "near: fox[1]"),
    ("owll", "near: owl"),
    ("zebra", "is no variable of this notebook, no file here, no address and no run on record; near: None"),
]


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_what_a_word_cannot_mean_is_said(here: Path, text: str, says: str) -> None:
    """Also with what it may have been meant for."""
    shots(here, "owl")
    names = {"fox": [b"", b""], "seven": 7, "words": "ab", "table": {}, "nothing": [], "many": [b""] * 101, "foxxy": 3}
    assert says in why_not(text, **names)


def test_a_run_is_found_or_what_is_near_it_is_named(tmp_path: Path) -> None:
    """By a variable, `@last`, the end of an id; several are listed with day and prompt."""
    store, run = Store(tmp_path / "store", disk=Disk()), made(tmp_path / "made")
    names = {"fox": run, "foxes": [run], "seven": 7}
    for text, last in (("fox", None), ("foxes[0]", None), ("@last", run)):
        assert find_run(text, names, store, last) is run
    store.journal.append({"event": "intent", "run": run.id, "input": {"prompt": "As the record has it now"}})
    for text, last in (("fox", None), ("@last", run)):
        assert find_run(text, names, store, last).prompt == "As the record has it now"
    for text, says, near in (
        ("seven", "is an int, no run", None),
        ("fxo", "is no run on record and no variable that holds one (of an id at least", "fox"),
        ("@last", "no run was shown", None),
    ):
        with pytest.raises(NotFound, match=says.replace("(", r"\(")) as caught:
            find_run(text, names, store, None)
        assert caught.value.nearest == near
    for number, end in enumerate("AB"):
        intent = {"event": "intent", "run": f"01KG00000000000000000{number}Q7X{end}", "input": {"prompt": "A fox"}}
        store.journal.append(intent)
    assert find_run("q7xa", {}, store, None).id.endswith("Q7XA")
    with pytest.raises(NotFound) as caught:
        find_run("Q7XC", {}, store, None)
    assert caught.value.nearest in ("Q7XA", "Q7XB")
    store.journal.append({"event": "intent", "run": "01KG000000000000000009Q7XA", "input": {"prompt": "An owl"}})
    with pytest.raises(NotFound, match="fits several runs") as caught:
        find_run("Q7XA", {}, store, None)
    newest, older = str(caught.value).splitlines()[1:]
    assert re.fullmatch(r" +01KG000000000000000009Q7XA  \d{4}-\d\d-\d\d  An owl", newest)
    assert older.split()[-2:] == ["A", "fox"]
    store.close()


# --- globs


def test_a_glob_counts_and_goes_deep(here: Path) -> None:
    """Natural order in each folder; hidden files and folders are no matches; the words typed stay."""
    shots(here, "s/10.png", "s/9.png", "s/a2/1.png", "s/a10/1.png", "s/.hidden.png", "s/Z.png", "s/b.png")
    assert matching("s/*.png") == ["s/9.png", "s/10.png", "s/b.png", "s/Z.png"]
    assert matching("./s/?.png") == ["./s/9.png", "./s/b.png", "./s/Z.png"]
    assert matching("s/[0-9]*.png") == ["s/9.png", "s/10.png"]
    assert matching("s/**/1.png") == ["s/a2/1.png", "s/a10/1.png"]
    assert "s/a2" not in matching("s/*")


def test_a_home_folder_stays_as_typed(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record of a glob names nobody's home."""
    monkeypatch.setenv("HOME", str(here))
    shots(here, "s/2.png", "s/1.png")
    assert matching("~/s/*.png") == ["~/s/1.png", "~/s/2.png"]


@pytest.mark.parametrize(
    ("pattern", "says", "near"),
    [
        ("shots/*.pgn", "matches no file in shots", "shots/*.png"),
        ("shots/foks*", "matches no file in shots", "shots/fox 1.png"),
        ("shots/zzz*", "matches no file in shots", None),
        ("shotz/*.png", "matches nothing: there is no folder shotz", "shots/*.png"),
        ("*.webp", "matches no file in this folder", None),
        ("shots/deep/**/*.png", "matches nothing: there is no folder shots/deep", None),
    ],
)
def test_a_glob_without_a_match_is_an_error(here: Path, pattern: str, says: str, near: str | None) -> None:
    """It names the folder and what is nearest; it never sends the request without the picture."""
    shots(here, "shots/fox 1.png", "shots/fox 2.png")
    with pytest.raises(NotFound, match=says) as caught:
        matching(pattern)
    assert caught.value.nearest == near
