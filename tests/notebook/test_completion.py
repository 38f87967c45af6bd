"""What Tab offers: the rules by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.spec import Field
from runflow_nb.notebook.cell.option_table import catalog_table
from runflow_nb.notebook.completion.names import holding_pictures, holding_runs
from runflow_nb.notebook.completion.options import choices
from runflow_nb.notebook.completion.paths import files_at
from runflow_nb.notebook.completion.rules import complete
from runflow_nb.notebook.runflow.subcommands import SUBCOMMANDS
from runflow_nb.record.run import Run
from tests.notebook.made import made

IDS = [option.name for option in catalog_table().options]
RATIOS = ["21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16"]


@dataclass
class Known:
    """A notebook that holds what a test gives it."""

    folder: Path = Path("/nowhere")
    names: Mapping[str, Any] = field(default_factory=dict)
    default_model: str | None = None
    recent: Sequence[Run] = ()
    last: Run | None = None
    held: Sequence[int] | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def runs(self) -> Sequence[Run]:
        return self.recent

    def last_shown(self) -> Run | None:
        return self.last

    @property
    def models(self) -> Sequence[str]:
        return list(CATALOG)

    def takes(self, line: str, body: str | None) -> Sequence[int] | None:
        self.asked.append((line, body))
        return self.held


def typed(text: str, notebook: Known | None = None) -> list[str] | None:
    """The cell's text up to the cursor as each offer would leave it; `|` is the cursor."""
    before, _, after = text.partition("|")
    found = complete(before + after, len(before), notebook or Known())
    return None if found is None else [before[: offer.start] + offer.text for offer in found]


def offered(text: str, notebook: Known | None = None) -> list[str] | None:
    """What stands after the last blank of the line, as each offer would leave it."""
    found = typed(text, notebook)
    return None if found is None else [each.rsplit(" ", 1)[1] for each in found]


@pytest.mark.parametrize(
    "magic", ["%%nanobanana", "%nanobanana", "fox = %nanobanana", "    %nanobanana", "\n%%nanobanana"]
)
def test_every_option_is_offered_by_its_long_and_its_short_name(magic: str) -> None:
    found = offered(f"{magic} |")
    assert found is not None
    assert set(found) == {name for o in catalog_table().options for name in o.spellings} - {"--image-urls"}
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%%nanobanana --re|", ["--resolution"]),
        ("%%nanobanana -r 2K --asp|", ["--aspect-ratio"]),
        ("%%nanobanana -r|", ["-r"]),
        ("%%nanobanana --image-|", ["--image-urls"]),
        ("%%nanobanana --no-e|", ["--no-enable-web-search", "--no-embed", "--no-estimate"]),
        ("%%nanobanana --no-res|", []),
        ("%%nanobanana --nonsense|", []),
        ("%%nanobanana --tag x --ta|", ["--take", "--tag"]),
        ("%%nanobanana --res| --aspect-ratio 1:1", ["--resolution"]),
        ("%%nanobanana --asp| --aspect-ratio 1:1", []),
        ("%%nanobanana -a 1:1 --asp|", []),
        ("%%nanobanana --no-raw --ra|", []),
        ("%%nanobanana -m pro --thin|", []),
        ("%%nanobanana -m 2 --thin|", ["--thinking-level"]),
        ("%%nanobanana --thin| -m pro", []),
        ("%%nanobanana -m google/nano-banana-pro --ima|", ["--image"]),
        ("%%nanobanana -m nosuch --thin|", ["--thinking-level"]),
        ("%%runflow google/nano-banana-pro --thin|", []),
        ("%%runflow google/nano-banana-2 --thin|", ["--thinking-level"]),
        ("%%runflow google/nano-banana-pro --mod|", []),
    ],
)
def test_options_that_go_on_from_what_is_typed(text: str, expected: list[str]) -> None:
    """None that the cell has already, and none that the model named there does not take."""
    assert offered(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-r |", ["0.5K", "1K", "2K", "4K"]),
        ("-r 2|", ["2K"]),
        ("-r 2k|", ["2K"]),
        ("-r2|", ["-r2K"]),
        ("--resolution=|", [f"--resolution={tier}" for tier in ("0.5K", "1K", "2K", "4K")]),
        ("--resolution =|", []),
        ('-r "2|', ['"2K']),
        ("-m pro -r |", ["1K", "2K", "4K"]),
        ("-r | -m pro", ["1K", "2K", "4K"]),
        ("-r |2K -m pro", ["1K", "2K", "4K"]),
        ("-m pro -a 8|", []),
        ("-a 8|", ["8:1"]),
        ("-a 16:|", ["16:9"]),
        ("-a 1|", ["16:9", "1:1", "1:4", "1:8"]),
        ("-f |", ["jpeg", "png", "webp"]),
        ("--thinking-level |", ["minimal", "high"]),
        ("-m pro --thinking-level |", []),
        ("--safety-tolerance |", list("123456")),
        ("-n |", list("1234")),
        ("-s |", []),
        ("-s 4|", []),
        ("--max-cost |", []),
        ("--no-such |", None),
        ("--raw=|", ["--raw=true", "--raw=false"]),
        ("--enable-web-search=f|", ["--enable-web-search=false"]),
        ("--no-raw=|", []),
        ("-m |", ["2", "pro", *CATALOG]),
        ("-m google/nano-banana-p|", ["google/nano-banana-pro", "google/nano-banana-pro/edit"]),
        ("-m google/nano-banana-2/|", ["google/nano-banana-2/edit"]),
        ("--model=p|", ["--model=pro"]),
    ],
)
def test_values_of_options(text: str, expected: list[str] | None) -> None:
    """Those of the model that the line names, wherever it names it; the whole value is put in place."""
    found = offered(f"%%nanobanana {text}")
    if expected is None:
        assert found is not None
        assert "--resolution" in found
    else:
        assert found == expected


