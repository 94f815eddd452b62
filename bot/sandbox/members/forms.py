"""A modal filled in by a member, as the interaction carries it."""

from __future__ import annotations

from bot.sandbox.members.choosing import by_default, picked
from bot.sandbox.members.options import Resolver, WrongUse
from bot.sandbox.records import Json
from bot.sandbox.rules.components import CHECKBOX, LABEL, RADIO_GROUP, ROW, TEXT_INPUT


def filled_in(components: list[Json], values: dict[str, object], resolver: Resolver) -> list[Json]:
    """The modal's components with the values in them, given by custom_id or label.

    Raises WrongUse for a value without a field, for a required field left empty, and for text outside its bounds.
    """
    left = dict(values)
    filled = [part for component in components if (part := _filled(component, left, resolver)) is not None]
    if left:
        raise WrongUse(f"the form has no field {next(iter(left))!r}")
    return filled


def _filled(component: Json, left: dict[str, object], resolver: Resolver) -> Json | None:
    if component["type"] == ROW:
        inner = [_field(each, each.get("label"), left, resolver) for each in component["components"]]
        return {"type": ROW, "id": component["id"], "components": inner}
    if component["type"] == LABEL:
        inner_field = _field(component["component"], component.get("label"), left, resolver)
        return {"type": LABEL, "id": component["id"], "component": inner_field}
    return {"type": component["type"], "id": component["id"]}  # a text display


def _field(field: Json, label: str | None, left: dict[str, object], resolver: Resolver) -> Json:
    custom_id: str = field["custom_id"]
    name = custom_id if custom_id in left else label or custom_id
    given = left.pop(name, None)
    answer: Json = {"type": field["type"], "id": field["id"], "custom_id": custom_id}
    if field["type"] == TEXT_INPUT:
        return {**answer, "value": _text(field, field.get("value", "") if given is None else str(given))}
    if field["type"] == CHECKBOX:
        return {**answer, "value": bool(field.get("default") if given is None else given)}
    values = by_default(field, resolver) if given is None else given if isinstance(given, list | tuple) else [given]
    chosen = picked(field, values, resolver, may_be_empty=not field.get("required", True))
    if field["type"] == RADIO_GROUP:
        return {**answer, "value": chosen[0] if chosen else None}
    return {**answer, "values": chosen}


def _text(field: Json, text: str) -> str:
    name = field["custom_id"]
    if not text and field.get("required", True):
        raise WrongUse(f"field {name} is required")
    if text and not (field.get("min_length") or 0) <= len(text) <= (field.get("max_length") or 4000):
        raise WrongUse(
            f"field {name} takes {field.get('min_length') or 0} to {field.get('max_length') or 4000} characters"
        )
    return text
