"""`check` finds each thing that it looks for in a notebook that was prepared, and nothing in one that was run."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from runflow_nb.cli import main
from runflow_nb.notebook.checking.targets import Checked, Manner, check
from runflow_nb.notebook.views.live import GOES_ON, LEFT_BEHIND, error_bundle, line_bundle
from runflow_nb.notebook.views.run_record import MIME
from runflow_nb.record.audit.finding import Finding
from runflow_nb.record.forget import forget
from runflow_nb.record.store import Store
from runflow_nb.secret import Secret

from .conftest import Bought
from .made import KEY, cell_of, code, display, error, in_base64, markdown, notebook, shown, text, widgets

SIGNED = "https://storage.example/a.png?X-Amz-Expires=900&X-Amz-Signature=0123"
PICTURE = in_base64(b"\x89PNG\r\n\x1a\n" + bytes(200))


def checked(path: Path, **manner: Any) -> Checked:
    return check(path, Manner(datetime.now(UTC), **manner), "")


def found(folder: Path, cells: Iterable[Mapping[str, Any]], **metadata: Any) -> tuple[Finding, ...]:
    """What is found in a notebook of these cells."""
    return checked(notebook(folder / "fox.ipynb", cells, **metadata)).findings


def kinds(folder: Path, *cells: Mapping[str, Any], **metadata: Any) -> list[str]:
    return [finding.kind for finding in found(folder, cells, **metadata)]


def original(bought: Bought, words: str) -> Path:
    return bought.runs[words].images[0].path


def prepared(bought: Bought) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, int]]:
    """(cells, metadata, kind -> the number of the cell in which it is)."""
    runs = bought.runs
    store = Store(bought.root)
    forgotten = shown(runs["a wolf"])
    forget(store, runs["a wolf"].id)
    store.close()
    original(bought, "a crow").unlink()
    assert runs["a seal"].preview is not None
    runs["a seal"].preview.path.unlink()
    original(bought, "a lynx").write_bytes(b"other bytes")
    (went_in,) = runs["at night"].pictures
    next((bought.root / "images" / went_in["file"][:2]).glob(f"{went_in['file']}*")).unlink()
    dated = shown(runs["a stag"])
    dated[0]["data"]["image/jpeg"] = in_base64(b"another picture")
    heavy = [text("x" * 400_000) for _ in range(4)]
    cells: list[tuple[str, dict[str, Any]]] = [
        ("", markdown("# Foxes and more")),
        ("", cell_of(runs["an owl"])),
        ("key", code(f"KEY = '{KEY}'")),
        ("unknown schema", code("show()", display({"text/plain": "", MIME: {"schema": 99, "runs": []}}))),
        ("damaged record", code("show()", display({"text/plain": "", MIME: {"schema": 1, "runs": [{"id": "x"}]}}))),
        ("recipe", code("show()", *shown(runs["a hare"], input={"prompt": "a cat"}))),
        ("not on record", code("show()", *shown(bought.stranger))),
        ("record differs", cell_of(runs["a fox"], cost="0.01")),
        ("preview differs", code("show()", *dated)),
        ("forgotten", code("show()", *forgotten)),
        ("text differs", code("%%nanobanana -r 0.5K -f jpeg\na bear in the snow", *shown(runs["a bear"]))),
        ("take new", code("%%nanobanana --take new\nan owl")),
        ("saved error", code("buy()", error("BudgetExceeded"))),
        ("live line", code("buy()", display(line_bundle("painting", LEFT_BEHIND)))),
        ("expiring link", markdown(f"Taken from {SIGNED}")),
        ("home path", code("print(path)", text("/home/mary/pictures\n"))),
        ("large output", code("dump()", text("x" * 600_000))),
        ("", code("more()", *heavy)),
        ("missing original", cell_of(runs["a crow"])),
        ("missing preview", cell_of(runs["a seal"])),
        ("changed file", cell_of(runs["a lynx"])),
        ("missing input", code("show()", *shown(runs["at night"]))),
    ]
    places = {kind: number for number, (kind, _) in enumerate(cells, 1) if kind}
    return [cell for _, cell in cells], {"widgets": widgets(a={"value": PICTURE})}, places


def test_each_thing_is_found_where_it_is_and_nothing_else(bought: Bought) -> None:
    cells, metadata, places = prepared(bought)
    path = notebook(bought.folder / "fox.ipynb", cells, **metadata)
    findings = checked(path).findings
    # The stranger is take 1 of what the owl is take 1 of.
    whole = ["large notebook", "widget pictures", "same take"]
    assert Counter(finding.kind for finding in findings) == Counter([*places, *whole])
    for finding in findings:
        assert finding.remedy
        assert finding.what
        place = places.get(finding.kind)
        if place is not None and not finding.where.startswith("run "):
            assert finding.where.startswith((f"cell {place} ", f"cell {place},")), finding


OWL = "%%nanobanana -r 0.5K -f jpeg\nan owl"
DIFFERING = {
    "%%nanobanana -r 0.5K -f jpeg\nan owl at night": "the prompt",
    "%%nanobanana -r 1K -f jpeg\nan owl": "resolution",
    "%%nanobanana -r 0.5K -f png\nan owl": "output format",
    "%%nanobanana -r 0.5K -f jpeg -a 16:9\nan owl": "aspect ratio",
    "%%nanobanana -f jpeg -m pro\nan owl": "the model",
    "%%nanobanana -r 0.5K -f jpeg -s 5\nan owl": "the seed",
    "%%nanobanana -r 0.5K -f jpeg --take 2\nan owl": "the take",
    "%%nanobanana -r 0.5K -f jpeg -i red.png\nan owl": "the pictures that go in",
    "fox = %nanobanana -r 0.5K -f jpeg an owl with a hat": "the prompt",
    "%%nanobanana -r 0.5K -s 3\nan owl with a hat": "the prompt and the seed",
}
NOT_TOLD = (
    OWL,
    "%%nanobanana\nan owl",  # settings may have said the rest
    "\n\n%%nanobanana   -f   jpeg -r 0.5K --tag x -o owl --max-cost 1 -y\n\n  an owl  \n",
    "%nanobanana -r 0.5K -f jpeg an owl",
    "owl = %nanobanana -r 0.5K -f jpeg an owl",
    "%%nanobanana -r {{ size }} -f jpeg\na cat",
    "%%nanobanana -r 0.5K -f jpeg\n{{ animal }}",
    "%nanobanana -q a cat\ngenerate('an owl')",
    "for animal in animals:\n    %nanobanana a cat",
    "%%nanobanana --resolutoin 1K\na cat",
    "%%nanobanana --estimate\na cat",
    "%runflow show @last",
    "# %%nanobanana\nshow('an owl')",
    "this is no Python %nanobanana a cat",
    "%%time\nfox = runflow_nb.generate('a cat')",
)


@pytest.mark.parametrize("source", DIFFERING)
def test_a_text_that_asks_for_something_else_is_named(once: Bought, source: str, tmp_path: Path) -> None:
    (finding,) = found(tmp_path, [code(source, *shown(once.runs["an owl"]))])
    assert finding.kind == "text differs"
    assert finding.what.endswith(f"differ in {DIFFERING[source]}")
    assert f"%runflow cell {once.runs['an owl'].short}" in finding.remedy


def test_a_seed_that_was_drawn_may_be_pinned(once: Bought, tmp_path: Path) -> None:
    owl = once.runs["an owl"]
    assert kinds(tmp_path, code(f"%%nanobanana -r 0.5K -f jpeg -s {owl.seed}\nan owl", *shown(owl))) == []


@pytest.mark.parametrize("source", NOT_TOLD)
def test_what_only_a_kernel_knows_is_not_guessed(once: Bought, source: str, tmp_path: Path) -> None:
    assert kinds(tmp_path, code(source, *shown(once.runs["an owl"]))) == []


@pytest.mark.parametrize(
    ("source", "differing"),
    [
        ("%%runflow google/nano-banana-2 -r 0.5K -f jpeg\nan owl", ""),
        ("%%runflow google/nano-banana-2 -r 0.5K -f jpeg\na cat", "the prompt"),
        ("%%runflow some/model --speed 3\nan owl", "the model"),
        ("%%runflow some/model --speed 3\na cat", "the model and the prompt"),
        ("%%runflow some/model --speed 3\n{{ a }} cat", "the model"),
    ],
)
def test_cells_that_name_a_model_by_its_full_id(once: Bought, source: str, differing: str, tmp_path: Path) -> None:
    """Also one that is known only where the API's list was read."""
    told = [finding.what for finding in found(tmp_path, [code(source, *shown(once.runs["an owl"]))])]
    assert [what.partition("differ in ")[2] for what in told] == [differing] * bool(differing)


