"""A run is shown as picture, record and caption that stay the same, anywhere and for ever."""

from __future__ import annotations

import base64
import html
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from runflow_nb.notebook.views.bundles import image_bundle, picture_bundle
from runflow_nb.notebook.views.caption import caption_bundle, pending_bundle
from runflow_nb.notebook.views.markup import inert
from runflow_nb.notebook.views.run_record import MIME
from runflow_nb.plain import shortened, visible
from tests.notebook.made import PROMPT, RUN, made


def seen(page: str) -> str:
    """What a reader of this HTML sees, one piece of text after the other."""
    return html.unescape(
        re.sub(
            r"<[^>]*>",
            "",
            page.replace("</tr>", "\n").replace("<br>", "\n").replace("</div>", "\n").replace("</td><td", " <td"),
        )
    )


def test_the_picture_bundle(tmp_path: Path) -> None:
    """A picture that every reader knows, words for those who see none, and the record."""
    data, metadata = picture_bundle(made(tmp_path / ".runflow"))
    assert set(data) == {"text/plain", "image/jpeg", MIME}
    assert data["text/plain"] == f"{PROMPT} (160 × 90 PNG)"
    assert Pillow.open(io.BytesIO(base64.b64decode(data["image/jpeg"]))).size == (160, 90)
    assert metadata == {"image/jpeg": {"alt": PROMPT}}


def test_the_record(tmp_path: Path) -> None:
    """It says what was asked, sent, returned and paid, and nothing of this machine, of keys or of addresses."""
    run = made(tmp_path / ".runflow", intent={"callback_url": "https://example.org/hook?token=1", "tags": ["a"]})
    record = picture_bundle(run)[0][MIME]
    assert record["schema"] == 1
    (told,) = record["runs"]
    assert told["id"] == RUN
    assert told["seeds"] == {"asked": None, "sent": 42, "returned": None}
    assert (told["cost"], told["estimate"]) == ("0.08", {"amount": "0.08", "kind": "exact"})
    assert told["created_at"] == "2026-01-31T23:30:00Z"
    assert told["images"][0]["file"] == f"images/{run.images[0].sha256[:2]}/{run.images[0].sha256}.png"
    text = json.dumps(record)
    assert str(tmp_path) not in text
    assert "hook" not in text


def test_the_same_bytes_from_two_machines(tmp_path: Path) -> None:
    """Another place of the store changes nothing of what is shown."""
    here, there = made(tmp_path / "a" / ".runflow"), made(tmp_path / "b" / "c" / ".runflow")
    assert json.dumps(picture_bundle(here)) == json.dumps(picture_bundle(there))
    assert caption_bundle(here) == caption_bundle(there)


def test_the_caption(tmp_path: Path) -> None:
    """First what the picture shows, then the facts that stay true on one line; the rest in a fold."""
    bundle = caption_bundle(made(tmp_path))
    facts = "google/nano-banana-2 · 160 × 90 PNG · seed 42 · take 1 · $0.08 · 2026-01-31"
    assert bundle["text/plain"].splitlines() == [PROMPT, facts]
    lines = seen(bundle["text/html"]).splitlines()
    assert lines[:2] == [PROMPT, facts]
    assert bundle["text/html"].index("<details") > bundle["text/html"].index("$</span>0.08")
    assert "aspect_ratio 16:9" in lines
    assert "seeds asked none, sent 42, returned none" in lines
    assert "cost estimated $0.08, confirmed $0.08" in lines
    assert "bought 2026-01-31 23:30:00 UTC, done after 12.0 s" in lines
    assert f"run {RUN} (at Runflow 0198f2a4)" in lines


def test_what_must_not_be_overlooked_is_seen(tmp_path: Path) -> None:
    """Play money, an unconfirmed price, and what was delivered not as asked stand outside of the fold."""
    run = made(
        tmp_path,
        pictures=3,
        intent={"origin": "sandbox", "warnings": ["seed 5: the API will judge"]},
        finished={"cost": None, "notes": ["3 of 4 pictures were delivered"]},
    )
    page = caption_bundle(run)["text/html"]
    outside = seen(page[: page.index("<details")])
    assert outside.startswith(f"3 pictures: {PROMPT}\n")
    assert "$0.08, not confirmed" in outside
    assert "Sandbox" in outside
    assert "3 of 4 pictures were delivered\nSeed 5: the API will judge" in outside
    assert [f"file [{n}]" for n in range(3)] == re.findall(r"file \[\d\]", seen(page))
    paid = made(tmp_path, intent={"origin": "sandbox"})
    assert "$0.08 play money" in caption_bundle(paid)["text/plain"]


