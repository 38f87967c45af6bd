"""A prompt reaches the server exactly as it was typed, whatever other magics make of such text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from runflow_nb.errors import InvalidRequest, Problem
from runflow_nb.notebook.views.bundles import picture_bundle
from runflow_nb.notebook.views.caption import caption_bundle, pending_bundle
from runflow_nb.notebook.views.history_view import runs_bundle
from runflow_nb.notebook.views.live import error_bundle, line_bundle
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel
from tests.notebook.made import made

ESC = "\x1b"

ONE_LINE = {
    "braces": "{fox} {0} {} { a {b} } {{}} }} }",
    "percent": "100% fox, %d and %s at 5 %% of %(size)s",
    "dollar": "$HOME {$x} $fox ${fox} $$ costs $5",
    "quotes": "it's a \"fox's\" 'den' `tick` “curly” „low“ ''' and \"\"\"",
    "backslashes": "a\\nb \\t C:\\new\\table \\\\host\\fox \\",
    "hashes": "{#ff00aa} # comment {# no comment #} #FF0000",
    "html": "<b>&amp;</b> <script>alert('$x$')</script> &lt; <!-- fox -->",
    "ansi": f"{ESC}[31mred{ESC}[0m fox {ESC}]0;title\x07 and a lone {ESC}",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 🇺🇦 🐔🏽 1️⃣ fox",
    "right to left": "\u2067שועל אדום\u2069 \u202bثعلب أحمر\u202c \u200ffox\u200e",
    "JSON": '{"style": "flat", "n": [1, 2], "c": {"hex": "#ff00aa"}}',
    "shell": "!ls ?fox ??fox; @fox /fox ,fox ;fox",
    "semicolon": "a fox;",
    "wide blanks": "two  blanks,\ttabs \t and\u00a0others\u3000here",
    "composed": unicodedata.normalize("NFC", "café Ångström 한글"),
    "decomposed": unicodedata.normalize("NFD", "café Ångström 한글"),
    "dash": "a fox -n 2 --seed 3 -- -i x",
    "magic": "%time flies and %%html too",
}
LINES = {
    "percent": "a fox\n%time flies\n%%html\n100%",
    "shell": "!ls\n?\nfox?\nfox??\n!!ls",
    "hashes": "# fox\n## two\n# {# three #}",
    "options": "-n 2 --seed 3\n--help",
    "blank lines": "a fox\n\n\n\tindented\n   \n  twice",
    "prompts": ">>> fox\n... snow\nIn [1]: fox",
    "dots": "... and then the fox\n>>> came back",
    "backslash": "a fox \\\nin snow \\",
    "quotes": "\"\"\"a fox\n'''in snow",
    "semicolon": "a fox\nin snow;",
    "JSON": '{\n  "fox": {"colour": "#ff00aa"},\n  "n": [1, 2]\n}',
    "carets": "> quoted\n>> fox\n$ snow\n+ den",
    "code": "def fox():\n    return 'snow'  # comment",
}


@pytest.fixture(scope="module")
def empty_account() -> Iterator[EmbeddedSandbox]:
    """Takes every request down, and refuses it: nothing has to be painted to see what arrived."""
    with EmbeddedSandbox(balance=0) as running:
        yield running


@pytest.fixture
def cells(kernel: Kernel, empty_account: EmbeddedSandbox) -> Kernel:
    """The kernel, connected to the empty account."""
    assert not kernel.run(f"%runflow connect {empty_account.url}").error
    return kernel


def arrived(cells: Kernel, account: EmbeddedSandbox, code: str) -> list[str]:
    """The prompts that reached the server while this cell ran."""
    before = len(account.book.received)
    ran = cells.run(code)
    assert ran.error, "refused as it was, it cannot have ended well"
    return [r.body["input"].get("prompt", "") for r in account.book.received[before:]]


@pytest.mark.parametrize("text", ONE_LINE.values(), ids=ONE_LINE)
def test_a_prompt_arrives_as_typed_in_both_forms(cells: Kernel, empty_account: EmbeddedSandbox, text: str) -> None:
    raw = "--raw " if "{{" in text else ""
    line = arrived(cells, empty_account, f"fox = x = 'WRONG'\n%nanobanana {raw}-s 1 {text}")
    cell = arrived(cells, empty_account, f"%%nanobanana {raw}-s 2\n{text}")
    assert (line, cell) == ([text], [text])


@pytest.mark.parametrize("text", LINES.values(), ids=LINES)
def test_several_lines_arrive_as_typed(cells: Kernel, empty_account: EmbeddedSandbox, text: str) -> None:
    assert arrived(cells, empty_account, f"%%nanobanana\n{text}") == [text]


def test_only_templates_are_live(cells: Kernel, empty_account: EmbeddedSandbox) -> None:
    """Inside of JSON too; with --raw they are text like any other."""
    text = '{"style": "{{ style }}", "n": [1,2]{% if style %}, "hex": "{#ff00aa}"{% endif %}}'
    code = f"style = 'flat'\n%nanobanana {text}"
    assert arrived(cells, empty_account, code) == ['{"style": "flat", "n": [1,2], "hex": "{#ff00aa}"}']
    assert arrived(cells, empty_account, f"%nanobanana --raw {text}") == [text]
    assert arrived(cells, empty_account, f"%%nanobanana --raw -s 1\n{text}") == [text]


def test_what_ipython_takes_off_is_put_back_only_where_it_did(cells: Kernel, empty_account: EmbeddedSandbox) -> None:
    """The text of the cell speaks for its own magic; called from code or from another magic, the caller does."""
    code = "run = get_ipython().run_cell_magic('nanobanana', '', '... dots from code')"
    assert arrived(cells, empty_account, code) == ["... dots from code"]
    assert arrived(cells, empty_account, "%%capture\n%%nanobanana\na fox") == ["a fox"]
    text = "%%nanobanana\n{{ get_ipython().run_cell_magic('nanobanana', '', 'a fox within') }}"
    assert arrived(cells, empty_account, text) == ["a fox within"]


def test_fifty_thousand_characters_arrive(cells: Kernel, empty_account: EmbeddedSandbox) -> None:
    """The longest prompt there may be; one more is refused before anything is sent."""
    text = "狐 %d {x} \\n " * 5000
    assert arrived(cells, empty_account, f"%%nanobanana\n{text[:49_999]}!") == [f"{text[:49_999]}!"]
    assert "has 50,001 characters" in cells.run(f"%%nanobanana\n{text[:50_000]}!").error


def test_what_would_act_on_a_screen_is_shown_and_does_nothing(tmp_path: Path) -> None:
    """Colours, titles and moves of the cursor: in caption, description, live line and error."""
    text = f"a {ESC}[31mfox{ESC}]0;title\x07 \x9b2J\rgone"
    run = made(tmp_path, intent={"input": {"prompt": text, "seed": 1}}, finished={"notes": [text]})
    error = InvalidRequest([Problem("aspect_ratio", text, "is not offered")])
    shown = [
        *caption_bundle(run).values(),
        *pending_bundle(run).values(),
        picture_bundle(run)[0]["text/plain"],
        *line_bundle(text, text).values(),
        *error_bundle(error).values(),
        *error._render_traceback_(),
        *runs_bundle([run]).values(),
    ]
    for each in shown:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", each), each
    assert "a ␛[31mfox␛]0;title␇ �2J␍gone" in caption_bundle(run)["text/html"]
    assert "␛[31mfox" in "".join(error._render_traceback_())