def test_a_value_follows_the_model_that_is_set() -> None:
    """A cell that names no model has the values of the model that the settings name."""
    assert offered("%%nanobanana -r |", Known(default_model="pro")) == ["1K", "2K", "4K"]
    assert offered("%%nanobanana -r | -m 2", Known(default_model="pro")) == ["0.5K", "1K", "2K", "4K"]
    assert offered("%%nanobanana --thinking-level |", Known(default_model="pro")) == ["minimal", "high"]


@pytest.mark.parametrize("text", ["%%runflow |", "%%runflow\t|", "%%runflow | -r 2K"])
def test_any_model_of_the_catalog(text: str) -> None:
    found = typed(text)
    assert found is not None
    assert [each[len("%%runflow ") :] for each in found] == list(CATALOG)
    assert offered("%%runflow google/nano-banana-p|") == ["google/nano-banana-pro", "google/nano-banana-pro/edit"]
    assert offered("%%runflow google/nano-banana-pro -r |") == ["1K", "2K", "4K"]


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\n|",
        "%nanobanana|",
        "%nanobananas -r |",
        "%%nanobanana\n-r |",
        "%%nanobanana -r 2K\nA red fo|x",
        "%%nanobanana\n%runflow |",
        "%nanobanana -r 2K A red fo|",
        "%nanobanana -- |",
        "%nanobanana -- -|",
        "%nanobanana A fox -|",
        "%nanobanana A fox --|",
        "print('%nanobanana -r |')",
        "|%%nanobanana -r 2K",
        "%%time\n%nanobanana -r 2K\nfox.|",
        "%%nanobanana\n{{ fox }} and na|",
        "%%nanobanana\n{{ fox.na|",
        "%%nanobanana\n{{ fox | up|",
        "%%nanobanana\n{{ 'na|",
        "%%nanobanana\n{% fo|",
        "%%nanobanana --raw\n{{ na|",
        "%%nanobanana\n{{ 1n|",
    ],
)
def test_what_is_not_ours_is_left_to_ipython(text: str) -> None:
    """Plain words of a prompt, other code, and the parts of a template that only Python or Jinja knows."""
    before, _, after = text.partition("|") if text.count("|") == 1 else text.rpartition("|")
    assert complete(before + after, len(before), Known(names={"name": 1, "na": 2})) is None


