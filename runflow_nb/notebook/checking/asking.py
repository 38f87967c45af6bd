"""What the cells of a saved notebook ask for, read as the magics read it but without a kernel. Pure.

Whatever a kernel decides is left open: names in templates, variables that hold pictures, settings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...errors import InvalidRequest
from ...models.declared import MODEL_ID
from ..asked import Asked, ask
from ..cell.prompt import is_template
from ..cell.typed import Typed, take_apart

CELL_MAGIC = re.compile(r"%%(nanobanana|runflow)(?:[ \t]+(.*))?$")
AROUND = re.compile(r"%%(time|timeit|capture|prun)\b")
"""Cell magics whose body is code."""
LINE_MAGIC = re.compile(
    r"(?P<indent>\s*)(?P<target>[\w\s.,\[\]'\"]+=\s*)?%(?P<name>nanobanana|runflow)(?:[ \t]+(?P<line>.*))?$"
)
OTHER = re.compile(r"\s*[%!?]|.*\?$|(?P<target>[\w\s.,]+=)\s*[%!]")
"""What IPython makes something else of."""
MARK = "__runflow_magic__"
PLACEHOLDER = "a prompt"
CALLS = frozenset({"generate", "edit"})


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a magic."""

    model: str | None
    """The one that `%runflow MODEL` names."""
    options: str
    body: str | None
    """The lines below a cell magic."""
    alone: bool
    """Whether the cell holds nothing else."""

    @property
    def typed(self) -> Typed:
        return take_apart(self.options, self.body, self.model)

    @property
    def takes_new(self) -> bool:
        return any(word.name == "--take" and word.value == "new" for word in self.typed.split.words)


@dataclass(frozen=True, slots=True)
class Read:
    """What can be told of a use without a kernel."""

    asked: Asked
    typed: Typed
    templated: bool
    """Whether the prompt has names of a kernel in it."""


def uses(source: str) -> Iterator[Use]:
    """Every use of our magics in a code cell; none where the cell is no Python that can be read."""
    text = source.lstrip("\n")
    first, _, below = text.partition("\n")
    if (match := CELL_MAGIC.match(first.rstrip())) is not None:
        yield from _use(match[1], match[2] or "", below, alone=True)
        return
    if first.startswith("%%"):
        text = below if AROUND.match(first) else ""
    tree, lines = _parsed(text)
    if tree is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == MARK:
            name, line = lines[node.lineno - 1]
            yield from _use(name, line, None, alone=len(tree.body) == 1 and _plain(tree.body[0]))


def asks_new(source: str) -> bool:
    """Whether a cell says `--take new`, or calls for a new take."""
    return any(use.takes_new for use in uses(source)) or _calls_new(source)


def read(use: Use) -> Read | None:
    """What this use asks for; None where only a kernel knows, or where it is a mistake."""
    typed = use.typed
    if typed.given("--help") or typed.given("--estimate"):
        return None
    raw = typed.given("--raw")
    templated = is_template(typed.prompt) and not raw
    if templated:
        typed = take_apart(use.options, PLACEHOLDER, use.model)
    if any(is_template(word.value or "") for word in typed.split.words) and not raw:
        return None
    try:
        return Read(ask(typed, {}, use.model), typed, templated)
    except InvalidRequest:
        return None


def _use(name: str, line: str, body: str | None, *, alone: bool) -> Iterator[Use]:
    if name == "nanobanana":
        yield Use(None, line, body, alone)
        return
    model, _, options = line.strip().partition(" ")
    if "/" in model and MODEL_ID.fullmatch(model):
        yield Use(model, options, body, alone)


def _parsed(text: str) -> tuple[ast.Module | None, dict[int, tuple[str, str]]]:
    """The code with our magics as calls of `MARK`, and (magic, what follows it) of each such line, counted from 0."""
    lines, found = text.splitlines(), dict[int, tuple[str, str]]()
    for number, line in enumerate(lines):
        if (match := LINE_MAGIC.match(line)) is not None:
            found[number] = match["name"], match["line"] or ""
            lines[number] = f"{match['indent']}{(match['target'] or '').strip()}{MARK}()"
        elif (other := OTHER.match(line)) is not None:
            blank = line[: len(line) - len(line.lstrip())]
            lines[number] = f"{blank}{(other['target'] or '').strip()}None"
    try:
        return ast.parse("\n".join(lines)), found
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, found


def _plain(statement: ast.stmt) -> bool:
    """Whether this only runs the magic, once, and names what comes of it."""
    return isinstance(statement, ast.Expr | ast.Assign) and isinstance(statement.value, ast.Call)


def _calls_new(source: str) -> bool:
    tree, _ = _parsed(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree is not None else []
    return any(_is_new(word) for call in calls if _name(call.func) in CALLS for word in call.keywords)


def _name(function: ast.expr) -> str:
    """`generate` of `generate(...)` and of `runflow_nb.generate(...)`."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_new(word: ast.keyword) -> bool:
    return word.arg == "take" and isinstance(word.value, ast.Constant) and word.value.value == "new"
