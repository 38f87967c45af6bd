"""Uploads in three steps, and reading an asset."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import FileResponse, JSONResponse, Response

from ..assets import MAXIMUM, Asset, kind_of, sniff
from ..easel import ASSET_PATH
from ..identity import is_uuid
from ..refusal import FieldError, Refusal, invalid
from .call import Call
from .files import check_link

UPLOAD_PATH = "/sandbox/uploads/"


async def declare(call: Call) -> Response:
    """Step one: what is to come, and where to put it."""
    desk = call.desk
    asset = desk.assets.declare(call.org_id, await call.json())
    url = desk.links.sign(call.base_url, UPLOAD_PATH + asset.id, desk.switches.assets.uploads, "PUT")
    return JSONResponse({"asset_id": asset.id, "upload_url": url}, 201)


async def put_bytes(call: Call) -> Response:
    """Step two: the bytes, with the declared type and without a key."""
    check_link(call, "PUT")
    asset = call.desk.assets.get(call.param("asset_id"))
    if call.request.headers.get("content-type") != asset.mime:
        raise Refusal(403, "SIGNATURE_INVALID", f"this address was signed for Content-Type {asset.mime}")
    data = await call.raw(MAXIMUM)
    await asyncio.to_thread(asset.path.write_bytes, data)
    return Response(status_code=int(call.desk.switches.assets.put))


async def confirm(call: Call) -> Response:
    """Step three: look at what came, and make it usable."""
    body = await call.json()
    folder_id = body.get("folder_id") if isinstance(body, dict) else ""
    if folder_id is not None and not (isinstance(folder_id, str) and is_uuid(folder_id)):
        raise invalid([FieldError(("body", "folder_id"), "takes a UUID or null")])
    asset = call.desk.assets.get(call.param("asset_id"), call.org_id)
    if asset.confirmed and call.desk.switches.assets.again == "refused":
        raise Refusal(409, "ALREADY_CONFIRMED", "this upload is confirmed already")
    if not asset.path.exists():
        raise invalid([FieldError(("path", "asset_id"), "nothing was uploaded for this asset yet")])
    asset.size = asset.path.stat().st_size
    found = await asyncio.to_thread(sniff, asset.path)
    asset.mime = found or asset.mime
    asset.folder_id = folder_id
    asset.confirmed = True
    return JSONResponse(_record(call, asset), 201)


async def get_asset(call: Call) -> Response:
    asset = call.desk.assets.get(call.param("asset_id"), call.org_id)
    if not asset.confirmed:
        raise Refusal(404, "ASSET_NOT_FOUND", "no such asset")
    return JSONResponse(_record(call, asset))


async def list_types(call: Call) -> Response:
    """What can be uploaded; no page shows the answer."""
    switches = call.desk.switches.assets
    match switches.listing:
        case "names":
            return JSONResponse(list(switches.types))
        case "kinds":
            kinds = dict.fromkeys(kind_of(mime) for mime in switches.types)
            return JSONResponse({kind: [mime for mime in switches.types if kind_of(mime) == kind] for kind in kinds})
        case _:
            return JSONResponse({"items": [{"mime_type": one, "asset_type": kind_of(one)} for one in switches.types]})


async def get_bytes(call: Call) -> Response:
    """What a signed link to an asset leads to."""
    check_link(call)
    asset = call.desk.assets.get(call.param("asset_id"))
    return FileResponse(asset.path, media_type=asset.mime)


def _record(call: Call, asset: Asset) -> dict[str, Any]:
    lifetime = call.desk.switches.assets.links
    return asset.record(call.desk.links.sign(call.base_url, ASSET_PATH + asset.id, lifetime))
