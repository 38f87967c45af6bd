"""The options of a cell are read as a whole, from the specs, and every problem is named at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runflow_nb.errors import InvalidRequest
from runflow_nb.models import catalog
from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.declared import declared_spec
from runflow_nb.notebook.asked import Asked, ask
from runflow_nb.notebook.cell.option_table import MODEL, OURS, catalog_table, table_of
from runflow_nb.notebook.cell.options import CONVERT, read
from runflow_nb.notebook.cell.typed import take_apart
from runflow_nb.notebook.views.help import help_text


def asked(line: str, cell: str | None = None, **names: Any) -> Asked:
    return ask(take_apart(line, cell), names)


def complaint(line: str, cell: str | None = None, **names: Any) -> str:
    with pytest.raises(InvalidRequest) as caught:
        asked(line, cell, **names)
    return str(caught.value)


VALUES = {
    "resolution": "2K",
    "aspect_ratio": "16:9",
    "thinking_level": "high",
    "num_images": 3,
    "output_format": "webp",
    "safety_tolerance": "2",
    "seed": 99,
}
CASES = [
    (spec.id, field.name) for spec in CATALOG.values() for field in spec.fields if field.type in ("string", "integer")
]
SWITCHES = [(spec.id, field.name) for spec in CATALOG.values() for field in spec.fields if field.type == "boolean"]


@pytest.mark.parametrize(("model", "name"), [case for case in CASES if case[1] != "prompt"])
def test_every_field_is_an_option(model: str, name: str) -> None:
    """Each field of each model arrives in the request under the API's name, with `=` and without."""
    image = "-i fox.png" if CATALOG[model].edits else ""
    option = "--" + name.replace("_", "-")
    for line in (
        f"-m {model} {image} {option} {VALUES[name]} a fox",
        f"-m {model} {image} {option}={VALUES[name]} a fox",
    ):
        assert asked(line).request.input == {"prompt": "a fox", name: VALUES[name]}


@pytest.mark.parametrize(("model", "name"), SWITCHES)
def test_every_switch_is_an_option(model: str, name: str) -> None:
    """Each boolean field can be set, unset and given a value."""
    image = "-i fox.png" if CATALOG[model].edits else ""
    option = name.replace("_", "-")
    for spelt, value in ((f"--{option}", True), (f"--no-{option}", False), (f"--{option}=false", False)):
        assert asked(f"-m {model} {image} {spelt} a fox").request.input == {"prompt": "a fox", name: value}


def test_only_one_of_several_lists_of_pictures_is_filled_by_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "_declared", {})
    inputs = [
        {"name": "image_urls", "variable_type_code": "image_list", "is_required": True},
        {"name": "style_urls", "variable_type_code": "image_list"},
    ]
    catalog.declare(declared_spec("a/b", {"inputs": inputs}))
    typed = take_apart("-i a.png --style-urls https://x.example/s.png", "", "a/b")
    options, problems = read(typed, str)
    assert not problems
    assert (options.images, options.fields) == (("a.png",), {"style_urls": "https://x.example/s.png"})


def test_short_options() -> None:
    """-m -a -r -n -s -f -i are the fields people turn most."""
    found = asked("-m pro -a 16:9 -r 2K -n 2 -s 7 -f jpeg -i a.png -i b.png make it blue")
    assert found.request.spec.id == "google/nano-banana-pro/edit"
    assert found.request.images == ("a.png", "b.png")
    assert found.request.input == {
        "prompt": "make it blue",
        "aspect_ratio": "16:9",
        "resolution": "2K",
        "num_images": 2,
        "seed": 7,
        "output_format": "jpeg",
    }


def test_our_own_options() -> None:
    """Options that are not the model's are read into typed values."""
    line = (
        "-o fox --take 3 --max-cost 0.50 -y --tag a --tag b -q --estimate "
        '--metadata {"n": 1} --callback-url https://example.org/hook a fox'
    )
    found = asked(line)
    options_ = found.options
    assert (options_.out, options_.take, options_.max_cost, options_.tags) == ("fox", 3, Decimal("0.50"), ("a", "b"))
    assert options_.yes
    assert options_.quiet
    assert options_.estimate
    assert found.request.metadata == {"n": 1}
    assert found.request.callback_url == "https://example.org/hook"
    assert asked("--take new a fox").options.take == "new"


