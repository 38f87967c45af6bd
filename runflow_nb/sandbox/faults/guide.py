"""The language of fault plans, told: what `--faults help` prints."""

from __future__ import annotations

from .words import ANY, FAULTS, TITLES, WHEN, WHERE, Stage

EXAMPLE = "seed=7; create: drop-after-accept 10%; read: 503 first 3; download: truncated 2nd; search: blind=5s"
WIDTH = 26
VALUES = {"nothing": "", "seconds": "=5s", "range": "=0.5s..2s", "members": "=cost"}
RULES = """\
A plan is rules, separated by ;
  WHERE: WHAT [WHEN]        several WHEREs are joined by a comma, as in read,search: 503 10%
  seed=N                    other chances; the same seed and requests always go wrong in the same way

Each rule counts the requests at its own WHERE, whatever other rules do to them. All rules that are due act, in the
order of the list below; what refuses ends the request. A wrong answer changes an answer of 2xx only. Times are
numbers with ms, s, m, h or d. /sandbox/book tells how often each rule was asked and how often it acted, and is itself
spared."""


def guide() -> str:
    """Every word with its meaning, in lines that fit a terminal."""
    parts = ["Faults on demand, for example:", f"  {EXAMPLE}", "", RULES, "", "WHERE"]
    parts += [_line(word, meaning) for word, meaning in WHERE.items()]
    parts += [_line(ANY, "every one of these at which it can happen"), ""]
    for stage in Stage:
        parts.append(f"WHAT: {TITLES[stage]}")
        for name, fault in FAULTS.items():
            if fault.stage is stage:
                value = VALUES[fault.takes]
                shown = name + (value if fault.must or not value else f"[{value}]")
                only = f" ({', '.join(fault.fits)} only)" if 0 < len(fault.fits) < 4 else ""
                parts.append(_line(shown, fault.meaning + only))
        parts.append("")
    parts += ["WHEN: each request where nothing is said; of several conditions all must hold"]
    parts += [_line(example, meaning) for example, meaning in WHEN.items()]
    return "\n".join(parts)


def _line(word: str, meaning: str) -> str:
    return f"  {word:<{WIDTH - 2}}  {meaning}"
