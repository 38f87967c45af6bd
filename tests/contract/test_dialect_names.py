"""Every row of the disagreements can be spoken or says why not, and the command takes the names."""

from __future__ import annotations

import argparse
from collections import Counter

import pytest

from runflow_nb.sandbox import command
from runflow_nb.sandbox.dialects.choose import BadDialect, guide, read_dialects
from runflow_nb.sandbox.dialects.table import ALL, DIALECTS, NOT_SPOKEN, OLDER, TABLE, TOPICS
from runflow_nb.sandbox.switches import Switches


def test_every_row_has_a_dialect_or_a_reason() -> None:
    assert len(DIALECTS) == len(TABLE)
    assert {dialect.row for dialect in TABLE} | NOT_SPOKEN.keys() == TOPICS.keys() == set(range(1, 29))
    assert not {dialect.row for dialect in TABLE} & NOT_SPOKEN.keys()
    single = {name for name, dialect in DIALECTS.items() if not dialect.choice}
    assert {name for name in single if name not in OLDER} == {"partial"}
    counted = Counter(DIALECTS[name].choice for name in OLDER if DIALECTS[name].choice)
    assert counted == dict.fromkeys({dialect.choice for dialect in TABLE if dialect.choice}, 1)
    for name, dialect in DIALECTS.items():
        assert f" {name} " in guide()
        assert dialect.meaning in guide()


def test_names_are_read_and_what_cannot_be_spoken_is_named_with_the_nearest() -> None:
    assert read_dialects(["run-id, create-200", "finished-at"]) == {"run-id", "create-200", "finished-at"}
    assert read_dialects([ALL]) == OLDER
    assert read_dialects([ALL, "error-text"]) == OLDER - {"error-nested"} | {"error-text"}
    with pytest.raises(BadDialect, match="runid is no dialect; did you mean run-id"):
        read_dialects(["runid"])
    with pytest.raises(BadDialect, match="output-image and output-url exclude each other"):
        read_dialects(["output-url", "output-image"])
    with pytest.raises(BadDialect, match="nonsense is no dialect"):
        Switches(dialects=frozenset({"nonsense"}))


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="runflow-nb sandbox")
    command.add_arguments(parser)
    return parser.parse_args(words)


def test_the_command_speaks_what_it_is_told_and_tells_what_it_can(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[Switches] = []
    monkeypatch.setattr(command, "serve", lambda host, port, switches: served.append(switches))
    assert command.run(options("--dialect", "run-id,create-200", "--dialect", "finished-at")) == 0
    assert command.run(options("--dialect", ALL)) == 0
    assert [each.dialects for each in served] == [{"run-id", "create-200", "finished-at"}, OLDER]
    assert command.run(options("--dialect", "help")) == 0
    assert capsys.readouterr().out.strip() == guide().strip()
    assert len(served) == 2


def test_the_command_ends_with_2_where_a_dialect_cannot_be_spoken(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        options("--dialect", "stat-field,run-id,nonsense")
    said = capsys.readouterr().err
    assert "stat-field is no dialect; did you mean status-field?" in said
    assert "nonsense is no dialect" in said
    assert command.run(options("--dialect", "error-text", "--dialect", "error-nested")) == 2
    assert "error-nested and error-text exclude each other" in capsys.readouterr().err
