"""A picture in whatever form a person holds it reaches the sandbox as its very bytes, and is kept by its hash."""

from __future__ import annotations

import base64
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

import runflow_nb
from runflow_nb.engine.connection import SANDBOX_TOKEN
from runflow_nb.engine.session import Session
from runflow_nb.errors import InvalidRequest
from runflow_nb.record.run import Run
from runflow_nb.sandbox.book import shortened
from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.conftest import OpenSession
from tests.http_server import Answer, HttpServer

QUICK = {"resolution": "0.5K", "output_format": "jpeg"}
MIB = 2**20
STEPS = ("POST /v1/asset-uploads", "PUT /sandbox/uploads/{asset_id}", "POST /v1/asset-uploads/{asset_id}/confirmations")


def picture(side: int = 40) -> Image.Image:
    return Image.effect_mandelbrot((side, side), (-2, -1.5, 1, 1.5), 40).convert("RGB")


def encoded(kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    picture().save(stream, kind)
    return stream.getvalue()


def noise(size: int) -> bytes:
    """A whole PNG of exactly so many bytes: random pixels, and a chunk of padding."""
    side = int((size / 3) ** 0.5) - 8
    pixels = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype="uint8")
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=0)
    data = stream.getvalue()
    end = data[-12:]
    padding = size - len(data) - 12
    assert padding >= 0
    body = b"teSt" + bytes(padding)
    return data[:-12] + padding.to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big") + end


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sent(sandbox: EmbeddedSandbox, run: Run) -> list[str]:
    """The entries of `image_urls` as they came over the wire."""
    (received,) = [each for each in sandbox.book.received if each.body["client_ref"] == run.id]
    urls: list[str] = received.body["input"]["image_urls"]
    return urls


def inline(data: bytes, kind: str = "png") -> str:
    """How the book shows these bytes, sent as a `data:` URI."""
    shown: str = shortened(f"data:image/{kind};base64,{base64.b64encode(data).decode()}")
    return shown


def kept(store: Path, data: bytes) -> bool:
    """Whether the store holds exactly these bytes under their hash."""
    name = sha256(data)
    return [path.read_bytes() for path in (store / "images" / name[:2]).glob(f"{name}.*")] == [data]


@pytest.fixture
def store(tmp_path: Path, session: Session) -> Path:
    return tmp_path / ".runflow"


@pytest.fixture
def web() -> Iterator[HttpServer]:
    """A web server on this machine with one picture on it."""
    with HttpServer(lambda _: Answer(200, encoded("WEBP"), {"Content-Type": "image/webp"})) as server:
        yield server


def as_file(folder: Path) -> str:
    (folder / "owl.png").write_bytes(encoded())
    return str(folder / "owl.png")


FORMS: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "path": (lambda folder: Path(as_file(folder)), "PNG", "file"),
    "path-as-text": (as_file, "PNG", "file"),
    "bytes": (lambda _: encoded("JPEG"), "JPEG", "bytes"),
    "data-uri": (lambda _: "data:image/webp;base64," + base64.b64encode(encoded("WEBP")).decode(), "WEBP", "data"),
}


@pytest.mark.parametrize("form", FORMS)
def test_bytes_reach_the_sandbox_as_they_are_and_are_kept_by_their_hash(
    form: str, sandbox: EmbeddedSandbox, store: Path, tmp_path: Path
) -> None:
    make, kind, source = FORMS[form]
    run = runflow_nb.edit("make it night", make(tmp_path), **QUICK)
    assert sent(sandbox, run) == [inline(encoded(kind), kind.lower())]
    assert kept(store, encoded(kind))
    assert list(run.input["image_urls"]) == [f"sha256:{sha256(encoded(kind))}"]
    assert [entry["source"] for entry in run.pictures] == [source]
    assert not set(sandbox.book.requests) & set(STEPS)


@pytest.mark.parametrize("form", ["pil", "array", "floats"])
def test_pixels_reach_the_sandbox_without_loss_and_are_the_same_request_in_every_form(
    form: str, sandbox: EmbeddedSandbox, store: Path
) -> None:
    forms = {"pil": picture(), "array": np.asarray(picture()), "floats": np.asarray(picture()) / 255}
    run = runflow_nb.edit("make it night", forms[form], **QUICK)
    head, _, body = sent(sandbox, run)[0].partition(",")
    assert head == "data:image/png;base64"
    data = base64.b64decode(body, validate=True)
    with Image.open(io.BytesIO(data)) as arrived:
        assert (arrived.mode, arrived.size, arrived.tobytes()) == ("RGB", (40, 40), picture().tobytes())
    assert kept(store, data)
    for other in forms.values():
        assert runflow_nb.edit("make it night", other, **QUICK).id == run.id
    assert len(sandbox.book.runs) == 1


