"""The filter expressions of listings: `client_ref:abc AND (status_code.EQ:'failed' OR NOT cost>0.1)`. Pure.

Grammar: comparisons joined by AND, OR and NOT (which bind in the order NOT, AND, OR), with parentheses. A comparison is
`field OP value`, OP one of `=` `:` `>` `<` `>=` `<=`, or `field.NAME:value`, NAME one of EQ NE GT LT GTE LTE in any
case. A value is a bare word or quoted text, in which the quote is doubled. Texts are compared case-sensitively.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

Record = Mapping[str, Any]
Predicate = Callable[[Record], bool]
Syntax = Literal["both", "eq", "colon"]
"""How comparisons may be written: `field.EQ:'value'`, `field:value`, or either."""

TOKEN = re.compile(
    r"""\s*(?:
      (?P<paren>[()])
    | (?P<field>[A-Za-z_]+)(?:\.(?P<name>[A-Za-z]+):|(?P<op>>=|<=|=|:|>|<))
      (?:'(?P<single>(?:[^']|'')*)'|"(?P<double>(?:[^"]|"")*)"|(?P<bare>[^\s()'"]+))
    | (?P<word>AND|OR|NOT)(?![^\s()])
    )\s*""",
    re.VERBOSE,
)
SIGNS = {"=": "eq", ":": "eq", ">": "gt", "<": "lt", ">=": "gte", "<=": "lte"}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "lt": operator.lt, "gte": operator.ge, "lte": operator.le,
}  # fmt: skip


NUMBERS = frozenset({"cost", "duration_ms"})


class BadQuery(ValueError):
    """The expression cannot be read; the text says where."""


def read_query(text: str, fields: frozenset[str], syntax: Syntax = "both") -> Predicate:
    """The expression as a test of a record. `fields` are those that may be asked about. Raises BadQuery."""
    reader = _Reader(_tokens(text), fields, syntax)
    try:
        test = reader.either()
    except RecursionError:
        raise BadQuery("is nested too deeply") from None
    if reader.tokens:
        raise BadQuery(f"has more than can be read at {reader.tokens[0].group().strip()!r}")
    return test


def _tokens(text: str) -> list[re.Match[str]]:
    tokens, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise BadQuery(f"cannot be read at {text[at : at + 30].strip()!r}")
        tokens.append(match)
        at = match.end()
    return tokens


class _Reader:
    """Recursive descent over the tokens; one method a level of binding."""

    def __init__(self, tokens: list[re.Match[str]], fields: frozenset[str], syntax: Syntax) -> None:
        self.tokens = tokens
        self._fields = fields
        self._syntax = syntax

    def either(self) -> Predicate:
        tests = [self._both()]
        while self._take("word", "OR"):
            tests.append(self._both())
        return lambda record: any(test(record) for test in tests)

    def _both(self) -> Predicate:
        tests = [self._one()]
        while self._take("word", "AND"):
            tests.append(self._one())
        return lambda record: all(test(record) for test in tests)

    def _one(self) -> Predicate:
        if self._take("word", "NOT"):
            test = self._one()
            return lambda record: not test(record)
        if self._take("paren", "("):
            inner = self.either()
            if not self._take("paren", ")"):
                raise BadQuery("lacks a closing parenthesis")
            return inner
        if not self.tokens or not self.tokens[0]["field"]:
            raise BadQuery("lacks a comparison")
        return self._comparison(self.tokens.pop(0))

    def _take(self, group: str, text: str) -> bool:
        if self.tokens and self.tokens[0][group] == text:
            self.tokens.pop(0)
            return True
        return False

    def _comparison(self, token: re.Match[str]) -> Predicate:
        name = token["field"]
        if name not in self._fields:
            raise BadQuery(f"asks about {name}, which cannot be filtered by")
        if self._syntax not in ("both", "eq" if token["name"] else "colon"):
            raise BadQuery(f"compares {name} in a syntax that is not read")
        compare = COMPARE.get((token["name"] or SIGNS.get(token["op"] or "", "")).lower())
        if compare is None:
            raise BadQuery(f"uses .{token['name']}, which is no comparison")
        single, double, wanted = token["single"], token["double"], token["bare"]
        if single is not None:
            wanted = single.replace("''", "'")
        elif double is not None:
            wanted = double.replace('""', '"')
        return lambda record: _compare(compare, name, record.get(name), wanted)


def _compare(compare: Callable[[Any, Any], bool], name: str, value: Any, wanted: str) -> bool:
    """Whether it holds; what is null or of another kind is only unequal."""
    if value is None:
        return compare is operator.ne
    try:
        return compare(typed(name, value), typed(name, wanted))
    except ValueError:
        return compare is operator.ne


def typed(name: str, value: Any) -> Any:
    """A field's value as what it is: truth, number, moment or text. Raises ValueError where it is not of that kind."""
    if name.startswith(("has_", "is_")):
        return {"true": True, "false": False}.get(str(value).lower(), value)
    if name in NUMBERS:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise ValueError(value) from None
    if name.endswith("_at"):
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return value