@pytest.mark.parametrize(
    "text",
    [
        "%%nanobanana\nA fox, {{ na|",
        "%%nanobanana\n{{ fox }} {{na|",
        "%%nanobanana\n{% for x in na|",
        "%%nanobanana\n{%- if na|",
        "%nanobanana -r 2K A {{ na|",
        "%nanobanana -s {{ na|",
        "%%nanobanana -s={{ 1 + na|",
        "%%runflow pro\n{{ na| }}",
    ],
)
def test_names_in_templates(text: str) -> None:
    """In prompts and in values, `{{ ` and `{% ` are followed by names of the notebook."""
    names = {"name": 1, "nature": 2, "fox": 3}
    found = typed(text, Known(names=names))
    start = text.partition("|")[0]
    assert found == [start[:-2] + "name", start[:-2] + "nature"]


@pytest.fixture
def fox(tmp_path: Path) -> Run:
    return made(tmp_path / "store")


@pytest.fixture
def four(tmp_path: Path) -> Run:
    return made(tmp_path / "store", pictures=4, intent={"run": "01KG00000000000000000FOUR4", "tags": ["blue", "sky"]})


def test_pictures_for_image(tmp_path: Path, fox: Run, four: Run) -> None:
    """Variables that hold a picture, runs that have one, and files; of several pictures each one by its number."""
    (tmp_path / "photo.JPG").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "folder").mkdir()
    known = Known(tmp_path, {"fox": fox, "four": four, "number": 1}, recent=[four, fox], last=four)
    numbers = [f"four[{n}]" for n in range(4)]
    last = [f"@last[{n}]" for n in range(4)]
    ids = [*(f"0FOUR4[{n}]" for n in range(4)), fox.short]
    assert offered("%%nanobanana -i |", known) == ["fox", *numbers, *last, *ids, "photo.JPG", "folder/", "store/"]
    assert offered("%%nanobanana -i @la|", known) == last
    assert offered("%%nanobanana --image=four[|", known) == [f"--image={each}" for each in numbers]
    assert offered("%%nanobanana -i fox -i 0fo|", known) == ids[:4]
    assert offered("%%nanobanana --image fo|", known) == ["fox", *numbers, "folder/"]


def test_only_runs_that_delivered_are_pictures(tmp_path: Path) -> None:
    failed = made(tmp_path / "store", finished={"status": "failed", "outputs": []})
    known = Known(names={"failed": failed}, recent=[failed], last=failed)
    assert offered("%%nanobanana -i |", known) == []
    assert offered("%runflow show |", known) == ["failed", "@last", failed.short, "--show", "--fetch"]


def test_variables_by_what_they_hold(fox: Run) -> None:
    """By the names of their types, subclasses too; an array only where its shape is a picture's."""

    class Photo(Pillow.Image):
        pass

    class Figure:
        pass

    Figure.__module__, Figure.__qualname__ = "matplotlib.figure", "Figure"
    pictures = {
        "run": fox,
        "image": fox.images[0],
        "pil": Pillow.new("RGB", (2, 2)),
        "photo": Photo(),
        "grey": np.zeros((4, 4)),
        "rgb": np.zeros((4, 4, 3)),
        "data": b"...",
        "path": Path("fox.PNG"),
        "figure": Figure(),
    }
    others = {
        "text": "fox.png",
        "number": 3,
        "table": Path("fox.csv"),
        "line": np.zeros(4),
        "film": np.zeros((4, 4, 3, 2)),
        "wide": np.zeros((4, 4, 5)),
        "kind": Pillow.Image,
    }
    assert holding_pictures({**others, **pictures}) == list(pictures)
    assert holding_runs({**others, **pictures}) == ["run"]


def test_a_job_is_offered_as_its_run(fox: Run) -> None:
    class Job:
        run: Run | None = fox

    Job.__module__, Job.__qualname__ = "runflow_nb.engine.job", "Job"
    assert holding_pictures({"job": Job()}) == ["job"]
    assert holding_runs({"job": Job()}) == ["job"]
    Job.run = None
    assert holding_pictures({"job": Job()}) == []