def test_an_address_on_this_machine_is_read_and_its_bytes_are_sent(
    sandbox: EmbeddedSandbox, store: Path, web: HttpServer
) -> None:
    run = runflow_nb.edit("make it night", f"{web.url}/owl.webp?token=secret-of-the-link", **QUICK)
    assert sent(sandbox, run) == [inline(encoded("WEBP"), "webp")]
    assert kept(store, encoded("WEBP"))
    assert all("authorization" not in heard.headers for heard in web.heard)
    journal = b"".join(path.read_bytes() for path in (store / "journal").iterdir())
    assert b"secret-of-the-link" not in journal
    assert b"/owl.webp" in journal


def test_the_same_bytes_are_the_same_request_whichever_way_they_came(
    sandbox: EmbeddedSandbox, store: Path, web: HttpServer, tmp_path: Path
) -> None:
    path = tmp_path / "owl.webp"
    path.write_bytes(encoded("WEBP"))
    forms = [path, encoded("WEBP"), web.url, "data:;base64," + base64.b64encode(encoded("WEBP")).decode()]
    assert len({runflow_nb.edit("make it night", form, **QUICK).id for form in forms}) == 1
    assert len(sandbox.book.runs) == 1


@pytest.mark.parametrize("form", ["image", "run"])
def test_an_earlier_picture_goes_in_as_its_original(form: str, sandbox: EmbeddedSandbox, store: Path) -> None:
    owl = runflow_nb.generate("an owl", **QUICK)
    run = runflow_nb.edit("make it night", owl if form == "run" else owl.images[0], **QUICK)
    assert sent(sandbox, run) == [inline(owl.images[0].bytes, "jpeg")]
    assert list(run.input["image_urls"]) == [f"sha256:{owl.images[0].sha256}"]
    assert run.model == "google/nano-banana-2/edit"


def test_one_of_several_pictures_is_asked_for_by_its_number(sandbox: EmbeddedSandbox, store: Path) -> None:
    owls = runflow_nb.generate("an owl", num_images=2, **QUICK)
    with pytest.raises(InvalidRequest, match=r"2 images: give one of them, e\.g\. run\.images\[0\]"):
        runflow_nb.edit("make it night", owls, **QUICK)
    run = runflow_nb.edit("make it night", owls.images[1], **QUICK)
    assert sent(sandbox, run) == [inline(owls.images[1].bytes, "jpeg")]


def test_two_pictures_keep_their_order_and_another_order_is_another_request(
    sandbox: EmbeddedSandbox, store: Path
) -> None:
    first, second = encoded("PNG"), encoded("JPEG")
    forth = runflow_nb.edit("join them", [first, second], **QUICK)
    back = runflow_nb.edit("join them", [second, first], **QUICK)
    assert sent(sandbox, forth) == [inline(first), inline(second, "jpeg")]
    assert sent(sandbox, back) == [inline(second, "jpeg"), inline(first)]
    assert forth.recipe != back.recipe


def test_up_to_one_mebibyte_a_picture_travels_inside_the_request(sandbox: EmbeddedSandbox, store: Path) -> None:
    data = noise(MIB)
    run = runflow_nb.edit("make it night", data, **QUICK)
    assert sent(sandbox, run) == [inline(data)]
    assert not set(sandbox.book.requests) & set(STEPS)


@pytest.mark.parametrize("form", ["file", "bytes"])
def test_a_larger_picture_goes_up_in_three_steps_first(
    form: str, sandbox: EmbeddedSandbox, store: Path, tmp_path: Path
) -> None:
    data = noise(MIB + 1)
    path = tmp_path / "große Eule.png"
    path.write_bytes(data)
    run = runflow_nb.edit("make it night", path if form == "file" else data, **QUICK)
    (url,) = sent(sandbox, run)
    assert url.startswith("runflow://assets/")
    assert {step: sandbox.book.requests[step] for step in STEPS} == dict.fromkeys(STEPS, 1)
    assert sandbox.book.keys_at_links == 0
    headers = {"Authorization": f"Bearer {SANDBOX_TOKEN.reveal()}"}
    asset = httpx.get(f"{sandbox.url}/v1/assets/{url.rpartition('/')[2]}", headers=headers, trust_env=False).json()
    assert (asset["size_bytes"], asset["mime_type"]) == (len(data), "image/png")
    assert asset["name"] == ("große Eule.png" if form == "file" else f"picture-{sha256(data)[:8]}.png")
    assert httpx.get(asset["url"], trust_env=False).content == data
    assert kept(store, data)
    assert list(run.input["image_urls"]) == [f"sha256:{sha256(data)}"]
    assert runflow_nb.edit("make it night", data, **QUICK).id == run.id
    assert sandbox.book.requests[STEPS[0]] == 1


