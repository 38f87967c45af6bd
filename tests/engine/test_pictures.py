"""Whatever a person gives as a picture is identified, kept and sent, or refused with what is wrong with it."""

from __future__ import annotations

import base64
import hashlib
import io
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from runflow_nb.engine.pictures import files
from runflow_nb.engine.pictures.files import Seen
from runflow_nb.engine.pictures.reading import INLINE, PictureInput, Upload, keep, outgoing, read_picture, read_pictures
from runflow_nb.errors import InvalidRequest
from runflow_nb.record.disk import Disk
from runflow_nb.record.image import Image as Original
from runflow_nb.record.images import ImageStore

GOLDEN = {
    "L": "sha256:bb3874dd60e474f005e745dc079d42da9e28d194e69d145ef9ac33a4cc77fe2e",
    "RGB": "sha256:18d39d515d967a831e77154a3410625ba6e1d75e254e9af71e5f7ef777841f33",
    "RGBA": "sha256:f229c8dd23c1039e3e16c9ae930b477d40f0fa200f663582af40a5e83ff915c8",
}


@pytest.fixture
def images(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path / "store", Disk())


def painted(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    return Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 40).convert(mode)


def encoded(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    stream = io.BytesIO()
    painted(size=size).save(stream, kind)
    return stream.getvalue()


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def noisy(side: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype="uint8")).save(stream, "PNG")
    return stream.getvalue()


def offline(url: str) -> bytes:
    raise OSError("no route to host")


def problem(given: Any, images: ImageStore, **options: Any) -> str:
    with pytest.raises(InvalidRequest) as refused:
        read_picture(given, images=images, **options)
    (one,) = refused.value.problems
    assert one.subject == "images"
    assert "Nothing was billed" in str(refused.value)
    return one.line("python", 10)


def sent_bytes(picture: PictureInput) -> bytes:
    way = outgoing(picture)
    if isinstance(way, Upload):
        return way.path.read_bytes()
    return base64.b64decode(way.partition(",")[2], validate=True)


# --- what is accepted


@pytest.mark.parametrize("form", [str, Path, lambda text: f"./{text}", lambda text: Path(text).absolute()])
def test_a_file_is_identified_by_its_bytes_however_its_path_is_written(
    form: Callable[[str], Any], images: ImageStore, here: Path
) -> None:
    (here / "fox.png").write_bytes(encoded())
    picture = read_picture(form("fox.png"), images=images)
    assert (picture.digest, picture.source, picture.mime) == (sha256(encoded()), "file", "image/png")
    assert picture.name == str(form("fox.png"))


def test_a_home_folder_is_understood_and_recorded_as_typed(
    images: ImageStore, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(here))
    (here / "fox.png").write_bytes(encoded())
    picture = read_picture("~/fox.png", images=images)
    assert (picture.name, picture.digest) == ("~/fox.png", sha256(encoded()))


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview])
def test_bytes_are_identified_by_themselves(form: Callable[[bytes], Any], images: ImageStore) -> None:
    picture = read_picture(form(encoded("JPEG")), images=images)
    assert (picture.digest, picture.source, picture.mime) == (sha256(encoded("JPEG")), "bytes", "image/jpeg")


def test_a_data_uri_is_its_bytes_whatever_type_it_claims(images: ImageStore) -> None:
    body = base64.b64encode(encoded("WEBP")).decode()
    picture = read_picture(f"data:image/png;base64,{body[:50]}\n{body[50:]}", images=images)
    assert (picture.digest, picture.source, picture.mime) == (sha256(encoded("WEBP")), "data", "image/webp")
    assert picture.name == "data:image/png"
    assert outgoing(keep(picture, images)) == f"data:image/webp;base64,{body}"