def test_a_file_that_was_replaced_is_named_and_one_that_is_the_same_or_gone_is_not(
    bought: Bought, tmp_path: Path
) -> None:
    run = bought.runs["at night"]
    path = tmp_path / "red.png"
    pictures = [
        {"digest": one["digest"], "typed": "red.png", "name": "red.png", "source": "file"} for one in run.pictures
    ]
    cell = code("%%nanobanana -m 2 -r 0.5K -f jpeg -i red.png\nat night", *shown(run, pictures=pictures))
    assert kinds(tmp_path, cell) == []
    path.write_bytes((bought.folder / "red.png").read_bytes())
    assert kinds(tmp_path, cell) == []
    path.write_bytes(b"another")
    assert kinds(tmp_path, cell) == ["text differs"]


@pytest.mark.parametrize(
    "source",
    [
        "%%nanobanana --take new\nan owl",
        "%%nanobanana --take=new\nan owl",
        "x = 1\nowl = %nanobanana --take new an owl",
        "%%runflow any/model --take new\nan owl",
        "%%time\nif owl:\n    %nanobanana --take new an owl",
        "owl = runflow_nb.generate('an owl', take='new')",
    ],
)
def test_a_cell_that_would_buy_again_is_named(tmp_path: Path, source: str) -> None:
    assert kinds(tmp_path, code(source)) == ["take new"]
    assert kinds(tmp_path, markdown(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "%%nanobanana\n--take new",
        "%nanobanana an owl --take new",
        "'''\nnothing\n'''\n# %nanobanana --take new",
        "%%bash\necho --take new",
        "show(take='new')",
        "%%nanobanana --take 2\nan owl",
    ],
)
def test_words_that_are_no_option_buy_nothing(tmp_path: Path, source: str) -> None:
    assert kinds(tmp_path, code(source)) == []