def test_the_cell_form_takes_the_body_as_the_prompt() -> None:
    """The first line is options, the body the prompt, with its inner blank lines and quotes."""
    body = '\n  a "fox"\n\n  it\'s  red \n'
    assert asked("-n 2", body).request.prompt == 'a "fox"\n\n  it\'s  red'


def test_text_on_the_first_line_of_a_cell() -> None:
    """It is an error beside a body, and the prompt where the body is empty."""
    assert "left over" in complaint("-n 2 a fox", "another fox")
    assert asked("-n 2 a fox", "\n").request.prompt == "a fox"
    assert "did you mean --enable-web-search=false?" in complaint("--enable-web-search false", "a fox")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--num-image 2 a fox", "did you mean --num-images?"),
        ("--aspect 1:1 a fox", "no such option"),
        ("-a 16x9 a fox", "did you mean 16:9?"),
        ("-r 2k a fox", "did you mean 2K?"),
        ("-f jpg a fox", "did you mean jpeg?"),
        ("-n 9 a fox", "takes 1 to 4; did you mean 4?"),
        ("-m nanobanana a fox", "is not a model of the catalog"),
        ("--nope fox", "no such option"),
        ("--seed --quiet a fox", "needs a value: --seed N"),
        ("--seed= a fox", "needs a value"),
        ("--tag 'a fox", "opens a quote (') that is never closed"),
        ("--take 0 a fox", "takes a number from 1, or new"),
        ("--take newest a fox", "takes a number from 1, or new"),
        ("--max-cost much a fox", "takes an amount in USD"),
        ("--metadata {1} a fox", "is no JSON"),
        ("--metadata [1] a fox", "takes a JSON object"),
        ("-o 2fox a fox", "is no name of a variable"),
        ("-n 2 -n 3 a fox", "is given twice"),
        ("--no-enable-web-search=true a fox", "takes no value"),
        ("--quiet=maybe a fox", "takes true or false"),
        ("--prompt 'a fox' another fox", "is given twice"),
        ("-i fox.png -m google/nano-banana-2 a fox", "takes no pictures; did you mean google/nano-banana-2/edit?"),
        ("-n 2", "say what to draw"),
        ("--seed {{ nope }} a fox", "'nope' is undefined"),
        ("-q a {{ nope }} fox", "line 1, column 6: 'nope' is undefined (--raw sends braces as typed)"),
    ],
)
def test_a_mistake_is_named(line: str, says: str) -> None:
    """Every mistake has its line, with the nearest value where there is one, and the way to the help."""
    text = complaint(line)
    assert says in text
    assert "1 problem in this request. Nothing was billed." in text
    assert text.endswith("All options: %nanobanana --help")


def test_all_problems_come_at_once() -> None:
    """Options, template and model are judged together: nobody mends one to be told the next."""
    text = complaint("-a 16x9 --num-image 2 -n 9 --take x", "a {{ fx }}", fox="red fox")
    assert "5 problems" in text
    for part in ("-a 16x9", "--num-image", "-n 9", "--take x", "line 2, column 6: 'fx' is undefined", "mean fox?"):
        assert part in text


def test_values_are_rendered_like_the_prompt() -> None:
    """Option values may come from the notebook; --raw leaves both alone."""
    found = asked("--seed {{ n + 1 }} a {{ animal }}", n=41, animal="fox")
    assert found.request.input == {"prompt": "a fox", "seed": 42}
    assert found.prompt_template == "a {{ animal }}"
    assert asked("--raw a {{ animal }}").request.prompt == "a {{ animal }}"
    assert asked("--raw=false a {{ animal }}", animal="fox").request.prompt == "a fox"
    assert asked("--raw a {{ animal }}").prompt_template is None