def test_an_address_is_identified_by_the_bytes_behind_it_and_sent_as_given(images: ImageStore) -> None:
    url = "https://pictures.example.org/fox.png"
    picture = keep(read_picture(url, images=images, fetch={url: encoded()}.__getitem__), images)
    assert (picture.digest, picture.source, picture.name) == (sha256(encoded()), "url", url)
    assert picture.stored is not None
    assert picture.stored.read_bytes() == encoded()
    assert outgoing(picture) == url
    assert picture.read


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:8000/fox.png", "http://localhost/fox.png", "http://[::1]/fox.png"),
        *("http://192.168.1.5/fox.png", "https://10.0.0.1/a", "http://169.254.1.1/a"),
        *("http://nas/fox.png", "http://printer.local/a", "http://app.localhost/a"),
    ],
)
def test_an_address_that_only_this_machine_reaches_goes_out_as_bytes(url: str, images: ImageStore) -> None:
    picture = keep(read_picture(url, images=images, fetch=lambda _: encoded()), images)
    assert sent_bytes(picture) == encoded()
    assert "could not be read from here, and Runflow cannot reach it" in problem(url, images, fetch=offline)


def test_an_address_that_cannot_be_read_is_sent_as_given_and_says_so(images: ImageStore) -> None:
    url = "https://pictures.example.org/fox.png"
    picture = keep(read_picture(url, images=images, fetch=offline), images)
    assert picture.digest == "url:" + hashlib.sha256(url.encode()).hexdigest()
    assert outgoing(picture) == url
    assert not picture.read
    assert picture.note == f"{url} could not be read: it was sent as given"


def test_an_address_is_not_read_unless_there_is_something_to_read_it_with(images: ImageStore) -> None:
    picture = read_picture("https://pictures.example.org/fox.png", images=images)
    assert picture.digest.startswith("url:")
    assert not picture.read
    assert picture.note is None


def test_an_asset_of_runflow_is_sent_by_its_name(images: ImageStore) -> None:
    picture = keep(read_picture("runflow://assets/0198f2a6", images=images, fetch=offline), images)
    assert outgoing(picture) == "runflow://assets/0198f2a6"


def test_an_address_is_written_down_without_password_and_signature(images: ImageStore) -> None:
    first = read_picture("https://me:secret@example.org/fox.png?sig=s3cr3t", images=images)
    other = read_picture("https://me:secret@example.org/fox.png?sig=another", images=images)
    assert first.name.startswith("https://example.org/fox.png?...")
    assert "s3cr3t" not in first.name
    assert "secret" not in first.name
    assert first.name != other.name


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "I;16"])
def test_a_pil_image_goes_out_as_a_png_with_the_same_pixels(mode: str, images: ImageStore) -> None:
    given = Image.fromarray(np.arange(2400, dtype="uint16").reshape(40, 60) * 20) if mode == "I;16" else painted(mode)
    picture = keep(read_picture(given, images=images), images)
    arrived = Image.open(io.BytesIO(sent_bytes(picture)))
    assert (arrived.format, arrived.mode, arrived.tobytes()) == ("PNG", mode, given.tobytes())
    assert picture.stored is not None
    assert picture.stored.stem == hashlib.sha256(picture.stored.read_bytes()).hexdigest()


@pytest.mark.parametrize("mode", ["P", "CMYK", "YCbCr", "HSV", "RGBX", "RGBa"])
def test_other_modes_are_sent_as_what_they_look_like(mode: str, images: ImageStore) -> None:
    given = painted("RGBA" if mode == "RGBa" else "RGB").convert(mode)
    picture = keep(read_picture(given, images=images), images)
    arrived = Image.open(io.BytesIO(sent_bytes(picture))).convert("RGB")
    assert np.abs(np.asarray(arrived, dtype=int) - np.asarray(given.convert("RGB"), dtype=int)).max() <= 3


def test_a_pil_image_is_identified_by_its_pixels_not_by_the_file_it_came_from(images: ImageStore, here: Path) -> None:
    painted().save(here / "fast.png", compress_level=1)
    painted().save(here / "small.png", compress_level=9)
    digests = set()
    for name in ("fast.png", "small.png"):
        with Image.open(name) as picture:
            digests.add(read_picture(picture, images=images).digest)
    assert digests == {read_picture(painted(), images=images).digest}
    assert digests != {read_picture(painted().rotate(180), images=images).digest}
    assert read_picture(painted("L"), images=images).digest not in digests


