"""What only JupyterLab is asked for: a saved file that stays as it is, a cell that is rewritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.app import PICTURE, App
from tests.docs.test_notebooks import as_written

pytestmark = pytest.mark.browser

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
CONNECT = "%load_ext runflow_nb\n%runflow connect sandbox"


def test_run_all_twice_leaves_the_saved_file_as_it_is(lab: App) -> None:
    lab.open(CONNECT, "%%nanobanana -r 0.5K -n 2 --seed 4 -o fox\na red fox in the snow", "fox.seed")
    lab.run_all()
    expect(lab.page.locator(PICTURE)).to_have_count(1)
    assert lab.decoded() == 1
    first = [cell["outputs"] for cell in lab.save()]
    assert first[2][0]["data"]["text/plain"] == ["4"]
    lab.run_all()
    assert lab.save()[1]["outputs"] == first[1]


def test_take_new_rewrites_the_cell_to_the_number_it_got(lab: App) -> None:
    """Run again, the cell shows the take it bought and buys nothing more."""
    lab.open(CONNECT, "%%nanobanana -r 0.5K --seed 4 --take new\na red fox in the snow")
    lab.run_all()
    source = "".join(lab.save()[1]["source"])
    assert "--take 1" in source
    assert "new" not in source


def test_the_link_to_a_film_leads_to_it(lab: App) -> None:
    """Servers of notebooks hand out no file of a hidden folder."""
    lab.open(CONNECT, "%%runflow sandbox/flipbook --duration 1 --yes\na red fox in the snow")
    lab.run_all()
    link = lab.page.get_by_role("link", name="video AVI")
    expect(link).to_have_count(1)
    answer = lab.page.request.get(str(link.evaluate("link => link.href")))
    assert (answer.status, answer.body()[8:12]) == (200, b"AVI ")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_an_example_runs_to_its_end(lab: App, notebook: Path) -> None:
    """Run All: no cell ends in an error, and every picture is drawn."""
    as_written(notebook, lab.file.parent).replace(lab.file)
    lab.show()
    lab.ready()
    lab.run_all()
    outputs = [output for cell in lab.save() for output in cell.get("outputs", [])]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    assert lab.decoded() >= sum("image/jpeg" in output.get("data", {}) for output in outputs) >= 5
    assert lab.broken() == 0
