"""Copies with their recipe: the same pixels, the same bytes every time, and the original to be had back of them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Pillow

import runflow_nb
from runflow_nb import settings
from runflow_nb.record.embedding.copies import form, plan, write
from runflow_nb.record.embedding.splice import digest
from runflow_nb.record.embedding.text import dump
from runflow_nb.record.image import Image
from tests.record.embedding.made import FOREIGN, KINDS, RECIPE, chunk, image_of, in_jpeg, in_png, in_webp, pixels, saved

C2PA = b"JP\0\1\0\0\0\1\0\0\0\x80jumb\0\0\0\x20jumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0" + b"x" * 60
SIGNED = {
    "png": lambda: in_png(saved("PNG"), chunk(b"caBX", C2PA[8:])),
    "jpeg": lambda: in_jpeg(saved("JPEG"), 0xEB, C2PA),
    "webp": lambda: in_webp(saved("WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0"), b"C2PA", C2PA[8:]),
}


def copied(image: Image, embed: bool | None = None) -> tuple[bytes, str]:
    """(the copy, why it has no recipe)."""
    with image.path.open("rb") as source:
        planned = plan(source, image, embed)
        target = io.BytesIO()
        write(planned.parts, source, target)
    return target.getvalue(), planned.left_out


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_is_the_original_with_something_put_in(kind: str, tmp_path: Path) -> None:
    """Every frame has the same pixels, the recipe is read back, and the original's bytes can be had of the copy."""
    data = KINDS[kind]()
    image = image_of(data, tmp_path)
    copy, left_out = copied(image)
    assert not left_out
    assert copied(image)[0] == copy != data
    assert pixels(copy) == pixels(data)
    assert image.path.read_bytes() == data
    expected = replace(RECIPE, sha256=image.sha256, tool=f"runflow_nb {runflow_nb.__version__}")
    assert runflow_nb.recipe_of(copy) == expected
    there = tmp_path / "there"
    there.write_bytes(copy)
    image.path.unlink()
    assert form(there, image) == "embedded"
    with there.open("rb") as source:
        assert digest(plan(source, image, False).parts, source) == image.sha256


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_others_wrote_stays(kind: str, tmp_path: Path) -> None:
    data = KINDS[kind]()
    copy = copied(image_of(data, tmp_path))[0]
    with Pillow.open(io.BytesIO(data)) as before, Pillow.open(io.BytesIO(copy)) as after:
        before.load()
        after.load()
        ours = {"xmp", "XML:com.adobe.xmp"}
        assert {k: v for k, v in after.info.items() if k not in ours} == {
            k: v for k, v in before.info.items() if k not in ours
        }
        assert dict(after.getexif()) == dict(before.getexif())
        if "with xmp" in kind:
            assert b"<dc:source>camera</dc:source>" in FOREIGN
            assert b"<dc:source>camera</dc:source>" in copy
        if "xmp" in after.info:  # older Pillows do not say
            assert after.getxmp()["xmpmeta"]["RDF"]["Description"]


@pytest.mark.parametrize("family", SIGNED)
def test_what_is_signed_stays_as_it_is_unless_asked_otherwise(family: str, tmp_path: Path) -> None:
    data = SIGNED[family]()
    image = image_of(data, tmp_path)
    copy, left_out = copied(image)
    assert copy == data
    assert "signed (C2PA)" in left_out
    assert "--embed" in left_out
    asked, left_out = copied(image, embed=True)
    assert not left_out
    assert runflow_nb.recipe_of(asked) is not None
    assert pixels(asked) == pixels(data)


def test_app11_of_another_kind_is_no_signature(tmp_path: Path) -> None:
    assert copied(image_of(in_jpeg(saved("JPEG"), 0xEB, b"JP\0\1\0\0\0\1\0\0\0\x20jumbother"), tmp_path))[1] == ""


@pytest.mark.parametrize("family", ["GIF", "BMP", "TIFF"])
def test_other_formats_are_left_alone(family: str, tmp_path: Path) -> None:
    """Nobody is told, but who asked for it."""
    data = saved(family)
    image = image_of(data, tmp_path)
    assert copied(image) == (data, "")
    assert copied(image, embed=True) == (data, "is of a format that has no place for a recipe")


