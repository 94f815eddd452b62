"""Of which types the parts of a request's JSON have to be: the first thing that Discord looks at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.sandbox.rules.problems import Mistake, Place


class Identifier:
    """A shape: digits, as a string or a number."""


# A shape is a type, a tuple of types, [a shape] for a list, {key: shape} for an object, or the name of one below.
# Every part may be null or absent; other keys are let through, as Discord does.
EMOJI = {"id": Identifier, "name": str, "animated": bool}
MEDIA = {"url": str}
SHAPES: dict[str, Any] = {
    "embed": {
        "title": str,
        "description": str,
        "url": str,
        "timestamp": str,
        "color": int,
        "image": MEDIA,
        "thumbnail": MEDIA,
        "author": {"name": str, "url": str, "icon_url": str},
        "footer": {"text": str, "icon_url": str},
        "fields": [{"name": str, "value": str, "inline": bool}],
    },
    "component": {
        "type": int,
        "id": int,
        "custom_id": str,
        "label": str,
        "style": int,
        "url": str,
        "emoji": EMOJI,
        "disabled": bool,
        "placeholder": str,
        "min_values": int,
        "max_values": int,
        "options": [{"label": str, "value": str, "description": str, "default": bool, "emoji": EMOJI}],
        "content": str,
        "components": ["component"],
        "accessory": "component",
        "component": "component",
    },
    "message": {
        "content": str,
        "nonce": (str, int),
        "enforce_nonce": bool,
        "tts": bool,
        "flags": int,
        "embeds": ["embed"],
        "components": ["component"],
        "allowed_mentions": {"parse": [str], "users": [Identifier], "roles": [Identifier], "replied_user": bool},
        "message_reference": {"message_id": Identifier, "channel_id": Identifier, "fail_if_not_exists": bool},
        "poll": {
            "question": {"text": str},
            "answers": [{"poll_media": {"text": str, "emoji": EMOJI}}],
            "duration": int,
            "allow_multiselect": bool,
            "layout_type": int,
        },
        "attachments": [{"id": Identifier, "filename": str, "description": str}],
    },
    "option": {
        "type": int,
        "name": str,
        "description": str,
        "required": bool,
        "autocomplete": bool,
        "choices": [{"name": str, "value": (str, int, float)}],
        "options": ["option"],
        "channel_types": [int],
        "min_value": (int, float),
        "max_value": (int, float),
        "min_length": int,
        "max_length": int,
    },
    "command": {
        "type": int,
        "name": str,
        "description": str,
        "options": ["option"],
        "default_member_permissions": (str, int),
        "contexts": [int],
        "integration_types": [int],
        "nsfw": bool,
    },
}
SHAPES |= {
    "webhook message": {**SHAPES["message"], "username": str, "thread_name": str, "applied_tags": [Identifier]},
    "overwrite": {"id": Identifier, "type": int, "allow": Identifier, "deny": Identifier},
    "tag": {"id": Identifier, "name": str, "moderated": bool, "emoji_id": Identifier, "emoji_name": str},
    "place": {"id": Identifier, "position": int, "parent_id": Identifier},
    "channel": {
        "name": str,
        "type": int,
        "topic": str,
        "nsfw": bool,
        "rate_limit_per_user": int,
        "position": int,
        "parent_id": Identifier,
        "permission_overwrites": ["overwrite"],
        "available_tags": ["tag"],
        "flags": int,
    },
    "thread": {
        "name": str,
        "type": int,
        "auto_archive_duration": int,
        "rate_limit_per_user": int,
        "archived": bool,
        "locked": bool,
        "invitable": bool,
        "applied_tags": [Identifier],
        "message": "message",
    },
    "guild": {"name": str, "preferred_locale": str},
    "role": {
        "name": str,
        "permissions": Identifier,
        "color": int,
        "colors": {"primary_color": int},
        "hoist": bool,
        "mentionable": bool,
    },
    "member": {"nick": str, "roles": [Identifier], "communication_disabled_until": str},
    "webhook": {"name": str, "channel_id": Identifier},
    "invite": {"max_age": int, "max_uses": int, "temporary": bool, "unique": bool, "target_type": int},
}
SHAPES["channel or thread"] = SHAPES["channel"] | SHAPES["thread"]
NAMES: dict[type, str] = {str: "string", int: "int", float: "float", bool: "boolean", Identifier: "snowflake"}


def shape_mistakes(value: Any, shape: Any, place: Place = ()) -> Iterator[Mistake]:
    """Where `value` is not of the shape."""
    if value is None:
        return
    if isinstance(shape, str):
        shape = SHAPES[shape]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield place, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"
            return
        for key, inner in shape.items():
            yield from shape_mistakes(value.get(key), inner, (*place, key))
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield place, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"
            return
        for number, each in enumerate(value):
            yield from shape_mistakes(each, shape[0], (*place, number))
            if each is None:
                yield (*place, number), "BASE_TYPE_REQUIRED", "This field is required"
    else:
        yield from _scalar_mistakes(value, shape if isinstance(shape, tuple) else (shape,), place)


def _scalar_mistakes(value: Any, kinds: tuple[type, ...], place: Place) -> Iterator[Mistake]:
    if isinstance(value, bool) and bool not in kinds:
        fits = False
    elif kinds == (Identifier,):
        fits = str(value).isdecimal()
    else:
        # A whole number may be written 1.0, as discord.py does for a poll's duration.
        fits = isinstance(value, kinds) or (int in kinds and isinstance(value, float) and value.is_integer())
    if fits and isinstance(value, int) and abs(value) >= 1 << 63:
        yield place, "NUMBER_TYPE_MAX", "int value should be less than or equal to 9223372036854775807."
    if not fits:
        name = NAMES[kinds[0]]
        yield place, f"{name.upper()}_TYPE_CONVERT", f'Could not interpret "{value}" as {name}.'
