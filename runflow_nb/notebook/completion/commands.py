"""The subcommands of `%runflow`, what they take, and the values of settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import get_args

from ... import settings
from ...models.catalog import CATALOG, SHORT_NAMES
from ..cell.option_table import fields_of
from ..runflow.all_subcommands import subcommands
from ..runflow.subcommands import Flag, Subcommand
from .offers import Notebook, Offer, offer
from .sources import model_offers, path_offers, picture_offers, run_offers, tag_offers

TARGETS = ("live", settings.SANDBOX)
CLOSED: Mapping[str, Iterable[str]] = {
    "reuse": get_args(settings.Reuse),
    "wait": get_args(settings.Wait),
    "embed": ("on", "off"),
    "model": (*SHORT_NAMES, *CATALOG),
    "base_url": (settings.LIVE_URL, settings.SANDBOX),
    **{field.name: field.allowed for field in fields_of(CATALOG.values())},
}
"""Setting -> the values it is usually given."""
CHECKED = (".ipynb", ".zip")
"""How files end that can be checked."""
RUN_OPERAND = re.compile(r"\bRUN\b")


def command_offers(head: str, start: int, notebook: Notebook) -> list[Offer]:
    """Offers in the line of `%runflow`; `head` is what stands before the cursor."""
    words = head.split()
    typed = "" if not words or head[-1].isspace() else words.pop()
    start += len(head) - len(typed)
    if not words:
        return offer(subcommands(), typed, start, "command")
    command = subcommands().get(words[0])
    if command is None:
        return []
    name, equals, value = typed.partition("=")
    if command.operands == "settings":
        return _settings(typed, start)
    flag = command.flag(name) if equals else command.flag(words[-1])
    if flag is not None and flag.metavar:
        text = value if equals else typed
        return _flag_values(flag, text, start + len(typed) - len(text), notebook)
    left = [row.name for row in command.flags if row.metavar or row.name not in words]
    return [*_operands(command, words, typed, start, notebook), *offer(left, typed, start, "option")]


def _operands(command: Subcommand, words: list[str], typed: str, start: int, notebook: Notebook) -> list[Offer]:
    before = [word for word in words[1:] if not word.startswith("-")]
    match command.operands:
        case "target" if not before:
            return offer(TARGETS, typed, start, "value")
        case "picture" if not before:
            return picture_offers(typed, start, notebook, in_quotes=False)
        case "saved" if not before:
            return path_offers(typed, start, notebook, endings=CHECKED[:1])
        case "files":
            return path_offers(typed, start, notebook, endings=CHECKED)
        case "subcommand" if not before:
            return offer(subcommands(), typed, start, "command")
        case "runs":
            return run_offers(typed, start, notebook)
        case "run" | "text" if not before and RUN_OPERAND.search(command.usage):
            return run_offers(typed, start, notebook)
        case "text":
            # A dash before a tag takes it off.
            dash = "-" if typed.startswith("-") else ""
            return tag_offers(typed.removeprefix(dash), start + len(dash), notebook)
    return []


def _flag_values(flag: Flag, typed: str, start: int, notebook: Notebook) -> list[Offer]:
    if flag.values:
        return offer(flag.values, typed, start, "value")
    match flag.name, flag.metavar:
        case "--model", _:
            return model_offers(typed, start, notebook)
        case "--tag" | "--remove", _:
            return tag_offers(typed, start, notebook)
        case "--origin", _:
            return offer([*TARGETS, *(run.origin for run in notebook.runs())], typed, start, "value")
        case _, "RUN":
            return run_offers(typed, start, notebook)
        case _, "PATH":
            return path_offers(typed, start, notebook)
    return []


def _settings(typed: str, start: int) -> list[Offer]:
    name, equals, value = typed.partition("=")
    if not equals:
        return offer((f"{row.name}=" for row in settings.TABLE), typed, start, "setting")
    return offer(CLOSED.get(name, ()), value, start + len(name) + 1, "value")
