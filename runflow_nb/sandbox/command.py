"""`runflow-nb sandbox`: options, and serving until told to end."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

from ..money import parse_usd
from .accounts.switches import guide as account_guide
from .accounts.switches import read_account_switches
from .app import create_app
from .asset_switches import guide as asset_guide
from .asset_switches import read_asset_switches
from .callbacks.switches import guide as callback_guide
from .callbacks.switches import read_switches
from .dialects.choose import BadDialect, read_dialects
from .dialects.choose import guide as dialect_guide
from .dialects.table import ALL
from .faults.guide import EXAMPLE, guide
from .faults.parse import BadPlan, read_plan
from .offers.switches import guide as model_guide
from .offers.switches import read_model_switches
from .server import NotLoopback, Server, listen
from .switches import Readiness, Switches
from .switching import BadSwitch

DEFAULTS = Switches()
HELP = "help"


@dataclass(frozen=True, slots=True)
class Group:
    """Switches that one option sets, each by a word NAME=VALUE."""

    option: str
    meaning: str
    read: Callable[[Iterable[str]], Any]
    guide: Callable[[], str]

    def word(self, text: str) -> str:
        """The same text; ArgumentTypeError where it sets nothing."""
        try:
            self.read([text])
        except BadSwitch as problem:
            raise argparse.ArgumentTypeError(str(problem)) from None
        return text


GROUPS = {
    "callbacks": Group("--callback", "how callbacks are sent", read_switches, callback_guide),
    "accounts": Group("--account", "what every key is", read_account_switches, account_guide),
    "assets": Group("--assets", "how files of callers are taken", read_asset_switches, asset_guide),
    "models": Group("--models", "how models are listed", read_model_switches, model_guide),
}
"""By what they are called in Switches."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the verb."""
    parser.add_argument("--host", default="127.0.0.1", help="address of this machine to listen on (%(default)s)")
    parser.add_argument("--port", type=_port, default=0, help="port to listen on; 0 takes a free one (%(default)s)")
    parser.add_argument(
        "--latency",
        type=_seconds,
        default=DEFAULTS.latency,
        metavar="SECONDS",
        help="whole time from the create to the end of a run (%(default)s)",
    )
    parser.add_argument(
        "--balance",
        type=_dollars,
        default=DEFAULTS.balance,
        metavar="USD",
        help="credit that every organization starts with (%(default)s)",
    )
    parser.add_argument(
        "--faults",
        type=_plan,
        default=DEFAULTS.faults,
        metavar="SPEC",
        help=f"what goes wrong on purpose, as in {EXAMPLE!r}; --faults {HELP} tells every word".replace("%", "%%"),
    )
    parser.add_argument(
        "--dialect",
        type=_dialect,
        action="append",
        default=[],
        metavar="NAME",
        help=f"speak as another source of the API has it; may be repeated or comma-joined. {ALL} speaks as one older"
        f" service; --dialect {HELP} tells every name",
    )
    parser.add_argument(
        "--rate-limit",
        type=_count,
        default=DEFAULTS.rate_limit,
        metavar="N",
        help="requests that an organization may make a minute; 0 for as many as it wants (%(default)s)",
    )
    parser.add_argument(
        "--readiness",
        choices=get_args(Readiness),
        default=DEFAULTS.readiness,
        help="what the readiness check finds (%(default)s)",
    )
    for name, group in GROUPS.items():
        parser.add_argument(
            group.option,
            dest=name,
            type=group.word,
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"{group.meaning}; may be repeated. Defaults come first: {group.guide()}",
        )


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C, or tell the language of faults or the dialects. Returns the exit status."""
    if args.faults == HELP:
        print(guide())  # noqa: T201
        return 0
    if HELP in args.dialect:
        print(dialect_guide())  # noqa: T201
        return 0
    try:
        switches = Switches(
            latency=args.latency,
            balance=args.balance,
            rate_limit=args.rate_limit,
            readiness=args.readiness,
            faults=args.faults,
            dialects=read_dialects(args.dialect),
            **{name: group.read(getattr(args, name)) for name, group in GROUPS.items()},
        )
        serve(args.host, args.port, switches)
    except (NotLoopback, BadDialect) as problem:
        print(f"runflow-nb sandbox: {problem}", file=sys.stderr)  # noqa: T201
        return 2
    except OSError as problem:
        reason = problem.strerror or problem
        print(f"runflow-nb sandbox: cannot listen on {args.host}:{args.port}: {reason}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def serve(host: str, port: int, switches: Switches) -> None:
    """Blocks; the line that says where it listens is the first thing written. Raises NotLoopback, OSError."""
    bound = listen(host, port)
    server = Server(create_app(switches), bound, _announce)
    # uvicorn raises the signal again once it has closed; without this the exit status would say "killed".
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: None)
    server.run_here()


def _announce(url: str) -> None:
    print(f"Runflow sandbox listening on {url}", flush=True)  # noqa: T201


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: 0 to 65535")
    return int(text)


def _seconds(text: str) -> float:
    try:
        return Switches(latency=float(text)).latency
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds from 0 up") from None


def _dollars(text: str) -> Decimal:
    amount = parse_usd(text)
    if amount is None:
        raise argparse.ArgumentTypeError(f"{text} is no amount of US dollars from 0 up")
    return amount


def _plan(text: str) -> str:
    try:
        read_plan("" if text == HELP else text)
    except BadPlan as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None
    return text


def _dialect(text: str) -> str:
    try:
        read_dialects(() if text == HELP else (text,))
    except BadDialect as problem:
        raise argparse.ArgumentTypeError(f"{problem}; --dialect {HELP} tells every name") from None
    return text


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 up")
    return int(text)