def test_no_recipe_where_none_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the call, by the setting, which a call overrules; or where none is known."""
    data = saved("PNG")
    image = image_of(data, tmp_path)
    assert copied(image, embed=False) == (data, "")
    monkeypatch.setitem(settings.configured, "embed", "off")
    assert copied(image) == (data, "")
    assert copied(image, embed=True)[0] != data
    monkeypatch.setitem(settings.configured, "embed", "on")
    assert copied(image)[0] != data
    assert copied(image_of(data, tmp_path, None)) == (data, "")


def test_what_has_no_room_is_copied_as_it_is(tmp_path: Path) -> None:
    """A segment of a JPEG holds 64 KB, and a packet that is compressed or no XML is not touched."""
    recipe = replace(RECIPE, input={"prompt": "雪" * 30_000})
    data = saved("JPEG")
    assert copied(image_of(data, tmp_path, recipe)) == (data, "has no room for so long a recipe")
    assert runflow_nb.recipe_of(copied(image_of(saved("PNG"), tmp_path, recipe))[0]) is not None
    odd = in_jpeg(saved("JPEG"), 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + FOREIGN)
    odd = odd[:2] + b"\xff" + odd[2:]  # a fill byte, which could not be brought back
    assert copied(image_of(odd, tmp_path)) == (odd, "has metadata that nothing can be added to")
    for packet in (b"no XML", "\ufeff</rdf:RDF>".encode("utf-16")):
        odd = in_jpeg(saved("JPEG"), 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)
        assert copied(image_of(odd, tmp_path)) == (odd, "has metadata that nothing can be added to")


def test_a_recipe_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    for odd in (replace(RECIPE, input={"prompt": "half a \ud800"}), replace(RECIPE, run="no ULID")):
        image = image_of(saved("PNG"), tmp_path, odd)
        copy, left_out = copied(image)
        assert copy == image.bytes
        assert "could not be read again" in left_out


def test_several_pictures_in_one_jpeg_are_left_alone(tmp_path: Path) -> None:
    data = in_jpeg(saved("JPEG"), 0xE2, b"MPF\0" + b"\0" * 20)
    image = replace(image_of(saved("JPEG"), tmp_path), size=len(data))
    image.path.write_bytes(data)
    assert copied(image) == (data, "holds several pictures that point into one another")


def test_nothing_private_goes_out(tmp_path: Path) -> None:
    """No key, no place on this machine, no signature of an address; what is left out is named."""
    digest_ = "sha256:" + "a" * 64
    recipe = replace(
        RECIPE,
        input={
            "prompt": "A fox, rf_live_abc123, in /home/me",
            "mask": "/home/me/secret plans/mask.png",
            "other": "C:\\Users\\me\\mask.png",
            "film": "https://me:pass@example.com/f.mp4?X-Signature=s3cret#x",
            "inline": "data:image/png;base64,AAAA",
            "image_urls": [digest_],
            "style": "10:9, warm",
        },
        digests=(digest_,),
    )
    copy, _ = copied(image_of(saved("PNG"), tmp_path, recipe))
    for secret in (b"rf_live", b"secret plans", b"Users", b"pass", b"s3cret", b"base64"):
        assert secret not in copy
    read = runflow_nb.recipe_of(copy)
    assert read is not None
    assert read.left_out == ("prompt", "mask", "other", "film", "inline")
    assert read.input["prompt"] == "A fox, (key), in /home/me"
    assert read.input["mask"] == "mask.png"
    assert read.input["film"] == "https://example.com/f.mp4"
    assert read.input["style"] == "10:9, warm"
    assert read.picture_field == "image_urls"


def test_no_more_is_written_than_is_documented() -> None:
    told = json.loads(dump(replace(RECIPE, sha256="0" * 64)))
    assert set(told) == {
        *("schema", "tool", "model", "input", "pictures", "seeds", "take", "recipe", "origin"),
        *("run", "run_id", "created_at", "cost", "original"),
    }


def test_saving_an_image(tmp_path: Path) -> None:
    """The recipe goes in, into what Pillow converted too; a signed one is left, and who saves it is warned."""
    image = image_of(saved("PNG", "RGBA"), tmp_path)
    for name in ("a.png", "a.jpg", "a.webp"):
        path = image.save(tmp_path / name)
        read = runflow_nb.recipe_of(path)
        assert read is not None
        assert read.sha256 == image.sha256
        assert runflow_nb.recipe_of(image.save(path, embed=False)) is None
    assert image.save(tmp_path / "a.bmp").exists()
    signed = image_of(SIGNED["png"](), tmp_path)
    with pytest.warns(UserWarning, match=r"a\.png is signed"):
        signed.save(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == signed.bytes
    assert runflow_nb.recipe_of(signed.save(tmp_path / "a.png", embed=True)) is not None
