"""`herald opml export` and `herald opml import`: lists of feeds from and into the database, without Discord."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import track

from bot.errors import AddressRefused, DatabaseInUse, QueryError, SetupError, UsageError
from bot.feeds.opml import FeedList, Outline, read_opml
from bot.model import Subscription
from bot.net.guard import Guard
from bot.opening import open_vault
from bot.ops.clock import SystemClock
from bot.query.language import mark
from bot.settings import Settings, load
from bot.store.store import Store
from bot.work.lists import Brought, Exported, Wish, add_unread, exported


class WhichGuild(UsageError):
    """Nobody can tell which server's channel was meant."""


@dataclass(frozen=True, slots=True)
class Import:
    """What became of each feed, and what of the file could not be read."""

    listed: FeedList
    brought: Sequence[Brought]

    @property
    def complete(self) -> bool:
        """Everything that the file names is followed now."""
        return not self.listed.unreadable and all(one.kind in ("added", "already") for one in self.brought)


# --- Export --------------------------------------------------------------------------------------------------


async def export(guild_id: int | None) -> Exported:
    """What one server follows, or all. Raises UsageError for a server that is not known."""
    async with await Store.open(load().database_url, alone=False) as store:
        known = await store.guild_ids()
        if guild_id is not None and guild_id not in known:
            raise UsageError(f"This database knows no server {guild_id}. {_servers(known)}")
        guilds = known if guild_id is None else [guild_id]
        followed = [one for guild in guilds for one in await store.subscriptions(guild)]
    title = "Feeds of Herald" if guild_id is None else f"Feeds of server {guild_id}"
    return exported(followed, {}, title=title, now=SystemClock().now())


def write(file: Path, document: bytes) -> None:
    """Raises SetupError."""
    try:
        file.write_bytes(document)
    except OSError as error:
        raise SetupError(f"{file} cannot be written: {error.strerror}.") from error


def exported_json(result: Exported, file: Path | None) -> dict[str, Any]:
    """Without a file the document is part of it."""
    about: dict[str, Any] = {"feeds": result.count, "left_out": [one.feed_title for one in result.left_out]}
    return about | ({"opml": result.document.decode()} if file is None else {"file": str(file)})


def tell_exported(result: Exported, file: Path | None, console: Console) -> None:
    """Beside the document, so that it may go to standard output."""
    if file is not None:
        console.print(escape(f"{_feeds(result.count)} written to {file}."), soft_wrap=True)
    if result.left_out:
        names = ", ".join(one.feed_title or f"feed {one.feed_id}" for one in result.left_out)
        console.print(f"Left out, because whoever has their address can read them: {escape(names)}.", soft_wrap=True)


# --- Import --------------------------------------------------------------------------------------------------


async def bring_in(file: Path, channel_id: int, guild_id: int | None, console: Console) -> Import:
    """Follows what the file names, and shows how far it is. Raises WhichGuild, UsageError, SetupError."""
    settings, listed = load(), read_opml(_read(file))
    if not listed.outlines and not listed.unreadable:
        raise UsageError(f"{file} names no feeds: I look for outlines with an xmlUrl.")
    async with await _alone(settings) as store:
        guild = await _guild(store, channel_id, guild_id)
        mine = await store.subscriptions(guild)
        outlines = track(
            listed.outlines,
            description="Adding feeds",
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        brought = [await _bring(store, settings, guild, _wish(one, channel_id, mine)) for one in outlines]
    return Import(listed, brought)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error


async def _alone(settings: Settings) -> Store:
    try:
        return await Store.open(settings.database_url)
    except DatabaseInUse as error:
        raise SetupError(
            f"{error.problem}.",
            "Stop it, import, and start it again; or let it do the work: /feed import in Discord takes the same file.",
        ) from error


async def _guild(store: Store, channel_id: int, guild_id: int | None) -> int:
    """The server that was named, that follows something in the channel, or that is the only one."""
    if guild_id is not None:
        return guild_id
    known = await store.guild_ids()
    at_home = [guild for guild in known if await store.subscriptions(guild, channel_id=channel_id)]
    for fits in (at_home, known):
        if len(fits) == 1:
            return fits[0]
    raise WhichGuild(f"say which server channel {channel_id} belongs to. {_servers(known)}")


def _wish(outline: Outline, channel_id: int, mine: Sequence[Subscription]) -> Wish:
    """Its own channel if the server follows something there: then the file is this server's, and its role too."""
    if outline.channel_id is not None and any(one.channel_id == outline.channel_id for one in mine):
        return Wish(outline=outline, channel_id=outline.channel_id, mention_role_id=outline.mention_role_id)
    at_home = outline.channel_id == channel_id
    return Wish(outline=outline, channel_id=channel_id, mention_role_id=outline.mention_role_id if at_home else None)


async def _bring(store: Store, settings: Settings, guild_id: int, wish: Wish) -> Brought:
    try:
        Guard(settings.fetch.allow_networks).url(wish.outline.url)
    except AddressRefused as error:
        return Brought(wish=wish, kind="failed", error=error)
    at_most = settings.quota.feeds_per_guild
    return await add_unread(store, guild_id, wish, at_most=at_most, now=SystemClock().now(), vault=open_vault(settings))


def brought_json(result: Import) -> dict[str, Any]:
    """Numbers, and each feed that was not added with the reason."""
    counts = Counter(one.kind for one in result.brought)
    failed = [
        {"title": one.wish.outline.title, "url": one.wish.address, "reason": _reason(one)}
        for one in result.brought
        if one.kind not in ("added", "already")
    ]
    return {
        "added": counts["added"],
        "already": counts["already"],
        "failed": failed,
        "unreadable": result.listed.unreadable,
        "problems": list(result.listed.problems),
    }


def tell_brought(result: Import, console: Console) -> None:
    """For people: a line with the numbers, and one for each feed that was not added."""
    counts = Counter(one.kind for one in result.brought)
    failed = len(result.brought) - counts["added"] - counts["already"] + result.listed.unreadable
    console.print(f"{_feeds(counts['added'])} added, {counts['already']} followed already, {failed} failed.")
    for one in result.brought:
        if one.kind not in ("added", "already"):
            name = one.wish.outline.title or one.wish.address
            console.print(escape(f"  {name}: {_reason(one)}"), soft_wrap=True)
    for problem in result.listed.problems:
        console.print(escape(f"  {problem}"), soft_wrap=True)
    if counts["added"]:
        console.print("Herald reads them when it runs, and posts what is new from then on.")


def _reason(one: Brought) -> str:
    if one.kind == "no room":
        return "the server follows as many feeds as it may: feeds_per_guild in [quota]"
    if isinstance(one.error, QueryError):
        return f"a mistake in its filter: {one.error.reason}\n{mark(one.error)}"
    return str(one.error)


def _feeds(count: int) -> str:
    return f"{count} feed{'' if count == 1 else 's'}"


def _servers(known: Sequence[int]) -> str:
    if not known:
        return "It knows none yet."
    return f"It knows {', '.join(map(str, known[:10]))}{' and more' if len(known) > 10 else ''}."
