"""What a member picks in a select, a group of boxes or a field for files: as many as it takes, of what it offers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.members.options import Resolver, Upload, WrongUse
from bot.sandbox.records import Channel, Json, Role, User
from bot.sandbox.rules.components import CHECKBOX_GROUP, FILE_UPLOAD, RADIO_GROUP, STRING_SELECT

OFFERED = frozenset({STRING_SELECT, RADIO_GROUP, CHECKBOX_GROUP})  # the bot lists what can be chosen
FITTING = {5: (User,), 6: (Role,), 7: (User, Role), 8: (Channel,), FILE_UPLOAD: (Upload,)}


def picked(field: Json, given: Sequence[object], resolver: Resolver, *, may_be_empty: bool = False) -> list[str]:
    """The values as the interaction carries them; raises WrongUse for what a real client would not send."""
    if not given and may_be_empty:
        return []
    name = field["custom_id"]
    low, high = bounds(field)
    if not low <= len(given) <= high:
        raise WrongUse(f"{name} takes {low} to {high} values")
    if len({_identity(value) for value in given}) != len(given):
        raise WrongUse(f"{name} takes each value once")
    if field["type"] in OFFERED:
        return [_offered(field, value) for value in given]
    return [resolver.thing(_fitting(field, value)) for value in given]


def bounds(field: Json) -> tuple[int, int]:
    """How few and how many: 1 and 1 unless the field says so, and for boxes as many as there are."""
    most = len(field["options"]) if field["type"] == CHECKBOX_GROUP else 1
    low, high = field.get("min_values"), field.get("max_values")
    return 1 if low is None else low, most if high is None else high


def by_default(field: Json, resolver: Resolver) -> list[object]:
    """What stands in the field before anybody touches it."""
    things: list[object] = [resolver.of_default(each) for each in field.get("default_values") or ()]
    return things or [option["value"] for option in field.get("options") or () if option.get("default")]


def _identity(value: object) -> object:
    return value.id if isinstance(value, User | Role | Channel) else value


def _offered(field: Json, value: object) -> str:
    known = [option["value"] for option in field["options"]]
    if value not in known:
        raise WrongUse(f"{field['custom_id']} has no option {value!r}; there are: {', '.join(known)}")
    return str(value)


def _fitting(field: Json, value: object) -> object:
    if not isinstance(value, FITTING[field["type"]]):
        raise WrongUse(f"{field['custom_id']} does not take {value!r}")
    kinds = field.get("channel_types")
    if isinstance(value, Channel) and kinds and value.kind not in kinds:
        raise WrongUse(f"{field['custom_id']} does not take this type of channel")
    return value
