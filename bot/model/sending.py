"""A message on its way to Discord, and what Discord said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What one message consists of, in Discord's own JSON. Nothing pings but `allowed_role_ids`.

    A `silent` one notifies nobody: it is there when they look.
    `title` and `topics` are for forums: what a post is called, and what its tags may be called.
    """

    embeds: tuple[Mapping[str, Any], ...] = ()
    content: str = ""
    allowed_role_ids: tuple[int, ...] = ()
    components: tuple[Mapping[str, Any], ...] = ()
    silent: bool = False
    title: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Discord has it. `message_id` is None if it was taken and a moderator removed it at once."""

    channel_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Discord said no in its own words (a 4xx with a code), so it was not posted. `code` is Discord's JSON code.

    `embeds` are the places of the embeds at fault, from 0, if Discord names them.
    """

    status: int
    code: int
    reason: str
    embeds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody knows whether it was posted: the same nonce again, and after its window a look into the history."""

    reason: str
    retry_after: timedelta | None = None


Outcome = Sent | Refused | Unknown
