"""A notebook in git: its diff is what a person changed, and Run All changes nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runflow_nb.notebook.views.bundles import picture_bundle
from runflow_nb.notebook.views.caption import caption_bundle
from runflow_nb.notebook.views.notebook_text import WIDGET, notebook_text
from tests.docs.test_notebooks import as_written
from tests.notebook.made import made

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BASE64 = re.compile(r"[A-Za-z0-9+/]{100}")
DOCUMENTED = re.search(r"```bash\n(.*?)```", (ROOT / "docs" / "git.md").read_text(encoding="utf-8"), re.DOTALL)


def shell(folder: Path, script: str) -> str:
    """What this prints, `runflow-nb` being this source's own."""
    script = script.replace("runflow-nb", f"{sys.executable} -m runflow_nb.cli")
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-euc", script], cwd=folder, env={**os.environ, **plain}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def saved(root: Path, prompt: str, count: int) -> str:
    """A notebook as a front end saves it."""
    run = made(root, intent={"input": {"prompt": prompt, "seed": 42}})
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": data}
        for data in (picture_bundle(run)[0], caption_bundle(run))
    ]
    source = ["%%nanobanana\n", prompt]
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": count, "source": source}
    return json.dumps({"cells": [{**cell, "outputs": outputs}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_git_shows_the_prompt_that_changed_and_no_base64(tmp_path: Path) -> None:
    """With the two lines of the docs, in a real repository."""
    assert DOCUMENTED is not None
    (tmp_path / "fox.ipynb").write_text(saved(tmp_path / "store", "a red fox", 1), encoding="utf-8")
    shell(tmp_path, f"git init -q .\n{DOCUMENTED[1]}\ngit add fox.ipynb .gitattributes")
    (tmp_path / "fox.ipynb").write_text(saved(tmp_path / "store", "a red fox", 7), encoding="utf-8")
    assert shell(tmp_path, "git diff") == ""
    (tmp_path / "fox.ipynb").write_text(saved(tmp_path / "store", "a blue fox", 8), encoding="utf-8")
    told = shell(tmp_path, "git diff").splitlines()
    changed = [line for line in told if re.match(r"[-+](?![-+])", line)]
    assert [line for line in changed if line.endswith(" fox")][:2] == ["-a red fox", "+a blue fox"]
    assert "+  prompt a blue fox" in changed
    assert not BASE64.search("\n".join(changed))
    assert BASE64.search(shell(tmp_path, "git diff --no-textconv"))


def test_each_example_is_cells_and_facts() -> None:
    for notebook in NOTEBOOKS:
        text = notebook_text(notebook.read_bytes())
        assert not BASE64.search(text)
        assert text.count("image/jpeg, ") >= 5
        assert text.count("──── code") == notebook.read_text(encoding="utf-8").count('"cell_type": "code"')


@pytest.mark.parametrize("text", ["", "<<<<<<< ours\n{}", "[]", '{"cells": 3}', '{"cells": [3, {"outputs": [7]}]}'])
def test_what_is_no_notebook_is_still_compared(text: str) -> None:
    assert notebook_text(text.encode()).strip() == (text if "[3" not in text else "──── none\n──── output")


def made_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.sampled_from(["cells", "outputs", "data", "source", "text/plain", "output_type", "runs", "seeds"])
    return st.dictionaries(names | st.text(), values)


JSON_VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | made_of(v))


@settings(max_examples=50)
@given(st.lists(made_of(JSON_VALUES)) | JSON_VALUES)
def test_no_notebook_is_an_error(cells: Any) -> None:
    assert notebook_text(json.dumps({"cells": cells}).encode()) is not None


def outputs(notebook: Path) -> list[list[dict[str, Any]]]:
    """The outputs of each code cell; what a form leaves is another one in each kernel."""
    cells = [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    kept = [[out for out in cell["outputs"] if WIDGET not in out.get("data", {})] for cell in cells]
    return [
        [{name: value for name, value in out.items() if name != "execution_count"} for out in outs] for outs in kept
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_run_all_twice_changes_no_byte_of_an_output(notebook: Path, tmp_path: Path) -> None:
    """Each time in a kernel of its own: what is on record is shown as it was when it was bought."""
    as_written(notebook, tmp_path)
    environment = f"RUNFLOW_NB_STORE={tmp_path / '.runflow'} IPYTHONDIR={tmp_path / 'ipython'}"
    execute = f"{environment} {sys.executable} -m nbconvert --to notebook --execute --inplace {notebook.name}"
    shell(tmp_path, execute)
    first = outputs(tmp_path / notebook.name)
    shell(tmp_path, execute)
    second = outputs(tmp_path / notebook.name)
    for number, (once, twice) in enumerate(zip(first, second, strict=True)):
        assert json.dumps(twice) == json.dumps(once), f"code cell {number}"
