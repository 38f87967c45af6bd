"""Settings in cells: `%config Runflow`, `%runflow config`, and what defaults make of a cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from traitlets.config import Config

from runflow_nb import settings
from runflow_nb.notebook.config import Runflow
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.notebook.kernel import Kernel


def test_a_misspelt_setting_stops_the_next_call(cells: Kernel) -> None:
    """IPython passes it over in silence; the next cell does not, until it is set right or taken back."""
    assert not cells.run("%config Runflow.resoultion = '2K'").error
    error = cells.run("%nanobanana --estimate A setter").error
    assert "the setting resoultion = 2K (%config Runflow) cannot be used" in error
    assert "Did you mean resolution? Take it back with %config Runflow.resoultion = None." in error
    assert "resoultion = 2K (%config Runflow) cannot be used" in cells.run("%runflow config").text
    cells.run("%config Runflow.resolution = '2K'")
    assert "one image at 2K" in cells.run("%nanobanana --estimate A setter").text
    cells.run("%config Runflow.qqq = 1")
    assert "Take it back with %config Runflow.qqq = None." in cells.run("%nanobanana --estimate A setter").error
    cells.run("%config Runflow.qqq = None")
    assert not cells.run("%nanobanana --estimate A setter").error


def test_a_default_is_part_of_the_request(cells: Kernel, sandbox: EmbeddedSandbox) -> None:
    """For cells and for Python alike, as if typed: the typed request is on record then."""
    cells.run("%config Runflow.resolution = '0.5K'\n%config Runflow.output_format = 'jpeg'")
    assert not cells.run("%nanobanana -q A default dodo").error
    cells.run("from runflow_nb import generate")
    assert cells.value("generate('A default dodo').take") == "1"
    assert not cells.run("%runflow config resolution= output_format=").error
    assert "It is on record" in cells.run("%nanobanana --estimate -r 0.5K -f jpeg A default dodo").text
    asked = [each.body["input"] for each in sandbox.book.received]
    sent = [one for one in asked if one.get("prompt") == "A default dodo"]
    assert [(one["resolution"], one["output_format"]) for one in sent] == [("0.5K", "jpeg")]


def test_a_default_that_a_model_does_not_offer_names_the_setting(cells: Kernel) -> None:
    cells.run("%config Runflow.resolution = '0.5K'")
    error = cells.run("%nanobanana -m pro --estimate A tier").error
    assert "%config Runflow.resolution 0.5K   not offered by google/nano-banana-pro (1K, 2K, 4K)" in error
    assert not cells.run("%nanobanana -m pro -r 1K --estimate A tier").error


def test_help_says_the_default_that_is_set(cells: Kernel) -> None:
    assert "(here" not in cells.run("%nanobanana --help").text
    cells.run("%config Runflow.resolution = '2K'\n%config Runflow.model = 'pro'")
    words = " ".join(cells.run("%nanobanana --help").text.split())
    assert "Default 1K (here 2K, %config Runflow.resolution)." in words
    assert "Default 2 (here pro, %config Runflow.model)." in words


def test_config_lists_every_setting_and_where_the_runs_lie(cells: Kernel, tmp_path: Path) -> None:
    cells.run("%nanobanana -q -r 0.5K A kept kite")
    text = cells.run("%runflow config").text
    lines = text.splitlines()
    assert [line.split()[0] for line in lines[1 : 1 + len(settings.TABLE)]] == list(settings.BY_NAME)
    assert f"store     {tmp_path / '.runflow'}" in lines
    assert "runs      1" in lines
    assert "origin    sandbox" in lines
    assert any(line.startswith("budget    $9.") and line.endswith(" left of $10.00 a kernel session") for line in lines)
    assert any(line.startswith("size      originals ") and ", journal 0.0 MB" in line for line in lines)
    assert cells.run("%config Runflow").text.splitlines()[0] == lines[0]


def test_a_setting_is_set_though_another_is_wrong(cells: Kernel) -> None:
    cells.run("%config Runflow.wait = 'never'")
    assert cells.run("%runflow config budget=5").text.splitlines()[1].split()[:2] == ["budget", "5"]
    assert "the setting wait = never" in cells.run("%nanobanana --estimate A setter").error
    assert "the setting budget = lots" in cells.run("%runflow config budget=lots").error
    assert cells.value("__import__('runflow_nb').settings.configured['budget']") == "5"


def test_a_misspelt_setting_of_a_configuration_file_is_kept_too() -> None:
    """Where IPython's own configuration names `c.Runflow.budgt`."""
    given = Config({"Runflow": {"budgt": 5, "wait_limit": 60}})
    try:
        with pytest.warns(UserWarning, match="budgt"):
            Runflow(config=given)
        assert settings.unknown() == ["budgt"]
        assert settings.read("wait_limit") == 60
    finally:
        settings.configured.clear()
