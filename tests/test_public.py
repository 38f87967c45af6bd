"""The public surface: what is promised is there, is listed, and costs nothing until it is used."""

from __future__ import annotations

import ast
import copy
import pickle
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import runflow_nb
from runflow_nb import errors
from runflow_nb.errors import Problem

SOURCE = Path(runflow_nb.__file__).read_text(encoding="utf-8")


def names_for_type_checkers() -> set[str]:
    """What the `if TYPE_CHECKING` block binds."""
    block = next(node for node in ast.parse(SOURCE).body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def test_the_four_lists_of_public_names_agree() -> None:
    public = set(runflow_nb.__all__)
    assert public == set(runflow_nb._HOME) == names_for_type_checkers()
    assert public <= set(dir(runflow_nb))
    assert all(getattr(runflow_nb, name) is not None for name in public)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Stduio"):
        _ = runflow_nb.Stduio


def test_importing_the_package_imports_nothing_but_the_standard_library() -> None:
    code = "import sys; before = set(sys.modules); import runflow_nb; print(*sorted(set(sys.modules) - before))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {name.partition(".")[0] for name in found} - sys.stdlib_module_names == {"runflow_nb"}
    assert [name for name in found if name.startswith("runflow_nb.")] == []


EXAMPLES: list[BaseException] = [
    errors.InvalidRequest([Problem("seed", "x", "takes a whole number", "1")]),
    errors.InvalidCommand([Problem("", "conect", "is no subcommand", "connect")], "option", "All: %runflow help"),
    errors.InvalidSetting("budget", "x", "%config Runflow", "It takes an amount."),
    errors.NotConnected(),
    errors.NoKey(),
    errors.NotOnRecord("take 1 of this request", "$0.08"),
    errors.NotOnRecord("take 1 of this request", "$0.08", errors.NotOnRecord.CALLBACK),
    errors.NotOnRecord("take 1 of this request", "$0.08", errors.NotOnRecord.FREE),
    errors.BudgetExceeded("$0.08", "$10.00 a kernel session", Decimal("9.99"), Decimal(0), "Raise it."),
    errors.RecipeUnreadable("fox.png", "it is no JSON"),
    errors.StoreUnavailable("/somewhere", "the disk is full"),
    errors.ServerUnavailable("api.runflow.io", "no answer in time"),
    errors.RequestRefused(422, "VALIDATION_ERROR", "no", [("resolution", "value not allowed")]),
    errors.KeyRefused(401, "UNAUTHORIZED", "no"),
    errors.InsufficientCredit(402, "INSUFFICIENT_CREDIT", "no"),
    errors.AccessDenied(403, "PERMISSION_DENIED", "no"),
    errors.StillRunning("01J", 900),
    errors.NotCollected("01J", "the API refused (401): no such key"),
    errors.DownloadFailed("01J", "the link has expired"),
    errors.CallbackRefused("no"),
    errors.InvalidSignature("it came without a Runflow-Signature header"),
    errors.MalformedCallback("its body is not JSON"),
    errors.MissingExtra("history().to_frame()", "pandas"),
    errors.WaitInterrupted("01J"),
    errors.WaitInterrupted(None),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickle_and_says_the_same_in_a_cell(error: BaseException) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
    assert "\n".join(error._render_traceback_()) == str(error)  # type: ignore[attr-defined]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_says_what_it_means_for_money_and_what_to_do_next(error: BaseException) -> None:
    text = str(error)
    if not isinstance(error, errors.MissingExtra):
        assert any(word in text for word in ("illed", "paid", "cost")), text
    assert len(text.splitlines()) >= 2, text


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    tree = errors.__doc__ or ""
    classes = {
        name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, BaseException)
    }
    assert {name for name in classes if name not in tree} == set()