def png_with(words: str) -> str:
    """A picture that holds these words, in base64."""
    import io

    notes, stream = PngImagePlugin.PngInfo(), io.BytesIO()
    notes.add_text("Comment", words)
    Image.new("RGB", (4, 4)).save(stream, "PNG", pnginfo=notes)
    return in_base64(stream.getvalue())


@pytest.mark.parametrize(
    ("cell", "place"),
    [
        (code(f"key = '{KEY}'"), "cell 1, its text"),
        (code(f"key = ('{KEY[:12]}'\n       '{KEY[12:]}')"), "cell 1, its text"),
        (code(f"key = '{KEY[:6]}' + '{KEY[6:]}'"), "cell 1, its text"),
        (markdown(f"Mine is {KEY}."), "cell 1, its text"),
        (code("print()", text(f"{KEY[:10]}\n{KEY[10:]}\n")), "cell 1, its outputs"),
        (code("print()", display({"text/html": f"<b>{KEY}</b>"})), "cell 1, its outputs"),
        (code("print()", display({"application/x+json": {KEY: [1]}})), "cell 1, its outputs"),
        (code("print()", display({"image/png": png_with(KEY)})), "cell 1, inside a picture"),
        (markdown("!", attachments={"a.png": {"image/png": png_with(KEY)}}), "cell 1, inside a picture"),
        (markdown("!", attachments={KEY: {}}), "cell 1, its attachments"),
        (code("x", metadata={"tags": [KEY]}), "cell 1, its metadata"),
        (code("print('hush-hush-1234')"), "cell 1, its text"),
    ],
)
def test_a_key_is_found_wherever_it_stands(tmp_path: Path, cell: Mapping[str, Any], place: str) -> None:
    path = notebook(tmp_path / "fox.ipynb", [cell])
    (finding,) = checked(path, key=Secret("hush-hush-1234")).findings
    assert (finding.kind, finding.where) == ("key", place)