def test_two_palettes_are_two_pictures(images: ImageStore) -> None:
    one, other = painted("P"), painted("P")
    palette = other.getpalette()
    assert palette is not None
    other.putpalette(palette[::-1])
    assert one.tobytes() == other.tobytes()
    assert read_picture(one, images=images).digest != read_picture(other, images=images).digest


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_an_array_is_the_pil_image_of_the_same_pixels(mode: str, images: ImageStore) -> None:
    expected = read_picture(painted(mode), images=images).digest
    array = np.asarray(painted(mode))
    floats = array.astype("float64") / 255
    wide = np.repeat(array, 2, axis=1)[:, ::2]
    assert not wide.flags.c_contiguous
    for same in (array, floats, floats.astype("float32"), wide, np.asfortranarray(array)):
        picture = read_picture(same, images=images)
        assert (picture.digest, picture.source) == (expected, "array")
    if mode == "L":
        assert read_picture(array[:, :, None], images=images).digest == expected


def test_digests_of_pixels_stay_as_they_are_for_ever(images: ImageStore) -> None:
    for mode, shape in {"L": (3, 4), "RGB": (3, 4, 3), "RGBA": (3, 4, 4)}.items():
        array = (np.arange(math.prod(shape)) * 5).astype("uint8").reshape(shape)
        assert read_picture(array, images=images).digest == GOLDEN[mode]


def test_painting_on_after_reading_changes_nothing(images: ImageStore) -> None:
    array = np.asarray(painted("RGBA")).copy()
    picture = read_picture(array, images=images)
    before = array.tobytes()
    array[:] = 0
    assert Image.open(io.BytesIO(sent_bytes(keep(picture, images)))).tobytes() == before


