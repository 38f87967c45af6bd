"""From the text of a fault plan to the plan, or to everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ...models.nearest import nearest
from .plan import Plan, Rule, When
from .words import ANY, COUNTED, FAULTS, MEMBERS, WHEN, WHERE, Fault

SECONDS = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)?")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}
CHANCE = re.compile(r"(\d+(?:\.\d+)?)%")
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
SEED = re.compile(r"seed\s*=\s*(\S*)")


class BadPlan(ValueError):
    """A plan that cannot be read; `problems` names every one."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("the plan of faults cannot be read:" + "".join(f"\n  {each}" for each in self.problems))


def read_plan(text: str) -> Plan:
    """Rules, separated by `;`. Raises BadPlan."""
    rules: list[Rule] = []
    problems: list[str] = []
    seed = 0
    for part in filter(None, (" ".join(piece.split()) for piece in text.split(";"))):
        given = SEED.fullmatch(part.lower())
        if given is None:
            reader = _Reader(part)
            rules += reader.rules
            problems += [f"{part}: {problem}" for problem in reader.problems]
        elif given[1].isascii() and given[1].isdigit():
            seed = int(given[1])
        else:
            problems.append(f"{part}: a seed is a whole number, as in seed=7")
    if problems:
        raise BadPlan(problems)
    return Plan(tuple(rules), seed)


class _Reader:
    """Reads one rule: `where: what when`."""

    def __init__(self, text: str) -> None:
        self.problems: list[str] = []
        self.rules: list[Rule] = []
        where, colon, rest = text.lower().partition(":")
        words = rest.split()
        if not colon or not words:
            self.problems.append("a rule is WHERE: WHAT [WHEN], as in create: drop-after-accept 10%")
            return
        what, equals, value = words[0].partition("=")
        fault = self._known("fault", what, FAULTS)
        places = self._places(where, fault)
        when = self._when(words[1:])
        if fault is None:
            return
        for place in [place for place in places if fault.fits and place not in fault.fits]:
            self.problems.append(f"{what} fits {' or '.join(fault.fits)}, not {place}")
        rule = Rule(text, frozenset(places), what, when)
        self.rules = [self._with_value(rule, fault, value if equals else None)]

    def _known(self, kind: str, word: str, table: dict[str, Fault]) -> Fault | None:
        if word not in table:
            self.problems.append(_unknown(kind, word, table))
        return table.get(word)

    def _places(self, text: str, fault: Fault | None) -> list[str]:
        words = [word.strip() for word in text.split(",")]
        for word in words:
            if word not in (*WHERE, ANY):
                self.problems.append(_unknown("endpoint", word, (*WHERE, ANY)))
        possible = fault.fits if fault and fault.fits else tuple(WHERE)
        return [place for word in words if word in (*WHERE, ANY) for place in (possible if word == ANY else (word,))]

    def _with_value(self, rule: Rule, fault: Fault, value: str | None) -> Rule:
        if value is None:
            if fault.must:
                example = {"range": "0.5s..2s", "seconds": "5s", "members": "cost"}[fault.takes]
                self.problems.append(f"{rule.what} needs a value, as in {rule.what}={example}")
            return rule
        if fault.takes == "nothing":
            self.problems.append(f"{rule.what} takes no value")
            return rule
        if fault.takes == "members":
            names = tuple(value.split("+"))
            self.problems += [_unknown("member of an answer", name, MEMBERS) for name in names if name not in MEMBERS]
            return replace(rule, members=names)
        low, dots, high = value.partition("..")
        if dots and fault.takes != "range":
            self.problems.append(f"{rule.what} takes one time, as in {rule.what}=5s")
            return rule
        return replace(rule, seconds=self._range(low, high if dots else low))

    def _range(self, low: str, high: str) -> tuple[float, float] | None:
        times = []
        for text in dict.fromkeys((low, high)):
            match = SECONDS.fullmatch(text)
            if match is None:
                self.problems.append(f"{text or 'nothing'} is no time: a number with ms, s, m, h or d, as in 200ms")
            else:
                times.append(float(match[1]) * UNITS[match[2]])
        if not times:
            return None
        if times[0] > times[-1]:
            self.problems.append(f"{low}..{high} ends before it begins")
        return times[0], times[-1]

    def _when(self, words: list[str]) -> When:
        when = When()
        while words:
            word = words.pop(0)
            if word in COUNTED:
                when = replace(when, **{word: self._count(word, words)})
            elif chance := CHANCE.fullmatch(word):
                if float(chance[1]) > 100:
                    self.problems.append(f"{word} is more than 100%")
                when = replace(when, chance=float(chance[1]) / 100)
            elif (ordinal := ORDINAL.fullmatch(word)) and int(ordinal[1]):
                when = replace(when, nth=int(ordinal[1]))
            else:
                self.problems.append(_unknown("condition", word, (*COUNTED, *WHEN)))
                if words and words[0].isdigit():
                    words.pop(0)  # of the word that was misspelt
        return when

    def _count(self, word: str, words: list[str]) -> int:
        number = words.pop(0) if words else ""
        if number.isascii() and number.isdigit() and int(number) > 0:
            return int(number)
        self.problems.append(f"{word} needs a number from 1 up, as in {word} 3")
        return 1


def _unknown(kind: str, word: str, known: Iterable[str]) -> str:
    allowed = list(known)
    meant = nearest(word, allowed)
    return f"{word or 'nothing'} is no {kind}" + (f"; did you mean {meant}?" if meant else "")
