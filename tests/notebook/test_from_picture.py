"""`--save` with the recipe in the copies, and `%runflow from PICTURE`: what it says, and the cell it gives."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Pillow

import runflow_nb
from runflow_nb.errors import NotSaved
from runflow_nb.notebook.cell.cell_text import NoCell, cell_text
from runflow_nb.notebook.completion.rules import complete
from runflow_nb.notebook.references.recipes import remade
from runflow_nb.notebook.saving import Destination, save, saved_words
from runflow_nb.record.embedding.copies import form
from runflow_nb.record.run import Seeds
from tests.http_server import Answer, HttpServer
from tests.notebook.kernel import Kernel
from tests.notebook.made import made
from tests.notebook.test_completion import Known
from tests.record.embedding.made import RECIPE, image_of, in_jpeg, pixels
from tests.record.embedding.test_copies import SIGNED
from tests.record.embedding.test_reading import holding, told


def test_saving_twice_changes_nothing(tmp_path: Path) -> None:
    """Nor where the recipe would be another one by now; a copy that is wanted in the other form is brought to it."""
    run = made(tmp_path / ".runflow")
    path = tmp_path / "fox.png"
    save(run, Destination(str(path)))
    before, changed = path.read_bytes(), path.stat().st_mtime_ns
    save(run, Destination(str(path)))
    save(replace(run, images=(replace(run.images[0], recipe=replace(RECIPE)),)), Destination(str(path)))
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, changed)
    save(run, Destination(str(path), embed=False))
    assert path.read_bytes() == run.images[0].bytes
    save(run, Destination(str(path)))
    assert path.read_bytes() == before
    assert pixels(before) == pixels(run.images[0].bytes)


def test_the_recipe_comes_out_of_a_copy_also_without_the_original(tmp_path: Path) -> None:
    run = made(tmp_path / ".runflow")
    original, path = run.images[0].bytes, tmp_path / "fox.png"
    save(run, Destination(str(path)))
    run.images[0].path.unlink()
    save(run, Destination(str(path), embed=False))
    assert path.read_bytes() == original
    save(run, Destination(str(path)))
    assert form(path, run.images[0]) == "embedded"


def test_another_picture_with_our_recipe_is_another_picture(tmp_path: Path) -> None:
    """The recipe proves nothing: the pixels' file has to be ours."""
    run = made(tmp_path / ".runflow", pictures=2)
    path = tmp_path / "fox.png"
    lying = replace(run.images[1], recipe=run.images[0].recipe)
    lying.save(path)
    with pytest.raises(NotSaved, match="another picture"):
        save(replace(run, images=run.images[:1]), Destination(str(path)))


def test_what_is_signed_is_said_each_time_in_the_same_words(tmp_path: Path) -> None:
    image = image_of(SIGNED["jpeg"](), tmp_path)
    run = replace(made(tmp_path / ".runflow"), images=(image,))
    path = tmp_path / "fox.jpg"
    first = saved_words(save(run, Destination(str(path))))
    assert first.splitlines()[1].startswith(f"Note: {path} is signed (C2PA)")
    assert path.read_bytes() == image.bytes
    assert saved_words(save(run, Destination(str(path)))) == first
    assert saved_words(save(run, Destination(str(path), embed=True))) == f"Saved {path}"
    assert form(path, image) == "embedded"
    assert saved_words(save(run, Destination(str(path), embed=False))) == f"Saved {path}"
    assert path.read_bytes() == image.bytes


