"""Settings: exact amounts, guards, and mistakes that stop the next call instead of passing unseen."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runflow_nb import settings
from runflow_nb.errors import InvalidSetting
from runflow_nb.settings import Limit, resolve


@pytest.fixture(autouse=True)
def unconfigured() -> Iterator[None]:
    yield
    settings.configured.clear()


def refused(name: str, value: Any) -> str:
    settings.configured[name] = value
    with pytest.raises(InvalidSetting) as raised:
        resolve()
    assert [str(each) for each in settings.invalid()] == [str(raised.value)]
    return str(raised.value)


@pytest.mark.parametrize("value", [0.1, "0.10", "$0.1", Decimal("0.1"), " 0.1 "])
def test_an_amount_is_exact_however_it_is_given(value: object) -> None:
    settings.configured.update(confirm_above=value, budget=value)
    now = resolve()
    assert now.confirm_above == Decimal("0.1")
    assert now.budget == (Limit(Decimal("0.1"), "session"),)


@given(st.decimals(0, 10**6, places=2))
def test_a_float_counts_as_the_decimal_that_it_is_written_as(amount: Decimal) -> None:
    settings.configured.update(confirm_above=float(amount), budget=float(amount))
    assert resolve().confirm_above == amount
    assert resolve().budget == (Limit(amount, "session"),)


@pytest.mark.parametrize("value", [True, float("nan"), float("inf"), -1, "1.5.0", "1e999", "a lot", [1]])
def test_what_is_no_amount_stops_the_next_call(value: object) -> None:
    assert "It takes an amount in USD" in refused("confirm_above", value)
    settings.configured.clear()
    assert "It takes an amount in USD" in refused("budget", value)


def test_without_any_setting_a_run_above_a_dollar_needs_a_yes() -> None:
    assert resolve().confirm_above == Decimal(1)
    assert resolve().defaults == {}


def test_a_default_of_no_model_stops_the_next_call() -> None:
    text = refused("resolution", "2k")
    assert "the setting resolution = 2k (%config Runflow) cannot be used. Nothing was billed." in text
    assert "It takes 0.5K, 1K, 2K, 4K. Did you mean 2K?" in text


def test_a_default_is_empty_or_canonical() -> None:
    settings.configured.update(resolution="", aspect_ratio=None, num_images="2", safety_tolerance=4, model="pro")
    assert resolve().defaults == {"num_images": 2, "safety_tolerance": "4", "model": "pro"}


def test_a_misspelt_name_stops_the_next_call_until_it_is_taken_back() -> None:
    text = refused("resoultion", "2K")
    assert "There is no setting of this name." in text
    assert "Did you mean resolution?" in text
    settings.configured["resoultion"] = None
    resolve()


def test_a_key_that_was_set_as_a_setting_is_not_repeated() -> None:
    """Every call would tell of it until it is taken back."""
    for name, key in (("api_key", "any form of key"), ("organisation", "rf_live_1234")):
        assert key not in refused(name, key)
        assert key not in str(settings.invalid())
        del settings.configured[name]


@pytest.mark.parametrize(("name", "value"), [("store", "~nobody-here/runs"), ("base_url", "https://[::1")])
def test_what_cannot_be_read_at_all_is_an_invalid_setting(name: str, value: str) -> None:
    assert f"the setting {name} = {value}" in refused(name, value)
    assert [fault.name for fault in settings.invalid()] == [name]


def test_a_guard_of_the_environment_can_only_be_tightened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNFLOW_NB_REUSE", "only")
    monkeypatch.setenv("RUNFLOW_NB_BUDGET", "2/day")
    settings.configured.update(reuse="on", budget=1000)
    assert resolve().reuse == "only"
    assert resolve().budget == (Limit(Decimal(1000), "session"), Limit(Decimal(2), "day"))
    settings.configured.update(budget=0.5)
    assert min(limit.amount for limit in resolve().budget) == Decimal("0.5")
    monkeypatch.setenv("RUNFLOW_NB_REUSE", "on")
    settings.configured.update(reuse="only")
    assert resolve().reuse == "only"


@pytest.mark.parametrize("guard", ["RUNFLOW_NB_REUSE", "RUNFLOW_NB_BUDGET"])
def test_a_guard_that_cannot_be_read_stops_the_next_call(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the notebook has set a value of its own: a guard does not fall away by being misspelt."""
    monkeypatch.setenv(guard, "onyl")
    settings.configured.update(reuse="on", budget="5")
    with pytest.raises(InvalidSetting, match=guard):
        resolve()


def test_an_address_with_a_password_is_refused_and_not_repeated() -> None:
    text = refused("base_url", "https://ada:secret@api.example.com")
    assert "base_url = https://…@api.example.com" in text
    assert "no user name and no password" in text
    assert "secret" not in settings.where("base_url").shown
