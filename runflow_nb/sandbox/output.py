"""The `output` of a run that delivered, with links that are signed at each reading, or with its pictures inside."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from .easel import OUTPUT_PATH
from .links import Links
from .run import DELIVERED, Artifact, SandboxRun
from .switches import Switches

Output = dict[str, Any]


def linked_output(run: SandboxRun, now: float, links: Links, base_url: str, switches: Switches) -> Output | None:
    """None while there is none, and for `sync_mode`, which keeps none. `now`: monotonic seconds."""
    if run.status(now) not in DELIVERED or run.sync:
        return None
    urls = [
        links.sign(base_url, f"{OUTPUT_PATH}{run.id}/{each.path.name}", switches.link_lifetime)
        for each in run.painted.result().artifacts
    ]
    return _payload(run, urls, switches.report_seed)


async def read_output(run: SandboxRun, now: float, links: Links, base_url: str, switches: Switches) -> Output | None:
    """What reading the run shows: that of a `sync_mode` run holds `data:` URIs, where reads carry them at all."""
    if run.sync and switches.sync_mode == "read" and run.status(now) in DELIVERED:
        return await inline_output(run, switches)
    return linked_output(run, now, links, base_url, switches)


async def inline_output(run: SandboxRun, switches: Switches) -> Output:
    """Of a run that delivered, with `data:` URIs."""
    return await asyncio.to_thread(_inline, run, switches.report_seed)


def _inline(run: SandboxRun, report_seed: bool) -> Output:
    urls = [
        f"data:{each.mime};base64,{base64.b64encode(each.path.read_bytes()).decode()}"
        for each in run.painted.result().artifacts
    ]
    return _payload(run, urls, report_seed)


def _payload(run: SandboxRun, urls: list[str], report_seed: bool) -> Output:
    painted = run.painted.result()
    return {
        "outputs": [
            {"url": url, "type": each.kind, **_measures(each)}
            for url, each in zip(urls, painted.artifacts, strict=True)
        ],
        "model_data": {"description": painted.description},
        "nsfw_detected": False,
        "seed": run.seed if report_seed else None,
        "timing": {"inference_ms": round((run.duration() or 0) * 800)},
    }


def _measures(artifact: Artifact) -> dict[str, int | float]:
    """How large and how long it is, as far as that can be said of its kind."""
    measures = {"width": artifact.width, "height": artifact.height, "duration": artifact.duration}
    return {name: value for name, value in measures.items() if value is not None}
