"""Files, bytes and addresses are identified by what they hold, whichever way they are named."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.engine.pictures.reading import keep, outgoing, read_picture
from runflow_nb.record.images import ImageStore

from .made import encoded, offline, problem, sent_bytes, sha256


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