def test_a_cell_of_a_strangers_recipe_does_nothing_but_ask(tmp_path: Path) -> None:
    """A picture may say anything: no line of it becomes code, and no option of ours comes out of it."""
    hostile = replace(RECIPE, model="owner/film", sha256="0" * 64)
    for given in (
        {"text": "a\nimport os"},
        {"save": "/home/me/.bashrc"},
        {"callback_url": "https://evil.example"},
        {"yes": True},
        {"max_cost": "1000"},
        {"text": "a\rimport os"},
        {"text": "a\n", "more": ";import os#"},
        {"text --yes --more": "5"},
        {"text\nimport os\n#": "5"},
        {"no_yes": True},
        {"no_text": True},
        {"image": "private.png"},
        {"text": ""},
    ):
        with pytest.raises(NoCell):
            cell_text(replace(hostile, input=given), [], {})
    with pytest.raises(NoCell, match="which is no model"):
        cell_text(replace(hostile, model="owner/film\nimport os", input={}), [], {})
    with pytest.raises(NoCell, match="several lines"):
        cell_text(replace(RECIPE, input={"prompt": "a fox", "aspect_ratio": "1:1\n--yes"}), [], {})
    text = cell_text(replace(RECIPE, input={"prompt": "%%bash\nrm -rf ~\n{{ x }}"}), [], {})
    assert text.splitlines()[0].startswith("%%nanobanana ")
    assert "--raw" in text.splitlines()[0]
    with pytest.raises(NoCell, match="cannot be asked for here"):
        remade(replace(RECIPE, input={"prompt": "a fox", "resolution": '1K" --save x'}))
    with pytest.raises(NoCell, match="without all of prompt"):
        remade(replace(RECIPE, left_out=("prompt",)))


def test_it_is_made_anew_with_the_seed_that_was_sent() -> None:
    anew, request = remade(replace(RECIPE, seeds=Seeds(None, 7, 9), take=3, input={"prompt": "a fox", "seed": 7}))
    assert (anew.seeds.asked, anew.take) == (7, 1)
    assert request.seed == 7


CELL = "%%nanobanana -r 0.5K -s 11 --save {folder}/fox.{format} -f {format} -o fox\nA fox of a recipe"


@pytest.mark.parametrize("family", ["png", "jpeg", "webp"])
def test_from_a_file_that_the_sandbox_painted(cells: Kernel, tmp_path: Path, family: str) -> None:
    """There and back: the copy's cell is the cell, whatever became of the file's name, and it buys nothing."""
    cell = CELL.format(folder=tmp_path, format=family)
    first = cells.run(cell)
    assert not first.error
    path = tmp_path / f"fox.{family}"
    recipe = runflow_nb.recipe_of(path)
    assert recipe is not None
    assert (recipe.prompt, recipe.seeds.asked, recipe.origin) == ("A fox of a recipe", 11, "sandbox")
    (original,) = (tmp_path / ".runflow/images").glob("*/*.*")
    assert pixels(path.read_bytes()) == pixels(original.read_bytes())
    assert original.stem == recipe.sha256
    told = cells.run(f"%runflow from {path}")
    assert not told.error
    assert "A fox of a recipe" in told.text
    assert "the next cell shows it for nothing" in told.text
    assert told.next_input is not None
    text = told.next_input["text"]
    assert text.endswith("\nA fox of a recipe")
    assert cells.run(text).pictures == first.pictures
    assert cells.value("len(__import__('runflow_nb').history())") == "1"
    for word in ("fox", "fox[0]", str(original), "original_bytes"):
        cells.run(f"original_bytes = open({str(original)!r}, 'rb').read()")
        again = cells.run(f"%runflow from {word}")
        assert again.next_input is not None, again.error
        assert again.next_input["text"] == text


