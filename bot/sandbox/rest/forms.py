"""A request's body: JSON, or a form of `payload_json` and `files[n]` (reference: Uploading Files)."""

from __future__ import annotations

import json
import re
from typing import Any

from aiohttp import BodyPartReader, web

from bot.sandbox.members.options import Upload
from bot.sandbox.records import Attachment, Json
from bot.sandbox.rules.problems import ApiError, invalid_form, too_large
from bot.sandbox.rules.uploads import FILE_LIMIT_BYTES, FILES, attachment_mistakes
from bot.sandbox.state.world import World

REQUEST_LIMIT_BYTES = 25 * 1024 * 1024  # of the whole request
FILE_PART = re.compile(r"files\[(\d{1,9})\]")
CHUNK_BYTES = 1 << 16


async def read(request: web.Request, world: World) -> tuple[Any, list[Attachment]]:
    """The JSON ({} without any) and the files; raises what Discord answers to what it cannot read."""
    if request.content_type == "multipart/form-data":
        return await _read_form(request, world)
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise too_large() from None
    if not raw:
        return {}, []
    if request.content_type != "application/json":
        text = "Expected \"Content-Type\" header to be one of {'application/json'}."
        raise invalid_form([((), "CONTENT_TYPE_INVALID", text)])
    return _json(raw), []


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None


async def _read_form(request: web.Request, world: World) -> tuple[Any, list[Attachment]]:
    if "boundary" not in request.headers["Content-Type"]:
        raise invalid_form([((), "CONTENT_TYPE_INVALID", "The form has no boundary.")])
    body: Json = {}
    uploads: dict[str, Upload] = {}
    left = REQUEST_LIMIT_BYTES
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        name, data = part.name or "", await _data(part, left)
        left -= len(data)
        if name == "payload_json":
            body = _json(data)
        elif part.filename is None:
            body[name] = data.decode(errors="replace")  # a plain field, as in `content=hello`
        else:
            number = FILE_PART.fullmatch(name)
            uploads[number[1] if number else name] = Upload(_safe(part.filename), data)
    if not isinstance(body, dict):
        raise invalid_form([((), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")])
    return body, _attached(body, uploads, world)


async def _data(part: BodyPartReader, left: int) -> bytes:
    """The part's bytes; raises as soon as it is too large for a file, or for what is left of the request."""
    data = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        data += chunk
        if len(data) > min(FILE_LIMIT_BYTES, left):
            raise too_large()
    return bytes(data)


def _safe(filename: str) -> str:
    """Discord keeps letters, digits, "_", "-" and "." of a file's name."""
    return re.sub(r"[^\w.-]+", "_", filename) or "unknown"


def _attached(body: Json, uploads: dict[str, Upload], world: World) -> list[Attachment]:
    """The files, with what the body's list of attachments says about them by their number."""
    if len(uploads) > FILES:
        raise ApiError(400, 30015, f"Maximum number of attachments in a message reached ({FILES})")
    holder, place = _holder(body)
    listed = holder.get("attachments") or []
    if isinstance(listed, list):
        if mistakes := list(attachment_mistakes(listed, (*place, "attachments"))):
            raise invalid_form(mistakes)
        notes = {str(each.get("id")): each for each in listed}
    else:
        notes = {}  # whoever reads the message's form says what is wrong with it
    files = []
    for number, upload in uploads.items():
        note = notes.get(number, {})
        attachment = upload.attached(world)
        attachment.filename = _safe(note.get("filename") or attachment.filename)
        attachment.description = note.get("description")
        attachment.number = number
        files.append(attachment)
    return files


def _holder(body: Json) -> tuple[Json, tuple[str, ...]]:
    """Where the message is in the body: itself, an interaction's `data`, or a forum post's `message`."""
    for key in ("data", "message"):
        if isinstance(body.get(key), dict):
            return body[key], (key,)
    return body, ()