def test_a_saved_notebook_is_offered_where_one_is_taken(tmp_path: Path) -> None:
    for name in ("fox.ipynb", "fox.png", "fox.zip"):
        (tmp_path / name).touch()
    assert offered("%runflow history fo|", Known(tmp_path)) == ["fox.ipynb"]
    assert offered("%runflow history fox.ipynb --li|", Known(tmp_path)) == ["--limit"]


def test_paths(tmp_path: Path) -> None:
    """Pictures and folders, hidden ones only when asked for; blanks are quoted, an open folder is gone on into."""
    for name in ("a b.png", "fox.png", ".hidden.png", "fox.txt"):
        (tmp_path / name).touch()
    (tmp_path / "my pictures").mkdir()
    (tmp_path / "my pictures" / "one.webp").touch()
    known = Known(tmp_path)
    assert typed("%%nanobanana -i |", known) == [
        f"%%nanobanana -i {each}" for each in ('"a b.png"', "fox.png", '"my pictures/')
    ]
    assert typed('%%nanobanana -i "my pictures/|', known) == ['%%nanobanana -i "my pictures/one.webp']
    assert offered("%%nanobanana -i ./f|", known) == ["./fox.png"]
    assert offered("%%nanobanana -i .h|", known) == [".hidden.png"]
    assert offered(f"%%nanobanana --save {tmp_path}/fo|") == [f"{tmp_path}/fox.png"]
    assert offered("%%nanobanana -i nowhere/|", known) == []
    assert files_at("\0", tmp_path, (".png",)) == files_at("~nobody-here/", tmp_path, (".png",)) == []


