"""Buttons, selects and the rest: Discord's limits on them, and the form in which a client gets them.

Numbers: components/reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from bot.sandbox.records import Json
from bot.sandbox.rules.problems import Mistake, Place
from bot.sandbox.rules.validate import bad_length, required, too_long

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = frozenset({3, 5, 6, 7, 8})  # string, user, role, mentionable, channel
SECTION, TEXT_DISPLAY, CONTAINER, LABEL = 9, 10, 17, 18
FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 19, 21, 22, 23  # in forms only
KINDS = frozenset({*range(1, 15), 17, 18, 19, 21, 22, 23})  # components/reference: Component Types
LINK, PREMIUM = 5, 6  # button styles without a custom_id
ROWS, IN_A_ROW, ALL_OF_V2 = 5, 5, 40
CUSTOM_ID = 100
SELECT_OPTIONS = 25


def walk(components: Iterable[Json]) -> Iterator[Json]:
    """Every component, an outer one before those in it."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        yield from walk(each for each in (component.get("accessory"), component.get("component")) if each)


def component_mistakes(
    components: list[Json], *, v2: bool = False, place: Place = ("components",)
) -> Iterator[Mistake]:
    """The mistakes in a message's components. `v2`: components are the whole message, and not only rows are allowed."""
    if v2:
        if sum(1 for _ in walk(components)) > ALL_OF_V2:
            yield too_long(place, ALL_OF_V2)
    else:
        if len(components) > ROWS:
            yield bad_length(place, 1, ROWS)
        for number, row in enumerate(components):
            if row.get("type") != ROW:
                yield (*place, number), "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).'
    yield from _nested_mistakes(components, place)
    yield from _doubled_ids(components, place)


def _nested_mistakes(components: list[Json], place: Place) -> Iterator[Mistake]:
    for number, component in enumerate(components):
        here = (*place, number)
        kind = component.get("type")
        if kind not in KINDS:
            yield (*here, "type"), "BASE_TYPE_CHOICES", f"Value must be one of {sorted(KINDS)}."
        elif kind == ROW:
            inner = component.get("components") or []
            wide = any(each.get("type") in SELECTS | {TEXT_INPUT} for each in inner)
            if not 1 <= len(inner) <= (1 if wide else IN_A_ROW):
                yield bad_length((*here, "components"), 1, 1 if wide else IN_A_ROW)
        elif kind == BUTTON:
            yield from _button_mistakes(component, here)
        elif kind in SELECTS:
            yield from _select_mistakes(component, here)
        elif kind == TEXT_INPUT:
            yield from _custom_id_mistakes(component, here)
        yield from _nested_mistakes(component.get("components") or [], (*here, "components"))
        if accessory := component.get("accessory"):
            yield from _nested_mistakes([accessory], (*here, "accessory"))
        if labelled := component.get("component"):
            yield from _nested_mistakes([labelled], (*here, "component"))


def _button_mistakes(button: Json, place: Place) -> Iterator[Mistake]:
    style = button.get("style")
    if style not in range(1, 7):
        yield (*place, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}."
    if style == LINK:
        if not button.get("url"):
            yield required((*place, "url"))
        elif len(button["url"]) > 512:
            yield too_long((*place, "url"), 512)
    elif style != PREMIUM:
        yield from _custom_id_mistakes(button, place)
    if len(button.get("label") or "") > 80:
        yield too_long((*place, "label"), 80)
    if style != PREMIUM and not button.get("label") and not button.get("emoji"):
        yield place, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or an emoji"


def _select_mistakes(select: Json, place: Place) -> Iterator[Mistake]:
    yield from _custom_id_mistakes(select, place)
    if len(select.get("placeholder") or "") > 150:
        yield too_long((*place, "placeholder"), 150)
    if select["type"] != STRING_SELECT:
        return
    options = select.get("options") or []
    if not 1 <= len(options) <= SELECT_OPTIONS:
        yield bad_length((*place, "options"), 1, SELECT_OPTIONS)
    seen: set[str] = set()
    for number, option in enumerate(options):
        for key in ("label", "value"):
            if not option.get(key):
                yield required((*place, "options", number, key))
        for key in ("label", "value", "description"):
            if len(option.get(key) or "") > 100:
                yield too_long((*place, "options", number, key), 100)
        if option.get("value") in seen:
            yield (
                (*place, "options", number, "value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The value is used twice",
            )
        seen.add(option.get("value", ""))


def _custom_id_mistakes(component: Json, place: Place) -> Iterator[Mistake]:
    custom_id = component.get("custom_id")
    if not custom_id:
        yield required((*place, "custom_id"))
    elif len(custom_id) > CUSTOM_ID:
        yield too_long((*place, "custom_id"), CUSTOM_ID)


def _doubled_ids(components: list[Json], place: Place) -> Iterator[Mistake]:
    seen: set[str] = set()
    for component in walk(components):
        custom_id = component.get("custom_id")
        if custom_id and custom_id in seen:
            yield place, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
        seen.add(custom_id or "")


def modal_mistakes(modal: Json) -> Iterator[Mistake]:
    """The mistakes in a modal: a title, a custom_id and 1 to 5 rows or labels."""
    yield from _custom_id_mistakes(modal, ("data",))
    title = modal.get("title")
    if not title:
        yield required(("data", "title"))
    elif len(title) > 45:
        yield too_long(("data", "title"), 45)
    parts = modal.get("components") or []
    if not 1 <= len(parts) <= ROWS:
        yield bad_length(("data", "components"), 1, ROWS)
    yield from _nested_mistakes(parts, ("data", "components"))
    for number, label in enumerate(parts):
        if label.get("type") == LABEL and not 1 <= len(label.get("label") or "") <= 45:
            yield bad_length(("data", "components", number, "label"), 1, 45)


def as_shown(components: list[Json]) -> list[Json]:
    """The components with what Discord fills in: an `id` for each, counted from 1, and defaults."""
    numbers = count(1)
    return [_shown(component, numbers) for component in components]


def _shown(component: Json, numbers: Iterator[int]) -> Json:
    shown = {key: value for key, value in component.items() if value is not None}
    shown["id"] = shown.get("id") or next(numbers)
    if shown["type"] in SELECTS:
        shown.setdefault("min_values", 1)
        shown.setdefault("max_values", 1)
    if "default_values" in shown:
        shown["default_values"] = [each | {"id": str(each["id"])} for each in shown["default_values"]]
    if shown["type"] == CONTAINER:
        shown |= {"accent_color": component.get("accent_color"), "spoiler": bool(component.get("spoiler"))}
    if "components" in shown:
        shown["components"] = [_shown(each, numbers) for each in shown["components"]]
    for key in ("accessory", "component"):
        if key in shown:
            shown[key] = _shown(shown[key], numbers)
    return shown
