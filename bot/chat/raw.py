"""Components that are Discord's JSON already: made in render/, answered by the DynamicItems of views/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord


class RawComponents(discord.ui.View):
    """A view for sending and editing. discord.py need not keep it: nothing in it is dispatched by it."""

    def __init__(self, components: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(timeout=None)
        self._raw = [dict(component) for component in components]

    def to_components(self) -> list[dict[str, Any]]:
        return self._raw


def rows_of(message: discord.Message) -> list[dict[str, Any]]:
    """The message's rows of buttons as they were sent; Discord numbers them anew each time."""
    rows = [row.to_dict() for row in message.components if isinstance(row, discord.ActionRow)]
    return [{"type": row["type"], "components": [_unnumbered(one) for one in row["components"]]} for row in rows]


def _unnumbered(component: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in component.items() if key != "id"}
