"""The request samples of the models' pages, with only host and picture address changed."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
from typing import Any
from urllib.parse import urlsplit

import pytest

from runflow_nb.sandbox.embedded import EmbeddedSandbox

from .conftest import caller

TREEHOUSE = (
    "A bioluminescent treehouse hotel suspended between ancient redwood trees at twilight. Three geodesic glass pods "
    "connected by vine-wrapped rope bridges, each pod glowing turquoise from within. Orchids and phosphorescent "
    "mushrooms grow on the bark. A narrow wooden staircase spirals up the trunk. Mist drifts through the canopy."
)
ANIME = (
    "Convert to Studio Ghibli anime style: soft watercolor textures, warm pastel lighting, the woman becomes an anime "
    "character with large expressive eyes, the monitors show hand-drawn code, the lamp glows with magical warmth, "
    "keep the same pose and composition"
)
HOOK = "https://your-server.com/webhook"
SAMPLES = {
    "google/nano-banana-2": {"input": {"prompt": TREEHOUSE}, "callback_url": HOOK},
    "google/nano-banana-pro/edit": {"input": {"prompt": ANIME, "image_urls": ["PICTURE"]}, "callback_url": HOOK},
}
NODE = """
const response = await fetch(
  "%(url)s",
  {
    method: "POST",
    headers: {
      "Authorization": "Bearer RUNFLOW_API_KEY",
      "Content-Type": "application/json",
    },
    body: JSON.stringify(%(body)s),
  }
);

const data = await response.json();
console.log(JSON.stringify(data));
"""
CURL = """
curl -sS -X POST %(url)s \\
  -H "Authorization: Bearer $RUNFLOW_API_KEY" \\
  -H "Content-Type: application/json" \\
  --data-binary @- <<'JSON'
%(body)s
JSON
"""


def as_requests_sends_it(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """What `requests.post(url, headers=..., json=...)` puts on the wire."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    headers = {
        "User-Agent": "python-requests/2.32.3",
        "Accept-Encoding": "gzip, deflate",
        "Accept": "*/*",
        "Connection": "keep-alive",
        "Authorization": "Bearer RUNFLOW_API_KEY",
        "Content-Type": "application/json",
    }
    try:
        connection.request("POST", parts.path, json.dumps(body).encode(), headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return answer


def as_node_sends_it(url: str, body: dict[str, Any]) -> dict[str, Any]:
    script = NODE % {"url": url, "body": json.dumps(body)}
    command = ["node", "--input-type=module", "-e", script]
    answer: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    return answer


def as_curl_sends_it(url: str, body: dict[str, Any]) -> dict[str, Any]:
    script = CURL % {"url": url, "body": json.dumps(body, indent=4)}
    environment = {**os.environ, "RUNFLOW_API_KEY": "RUNFLOW_API_KEY", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True, timeout=60, env=environment)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


SENDERS = {
    "python": as_requests_sends_it,
    "node": pytest.param(as_node_sends_it, marks=pytest.mark.skipif(not shutil.which("node"), reason="no node")),
    "curl": pytest.param(as_curl_sends_it, marks=pytest.mark.skipif(not shutil.which("curl"), reason="no curl")),
}


@pytest.mark.parametrize("model", SAMPLES)
@pytest.mark.parametrize("send", SENDERS.values(), ids=SENDERS)
def test_the_samples_of_the_pages_make_a_run(sandbox: EmbeddedSandbox, model: str, send: Any) -> None:
    with caller(sandbox, "RUNFLOW_API_KEY") as call:
        picture = call.made()["output"]["outputs"][0]["url"]
        body = json.loads(json.dumps(SAMPLES[model]).replace("PICTURE", picture))
        created = send(f"{sandbox.url}/v1/models/{model}/runs", body)
        assert created["status_code"] == "queued"
        assert (created["input"], created["callback_url"]) == (body["input"], HOOK)
        assert call.finish(created["id"])["status_code"] == "succeeded"
