"""How long it takes to pack 200 runs with originals of 1K, and how much memory, beside zipping the very same files."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from runflow_nb.notebook.views.bundles import picture_bundle
from runflow_nb.notebook.views.packed_page import packed_page
from runflow_nb.pack.contents import gather
from runflow_nb.pack.packing import pack
from runflow_nb.pack.unpacking import unpack
from runflow_nb.record.preview import make_preview
from runflow_nb.record.store import Store
from tests.bench.photographs import photograph
from tests.bench.table import Row
from tests.bench.timing import alternate, ms, seconds
from tests.pack.made import bought, code_cell, saved

RUNS, SIDE = 200, 1024
TURNS = 5
MOST, MOST_READ_TWICE, SLACK = 1.5, 2.0, 24.0
"""Times the floor, the same for what is read twice; MB beyond it."""


def rows(folder: Path) -> list[Row]:
    large = notebook_with(folder / "here", RUNS)
    files = folder / "files"
    with zipfile.ZipFile(packed(large, folder / "first.zip")) as archive:
        archive.extractall(files)
        entries = [(entry.filename, entry.compress_type) for entry in archive.infolist()]

    def ours(turn: int) -> float:
        (folder / "ours.zip").unlink(missing_ok=True)
        return seconds(lambda: packed(large, folder / "ours.zip"))

    def floor(turn: int) -> float:
        (folder / "floor.zip").unlink(missing_ok=True)
        return seconds(lambda: zipped(files, entries, folder / "floor.zip"))

    ours(0), floor(0)
    pairs = alternate(ours, floor, TURNS)
    size = (folder / "ours.zip").stat().st_size / 1e6
    found = [
        Row(
            f"pack of {RUNS} runs with 1K originals",
            ms(pairs.middle),
            f"{ms(pairs.floor_middle)} zipfile, the same files",
            pairs.ratio,
            f"<= {MOST} x",
            pairs.ratio <= MOST,
            f"{size:.0f} MB; looked through for keys, hashed and zipped; both sides write to the disk",
        )
    ]
    unpacking = alternate(
        lambda turn: seconds(lambda: unpacked(folder / "ours.zip", folder / f"there{turn}")),
        lambda turn: seconds(lambda: extracted(folder / "ours.zip", folder / f"extracted{turn}")),
        TURNS,
    )
    found.append(
        Row(
            "  unpacked again",
            ms(unpacking.middle),
            f"{ms(unpacking.floor_middle)} zipfile, each file synced",
            unpacking.ratio,
            f"<= {MOST_READ_TWICE} x",
            unpacking.ratio <= MOST_READ_TWICE,
            "read twice: every hash is compared before anything is written",
        )
    )
    if Path("/proc/self/clear_refs").exists():
        few, many = (grown(large, folder / "memory.zip", how) for how in ("previews-only", "whole"))
        found.append(
            Row(
                "  memory of packing",
                f"{many:.0f} MB",
                f"{few:.0f} MB without the originals",
                many / few,
                f"<= floor + {SLACK:.0f} MB",
                many <= few + SLACK,
                f"growth of the process's peak; the notebook, which is read as a whole, has "
                f"{large.stat().st_size / 1e6:.0f} MB, the originals {size:.0f} MB",
            )
        )
    return found


def notebook_with(folder: Path, count: int) -> Path:
    """A notebook with so many runs, each with its picture in an output."""
    folder.mkdir()
    store = Store(folder / ".runflow")
    data = photograph(SIDE, SIDE, "png")
    (folder / "one.png").write_bytes(data)
    small = make_preview([folder / "one.png"]).data
    tails = [f"{number:06}".encode() for number in range(count)]
    runs = [
        bought(store, number, prompt=f"{number}: a photograph", data=data + tail, small=small + tail)
        for number, tail in enumerate(tails)
    ]
    cells = []
    for run in store.index.runs(runs):
        output = {"output_type": "display_data", "metadata": {}, "data": picture_bundle(run)[0]}
        cells.append({**code_cell(f"%nanobanana {run.prompt}"), "outputs": [output]})
    store.close()
    return saved(folder / "fox.ipynb", *cells)


def packed(notebook: Path, target: Path, previews_only: bool = False) -> Path:
    store = Store(notebook.parent / ".runflow")
    pack(gather(store, notebook, None, previews_only=previews_only), target, packed_page, "bench")
    return target


def zipped(folder: Path, entries: list[tuple[str, int]], target: Path) -> None:
    with target.open("wb") as stream:
        with zipfile.ZipFile(stream, "w") as archive:
            for name, method in entries:
                archive.write(folder / name, name, compress_type=method)
        stream.flush()
        os.fsync(stream.fileno())


def unpacked(archive: Path, folder: Path) -> None:
    folder.mkdir()
    unpack(archive, folder, Store(folder / ".runflow"), None)


def extracted(source: Path, folder: Path) -> None:
    with zipfile.ZipFile(source) as archive:
        for name in archive.namelist():
            descriptor = os.open(archive.extract(name, folder), os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)


def grown(notebook: Path, target: Path, how: str) -> float:
    """MB by which the peak of a process grows that packs this."""
    command = [sys.executable, "-m", "tests.bench.packing", str(notebook), str(target), how]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    from tests.bench.collecting import peak_of

    print(peak_of(lambda: packed(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "previews-only")))