@pytest.mark.parametrize("form", ["file", "bytes", "data-uri"])
def test_beyond_fifty_mebibytes_it_is_refused_with_the_way_out_and_nothing_is_sent(
    form: str, sandbox: EmbeddedSandbox, store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "owl.png"
    with path.open("wb") as stream:
        stream.write(encoded())
        stream.truncate(50 * MIB + 1)
    given = {
        "file": lambda: path,
        "bytes": path.read_bytes,
        "data-uri": lambda: "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode(),
    }[form]()
    with pytest.raises(InvalidRequest, match=r"50 MiB are taken\. Save it smaller, .* or host it and give its URL"):
        runflow_nb.edit("make it night", given, **QUICK)
    assert not [name for name in sandbox.book.requests if name != "GET /v1/health"]
    assert not store.exists()


def test_an_address_that_cannot_be_read_here_is_named_and_nothing_is_sent(
    sandbox: EmbeddedSandbox, store: Path
) -> None:
    with HttpServer(lambda _: Answer(404)) as server:
        with pytest.raises(InvalidRequest, match=r"could not be read from here, and Runflow cannot reach it at all"):
            runflow_nb.edit("make it night", f"{server.url}/owl.png", **QUICK)
        assert [heard.path for heard in server.heard] == ["/owl.png"]
    assert not sandbox.book.received


def test_an_address_is_read_anew_before_anything_is_bought_for_it(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    """What is on record stays as it was; the next purchase gets what is behind the address by then."""
    behind = [encoded("PNG")]
    with HttpServer(lambda _: Answer(200, behind[0], {"Content-Type": "image/png"})) as server:
        open_session(sandbox.url)
        before = runflow_nb.edit("make it night", server.url, **QUICK)
        behind[0] = encoded("JPEG")
        open_session(sandbox.url)
        assert runflow_nb.edit("make it night", server.url, **QUICK) == before
        after = runflow_nb.edit("make it day", server.url, **QUICK)
        assert sent(sandbox, after) == [inline(encoded("JPEG"), "jpeg")]
        assert runflow_nb.edit("make it night", encoded("PNG"), **QUICK) == before
    assert set(sandbox.book.json()["by_client_ref"]) == {before.id, after.id}


def test_a_file_that_is_gone_stands_for_the_picture_that_it_was(
    sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    open_session(sandbox.url)
    path = tmp_path / "owl.png"
    path.write_bytes(encoded())
    run = runflow_nb.edit("make it night", path, **QUICK)
    path.unlink()
    open_session(sandbox.url)
    before = sandbox.book.requests
    assert runflow_nb.edit("make it night", path, **QUICK) == run
    assert sandbox.book.requests == before


def test_an_address_that_was_read_once_is_not_read_again_for_what_is_on_record(
    sandbox: EmbeddedSandbox, open_session: OpenSession
) -> None:
    with HttpServer(lambda _: Answer(200, encoded(), {"Content-Type": "image/png"})) as server:
        open_session(sandbox.url)
        run = runflow_nb.edit("make it night", server.url, **QUICK)
        open_session(sandbox.url)
        before = sandbox.book.requests
        assert runflow_nb.edit("make it night", server.url, **QUICK) == run
        assert len(server.heard) == 1
        assert sandbox.book.requests == before


def test_a_file_that_changed_back_stands_for_its_last_content_once_it_is_gone(
    sandbox: EmbeddedSandbox, open_session: OpenSession, tmp_path: Path
) -> None:
    open_session(sandbox.url)
    path = tmp_path / "owl.png"
    runs = []
    for kind in ("PNG", "JPEG", "PNG"):
        path.write_bytes(encoded(kind))
        runs.append(runflow_nb.edit("make it night", path, **QUICK))
    assert runs[0] == runs[2] != runs[1]
    path.unlink()
    open_session(sandbox.url)
    assert runflow_nb.edit("make it night", path, **QUICK) == runs[2]
