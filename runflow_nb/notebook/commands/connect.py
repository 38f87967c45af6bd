"""`%runflow connect live|sandbox`: prints one line that is always the same, and sends nothing."""

from __future__ import annotations

import getpass

from ... import calls
from ...errors import NoKey
from ...models.nearest import nearest
from ...models.validate import brief
from ...settings import SANDBOX
from ..arguments import Arguments, usage_error
from ..outputs import say

TARGETS = ("live", SANDBOX)
LINES = {
    "live": "Connected to Runflow (live): runs are billed.",
    SANDBOX: "Connected to the sandbox on this machine: nothing is billed.",
}


def run(arguments: Arguments) -> None:
    """Choose the API; asks for a key in a hidden prompt where none is known, or with --ask."""
    target = arguments.words[0] if arguments.words else ""
    if target not in TARGETS and "://" not in target:
        instead = f", not {brief(target)}" if target else ""
        raise usage_error("", "connect", f"takes live or sandbox{instead}", nearest(target, TARGETS))
    keyring = arguments.on("--keyring")
    try:
        calls.connect(target, api_key=_ask(keyring) if arguments.on("--ask") else None, keyring=keyring)
    except NoKey:
        calls.connect(target, api_key=_ask(keyring), keyring=keyring)
    say(LINES.get(target, f"Connected to {target}."))


def _ask(keyring: bool) -> str:
    """The key, typed into a prompt that shows nothing. Raises NoKey where nobody can be asked."""
    try:
        return getpass.getpass(f"Runflow API key (kept in {'the keyring' if keyring else 'memory only'}): ")
    except (EOFError, NotImplementedError, RuntimeError):
        # A front end that has no prompt says so with one of these (ipykernel: StdinNotImplementedError).
        raise NoKey from None
