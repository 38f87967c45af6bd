"""A history as people see it: a table with small pictures, and the same facts as text."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from PIL import Image as Pillow

from runflow_nb.notebook.views.facts import facts_bundle
from runflow_nb.notebook.views.history_view import LONGEST, runs_bundle
from runflow_nb.notebook.views.small_picture import picture_html
from runflow_nb.record.listing import listed, listing_text, money_by_origin
from runflow_nb.record.run import Preview
from runflow_nb.record.thumbnail import thumbnail
from tests.notebook.made import PROMPT, made

IMAGE = re.compile(r'<img src="data:(image/\w+);base64,([^"]+)" alt="([^"]*)" width="(\d+)" height="(\d+)"')


def test_every_row_has_its_facts_and_a_small_picture(tmp_path: Path) -> None:
    run = replace(made(tmp_path, pictures=2), tags=("cover", "winter"), stars=3)
    page = runs_bundle([run], "1 run")["text/html"]
    (kind, data, words, width, height) = IMAGE.findall(page)[0]
    picture = Pillow.open(io.BytesIO(base64.b64decode(data)))
    assert (kind, words) == ("image/jpeg", f"2 pictures: {PROMPT}")
    assert picture.size == (int(width), int(height))
    assert max(picture.size) == LONGEST
    plain = re.sub(r"<[^>]+>", "", page)
    for fact in ("000000", "2026-01-31", "23:30", PROMPT, "google/nano-banana-2", "160 × 90 PNG (2)", "42", "take 1"):
        assert fact in plain
    for fact in ("$0.08", "succeeded", "prompt, stars, tags", "★★★", "cover, winter", "1 run"):
        assert fact in plain


def test_text_has_the_same_facts_and_no_empty_columns(tmp_path: Path) -> None:
    run = made(tmp_path)
    assert listing_text([run]).splitlines() == [
        "run     when (UTC)        prompt                          model                 size          seed  take"
        "   cost  status",
        f"000000  2026-01-31 23:30  {PROMPT}  google/nano-banana-2  160 × 90 PNG    42     1  $0.08  succeeded",
    ]
    assert "tags" in listing_text([replace(run, tags=("a",))])
    assert listing_text([replace(run, stars=4), run]).splitlines()[1].endswith("succeeded  ★★★★")
    assert listing_text([run, replace(run, origin="sandbox")]).splitlines()[0].endswith("origin")
    narrow = listing_text([run], width=90)
    assert "A red fox asleep in…" in narrow


def test_what_is_not_known_for_sure_is_marked(tmp_path: Path) -> None:
    """An estimate is marked, and what never was accepted cost nothing."""
    run = made(tmp_path, intent={"estimate": {"amount": "0.12", "kind": "estimated"}}, finished={"cost": None})
    assert listed(run).cost == "about $0.12"
    assert listed(replace(run, phase="void", status="void")).cost == "$0.00"


def test_wide_letters_keep_the_columns_straight(tmp_path: Path) -> None:
    """East Asian letters take two columns of a terminal."""
    run = made(tmp_path)
    rows = listing_text([run, replace(run, input={"prompt": "雪の中の狐"})]).splitlines()
    assert rows[2].index("google") == rows[1].index("google") - len("雪の中の狐")


def test_text_of_people_stays_text(tmp_path: Path) -> None:
    run = replace(made(tmp_path), input={"prompt": '<script>"$1 & $2"</script>'}, tags=("<b>",))
    page = runs_bundle([run])["text/html"]
    assert "<script>" not in page
    assert "<b>" not in page
    assert 'alt="&lt;script&gt;&quot;$1 &amp; $2&quot;&lt;/script&gt;"' in page


def test_a_missing_or_damaged_preview_is_an_empty_cell(tmp_path: Path) -> None:
    run = made(tmp_path)
    assert run.preview is not None
    assert picture_html(replace(run, preview=None), 64) == ""
    assert picture_html(replace(run, preview=replace(run.preview, path=tmp_path / "gone.jpg")), 64) == ""
    (tmp_path / "damaged.jpg").write_bytes(run.preview.path.read_bytes()[:200])
    assert picture_html(replace(run, preview=replace(run.preview, path=tmp_path / "damaged.jpg")), 64) == ""


def test_small_pictures_are_small_whatever_they_show(tmp_path: Path) -> None:
    """Noise is the worst there is; what is transparent stays so."""
    for mode, kind in (("RGB", "jpeg"), ("RGBA", "png")):
        path = tmp_path / f"noise.{kind}"
        Pillow.effect_noise((768, 768), 200).convert(mode).save(path)
        if mode == "RGBA":
            with Pillow.open(path) as picture:
                picture.putalpha(100)
                picture.save(path)
        small = thumbnail(Preview(path, f"image/{kind}", 768, 768), LONGEST)
        assert small is not None
        assert small.mime == f"image/{kind}"
        assert len(small.data) <= 3_000


def test_twenty_rows_keep_a_notebook_small(tmp_path: Path) -> None:
    run = made(tmp_path)
    page = runs_bundle([run] * 20)["text/html"]
    assert len(page) < 60_000
    assert not re.search(r"<style|<script|\bid=|\bclass=|color:", page)


def test_a_run_without_a_picture_is_told_as_facts(tmp_path: Path) -> None:
    run = replace(made(tmp_path), status="failed", failure="the model was busy", images=())
    text = facts_bundle(run)["text/plain"]
    assert "failed: the model was busy" in text
    assert PROMPT in text


def test_costs_keep_origins_apart() -> None:
    costs = {"sandbox": Decimal("0.4"), "proxy.example": Decimal(2), "live": Decimal("1.2"), "other": Decimal(0)}
    assert money_by_origin(costs) == "$1.20 and $2.00 at proxy.example and $0.40 play money"
