"""Reading a picture that somebody else made: the recipe, None, or an error of ours; never memory, never a crash."""

from __future__ import annotations

import io
import json
import os
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

import runflow_nb
from runflow_nb.errors import RecipeUnreadable
from runflow_nb.record.embedding import jpeg, png, webp
from runflow_nb.record.embedding.files import embedded, opened
from runflow_nb.record.embedding.splice import LARGEST_PACKET, Unsuited, pieces
from runflow_nb.record.embedding.text import dump
from runflow_nb.record.embedding.xmp import NAMESPACE, with_recipe, without_recipe
from tests.record.embedding.made import FOREIGN, KINDS, RECIPE, chunk, in_jpeg, in_png, in_webp, saved

XMP = b"http://ns.adobe.com/xap/1.0/\0"
FULL = replace(RECIPE, sha256="0" * 64)
MEMORY = 40 * 2**20
MANY, MOST = 2_000, 1_000
"""Blocks in a file that has too many, and those that are looked at here."""


def with_packet(packet: bytes) -> dict[str, bytes]:
    return {
        "png": in_png(saved("PNG"), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)),
        "jpeg": in_jpeg(saved("JPEG"), 0xE1, XMP + packet),
        "webp": in_webp(saved("WEBP"), b"XMP ", packet),
    }


def holding(text: str) -> bytes:
    packet = with_recipe(None, text)
    return in_png(saved("PNG"), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet))


def told(**changes: Any) -> str:
    return json.dumps({**json.loads(dump(FULL)), **changes})


@pytest.mark.parametrize("family", ["png", "jpeg", "webp"])
def test_a_packet_that_another_program_wrote_anew_is_read(family: str) -> None:
    """The property as an attribute, under another prefix, among others; in UTF-16 it is not found."""
    quoted = dump(FULL).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    packet = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:a="{NAMESPACE}" a:recipe="{quoted}"/></rdf:RDF></x:xmpmeta>'
    ).replace("\ufffe", "\\ufffe")
    read = runflow_nb.recipe_of(with_packet(packet.encode())[family])
    assert read is not None
    assert read.run == FULL.run
    assert runflow_nb.recipe_of(with_packet(packet.encode("utf-16"))[family]) is None


def test_a_compressed_packet_is_read() -> None:
    packet = zlib.compress(with_recipe(None, dump(FULL)))
    data = in_png(saved("PNG"), chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + packet))
    read = runflow_nb.recipe_of(data)
    assert read is not None
    assert read.prompt == FULL.prompt


def test_files_and_bytes(tmp_path: Path) -> None:
    """A path in either spelling; what is no picture has no recipe; what cannot be opened says so."""
    path = tmp_path / "fox.png"
    path.write_bytes(holding(dump(FULL)))
    assert runflow_nb.recipe_of(path) == runflow_nb.recipe_of(str(path)) == runflow_nb.recipe_of(path.read_bytes())
    assert runflow_nb.recipe_of(b"") is None
    assert runflow_nb.recipe_of(b"%PDF-1.4") is None
    assert runflow_nb.recipe_of(Path(__file__)) is None
    for missing in (tmp_path, tmp_path / "none.png"):
        with pytest.raises(OSError):  # noqa: PT011 - which one, the system says
            runflow_nb.recipe_of(missing)


def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    held = os.open(tmp_path / "pipe.png", os.O_RDWR)  # so that to open it does not wait, should it be tried
    try:
        with pytest.raises(OSError, match="no ordinary file"):
            runflow_nb.recipe_of(tmp_path / "pipe.png")
    finally:
        os.close(held)


BOMB = zlib.compress(with_recipe(None, dump(FULL)) + b" " * 200 * 2**20)
ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 2}">' for n in range(1, 40))
LAUGHS = (f'<!DOCTYPE l [<!ENTITY a0 "ha">{ENTITIES}]><x xmlns:a="{NAMESPACE}"><a:recipe>&a39;</a:recipe></x>').encode()
OUTSIDE = (
    f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x xmlns:a="{NAMESPACE}"><a:recipe>&e;</a:recipe></x>'
).encode()
PACKET = with_recipe(None, dump(FULL))


