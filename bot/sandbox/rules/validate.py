"""Discord's limits on messages. Each function lists the mistakes; none means it would be taken.

Numbers: resources/message "Embed Limits" and "Create Message"; components/reference.
Lengths count code points (Discord does not say which unit it uses).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.sandbox.records import COMPONENTS_V2, Json
from bot.sandbox.rules.problems import Mistake, Place

CONTENT = 2000
EMBEDS = 10
EMBEDS_TOTAL = 6000
NONCE = 25
TEXTS = {"title": 256, "description": 4096}
PARTS = {"footer": ("text", 2048), "author": ("name", 256)}
FIELDS = 25
FIELD_TEXTS = {"name": 256, "value": 1024}
URL_LENGTH = 2048
URLS = (
    ("url",),
    ("image", "url"),
    ("thumbnail", "url"),
    ("author", "url"),
    ("author", "icon_url"),
    ("footer", "icon_url"),
)
SCHEMES = ("http://", "https://", "attachment://")


def too_long(place: Place, limit: int) -> Mistake:
    return place, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length."


def required(place: Place) -> Mistake:
    return place, "BASE_TYPE_REQUIRED", "This field is required"


def bad_length(place: Place, low: int, high: int) -> Mistake:
    return place, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length."


def message_mistakes(body: Json) -> Iterator[Mistake]:
    """The mistakes in a message's JSON (Create Message, Edit Message, interaction responses, follow-ups)."""
    if len(body.get("content") or "") > CONTENT:
        yield too_long(("content",), CONTENT)
    if len(str(body.get("nonce") or "")) > NONCE:
        yield too_long(("nonce",), NONCE)
    embeds = body.get("embeds") or []
    if len(embeds) > EMBEDS:
        yield too_long(("embeds",), EMBEDS)
    for place, embed in enumerate(embeds):
        yield from embed_mistakes(embed, ("embeds", place))
    if sum(embed_size(embed) for embed in embeds) > EMBEDS_TOTAL:
        yield ("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBEDS_TOTAL}"
    yield from _allowed_mentions_mistakes(body.get("allowed_mentions") or {})
    if (body.get("flags") or 0) & COMPONENTS_V2:
        for key in ("content", "embeds"):
            if body.get(key):
                text = f"The 'MessageFlags.IS_COMPONENTS_V2' flag cannot be used with {key}"
                yield (key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", text


def embed_size(embed: Json) -> int:
    """The characters that count against the 6,000 of all embeds of a message."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get(part) or {}).get(key) for part, (key, _) in PARTS.items()]
    texts += [field.get(key) for field in embed.get("fields") or [] for key in FIELD_TEXTS]
    return sum(len(text or "") for text in texts)


def embed_mistakes(embed: Json, place: Place) -> Iterator[Mistake]:
    for key, limit in TEXTS.items():
        if len(embed.get(key) or "") > limit:
            yield too_long((*place, key), limit)
    for part, (key, limit) in PARTS.items():
        if embed.get(part) is None:
            continue
        text = embed[part].get(key)
        if part == "author" and not text:
            yield required((*place, part, key))
        if len(text or "") > limit:
            yield too_long((*place, part, key), limit)
    yield from _field_mistakes(embed.get("fields") or [], (*place, "fields"))
    yield from _url_mistakes(embed, place)
    yield from _scalar_mistakes(embed, place)


def _field_mistakes(fields: list[Json], place: Place) -> Iterator[Mistake]:
    if len(fields) > FIELDS:
        yield too_long(place, FIELDS)
    for number, field in enumerate(fields):
        for key, limit in FIELD_TEXTS.items():
            text = field.get(key)
            if not text or not str(text).strip():
                yield required((*place, number, key))
            elif len(text) > limit:
                yield too_long((*place, number, key), limit)


def _url_mistakes(embed: Json, place: Place) -> Iterator[Mistake]:
    for path in URLS:
        value: Any = embed
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            continue
        if len(value) > URL_LENGTH:
            yield too_long((*place, *path), URL_LENGTH)
        elif not _is_url(value):
            text = f"Scheme \"{value.partition(':')[0]}\" must be one of ('http', 'https')."
            yield (*place, *path), "URL_TYPE_INVALID_SCHEME" if ":" in value else "URL_TYPE_INVALID_URL", text


def _is_url(value: str) -> bool:
    scheme = next((each for each in SCHEMES if value.lower().startswith(each)), None)
    return scheme is not None and len(value) > len(scheme) and not any(char.isspace() for char in value)


def _scalar_mistakes(embed: Json, place: Place) -> Iterator[Mistake]:
    color = embed.get("color")
    if color is not None and not 0 <= int(color) <= 0xFFFFFF:
        yield (*place, "color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215."
    if stamp := embed.get("timestamp"):
        try:
            datetime.fromisoformat(stamp)
        except ValueError:
            yield (*place, "timestamp"), "DATETIME_TYPE_PARSE", f"Could not parse {stamp}. Should be ISO8601."


def _allowed_mentions_mistakes(allowed: Json) -> Iterator[Mistake]:
    for kind in ("users", "roles"):
        if allowed.get(kind) and kind in (allowed.get("parse") or ()):
            text = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            yield ("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", text
        if len(allowed.get(kind) or ()) > 100:
            yield too_long(("allowed_mentions", kind), 100)
