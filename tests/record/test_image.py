"""An image of a run gives the original as it was delivered, and says so when it is gone."""

from __future__ import annotations

import hashlib
import io
import pickle
from pathlib import Path

import pytest
from PIL import Image as Pillow

from runflow_nb.record.image import Image, OriginalGone


def kept(folder: Path, family: str = "PNG", mode: str = "RGBA") -> Image:
    stream = io.BytesIO()
    Pillow.new(mode, (8, 6), "red").save(stream, family)
    data = stream.getvalue()
    path = folder / f"original.{family.lower()}"
    path.write_bytes(data)
    name = family.lower()
    return Image(hashlib.sha256(data).hexdigest(), path, name, f"image/{name}", 8, 6, len(data), 0)


def test_bytes_and_picture_are_the_original(tmp_path: Path) -> None:
    image = kept(tmp_path)
    assert hashlib.sha256(image.bytes).hexdigest() == image.sha256
    assert (image.pil.format, image.pil.size) == ("PNG", (8, 6))


@pytest.mark.parametrize("name", ["copy.png", "copy.PNG", "copy"])
def test_saving_in_its_own_format_copies_the_bytes(tmp_path: Path, name: str) -> None:
    image = kept(tmp_path)
    assert image.save(tmp_path / name).read_bytes() == image.bytes


@pytest.mark.parametrize(
    ("name", "family"), [("c.jpg", "JPEG"), ("c.jpeg", "JPEG"), ("c.webp", "WEBP"), ("c.bmp", "BMP")]
)
def test_another_extension_converts(tmp_path: Path, name: str, family: str) -> None:
    saved = kept(tmp_path).save(str(tmp_path / name))
    with Pillow.open(saved) as picture:
        assert (picture.format, picture.size) == (family, (8, 6))


def test_a_jpeg_is_copied_under_both_of_its_extensions(tmp_path: Path) -> None:
    image = kept(tmp_path, "JPEG", "RGB")
    for name in ("a.jpg", "a.jpeg"):
        assert image.save(tmp_path / name).read_bytes() == image.bytes


def test_an_unknown_extension_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.xyz is no picture format"):
        kept(tmp_path).save(tmp_path / "copy.xyz")
    assert not (tmp_path / "copy.xyz").exists()


def test_a_gone_original_is_a_clear_error(tmp_path: Path) -> None:
    image = kept(tmp_path)
    image.path.unlink()
    for attempt in (lambda: image.bytes, lambda: image.pil, lambda: image.save(tmp_path / "copy.png")):
        with pytest.raises(OriginalGone, match="is not in the store") as gone:
            attempt()
        assert str(tmp_path) not in str(gone.value)
        assert str(pickle.loads(pickle.dumps(gone.value))) == str(gone.value)
    assert not (tmp_path / "copy.png").exists()


def test_it_can_be_pickled(tmp_path: Path) -> None:
    image = kept(tmp_path)
    assert pickle.loads(pickle.dumps(image)) == image