def test_the_png_of_the_same_pixels_is_made_once(images: ImageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen()
    first = keep(read_picture(painted(), images=images, seen=seen), images, seen)
    again = read_picture(painted(), images=images, seen=seen)
    assert again.stored == first.stored


def test_an_image_of_an_earlier_run_is_its_original(images: ImageStore) -> None:
    stored = images.put(encoded())
    original = Original(stored.sha256, stored.path, "png", "image/png", 60, 40, stored.size, 0)
    picture = keep(read_picture(original, images=images), images)
    assert (picture.digest, picture.source) == (sha256(encoded()), "run")
    assert sent_bytes(picture) == encoded()


def test_an_image_of_another_store_is_copied_into_this_one(images: ImageStore, tmp_path: Path) -> None:
    stored = ImageStore(tmp_path / "other", Disk()).put(encoded())
    original = Original(stored.sha256, stored.path, "png", "image/png", 60, 40, stored.size, 0)
    picture = keep(read_picture(original, images=images), images)
    assert picture.stored == images.find(stored.sha256)
    assert images.verify(stored.sha256)


def test_an_earlier_image_that_is_gone_is_still_known_but_cannot_be_sent(images: ImageStore, tmp_path: Path) -> None:
    original = Original("ab" * 32, tmp_path / "gone.png", "png", "image/png", 60, 40, 9, 0)
    picture = read_picture(original, images=images)
    assert picture.digest == "sha256:" + "ab" * 32
    with pytest.raises(InvalidRequest, match="not in the store any more"):
        keep(picture, images)


# --- how it goes out


def test_up_to_a_mebibyte_goes_inline_and_more_is_uploaded(images: ImageStore, here: Path) -> None:
    base = encoded()
    (here / "just.png").write_bytes(base + b"\0" * (INLINE - len(base)))
    (here / "over.png").write_bytes(base + b"\0" * (INLINE - len(base) + 1))
    inline = outgoing(keep(read_picture("just.png", images=images), images))
    assert isinstance(inline, str)
    assert inline.startswith("data:image/png;base64,")
    upload = outgoing(keep(read_picture("over.png", images=images), images))
    assert isinstance(upload, Upload)
    assert (upload.mime, upload.filename) == ("image/png", "over.png")
    assert upload.path.read_bytes() == (here / "over.png").read_bytes()


def test_reading_writes_nothing_and_keeping_does(images: ImageStore, here: Path, tmp_path: Path) -> None:
    (here / "fox.png").write_bytes(encoded())
    pictures = read_pictures(["fox.png", encoded("JPEG"), painted()], images=images)
    assert not (tmp_path / "store").exists()
    kept = [keep(picture, images) for picture in pictures]
    assert all(picture.stored and picture.stored.is_file() for picture in kept)


def test_a_file_that_changes_before_it_is_kept_is_not_sent(images: ImageStore, here: Path, tmp_path: Path) -> None:
    (here / "fox.png").write_bytes(encoded())
    picture = read_picture("fox.png", images=images)
    (here / "fox.png").write_bytes(encoded(size=(10, 10)))
    with pytest.raises(InvalidRequest, match="changed while it was read"):
        keep(picture, images)
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


def test_pictures_keep_their_order(images: ImageStore) -> None:
    given = [encoded(kind) for kind in ("PNG", "JPEG", "WEBP", "GIF")]
    assert [picture.digest for picture in read_pictures(given, images=images)] == [sha256(data) for data in given]


# --- what is remembered


def test_a_file_is_hashed_once_until_it_changes(
    images: ImageStore, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen, opened = here / "fox.png", Seen(), []
    path.write_bytes(encoded())
    os.utime(path, (1_700_000_000, 1_700_000_000))
    digest = hashlib.file_digest
    monkeypatch.setattr(files.hashlib, "file_digest", lambda *given: opened.append(1) or digest(*given))
    for _ in range(3):
        assert read_picture("fox.png", images=images, seen=seen).digest == sha256(encoded())
    assert len(opened) == 1
    path.write_bytes(encoded("GIF"))
    os.utime(path, (1_700_000_100, 1_700_000_100))
    assert read_picture("fox.png", images=images, seen=seen).digest == sha256(encoded("GIF"))


def test_a_file_written_just_now_is_hashed_again(images: ImageStore, here: Path) -> None:
    path, seen = here / "fox.bmp", Seen()
    one, other = encoded("BMP"), encoded("BMP")[:-1] + b"\x7f"
    for data in (one, other):
        moment = path.stat().st_mtime_ns if path.exists() else None
        path.write_bytes(data)
        if moment is not None:
            os.utime(path, ns=(moment, moment))
        assert read_picture("fox.bmp", images=images, seen=seen).digest == sha256(data)


def test_a_missing_file_stands_for_what_it_was(images: ImageStore, here: Path) -> None:
    images.put(encoded())
    before = {"fox.png": sha256(encoded())}
    picture = keep(read_picture("fox.png", images=images, recall=before.get), images)
    assert picture.digest == sha256(encoded())
    assert picture.note == "fox.png is missing: it stands for the picture that it was before"
    assert sent_bytes(picture) == encoded()
    (here / "fox.png").write_bytes(encoded("GIF"))
    assert read_picture("fox.png", images=images, recall=before.get).digest == sha256(encoded("GIF"))


def test_an_unread_address_stands_for_what_it_was_until_it_is_read(images: ImageStore) -> None:
    url = "https://pictures.example.org/fox.png"
    before = {url: sha256(encoded())}
    remembered = read_picture(url, images=images, recall=before.get)
    assert (remembered.digest, remembered.read) == (sha256(encoded()), False)
    assert read_picture(url, images=images, recall=before.get, fetch=offline).digest == sha256(encoded())
    fresh = read_picture(url, images=images, recall=before.get, fetch=lambda _: encoded("GIF"))
    assert fresh.digest == sha256(encoded("GIF"))


# --- what is refused


def test_a_missing_file_is_answered_with_the_nearest_name(images: ImageStore, here: Path) -> None:
    (here / "pictures").mkdir()
    (here / "pictures" / "Red-Fox.PNG").write_bytes(encoded())
    text = problem("pictures/redfox.png", images)
    assert "there is no such file" in text
    assert f"did you mean {Path('pictures/Red-Fox.PNG')}?" in text
    assert "nor a folder" in problem("picturse/fox.png", images)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html>", "looks like an HTML page"),
        (b"%PDF-1.4", "looks like a PDF"),
        (encoded()[:-40], "is a damaged PNG"),
        (encoded("JPEG")[:-200], "is a damaged JPEG"),
    ],
)
def test_what_is_no_picture_is_named_wherever_it_comes_from(
    data: bytes, words: str, images: ImageStore, here: Path
) -> None:
    (here / "fox.png").write_bytes(data)
    assert words in problem("fox.png", images)
    assert words in problem(data, images)
    assert words in problem("https://example.org/fox", images, fetch=lambda _: data)
    assert words in problem(f"data:image/png;base64,{base64.b64encode(data).decode()}", images)


