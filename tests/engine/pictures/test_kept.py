"""Pictures of earlier runs, how pictures are kept and go out, and what is remembered of them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from runflow_nb.engine.pictures.files import Seen
from runflow_nb.engine.pictures.given import Recorded
from runflow_nb.engine.pictures.reading import INLINE, Upload, keep, outgoing, read_picture, read_pictures
from runflow_nb.errors import InvalidRequest
from runflow_nb.record.disk import Disk
from runflow_nb.record.image import Image as Original
from runflow_nb.record.images import ImageStore

from .made import encoded, offline, painted, sent_bytes, sha256


def test_an_image_of_an_earlier_run_is_its_original(images: ImageStore) -> None:
    stored = images.put(encoded())
    original = Original(stored.sha256, stored.path, "png", "image/png", 60, 40, stored.size, 0)
    picture = keep(read_picture(original, images=images), images)
    assert (picture.digest, picture.source) == (sha256(encoded()), "run")
    assert sent_bytes(picture) == encoded()


@pytest.mark.parametrize("source", ["file", "bytes", "run", "url"])
def test_a_record_that_gives_anothers_file_for_a_picture_has_none_to_send(images: ImageStore, source: str) -> None:
    other = images.put(encoded())
    known = {"digest": f"sha256:{'a' * 64}", "file": other.sha256, "source": source, "name": "fox.png"}
    picture = read_picture(Recorded(known), images=images)
    assert picture.stored is None
    with pytest.raises(InvalidRequest, match="not in the store any more"):
        keep(picture, images)
    own = read_picture(Recorded({**known, "digest": f"sha256:{other.sha256}"}), images=images)
    drawn = read_picture(Recorded({**known, "source": "pil"}), images=images)
    assert own.stored == drawn.stored == other.path


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


def test_a_file_is_hashed_once_until_it_changes(
    images: ImageStore, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = here / "fox.png", Seen()
    opened: list[Any] = []
    path.write_bytes(encoded())
    os.utime(path, (1_700_000_000, 1_700_000_000))
    digest = hashlib.file_digest

    def watched(stream: Any, *how: Any) -> Any:
        opened.append(stream)
        return digest(stream, *how)

    monkeypatch.setattr(hashlib, "file_digest", watched)
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