def test_a_large_folder_is_not_listed_whole(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.png").touch()
    assert len(files_at("", tmp_path, (".png",))) == 200


@pytest.mark.parametrize(
    ("held", "expected"),
    [(None, ["1", "2", "new"]), ([], ["1", "new"]), ([1, 2], ["1", "2", "3", "new"]), ([2], ["1", "2", "new"])],
)
def test_takes(held: Sequence[int] | None, expected: list[str]) -> None:
    """Those on record and the one that can be bought next; where the request is not known, the first two."""
    assert offered("%%nanobanana -r 2K --take |", Known(held=held)) == expected


def test_takes_are_asked_for_by_the_whole_cell() -> None:
    """The line without the word that is typed, and the body."""
    known = Known()
    offered("%%nanobanana -r 2K --take | -s 4\nA fox", known)
    offered("%%runflow google/nano-banana-pro --take |\nA fox", known)
    offered("%nanobanana --take | A fox", known)
    assert [(line.split(), body) for line, body in known.asked] == [
        (["-r", "2K", "-s", "4"], "A fox"),
        (["--model", "google/nano-banana-pro"], "A fox"),
        (["A", "fox"], None),
    ]


def test_variables_and_tags_to_write_to(fox: Run, four: Run) -> None:
    """Names that hold runs already, and tags that were used before, each once."""
    known = Known(names={"fox": fox, "number": 1}, recent=[four, four, fox])
    assert offered("%%nanobanana -o |", known) == ["fox"]
    assert offered("%%nanobanana --tag |", known) == ["blue", "sky"]
    assert offered("%runflow history --tag b|", known) == ["blue"]
    assert offered(f"%runflow tag {fox.short} |", known) == ["blue", "sky", "--remove"]
    assert offered(f"%runflow tag {fox.short} -s|", known) == ["-sky"]


def test_a_tag_of_several_words_is_quoted(tmp_path: Path) -> None:
    known = Known(recent=[made(tmp_path / "store", intent={"tags": ["red fox"]})])
    assert typed("%%nanobanana --tag re|", known) == ['%%nanobanana --tag "red fox"']
    assert typed('%%nanobanana --tag "re|', known) == ['%%nanobanana --tag "red fox']


def test_a_run_is_offered_with_its_prompt(fox: Run) -> None:
    """Nobody knows a run by the end of its id."""
    found = complete("%runflow show ", 14, Known(recent=[fox])) or []
    assert (found[0].text, found[0].kind) == (
        fox.short,
        "run:\N{NO-BREAK SPACE}" + "A red fox asleep in fresh snow".replace(" ", "\N{NO-BREAK SPACE}"),
    )


def test_some_runs_are_enough(tmp_path: Path) -> None:
    """The newest ones: a list of all runs helps nobody."""
    runs = [made(tmp_path / "store", intent={"run": f"01KG{number:022}"}) for number in range(25)]
    assert offered("%runflow show |", Known(recent=runs)) == [*(run.short for run in runs[:20]), "--show", "--fetch"]


def test_a_long_range_is_no_choice() -> None:
    few = Field("few", "integer", "", minimum=0, maximum=9)
    assert list(choices(few)) == list("0123456789")
    assert list(choices(replace(few, maximum=10))) == []
    assert list(choices(replace(few, maximum=None))) == []


def test_subcommands() -> None:
    assert offered("%runflow |") == list(SUBCOMMANDS)
    assert offered("%runflow his|") == ["history"]
    assert offered("%runflow nonsense |") == []


@pytest.mark.parametrize("name", [name for name, row in SUBCOMMANDS.items() if row.flags])
def test_flags_of_subcommands(name: str) -> None:
    flags = [flag.name for flag in SUBCOMMANDS[name].flags]
    assert offered(f"%runflow {name} -|") == flags
    for flag in SUBCOMMANDS[name].flags:
        again = [flag.name] if flag.metavar else []
        assert offered(f"%runflow {name} {flag.name} {'x ' * bool(flag.metavar)}{flag.name}|") == again
        for value in flag.values:
            assert value in (offered(f"%runflow {name} {flag.name} |") or [])
            assert offered(f"%runflow {name} {flag.name}={value[:-1]}|") == [f"{flag.name}={value}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("connect |", ["live", "sandbox", "--ask", "--keyring"]),
        ("connect live |", ["--ask", "--keyring"]),
        ("config reu|", ["reuse="]),
        ("config reuse=|", ["reuse=on", "reuse=only"]),
        ("config reuse=on wait=b|", ["wait=block"]),
        ("config aspect_ratio=16|", ["aspect_ratio=16:9"]),
        ("config model=p|", ["model=pro"]),
        ("config base_url=s|", ["base_url=sandbox"]),
        ("config nosuch=|", []),
        ("history --model google/nano-banana-2/|", ["google/nano-banana-2/edit"]),
        ("history --origin |", ["live", "sandbox"]),
        ("history --limit |", []),
        ("history x|", []),
        ("help |", [*SUBCOMMANDS]),
        ("help his|", ["history"]),
        ("show x |", ["--show", "--fetch"]),
    ],
)
def test_words_of_subcommands(text: str, expected: list[str]) -> None:
    assert offered(f"%runflow {text}") == expected


@pytest.mark.parametrize("name", [name for name, row in SUBCOMMANDS.items() if " RUN" in row.usage])
def test_runs_where_a_subcommand_takes_them(name: str, fox: Run, four: Run) -> None:
    known = Known(names={"fox": fox, "number": 1}, recent=[four], last=fox)
    assert (offered(f"%runflow {name} |", known) or [])[:3] == ["fox", "@last", four.short]
    assert offered(f"%runflow {name} @|", known) == ["@last"]
    assert offered(f"%runflow {name} 0four|", known) == [four.short]


@given(st.text("%nabour flw-=\"'{}[]@:/~.\n\\ i|r2", max_size=60), st.integers(0, 60))
def test_no_text_is_a_mistake(text: str, offset: int) -> None:
    """Whatever is typed, and wherever the cursor stands, there is an answer, and it ends at the cursor."""
    for before in ("%%nanobanana ", "%nanobanana ", "%%runflow ", "%runflow "):
        cell = before + text
        place = min(offset, len(cell))
        for offer in complete(cell, place, Known()) or []:
            assert 0 <= offer.start <= place
            assert "\n" not in cell[offer.start : place]