def endless_webp() -> bytes:
    data = with_packet(PACKET)["webp"]
    body = data[8:12] + b"abcd\0\0\0\0" * MANY + data[12:]
    return b"RIFF" + len(body).to_bytes(4, "little") + body


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a zip bomb": lambda: in_png(saved("PNG"), chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + BOMB)),
    "no zip": lambda: in_png(saved("PNG"), chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + b"nothing")),
    "a huge chunk": lambda: in_png(
        saved("PNG"), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET + b" " * LARGEST_PACKET)
    ),
    "a length that lies": lambda: saved("PNG")[:33] + b"\x7f\xff\xff\xff" + b"iTXt" + saved("PNG")[33:],
    "endless chunks": lambda: in_png(with_packet(PACKET)["png"], chunk(b"tEXt", b"") * MANY),
    "endless segments": lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * MANY + with_packet(PACKET)["jpeg"][2:],
    "endless fill bytes": lambda: b"\xff\xd8" + b"\xff" * MANY + with_packet(PACKET)["jpeg"][2:],
    "a segment of less than nothing": lambda: saved("JPEG")[:2] + b"\xff\xe1\0\0" + saved("JPEG")[2:],
    "a riff that lies": lambda: saved("WEBP")[:4] + b"\xff\xff\xff\xff" + saved("WEBP")[8:],
    "a chunk that lies": lambda: saved("WEBP")[:16] + b"\xff\xff\xff\x7f" + saved("WEBP")[20:],
    "endless webp chunks": lambda: endless_webp(),
}
UNREADABLE: dict[str, Callable[[], bytes]] = {
    "a billion laughs": lambda: with_packet(LAUGHS)["jpeg"],
    "an entity from outside": lambda: with_packet(OUTSIDE)["jpeg"],
    "elements without end": lambda: with_packet(NAMESPACE.encode() + b"<x>" * 20_000)["jpeg"],
    "an encoding that there is not": lambda: with_packet(
        f'<?xml version="1.0" encoding="klingon"?><x a="{NAMESPACE}"/>'.encode()
    )["webp"],
    "no JSON": lambda: holding("{"),
    "a deep JSON": lambda: holding("[" * 100_000),
    "a long JSON": lambda: holding(told(tool="x" * 2**20)),
    "a list": lambda: holding("[]"),
    "a number of a million digits": lambda: holding('{"schema":' + "9" * 1_000_000 + "}"),
    "no number": lambda: holding(told(take="1").replace('"1"', "NaN")),
    "another schema": lambda: holding(told(schema="1")),
    "a yes for a schema": lambda: holding(told(schema=True)),
    "a model that is none": lambda: holding(told(model="google/x\nimport os")),
    "a take that is none": lambda: holding(told(take=2**70)),
    "a name that is no field": lambda: holding(told(input={"a b": "c"})),
    "an input that is none": lambda: holding(told(input={"a": {"b": "c"}})),
    "half a character": lambda: holding(told(input={"a": "\ud800"})),
    "too many pictures": lambda: holding(told(pictures=["sha256:" + "a" * 64] * 500)),
    "a run that is none": lambda: holding(told(run="../../etc/passwd")),
    "a line break in a short text": lambda: holding(told(origin="live\nx")),
    "a day that there is not": lambda: holding(told(created_at="2026-02-31")),
    "a day before all days": lambda: holding(told(created_at="0001-01-01T00:00:00+14:00")),
    "no original": lambda: holding(told(original=None)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_containers_hold_nothing(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for container in (png, jpeg, webp):
        monkeypatch.setattr(container, "MOST_BLOCKS", MOST)
    path = tmp_path / "picture"
    path.write_bytes(HOSTILE[kind]())
    tracemalloc.start()
    try:
        assert runflow_nb.recipe_of(path) is None
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", UNREADABLE)
def test_hostile_recipes_are_refused_in_our_words(kind: str) -> None:
    data = UNREADABLE[kind]()
    tracemalloc.start()
    try:
        with pytest.raises(RecipeUnreadable) as refused:
            runflow_nb.recipe_of(data)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("packet", [LAUGHS, OUTSIDE])
def test_a_document_type_is_refused_at_its_first_sign(packet: bytes) -> None:
    with pytest.raises(RecipeUnreadable, match="it declares a document type"):
        runflow_nb.recipe_of(with_packet(packet)["jpeg"])


def test_a_newer_version_is_named() -> None:
    with pytest.raises(RecipeUnreadable, match="a newer version wrote it"):
        runflow_nb.recipe_of(holding(told(schema=2, input=None)))


def test_keys_that_others_wrote_are_not_read() -> None:
    read = runflow_nb.recipe_of(holding(told(input={"prompt": "a fox rf_live_abcdef"})))
    assert read is not None
    assert "rf_live" not in repr(read)
    assert read.left_out == ("prompt",)


@given(text=st.text(), foreign=st.sampled_from([None, FOREIGN]))
@example(text="]]></runflow:recipe>", foreign=FOREIGN)
@example(text="\ud800\uffff\x00", foreign=None)
def test_any_prompt_comes_back(text: str, foreign: bytes | None) -> None:
    """And the packet of others too."""
    recipe = replace(FULL, input={"prompt": text})
    packet = with_recipe(foreign, dump(recipe))
    assert without_recipe(packet) == foreign
    if any("\ud800" <= char <= "\udfff" for char in text):
        return
    read = runflow_nb.recipe_of(with_packet(packet)["webp"])
    assert read is not None
    assert read.prompt == text or read.left_out == ("prompt",)


FILES = {kind: make() for kind, make in KINDS.items()}


@given(data=st.data(), kind=st.sampled_from(sorted(FILES)), recipe=st.booleans())
@given_settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_damaged_files_are_read_or_not_and_nothing_else(data: st.DataObject, kind: str, recipe: bool) -> None:
    """Bytes changed, cut out and put in; also that what is put in can be taken out again, wherever it can be put in."""
    whole = bytearray(FILES[kind])
    if recipe:
        whole = bytearray(put_in(bytes(whole)) or whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, min(len(whole), 1500)))
        gone = data.draw(st.integers(0, 8))
        whole[at : at + gone] = data.draw(st.binary(max_size=8))
    damaged = bytes(whole)
    with suppress(RecipeUnreadable):
        runflow_nb.recipe_of(damaged)
    copy = None if recipe else put_in(damaged)
    if copy is not None:
        assert damaged in list(taken_out(copy))


def put_in(data: bytes) -> bytes | None:
    source = io.BytesIO(data)
    try:
        found = opened(source)
        return None if found is None else b"".join(pieces(embedded(*found, dump(FULL)), source))
    except Unsuited:
        return None


def taken_out(data: bytes) -> list[bytes]:
    source = io.BytesIO(data)
    found = opened(source)
    assert found is not None
    container, layout = found
    assert layout.packet is not None
    rest = without_recipe(layout.packet.body)
    candidates = container.without(layout) if rest is None else (container.placed(layout, rest),)
    return [b"".join(pieces(parts, source)) for parts in candidates]
