"""`config/feeds.toml`: subscriptions an operator wrote down, reconciled at every start. What is missing is added;
nothing is removed, since people may have added more by command."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast, get_args

import structlog

from bot.errors import AlreadyThere, BotError, SetupError
from bot.model import StyleName
from bot.work.answers import Choice
from bot.work.follow import Follow

log = structlog.get_logger(__name__)

KEYS = {"feed", "channel", "filter", "style"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One `[[subscription]]`."""

    feed: str
    channel_id: int
    filter: str = ""
    style: StyleName = "full"


def read(path: Path) -> list[Declared]:
    """What the file declares; nothing if there is none. Raises SetupError that names the mistake and its place."""
    if not path.is_file():
        return []
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} cannot be read: {error}.", f"Mend {path}, or empty it.") from None
    tables = document.get("subscription", [])
    if set(document) - {"subscription"} or not isinstance(tables, list):
        raise SetupError(f"{path}: it holds [[subscription]] tables and nothing else.", f"Mend {path}.")
    return [_declared(table, f"{path}, subscription {number}") for number, table in enumerate(tables, 1)]


def _declared(table: Any, place: str) -> Declared:
    def wrong(what: str) -> SetupError:
        return SetupError(f"{place}: {what}.", 'feed = "https://...", channel = 123456789012345678')

    if not isinstance(table, dict):
        raise wrong("it is no table")
    if unknown := sorted(set(table) - KEYS):
        near = get_close_matches(unknown[0], KEYS, n=1)
        raise wrong(f"there is no setting {unknown[0]}" + (f" (did you mean {near[0]}?)" if near else ""))
    feed, channel, filter_ = table.get("feed"), table.get("channel"), table.get("filter", "")
    if not isinstance(feed, str) or not feed:
        raise wrong("feed is missing")
    if not str(channel).isdecimal() or isinstance(channel, bool):
        raise wrong("channel must be a channel's id, a number")
    if not isinstance(filter_, str) or table.get("style", "full") not in get_args(StyleName):
        raise wrong(f"style is one of {', '.join(get_args(StyleName))}, filter a text")
    style = cast(StyleName, table.get("style", "full"))
    return Declared(feed=feed, channel_id=int(str(channel)), filter=filter_, style=style)


async def reconcile(declared: Sequence[Declared], follow: Follow, guild_of: Callable[[int], int | None]) -> None:
    """Adds what is not there yet. A mistake in one is logged and costs only that one."""
    for one in declared:
        guild_id = guild_of(one.channel_id)
        if guild_id is None:
            log.error("declared channel unknown", channel=one.channel_id, advice="is Herald in that server?")
            continue
        try:
            added = await follow.add(
                guild_id=guild_id,
                channel_id=one.channel_id,
                user_id=None,
                url=one.feed,
                filter=one.filter,
                style=one.style,
            )
        except AlreadyThere:
            continue
        except BotError as error:
            log.error("declared feed not followed", channel=one.channel_id, reason=str(error))
            continue
        if isinstance(added, Choice):
            feeds = [candidate.url for candidate in added.candidates]
            log.error("declared page has several feeds", channel=one.channel_id, name_one_of=feeds)
        else:
            log.info("declared feed followed", channel=one.channel_id, feed=added.feed.id)
