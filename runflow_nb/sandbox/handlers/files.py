"""What signed links lead to. No key is asked for, and none is wanted."""

from __future__ import annotations

from starlette.responses import FileResponse, Response

from ..refusal import Refusal
from .call import Call


def check_link(call: Call, method: str = "GET") -> None:
    """Raises Refusal 403 for a forged or expired link; takes note of a key that was sent along."""
    if "authorization" in call.request.headers:
        call.desk.tally.keys_at_links += 1
    call.desk.links.check(call.request.url.path, call.request.query_params, "PUT" if method == "PUT" else "GET")


async def get_output(call: Call) -> Response:
    check_link(call)
    run = call.desk.runs.get(call.param("run_id"))
    for artifact in run.painted.result().artifacts if run and run.painted.done() else ():
        if artifact.path.name == call.param("name"):
            return FileResponse(artifact.path, media_type=artifact.mime)
    raise Refusal(404, "NOT_FOUND", "no such file")