def test_from_a_file_of_somewhere_else(cells: Kernel, tmp_path: Path) -> None:
    """Where the run is not on record it says what it would cost; made smaller, it has only the recipe."""
    cells.run(CELL.format(folder=tmp_path, format="png"))
    with Pillow.open(tmp_path / "fox.png") as picture:
        smaller = io.BytesIO()
        picture.convert("RGB").resize((64, 64)).save(smaller, "JPEG")
        picture.save(tmp_path / "plain.png")
    packet = re.search(rb"<\?xpacket begin.*<\?xpacket end[^>]*>", (tmp_path / "fox.png").read_bytes(), re.DOTALL)
    assert packet is not None
    kept = in_jpeg(smaller.getvalue(), 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet[0])
    (tmp_path / "small red fox.jpg").write_bytes(kept)
    told = cells.run(f'%runflow from "{tmp_path}/small red fox.jpg"')
    assert "On record as run" in told.text
    missing = cells.run(f"%runflow from {tmp_path}/plain.png")
    assert "holds no recipe" in missing.error
    assert len(missing.error.splitlines()) < 5
    cells.run(f"import runflow_nb\n%runflow config store={tmp_path}/elsewhere")
    far = cells.run(f'%runflow from "{tmp_path}/small red fox.jpg"')
    assert "Not on record here" in far.text
    assert "for about $0.06" in far.text
    assert far.next_input is not None
    text = far.next_input["text"]
    assert text == "%%nanobanana -r 0.5K -f png -s 11\nA fox of a recipe"
    assert cells.value(f"runflow_nb.cell_of(runflow_nb.recipe_of({str(tmp_path / 'fox.png')!r}))") == text
    assert not (tmp_path / "elsewhere/journal").exists()


def test_from_an_address(cells: Kernel, tmp_path: Path) -> None:
    """Read where pictures elsewhere may be read, and not where nothing may leave the machine."""
    image_of(made_png(), tmp_path).save(tmp_path / "good.png")
    body = (tmp_path / "good.png").read_bytes()
    with HttpServer(lambda _: Answer(body=body, headers={"Content-Type": "image/png"})) as server:
        read = cells.run(f"%runflow from {server.url}/good.png")
        assert "Not on record here" in read.text, read.error
        cells.run("%runflow config reuse=only")
        refused = cells.run(f"%runflow from {server.url}/good.png")
        assert 'it is elsewhere, and reuse is "only"' in refused.error


def test_from_nothing_that_is_one(cells: Kernel, tmp_path: Path) -> None:
    """Each mistake in few words, and where the file lies, in ours."""
    image_of(made_png(), tmp_path).save(tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes(holding(told(schema=9)))
    for word, reason in (
        (f"{tmp_path}/bad.png", "a newer version wrote it"),
        (f"{tmp_path}/god.png", "did you mean"),
        (f"{tmp_path}/*.png", "give one of them"),
        (f"{tmp_path}", "cannot be read"),
        ("", "takes one picture"),
        ("a b", "is left over"),
    ):
        ran = cells.run(f"%runflow from {word}")
        assert reason in ran.error, (word, ran.error)
        assert len(ran.error.splitlines()) < 6


def test_what_can_be_given_is_completed(tmp_path: Path) -> None:
    """Files and variables with pictures, once."""
    image_of(made_png(), tmp_path).save(tmp_path / "good.png")
    known = Known(names={"photo": Pillow.new("L", (1, 1)), "number": 3}, folder=tmp_path)

    def offered(line: str) -> list[str]:
        return [one.text for one in complete(line, len(line), known) or []]

    assert {"good.png", "photo"} <= set(offered("%runflow from "))
    assert "number" not in offered("%runflow from ")
    assert offered("%runflow from go") == ["good.png"]
    assert offered("%runflow from good.png go") == []
    assert "from" in offered("%runflow fr")
    assert offered("%runflow config embed=") == ["on", "off"]
    assert "--no-embed" in offered("%%nanobanana --no-e")


def made_png() -> bytes:
    stream = io.BytesIO()
    Pillow.new("RGB", (8, 8), "red").save(stream, "PNG")
    return stream.getvalue()


def test_of_a_film_it_says_what_the_record_does(cells: Kernel, tmp_path: Path) -> None:
    """It holds no recipe, and is known by its bytes, whatever it is called."""
    bought = cells.run("%%runflow sandbox/flipbook --duration 1 --yes --seed 3 -o film\nA red fox in the snow")
    assert not bought.error, bought.error
    copied = cells.run(f"film.files[0].save({str(tmp_path / 'copy.bin')!r})")
    assert not copied.error, copied.error
    for word in ("film", str(tmp_path / "copy.bin")):
        ran = cells.run(f"%runflow from {word}")
        assert not ran.error, ran.error
        assert "A red fox in the snow" in ran.text
        assert "shows it for nothing" in ran.text
