"""A picture that is flagged as not safe for work is hidden until it is asked for."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image, ImageChops

from runflow_nb.sandbox.embedded import EmbeddedSandbox
from tests.http_server import Heard, HttpServer, relay
from tests.notebook.kernel import Kernel, Ran


def detail(ran: Ran) -> float:
    """How much neighbouring pixels differ: next to nothing where a picture is blurred."""
    (picture,) = ran.pictures
    gray = Image.open(io.BytesIO(base64.b64decode(picture["image/jpeg"]))).convert("L")
    moved = ImageChops.difference(gray, ImageChops.offset(gray, 1, 0)).crop((1, 0, *gray.size))
    return sum(value * count for value, count in enumerate(moved.histogram())) / (moved.width * moved.height)


def flagging(_: Heard, answer: Any) -> Any:
    if answer.get("output"):
        answer["output"]["nsfw_detected"] = True
    return answer


def test_it_is_blurred_until_it_is_asked_for(kernel: Kernel, sandbox: EmbeddedSandbox) -> None:
    """`--show` shows it in that cell only, buys nothing, and what the store keeps for readers stays blurred."""
    cell = "%%nanobanana -r 0.5K --seed 8 {}\nA flagged stork among reeds"
    with HttpServer(relay(sandbox.url, flagging, token="sandbox")) as server:
        kernel.run(f"%runflow connect {server.url}")
        hidden = kernel.run(cell.format(""))
        shown = kernel.run(cell.format("--show"))
        after = kernel.run(cell.format(""))
    assert detail(hidden) * 2 < detail(shown)
    assert "the preview is blurred, --show shows it" in hidden.text
    assert "Flagged as not safe for work" in shown.text
    assert "blurred" not in shown.text
    assert after.outputs == hidden.outputs
    assert sum("flagged stork" in received.body["input"].get("prompt", "") for received in sandbox.book.received) == 1