def test_a_file_of_60_mb_is_refused_unread_with_the_way_out(images: ImageStore, here: Path) -> None:
    with (here / "huge.png").open("wb") as file:
        file.truncate(60_000_000)
    text = problem("huge.png", images)
    assert "has 57 MiB; 50 MiB are taken" in text
    assert "as JPEG, or host it and give its URL" in text
    assert "50 MiB are taken" in problem(bytes(60_000_000), images)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (".", "is a folder"),
        ("a\0b.png", "is no path"),
        ("x" * 5000, "cannot be read"),
        ("ftp://example.org/fox.png", "only http and https"),
        ("https://", "names no host"),
        ("https://exa mple.org/a.png", "holds a blank"),
        ("http://[::1/a.png", "names no host"),
        ("data:image/png;base64", "has no comma"),
        ("data:image/png;base64,aGVsbG8", "is no valid base64"),
        (None, "is no picture: give a file's path"),
        (7, "is no picture"),
        (["fox.png"], "is no picture"),
        ({}, "is no picture"),
        (np.ndarray, "is no picture"),
        (np.float64(1), "is a single number"),
        (np.zeros((3, 64, 64), "uint8"), "transpose(1, 2, 0)"),
        (np.zeros((1, 64, 64, 3), "uint8"), "array[0]"),
        (np.zeros((64, 64, 5), "uint8"), "64 × 64 × 5"),
        (np.zeros((0, 64), "uint8"), "no pixels"),
        (np.zeros((8, 8), "int64"), "holds int64: give uint8"),
        (np.zeros((8, 8), "bool"), "holds bool"),
        (np.full((8, 8), 200.0), "divide by 255"),
        (np.full((8, 8), -1.0), "between 0 and 1: scale it"),
        (np.full((8, 8), np.nan), "NaN"),
        (np.array([["a"]]), "give uint8"),
        (Image.new("F", (8, 8)), 'give image.convert("RGB")'),
        (Image.new("RGB", (0, 8)), "no pixels"),
    ],
)
def test_everything_else_is_one_problem_that_says_what_to_give(
    given: Any, words: str, images: ImageStore, here: Path
) -> None:
    assert words in problem(given, images, fetch=offline)


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self/mem").exists(), reason="everything can be read")
def test_a_file_that_may_not_be_read_says_so(images: ImageStore, here: Path) -> None:
    (here / "fox.png").write_bytes(encoded())
    (here / "fox.png").chmod(0)
    if os.access("fox.png", os.R_OK):
        assert "is no ordinary file" in problem("/dev/null", images)
    else:
        assert "cannot be read: Permission denied" in problem("fox.png", images)


def test_a_pil_image_whose_file_is_broken_is_a_problem_too(images: ImageStore) -> None:
    broken = Image.open(io.BytesIO(noisy(64)[:-3000]))
    assert "cannot be loaded" in problem(broken, images)


def test_all_problems_of_all_pictures_come_at_once(images: ImageStore, here: Path) -> None:
    (here / "page.png").write_bytes(b"<html>")
    with pytest.raises(InvalidRequest) as refused:
        read_pictures(["gone.png", encoded(), "page.png", 7], images=images)
    assert [one.given for one in refused.value.problems] == ["gone.png", "page.png", "7"]


def test_telling_what_something_is_imports_neither_pillow_nor_numpy() -> None:
    program = """
import sys, tempfile
from pathlib import Path
from runflow_nb.engine.pictures.reading import read_picture
from runflow_nb.errors import InvalidRequest
from runflow_nb.record.disk import Disk
from runflow_nb.record.images import ImageStore
images = ImageStore(Path(tempfile.gettempdir()) / "none", Disk())
read_picture("https://example.org/a.png", images=images)
for given in (7, "missing.png", []):
    try:
        read_picture(given, images=images)
    except InvalidRequest:
        pass
assert not {"numpy", "PIL"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