def test_the_caption_survives_every_reader(tmp_path: Path) -> None:
    """No ids, classes, style sheets, scripts or colours of its own; every tag is closed."""
    page = caption_bundle(made(tmp_path, intent={"input": {"prompt": '<script>alert("$x$")</script>', "seed": 1}}))[
        "text/html"
    ]
    assert not re.search(r"<(script|style|svg|iframe|img)|\bid=|\bclass=|\bon\w+=|color:\s*#|background:\s*#", page)
    assert "&lt;script&gt;" in page
    opened, closed = re.findall(r"<(\w+)", page), re.findall(r"</(\w+)", page)
    assert sorted(opened) == sorted(closed)


def test_a_template_is_shown_beside_what_became_of_it(tmp_path: Path) -> None:
    """Both are on record; the fold shows the template only where it differs."""
    run = made(tmp_path, intent={"prompt_template": "A {{ colour }} fox asleep in fresh snow"})
    assert "template A {{ colour }} fox" in seen(caption_bundle(run)["text/html"])
    assert "template" not in seen(caption_bundle(made(tmp_path))["text/html"])


def test_pictures_that_went_in_are_named(tmp_path: Path) -> None:
    """By what the person called them and by their digest; a file's folder stays on its machine."""
    pictures = [
        {"digest": "sha256:1", "name": "/home/ann/fox.png", "source": "file"},
        {"digest": "sha256:2", "name": "run 7K3QZX picture 1", "typed": "fox[1]", "source": "run"},
        {"digest": "sha256:3", "name": "/home/ann/shots/2.png", "typed": "/home/ann/shots/*.png", "source": "file"},
    ]
    given = {"prompt": PROMPT, "image_urls": ["sha256:1", "sha256:2", "sha256:3"]}
    page = caption_bundle(made(tmp_path, intent={"input": given, "pictures": pictures}))["text/html"]
    words = "image_urls fox.png (sha256:1)\nfox[1] → run 7K3QZX picture 1 (sha256:2)\n*.png → 2.png (sha256:3)"
    assert words in seen(page)
    assert "/home/ann" not in page


def test_a_flagged_picture_is_said_to_be_blurred(tmp_path: Path) -> None:
    """Nobody should take the preview for what was delivered."""
    assert "Note: Flagged" in caption_bundle(made(tmp_path, finished={"nsfw": True}))["text/plain"]


def test_a_missing_preview_leaves_words_and_record(tmp_path: Path) -> None:
    """A store without its previews shows no broken picture."""
    run = made(tmp_path)
    assert run.preview is not None
    run.preview.path.unlink()
    data, metadata = picture_bundle(run)
    assert set(data) == {"text/plain", MIME}
    assert metadata == {}


def test_before_the_end_the_caption_says_what_is_known(tmp_path: Path) -> None:
    """Model, seed and take are known while the picture is being painted; price and size are not."""
    assert pending_bundle(made(tmp_path))["text/plain"] == f"{PROMPT}\ngoogle/nano-banana-2 · seed 42 · take 1"


def test_one_image_is_shown_as_a_picture(tmp_path: Path) -> None:
    """`run.images[i]` as a closing value shows that original, small."""
    image = made(tmp_path, pictures=2).images[1]
    bundle = image_bundle(image)
    assert Pillow.open(io.BytesIO(base64.b64decode(bundle["image/jpeg"]))).size == (160, 90)
    assert bundle["text/plain"].startswith("picture 1: 160 × 90 PNG, images/")


@given(st.text(max_size=400), st.integers(20, 140))
def test_a_description_fits_on_one_line(text: str, length: int) -> None:
    """However long or odd a prompt is, its description is one short line without control characters."""
    short = shortened(text, length)
    assert len(short) <= length
    assert "\n" not in short
    assert "\x1b" not in short


@given(st.text(max_size=200))
def test_inert_text_reads_as_typed(text: str) -> None:
    """Neither markup nor math is left in it, and nothing is lost; control characters are seen."""
    page = inert(text)
    assert html.unescape(page.replace("<span>", "").replace("</span>", "")) == visible(text)
    assert not re.search(r"\$[^<]|\\[^<]", page)


@pytest.mark.parametrize("pictures", [1, 4])
def test_a_notebook_stays_small(tmp_path: Path, pictures: int) -> None:
    """Picture and caption of a run together stay near the preview's own limit of 120 KB."""
    run = made(tmp_path, pictures=pictures)
    size = len(json.dumps(picture_bundle(run))) + len(json.dumps(caption_bundle(run)))
    assert size < 130_000