TYPOS = [
    ("-r 2048", "2K"),
    ("-r 512", "0.5K"),
    ("-a 1.77", "16:9"),
    ("-a tall", "9:16"),
    ("-a 1920x1080", "16:9"),
    ("-n two", "2"),
    ("-n 2.0", "2"),
    ("--seed=7,", "7"),
    ("-m pro2", "pro"),
    ("-m banana", "google/nano-banana-2"),
    ("--thinking-level max", "high"),
    ("--res 2K", "--resolution"),
    ("--num 2", "--num-images"),
    ("--count 2", "--num-images"),
    ("--size 2K", "--resolution"),
    ("--safety 3", "--safety-tolerance"),
    ("--search", "--enable-web-search"),
    ("--no-search", "--no-enable-web-search"),
    ("--aspect_ratio 1:1", "--aspect-ratio"),
    ("--format png", "--output-format"),
    ("--images a.png", "--image"),
    ("--img a.png", "--image"),
    ("--input a.png", "--image"),
    ("--dry-run", "--estimate"),
    ("--new", "--take new"),
    ("--maxcost 2", "--max-cost"),
    ("--silent", "--quiet"),
    ("--quite", "--quiet"),
    ("-R 2K", "-r"),
    ("-seed 7", "--seed"),
    ("-model pro", "--model"),
    ("\u2014seed 7", "--seed"),
    ("\u2013n 2", "-n"),
    ("\u2013\u2013seed=7", "--seed"),
    ("--enable-web-search false", "--enable-web-search=false"),
]


@pytest.mark.parametrize(("typed", "meant"), TYPOS)
def test_what_people_mistype_is_told_what_they_meant(typed: str, meant: str) -> None:
    """The one problem there is, and not bought as part of the prompt."""
    text = complaint(f"{typed} a fox")
    assert f"did you mean {meant}?" in text
    assert "1 problem in" in text


def test_dashes_of_a_prompt_stay_its_own() -> None:
    """Only what would be an option with a hyphen is doubted, and `--` ends the doubt."""
    for prompt in ("\u2014a fox\u2014", "\u2014 seed 7", "\u2013-", "\u2212"):
        assert asked(f"-n 2 {prompt} and more").request.prompt == f"{prompt} and more"
    assert asked("-- \u2014seed 7").request.prompt == "\u2014seed 7"
    assert asked("-q true love").request.prompt == "true love"


def test_a_guess_is_made_only_where_one_is_likely() -> None:
    """A misspelt option gets its neighbour; one that is like no other gets none."""
    assert "did you mean --aspect-ratio?" in complaint("--ratio 1:1 -q a fox")
    assert "did you mean --no-limit-generations?" in complaint("--no-limit-generation a fox")
    assert "did you mean" not in complaint("--nope 3 -q a fox")


def test_no_abbreviations_and_no_two_options_of_one_name() -> None:
    """`--num` means nothing, today and after the next option is added; every spelling has one option."""
    assert "--num" not in catalog_table().by_spelling
    spellings = [spelling for option in catalog_table().options for spelling in option.spellings]
    assert len(spellings) == len(set(spellings))
    ours = {option.name for option in catalog_table().options if option.field is None and option.kind == "value"}
    assert set(CONVERT) == ours


def test_the_help_names_every_option_and_fits() -> None:
    """Every option of every model is in the help, with values, default and price, in 80 columns."""
    text = help_text()
    assert max(map(len, text.splitlines())) <= 80
    for option in catalog_table().options:
        assert f"{option.name} {option.metavar}".strip() in text
    for fact in ("0.5K, 1K, 2K, 4K", "+$0.015", "Default png", "about $0.12 at 2K", "Not 0.5K with pro", "1 to 4"):
        assert fact in " ".join(text.split())


@pytest.mark.parametrize("kind", ["boolean", "text", "image"])
def test_no_field_of_a_model_takes_the_place_of_an_option_of_ours(kind: str) -> None:
    names = ["yes", "no_yes", "max_cost", "take", "no_embed", "model"]
    inputs = [{"name": name, "variable_type_code": kind} for name in names]
    table = table_of(declared_spec("them/hostile", {"inputs": inputs}))
    for name in names:
        found = table.resolve("--" + name.replace("_", "-"))
        assert found is not None
        assert found[0] in (MODEL, *OURS)
