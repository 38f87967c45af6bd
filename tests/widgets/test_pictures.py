"""Pictures inside widgets: asked for by hash and size, answered in one binary message, and in no trait."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from runflow_nb.widgets.pictures import AT_ONCE
from runflow_nb.widgets.sources import LARGEST, SMALLEST, Source, made, source_of_run, sources_of_images
from tests.notebook.kernel import Kernel
from tests.notebook.made import made as a_run
from tests.widgets.comms import ask


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    Image.linear_gradient("L").resize((1200, 600)).convert("RGB").save(path)
    return path


def shown(kernel: Kernel, *sources: Source) -> str:
    """A widget that shows these; its model."""
    kernel.run("from pathlib import Path, PosixPath\nfrom runflow_nb.widgets.pictures import Pictures, Source")
    assert not kernel.run(f"shown = Pictures({list(sources)!r})").error
    return kernel.value("shown.model_id")


def test_all_that_is_asked_for_comes_in_one_message(kernel: Kernel, picture: Path) -> None:
    """What is there as it was asked for, each in a buffer; what is not there says so."""
    model = shown(kernel, Source("a" * 64, original=picture), Source("b" * 64, original=picture.with_name("gone.png")))
    wanted = [["a" * 64, 256], ["b" * 64, 256], ["c" * 64, 256], ["a" * 64, 64]]
    told, buffers = ask(kernel, model, ask="pictures", wanted=wanted)
    assert [entry["state"] for entry in told["pictures"]] == ["here", "gone", "unknown", "here"]
    assert [[entry["hash"], entry["size"]] for entry in told["pictures"]] == wanted
    sizes = [Image.open(io.BytesIO(buffer)).size for buffer in buffers]
    assert sizes == [(256, 128), (64, 32)]
    assert [entry["buffer"] for entry in told["pictures"] if "buffer" in entry] == [0, 1]
    assert told["pictures"][0]["mime"] == "image/jpeg"


def test_no_picture_is_in_the_state(kernel: Kernel, picture: Path) -> None:
    model = shown(kernel, Source("a" * 64, original=picture))
    ask(kernel, model, ask="pictures", wanted=[["a" * 64, 2000]])
    state = "__import__('ipywidgets.embed').embed.dependency_state(shown)"
    assert kernel.value(f"[one.get('buffers') for one in {state}.values()]").replace("[]", "None") == "[None, None]"
    assert int(kernel.value(f"len(str({state}))")) < 20_000
    assert kernel.value(f"'{'a' * 64}' in str({state})") == "False"


def test_the_kernel_goes_on_while_a_picture_is_made(kernel: Kernel, picture: Path) -> None:
    """A cell runs, and even lets the picture be finished, while the page waits for it."""
    model = shown(kernel, Source("a" * 64, original=picture))
    kernel.run(
        "import threading\nfrom runflow_nb.widgets import pictures as room\n"
        "go, slowly = threading.Event(), room.made\n"
        "room.made = lambda *asked: (go.wait(60), slowly(*asked))[1]"
    )
    try:
        content = {"ask": "pictures", "wanted": [["a" * 64, 64]]}
        data = {"method": "custom", "content": content}
        kernel.client.shell_channel.send(kernel.client.session.msg("comm_msg", {"comm_id": model, "data": data}))
        assert kernel.run("go.set()").reply["status"] == "ok"
        told, buffers = ask(kernel, model, ask="pictures", wanted=[["a" * 64, 32]])
        assert (told["pictures"][0]["state"], len(buffers)) == ("here", 1)
    finally:
        kernel.run("go.set(); room.made = slowly")


@pytest.mark.parametrize("odd", [None, "all", [7], [["a"]], [["a", "b"]], [[7, 7]], [["a", 1, 2]], {"a": 1}])
def test_a_question_that_makes_no_sense_is_not_answered_and_harms_nothing(
    kernel: Kernel, picture: Path, odd: object
) -> None:
    model = shown(kernel, Source("a" * 64, original=picture))
    data = {"method": "custom", "content": {"ask": "pictures", "wanted": odd}}
    kernel.client.shell_channel.send(kernel.client.session.msg("comm_msg", {"comm_id": model, "data": data}))
    told, _ = ask(kernel, model, ask="pictures", wanted=[["a" * 64, 64]] * (AT_ONCE + 5))
    assert len(told["pictures"]) == AT_ONCE


def colours(source: Source | None, longest: int) -> float:
    """How much the picture varies: nothing is recognised where it does not."""
    assert source is not None
    found = made(source, longest)
    assert found is not None
    return float(ImageStat.Stat(Image.open(io.BytesIO(found.data)).convert("L")).stddev[0])


def stripes(path: Path) -> None:
    Image.effect_noise((160, 90), 120).convert("RGB").save(path)


def test_a_flagged_picture_comes_blurred_also_from_its_original(tmp_path: Path) -> None:
    run = a_run(tmp_path, pictures=2, finished={"nsfw": True})
    for image in run.images:
        stripes(image.path)
    for source in sources_of_images(run):
        assert colours(source, 1024) < 20
        assert colours(Source(source.hash, original=source.original), 1024) > 50


def test_a_clone_without_originals_shows_previews(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    run.images[0].path.unlink()
    assert made(sources_of_images(run)[0], 1024) is not None
    assert run.preview is not None
    run.preview.path.write_bytes(b"no picture")
    source = source_of_run(run)
    assert source is not None
    assert made(source, 256) is None


def test_no_size_is_too_large_or_too_small(picture: Path) -> None:
    """A page asks for what it likes; nothing is ever enlarged."""
    source = Source("a", original=picture)
    sizes = [found.width for size in (-5, 0, 10**9) if (found := made(source, size))]
    assert sizes == [SMALLEST, SMALLEST, min(1200, LARGEST)]
