"""Notebooks with runs on a real disk, packs of them, and packs that somebody forged."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from runflow_nb.models.catalog import CATALOG
from runflow_nb.models.request import recipe
from runflow_nb.notebook.views.packed_page import packed_page
from runflow_nb.notebook.views.run_record import MIME, record
from runflow_nb.pack.contents import gather
from runflow_nb.pack.packing import default_target, pack
from runflow_nb.record.formats import facts as picture_facts
from runflow_nb.record.store import Store
from runflow_nb.secret import Secret
from tests.record.made import MODEL, accepted, finished, intent, sha

TOOL = "runflow_nb test"


def picture(colour: int, kind: str = "PNG", **extra: Any) -> bytes:
    """A small picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (colour % 256, colour // 256 % 256, 7)).save(buffer, kind, **extra)
    return buffer.getvalue()


def bought(store: Store, number: int, *, notebook: str | None = "fox.ipynb", **facts: Any) -> str:
    """A delivered run with its original and preview in the store; its id."""
    run = store.new_id()
    nsfw = facts.pop("nsfw", False)
    data = facts.pop("data", None) or picture(number)
    small = facts.pop("small", None) or picture(number * 40, "JPEG")
    original = store.images.put(data)
    key = store.keep_preview(small, "image/jpeg")
    pictures = [
        {"digest": f"sha256:{one.sha256}", "name": name, "source": "file", "sent": "inline", "file": one.sha256}
        for name, one in ((name, store.images.put(given)) for name, given in facts.pop("given", {}).items())
    ]
    digests = [str(one["digest"]) for one in pictures]
    spec = CATALOG[f"{MODEL}/edit" if digests else MODEL]
    facts = {"prompt": "a red fox in the snow", **facts, "model": spec.id}
    facts |= {"input": {"image_urls": digests}} if digests else {}
    digest = recipe(spec, {"prompt": facts["prompt"]}, digests)
    begun = intent(run, session=store.session, notebook=notebook, pictures=pictures, recipe=digest, **facts)
    store.journal.append(begun)
    for one in pictures:
        store.journal.append({"event": "input", "notebook": notebook, "name": one["name"], "digest": one["digest"]})
    store.journal.append(accepted(run))
    (width, height), sizes = sizes_of(data), sizes_of(small)
    output = {"sha256": original.sha256, "format": "png", "mime": "image/png", "width": width, "height": height}
    preview = {"key": key, "mime": "image/jpeg", "width": sizes[0], "height": sizes[1]}
    store.journal.append(finished(run, outputs=[{**output, "bytes": len(data)}], preview=preview, nsfw=nsfw))
    return run


def sizes_of(data: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    known = picture_facts(data)
    return known.width, known.height


def code_cell(source: str, store: Store | None = None, runs: Iterable[str] = ()) -> dict[str, Any]:
    """A code cell, with the records of these runs in its outputs."""
    known = store.index.runs(list(runs)) if store is not None else []
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": [run.prompt], MIME: record([run])}}
        for run in known
    ]
    cell: dict[str, Any] = {"cell_type": "code", "id": sha(source)[:8], "execution_count": None, "metadata": {}}
    return {**cell, "source": source.splitlines(keepends=True), "outputs": outputs}


def saved(path: Path, *cells: Mapping[str, Any], **metadata: Any) -> Path:
    """A notebook with these cells, on the disk."""
    notebook = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def fox_notebook(folder: Path) -> tuple[Path, Store, list[str]]:
    """A notebook with two runs, one of them made from a local picture; its store; the ids."""
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(folder / ".runflow")
    runs = [
        bought(store, 1),
        bought(store, 2, prompt="the same at night", given={"photo.png": picture(99)}),
    ]
    path = saved(folder / "fox.ipynb", code_cell("%%nanobanana\na red fox in the snow", store, runs))
    return path, store, runs


def packed(notebook: Path, store: Store, target: Path | None = None, key: Secret | None = None, **how: Any) -> Path:
    """The pack of a notebook."""
    target = target or default_target(notebook)
    pack(gather(store, notebook, key, **how), target, packed_page, TOOL)
    return target


def entries(path: Path) -> dict[str, bytes]:
    """Name -> content of all files of a zip."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def manifest_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The manifest of these files, as JSON."""
    told: dict[str, Any] = json.loads(files["manifest.json"])
    return told


def resealed(files: Mapping[str, bytes], change: Callable[[dict[str, Any]], None] | None = None) -> dict[str, bytes]:
    """These files with a manifest that fits them; `change` is made to it at the end."""
    told = manifest_of(files)
    told["files"] = {
        name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
        if name != "manifest.json"
    }
    if change is not None:
        change(told)
    return {**files, "manifest.json": json.dumps(told).encode()}


def zipped(path: Path, files: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    """A zip of these files, whatever they are called."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path


def tree(folder: Path) -> dict[str, tuple[bytes, int] | None]:
    """All that lies in a folder, to the byte and the ns; lock files, which say nothing, left out."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if path.parent.name != "locks"
    }
