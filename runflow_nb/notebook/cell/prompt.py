"""Templates in prompts and option values: `{{ name }}` and `{% ... %}` are live, everything else is text as typed.

Comments and line statements are off, so that `{#hex}`, single braces and `$` survive: JSON prompts are common.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ...models.nearest import nearest

if TYPE_CHECKING:
    from jinja2 import Environment

MARKS = ("{{", "{%")
MEMORY_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{4,}")
NEVER = ("\0#", "#\0")
"""Marks of comments, which jinja2 always has: no text of a prompt may hold a null byte."""
AS_TYPED = "--raw sends braces as typed"


@dataclass
class TemplateFault(Exception):
    """A template that cannot be rendered."""

    reason: str
    line: int
    """Counted from 1 in the text that was rendered."""
    column: int
    nearest: str | None = None

    def located(self, line_offset: int = 0) -> str:
        """The reason with its place; `line_offset` lines of the cell stand above the text."""
        return f"line {self.line + line_offset}, column {self.column}: {self.reason} ({AS_TYPED})"


class NotWords(Exception):
    """A template names something that no model can draw from; the text says what."""


def is_template(text: str) -> bool:
    """Whether there is anything to render."""
    return any(mark in text for mark in MARKS)


def render(text: str, names: Mapping[str, Any]) -> str:
    """The text with its templates filled in; `names` is asked only for names that occur.

    Raises TemplateFault, also for whatever an expression in the template raises.
    """
    if not is_template(text):
        return text
    import jinja2
    from jinja2 import meta

    environment = _environment()
    try:
        wanted = meta.find_undeclared_variables(environment.parse(text))
        return environment.from_string(text).render({name: names[name] for name in wanted if name in names})
    except jinja2.TemplateSyntaxError as error:
        raise TemplateFault(_sentence(error.message or "not a template"), *_syntax_place(text, error.lineno)) from None
    except jinja2.UndefinedError as error:
        word = _last_quoted(str(error))
        place = _place_of(environment, text, word)
        public = [name for name in names if not name.startswith("_")]
        raise TemplateFault(_sentence(str(error)), *place, nearest(word, public) if word else None) from None
    except NotWords as error:
        raise TemplateFault(str(error), *_syntax_place(text, _line_in_template(error))) from None
    except Exception as error:  # noqa: BLE001 - an expression of the user may raise anything; it is their mistake to see
        line = _line_in_template(error)
        reason = _sentence(f"{type(error).__name__}: {error}")
        raise TemplateFault(reason, *_syntax_place(text, line)) from None


@cache
def _environment() -> Environment:
    import jinja2

    return jinja2.Environment(  # noqa: S701 - the text goes to a model, not into a page
        undefined=jinja2.StrictUndefined,
        finalize=_words,
        comment_start_string=NEVER[0],
        comment_end_string=NEVER[1],
        keep_trailing_newline=True,
    )


def _words(value: Any) -> Any:
    """What a template puts into the prompt. Raises NotWords: a prompt with a memory address in it is another
    request, and another purchase, after every restart.
    """
    kind = type(value)
    if kind.__module__.partition(".")[0] == __name__.partition(".")[0]:
        advice = ": name what you want of it, such as .prompt" if hasattr(value, "prompt") else ""
        raise NotWords(f"this is a {kind.__name__}, not text{advice}")
    nameless = inspect.isroutine(value) or isinstance(value, type | ModuleType)
    if not isinstance(value, str) and (nameless or MEMORY_ADDRESS.search(str(value))):
        raise NotWords(f"this is a {kind.__name__}, not text")
    return value


def _sentence(text: str) -> str:
    return text.strip().rstrip(".")


def _last_quoted(message: str) -> str:
    quoted = re.findall(r"'([^']*)'", message)
    return quoted[-1] if quoted else ""


def _line_in_template(error: BaseException) -> int:
    """The line of the template where an expression failed (jinja2 writes it into the traceback)."""
    line, step = 1, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line


def _syntax_place(text: str, line: int) -> tuple[int, int]:
    """(line, column) of the first mark on this line, or of the last one before it."""
    lines = text.split("\n")
    for number in range(min(line, len(lines)), 0, -1):
        columns = [lines[number - 1].find(mark) for mark in MARKS if mark in lines[number - 1]]
        if columns:
            return number, min(columns) + 1
    return line, 1


def _place_of(environment: Environment, text: str, word: str) -> tuple[int, int]:
    """(line, column) of the first use of this name inside a template."""
    tokens = list(environment.lex(text))
    number = next((line for line, kind, value in tokens if value == word and kind in ("name", "string")), 0)
    if not number:
        return _syntax_place(text, 1 if not tokens else tokens[-1][0])
    found = re.search(rf"\b{re.escape(word)}\b", _inside(text, number))
    return (number, found.start() + 1) if found else _syntax_place(text, number)


def _inside(text: str, number: int) -> str:
    """This line with everything outside of templates blanked out, so that columns stay."""
    blanked = re.sub(
        r"(\}\}|%\}|\A)(.*?)(\{\{|\{%|\Z)", lambda m: m[1] + re.sub(r"[^\n]", " ", m[2]) + m[3], text, flags=re.DOTALL
    )
    return blanked.split("\n")[number - 1]
