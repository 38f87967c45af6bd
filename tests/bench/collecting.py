"""A process that brings four 4K originals home in one of several ways, and prints by how many MB its peak grew.

python -m tests.bench.collecting WAY URL FOLDER
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
from PIL import Image

from runflow_nb import generate
from runflow_nb.record.preview import LONGEST
from tests.bench import bare
from tests.bench.photographs import SIDES, photograph
from tests.bench.product import connected

FOUR = {"resolution": "4K", "output_format": "png", "num_images": 4}
LARGE = Image.Resampling.BICUBIC


def links(url: str, http: httpx.Client) -> list[str]:
    """Where four such pictures are."""
    run = http.post(f"{url}/v1/models/{bare.MODEL}/runs", json=bare.body("four foxes", **FOUR)).json()
    while not run["completed_at"]:
        run = http.get(f"{url}/v1/runs/{run['id']}").json()
    return [output["url"] for output in run["output"]["outputs"]]


def product(url: str, folder: Path, previews: bool) -> float:
    with connected(url, folder, previews=previews):
        generate("one small fox", **bare.SMALLEST)
        return peak_of(lambda: generate("four foxes", **FOUR))


def bare_httpx(url: str, folder: Path, streamed: bool) -> float:
    with httpx.Client(headers=bare.HEADERS, trust_env=False, timeout=60) as http:
        http.get(f"{url}/v1/health")
        found = links(url, http)

        def stream() -> None:
            for number, link in enumerate(found):
                with http.stream("GET", link) as answer, (folder / f"{number}.png").open("wb") as file:
                    for chunk in answer.iter_bytes():
                        file.write(chunk)

        return peak_of(stream if streamed else lambda: [http.get(link).content for link in found])


def decode(folder: Path) -> float:
    path = folder / "one.png"
    path.write_bytes(photograph(SIDES["4K"], SIDES["4K"], "png"))
    photograph.cache_clear()

    def shrink() -> None:
        with Image.open(path) as picture:
            picture.resize((LONGEST, LONGEST), LARGE, reducing_gap=2.0).save(io.BytesIO(), "JPEG")

    return peak_of(shrink)


def peak_of(work: Callable[[], object]) -> float:
    """MB by which the peak of this process lies above what it held before."""
    Path("/proc/self/clear_refs").write_text("5")  # sets the peak back to what is held now
    before = _status("VmHWM")
    held = work()
    grown = _status("VmHWM") - before
    del held
    return grown


def _status(name: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    way, address, place = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    ways: dict[str, Callable[[], float]] = {
        "streamed": lambda: product(address, place, previews=False),
        "with preview": lambda: product(address, place, previews=True),
        "stream": lambda: bare_httpx(address, place, streamed=True),
        "content": lambda: bare_httpx(address, place, streamed=False),
        "decode": lambda: decode(place),
    }
    print(ways[way]())