OTHERS = {
    "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789": "a key of another service",
    "xoxb-1234567890-abcdef": "a key of another service",
    "-----BEGIN OPENSSH PRIVATE KEY-----": "a private key",
    "Authorization: Bearer abcdefghijklmnop1234": "a token",
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_key_of_another_service_is_found_in_each_part(tmp_path: Path, other: str) -> None:
    """In texts, outputs and metadata, each alone; its cell is told by its number only."""
    cells: dict[str, Mapping[str, Any]] = {
        "cell 1, its text": markdown(f"Mine is '{other}'."),
        "cell 1, its outputs": code("x", display({"application/json": {"headers": [other]}})),
        "cell 1, its metadata": code("x", metadata={"note": other}),
    }
    for place, cell in cells.items():
        (finding,) = found(tmp_path, [cell])
        assert (finding.kind, finding.where, finding.what) == ("key", place, f"{OTHERS[other]} stands there")
    (finding,) = found(tmp_path, [code("x")], service={"key": other})
    assert (finding.kind, finding.where) == ("key", "the notebook's metadata")
    assert [each.where for each in found(tmp_path, [code(f"'{other}'", error("NoKey"))])] == [
        "cell 1, its text",
        "cell 1",
    ]


def test_what_only_looks_like_a_key_of_others_is_none(tmp_path: Path) -> None:
    """Class names of a library, placeholders, and assignments that name no secret."""
    style = display({"text/html": "<style>#sk-container-id-1 .sk-toggleable__label-arrow:before {}</style>"})
    words = "token = os.environ['TOKEN']\npassword = getpass()\nkey = 'sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
    assert kinds(tmp_path, code(words, style), markdown("a bearer characteristically-unknown, AKIA")) == []


def test_a_key_is_never_repeated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where the file is named so, or the cell that it stands in has another finding."""
    path = notebook(tmp_path / f"{KEY}.ipynb", [code(f"{KEY} = 1", error("NoKey"))], note=KEY)
    for more in ([], ["--json"]):
        assert main(["check", str(path), str(path), *more]) == 1
        said = capsys.readouterr().out
        assert "the name of the file" in said
        assert "saved error" in said
        assert KEY not in said


def test_names_that_begin_like_keys_are_none(tmp_path: Path) -> None:
    words = "rf_model = RandomForest()\nKeys begin with rf_live_\nand are long, as whsec_ are; surf_live_"
    assert kinds(tmp_path, code(words), markdown(words)) == []


@pytest.mark.parametrize(
    "address",
    [
        SIGNED,
        "https://storage.example/a.png?a=b&amp;X-Goog-Signature=0123",
        "https://s.example/a?Expires=1&Signature=x&Key-Pair-Id=y",
        "https://s.blob.example/a?sv=1&sig=x",
        "http://127.0.0.1:8188/files/a.png?expires=17.0&signature=ab",
    ],
)
def test_links_that_expire_are_named_in_texts_and_outputs(tmp_path: Path, address: str) -> None:
    assert kinds(tmp_path, markdown(f"![]({address})")) == ["expiring link"]
    assert kinds(tmp_path, code("x", display({"text/html": f'<img src="{address}">'}))) == ["expiring link"]
    assert kinds(tmp_path, markdown("https://example.com/a.png?size=3 and https://example.com/?design=4")) == []


@pytest.mark.parametrize("path", ["/home/mary/a.png", "/Users/mary/a", "C:\\Users\\mary\\a.png", "/root/a"])
def test_folders_of_people_are_named_in_outputs_only(tmp_path: Path, path: str) -> None:
    assert kinds(tmp_path, code("x", text(f"Saved {path}"))) == ["home path"]
    assert kinds(tmp_path, code("x", {**error("OSError"), "traceback": [f"File {path}"]})) == ["home path"]
    assert kinds(tmp_path, code(f"open({path!r})")) == []
    assert kinds(tmp_path, code("x", text("https://example.com/home/mary and ~/a"))) == []


def test_what_was_left_behind_is_named_and_what_was_meant_is_not(tmp_path: Path) -> None:
    line = display(line_bundle("painting", GOES_ON))
    assert kinds(tmp_path, code("x", line)) == ["live line"]
    assert kinds(tmp_path, code("x", display(error_bundle(ValueError("no"))))) == ["saved error"]
    assert kinds(tmp_path, code("x", error("ZeroDivisionError"))) == []
    meant = {"metadata": {"tags": ["raises-exception"]}}
    assert kinds(tmp_path, code("x", error("BudgetExceeded"), **meant)) == []


def test_state_of_widgets_is_named_where_it_is_large(tmp_path: Path) -> None:
    assert kinds(tmp_path, widgets=widgets(a={"value": "slider"})) == []
    assert kinds(tmp_path, widgets=widgets(a={"value": "x" * 600_000})) == ["widget state"]
    assert kinds(tmp_path, widgets=widgets(a={"outputs": [{"data": {"image/jpeg": PICTURE}}]})) == ["widget pictures"]
    assert kinds(tmp_path, widgets=widgets(a={"buffers": [{"data": PICTURE}]})) == ["widget pictures"]


def test_without_a_store_a_notebook_is_held_against_itself(once: Bought, tmp_path: Path) -> None:
    owl, stranger = once.runs["an owl"], once.stranger
    assert kinds(tmp_path, cell_of(owl), cell_of(owl)) == []
    assert kinds(tmp_path, cell_of(owl), cell_of(stranger)) == ["same take"]
    assert kinds(tmp_path, cell_of(owl), cell_of(stranger, take=2)) == ["text differs"]
    assert kinds(tmp_path, code("show()", *shown(owl, recipe="sha256:1:" + "0" * 64))) == ["recipe"]
    assert "no store beside it" in checked(tmp_path / "fox.ipynb").looked_at


def test_text_that_could_act_on_a_terminal_is_inert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = notebook(tmp_path / "fox\x1b[2J.ipynb", [code("\x1b[2J\x9b %%nanobanana", error("NoKey"))])
    assert main(["check", str(path), str(path)]) == 1
    said = capsys.readouterr().out
    assert said.count("saved error") == 2
    assert "\x1b" not in said
    assert "\x9b" not in said


ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    "",
    "\ud800",
    "%%nanobanana --take new\n{{",
    [],
    [[]],
    [None],
    {},
    {"a": {}},
)


def _odd(value: Any, chance: random.Random, depth: int = 0) -> Any:
    """The notebook with some of its parts as nobody would write them."""
    if chance.random() < 0.02:
        return chance.choice(ODD)
    if isinstance(value, dict):
        return {key: _odd(inner, chance, depth + 1) for key, inner in value.items() if chance.random() > 0.01}
    return [_odd(inner, chance, depth + 1) for inner in value] if isinstance(value, list) else value


def test_of_whatever_a_notebook_holds_there_is_a_report(
    bought: Bought, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Parts that are odd, and bytes that are cut or changed: what cannot be read is said, and status 2."""
    cells, metadata, _ = prepared(bought)
    light = [cell for cell in cells if len(json.dumps(cell)) < 50_000]
    whole = {"cells": light, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    chance, statuses = random.Random(8), Counter[int]()
    path = bought.folder / "odd.ipynb"
    for number in range(100):
        data = json.dumps(_odd(whole, chance)).encode()
        if number % 4 == 0:
            place = chance.randrange(len(data))
            data = data[:place] + chance.choice((b"", b"\xff", b"<<<<<<< HEAD\n", data[place + 1 :]))
        path.write_bytes(data)
        statuses[main(["check", str(path), "-q"])] += 1
        said = capsys.readouterr()
        assert "Traceback" not in said.err
    assert statuses[1] > 0 < statuses[2]


def test_five_megabytes_take_no_second(bought: Bought) -> None:
    runs = list(bought.runs.values())
    cells = [cell_of(run) for run in runs[:9] * 3]
    cells += [code("x", text("words of an output " * 20_000)) for _ in range(12)]
    path = notebook(bought.folder / "fox.ipynb", cells)
    assert path.stat().st_size > 5_000_000
    taken = []
    for _ in range(2):
        began = time.process_time()
        assert [finding.kind for finding in checked(path).findings] == ["large notebook"]
        taken.append(time.process_time() - began)
    assert min(taken) < 1
