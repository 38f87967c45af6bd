"""Events and journals as the engine writes them, for tests."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from runflow_nb.record.ids import new_id
from runflow_nb.record.journal import encode, moment
from runflow_nb.record.store import Store

MODEL = "google/nano-banana-2"
BEGIN = 1_767_225_600.0
"""2026-01-01T00:00:00Z"""


def sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def intent(run: str, *, prompt: str = "a red fox in the snow", **facts: Any) -> dict[str, Any]:
    asked = facts.get("seed_asked")
    sent = facts.pop("seed_sent", asked if asked is not None else 11)
    return {
        "event": "intent",
        "run": run,
        "session": "S",
        "origin": "live",
        "instance": None,
        "model": MODEL,
        "recipe": "sha256:1:" + sha(prompt),
        "input": {"prompt": prompt, "seed": sent, **facts.pop("input", {})},
        "seed_asked": None,
        "seed_sent": sent,
        "take": 1,
        "key": run,
        "estimate": {"amount": "0.08", "kind": "exact", "upper": "0.08"},
        "reserved": "0.08",
        "notebook": "fox.ipynb",
        "tags": [],
        "prompt_template": None,
        "metadata": None,
        "callback_url": None,
        "pictures": [],
        "warnings": [],
        **facts,
    }


def accepted(run: str, **facts: Any) -> dict[str, Any]:
    return {"event": "accepted", "run": run, "run_id": f"remote-{run}", "org_id": "org_1", **facts}


def finished(run: str, **facts: Any) -> dict[str, Any]:
    return {
        "event": "finished",
        "run": run,
        "run_id": f"remote-{run}",
        "status": "succeeded",
        "cost": "0.08",
        "seed_returned": 11,
        "duration": 12.5,
        "timing": {"inference": 9.1},
        "nsfw": False,
        "model_data": None,
        "failure": None,
        "outputs": [
            {
                "sha256": sha(run),
                "format": "png",
                "mime": "image/png",
                "width": 1024,
                "height": 1024,
                "bytes": 1_400_000,
            }
        ],
        "preview": {"key": sha(run)[:32], "mime": "image/jpeg", "width": 768, "height": 768},
        "notes": [],
        **facts,
    }


def buy(store: Store, **facts: Any) -> str:
    """A run that was bought and delivered; its id."""
    run = store.new_id()
    end = {name: facts.pop(name) for name in ("cost", "status", "duration", "outputs") if name in facts}
    store.journal.append(intent(run, **{"session": store.session, **facts}))
    store.journal.append(accepted(run))
    store.journal.append(finished(run, **end))
    return run


def write_journals(root: Path, runs: int, sessions: int, recipes: int) -> list[str]:
    """Journals of many delivered runs, as many sessions left them; the ids, oldest first."""
    folder = root / "journal"
    folder.mkdir(parents=True)
    ids = []
    for session in range(sessions):
        name = new_id(BEGIN + session * 3600)
        with (folder / f"{name}.jsonl").open("wb") as file:
            file.write(encode({"v": 1, "at": moment(BEGIN + session * 3600), "event": "session", "session": name}))
            for place in range(runs // sessions):
                number = session * (runs // sessions) + place
                at = BEGIN + session * 3600 + place * 20
                run = new_id(at)
                ids.append(run)
                recipe = number % recipes
                prompt = (
                    f"{recipe}: a red fox in the snow at dawn, 35 mm, soft light, with a long tail and a short shadow"
                )
                begun = intent(
                    run,
                    prompt=prompt,
                    session=name,
                    take=1 + number // recipes,
                    notebook=f"book{session % 50}.ipynb",
                    input={"resolution": "1K", "aspect_ratio": "16:9"},
                    seed_sent=number,
                )
                for delay, event in ((0, begun), (1, accepted(run)), (13, finished(run))):
                    file.write(encode({"v": 1, "at": moment(at + delay), **event}))
    return ids
