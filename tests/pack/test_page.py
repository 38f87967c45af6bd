"""The page of a pack tells a reader without Jupyter what the notebook tells: its answers, texts, films and inputs."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.notebook.views.bundles import picture_bundle
from runflow_nb.notebook.views.caption import caption_bundle
from runflow_nb.record.store import Store
from tests.record.made import accepted, finished, intent

from .made import bought, code_cell, fox_notebook, picture
from .paged import FILM, Elements, answered, inline_picture, markdown, page_of, paged, printed, shown


def test_answers_stand_below_their_cell(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        answered(printed(["one\n", "two\n"]), printed("three\n"), printed("oh", "stderr"), source="say()"),
        answered({**shown(text_plain="(1373649397, Decimal('0.06'))"), "output_type": "execute_result"}),
        answered(shown(text_plain="spent  runs\nall       1", text_html="<table><tr><td>never</td></tr></table>")),
    )
    read = Elements(page)
    assert "one\ntwo\nthree" in read.text
    assert read.text.index("say()") < read.text.index("one") < read.text.index("oh") < read.text.index("look()")
    assert "(1373649397, Decimal('0.06'))" in read.text
    assert "spent  runs\nall       1" in read.text
    assert "never" not in page
    tables = [known for known in read.all("pre") if "table" in str(known["class"])]
    assert [known["tabindex"] for known in tables] == ["0"], "what scrolls is reached by keys"


def test_an_error_is_its_traceback_without_colours(tmp_path: Path) -> None:
    traceback = ["\x1b[0;31mZeroDivisionError\x1b[0m", "\x1b]8;;http://x.invalid\x07line 3\x1b]8;;\x07: 1 / 0"]
    error = {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "by zero", "traceback": traceback}
    short = {"output_type": "error", "ename": "KeyError", "evalue": "'fox'", "traceback": []}
    read = Elements(page_of(tmp_path, answered(error), answered(short)))
    assert "ZeroDivisionError\nline 3: 1 / 0" in read.text
    assert "KeyError: 'fox'" in read.text


def test_a_line_that_was_written_over_shows_its_last_state(tmp_path: Path) -> None:
    read = Elements(page_of(tmp_path, answered(printed("  1%\r 50%\r100%\ndone\r\n"))))
    assert "100%\ndone" in read.text
    assert "50%" not in read.text


def test_a_long_answer_is_cut_in_its_middle_with_a_word(tmp_path: Path) -> None:
    page = page_of(tmp_path, answered(printed("begin" + "x" * 500_000 + "the end")))
    assert len(page) < 60_000
    read = Elements(page)
    assert "480,012 characters more stand in fox.ipynb" in read.text
    assert "begin" in read.text
    assert "the end" in read.text


def test_texts_are_set(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        markdown("# Foxes, with *Umlauts*: Füchse\n\n- one\n\n| a | b |\n|--|--|\n| 1 | 2 |\n"),
        {"cell_type": "raw", "metadata": {}, "source": "# raw *stays*"},
    )
    assert "Foxes, with <em>Umlauts</em>: Füchse</h2>" in page
    assert "<li>one</li>" in page
    assert "<td>1</td>" in page
    assert "# raw *stays*" in page


def test_links_lead_outside_or_to_what_lies_in_the_pack(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        markdown(
            "# My *part*\n[site](https://example.com/a?b=1&c=2) [mail](mailto:a@b.c) [up](#My-*part*)"
            " [book](./fox.ipynb) [data](data.csv) [away](../other.ipynb) [host](//evil.example/x) [disk](/etc/passwd)"
        ),
    )
    read = Elements(page)
    links = [str(known["href"]) for known in read.all("a") if not str(known["href"]).startswith(".runflow")]
    assert links == ["https://example.com/a?b=1&c=2", "mailto:a@b.c", "#My-*part*", "fox.ipynb"]
    assert [known["id"] for known in read.all("h2") if "id" in known] == ["My-*part*"]
    assert "data (data.csv) away (../other.ipynb) host (//evil.example/x) disk (/etc/passwd)" in read.text


def test_a_picture_that_a_cell_made_is_shown_with_words(tmp_path: Path) -> None:
    figure = shown(text_plain="<Figure size 640x480 with 1 Axes>", image_png=inline_picture())
    read = Elements(page_of(tmp_path, answered(figure)))
    made = next(known for known in read.all("img") if str(known["src"]).startswith("data:"))
    assert made["src"] == f"data:image/png;base64,{inline_picture()}"
    assert made["alt"] == "<Figure size 640x480 with 1 Axes>"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntSlider()"}, "a widget"),
        ({"text/html": "<b>x</b>", "text/plain": "<IPython.core.display.HTML object>"}, "HTML"),
        ({"image/svg+xml": "<svg/>"}, "a drawing"),
    ],
)
def test_what_only_jupyter_shows_is_named(tmp_path: Path, data: dict[str, Any], told: str) -> None:
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    assert f"Only Jupyter shows this output: {told}." in Elements(page_of(tmp_path, answered(output))).text


def test_a_text_that_a_cell_made_is_set_too(tmp_path: Path) -> None:
    output = shown(text_plain="<IPython.core.display.Markdown object>", text_markdown="*Set*")
    assert "<em>Set</em>" in page_of(tmp_path, answered(output))


def _displayed(store: Store, run: str) -> list[dict[str, Any]]:
    """A run as a cell shows it: the picture, then the caption."""
    (known,) = store.index.runs([run])
    data, _ = picture_bundle(known)
    return [{"output_type": "display_data", "metadata": {}, "data": each} for each in (data, caption_bundle(known))]


def test_a_run_is_shown_once_where_it_stood_with_one_caption(tmp_path: Path) -> None:
    store = Store(tmp_path / ".runflow")
    run = bought(store, 1, prompt="a lone heron")
    outputs = _displayed(store, run)
    page = paged(tmp_path, store, answered(printed("before"), *outputs, printed("after"), *outputs))
    read = Elements(page)
    assert len(read.all("figure")) == 1
    assert read.text.count("a lone heron") == 2, "the caption and its details"
    assert read.text.index("before") < read.text.index("a lone heron") < read.text.index("after")


def test_of_a_forgotten_run_no_old_caption_is_told(tmp_path: Path) -> None:
    store = Store(tmp_path / ".runflow")
    run = bought(store, 1, prompt="a lone heron")
    bought(store, 2)
    cell = answered(*_displayed(store, run))
    store.journal.append({"event": "forgotten", "run": run})
    page = paged(tmp_path, store, cell)
    assert "was forgotten" in page
    assert "heron" not in page


def test_what_a_picture_was_made_from_is_shown_small(tmp_path: Path) -> None:
    _, store, runs = fox_notebook(tmp_path)
    read = Elements(paged(tmp_path, store, code_cell("%%nanobanana", store, runs)))
    (given,) = store.index.runs([runs[1]])[0].pictures
    small = [known for known in read.all("img") if str(given["file"]) in str(known["src"])]
    assert len(small) == 1
    assert read.addresses.count(str(small[0]["src"])) == 2, "it leads to itself"
    assert "Made from" in read.text
    assert "photo.png" in read.text
    assert "photo.png left out" in Elements(paged(tmp_path, store, previews_only=True)).text


def test_what_a_flagged_picture_was_made_from_is_linked_and_not_shown(tmp_path: Path) -> None:
    store = Store(tmp_path / ".runflow")
    run = bought(store, 1, given={"photo.png": picture(99)}, nsfw=True)
    (given,) = store.index.runs([run])[0].pictures
    read = Elements(paged(tmp_path, store))
    assert [known for known in read.all("img") if str(given["file"]) in str(known["src"])] == []
    assert [known for known in read.all("a") if str(given["file"]) in str(known["href"])] != []


def _filmed(store: Store, *pictures: bytes) -> tuple[str, str, str]:
    """A run that delivered these pictures and a film: its id, and how the notebook and the pack call the film."""
    run = store.new_id()
    film = {"mime": "video/x-msvideo", "type": "video", "width": 512, "height": 288, "duration": 1.0}
    kept = [{"mime": "image/png", "format": "png", "sha256": store.images.put(data).sha256} for data in pictures]
    store.journal.append(intent(run, session=store.session, model="sandbox/flipbook"))
    store.journal.append(accepted(run))
    outputs = [*kept, {**film, "sha256": hashlib.sha256(FILM).hexdigest(), "bytes": 294_444}]
    store.journal.append(finished(run, outputs=outputs, preview=None))
    (known,) = store.index.runs([run])
    path = known.files[0].path
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(FILM)
    return run, known.files[0].shown.name, f".runflow/{path.relative_to(store.root).as_posix()}"


@pytest.mark.parametrize("previews_only", [False, True])
def test_a_film_has_its_name_and_facts(tmp_path: Path, previews_only: bool) -> None:
    store = Store(tmp_path / ".runflow")
    run, name, there = _filmed(store)
    assert name == f"flipbook-{run[-6:]}.avi"
    cell = markdown(f"[the film](runflow_files/{name})")
    read = Elements(paged(tmp_path, store, cell, code_cell("%%runflow", store, [run]), previews_only=previews_only))
    assert f"{name} video AVI, 512 × 288, 1.0 s, 294 KB" in read.text
    assert "No preview" not in read.text
    leads = [known["href"] for known in read.all("a")]
    assert leads == ([] if previews_only else [there, there]), "in the text of the notebook too"
    assert ("left out: this pack has previews only" in read.text) is previews_only


def test_a_film_beside_a_picture_is_the_one_in_the_pack(tmp_path: Path) -> None:
    """The copy that a notebook links to goes into no pack."""
    store = Store(tmp_path / ".runflow")
    _, name, there = _filmed(store, picture(5))
    read = Elements(paged(tmp_path, store))
    assert [link for link in read.addresses if link.endswith(".avi")] == [there]
    assert not [link for link in read.addresses if name in link]


def test_the_same_notebook_makes_the_same_page(tmp_path: Path) -> None:
    _, store, runs = fox_notebook(tmp_path)
    cells = [markdown("# A\n# A\n*b*"), answered(printed("x")), code_cell("%%nanobanana", store, runs)]
    assert paged(tmp_path, store, *cells) == paged(tmp_path, store, *cells)
