"""Discord's limits on files and on what is said about them (reference: Uploading Files)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.sandbox.rules.problems import Mistake, Place
from bot.sandbox.rules.validate import too_long

FILE_LIMIT_BYTES = 10 * 1024 * 1024
FILES = 10
DESCRIPTION, FILENAME = 1024, 1024


def attachment_mistakes(listed: list[Any], place: Place = ("attachments",)) -> Iterator[Mistake]:
    """The mistakes in a message's list of attachments, whatever they stand for."""
    if len(listed) > FILES:
        yield too_long(place, FILES)
    for number, each in enumerate(listed):
        if not isinstance(each, dict):
            yield (*place, number), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"
            continue
        for key, limit in (("description", DESCRIPTION), ("filename", FILENAME)):
            if isinstance(each.get(key), str) and len(each[key]) > limit:
                yield too_long((*place, number, key), limit)


def missing_attachments(listed: list[Any], present: set[str], place: Place = ("attachments",)) -> Iterator[Mistake]:
    """Those that are neither among the files sent nor on the message already, by identifier."""
    for number, each in enumerate(listed):
        if str(each.get("id")) not in present:
            text = f"Attachment data not found for id {each.get('id')}"
            yield (*place, number, "id"), "ATTACHMENT_NOT_FOUND", text
