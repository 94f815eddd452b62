"""Who is told when something needs a person, and where. Once; the outbox sees to it that it arrives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from bot.model import Destination, Feed, Note, Refused, Reissue, Subscription
from bot.ports import Clock, NoticeStore, Places
from bot.render.lines import host
from bot.render.notices import channel_refused, feed_back, feed_failing, feed_gone, feed_reissued, login_refused

log = structlog.get_logger(__name__)


class Notices:
    """Herald's own words to the managers of a guild."""

    def __init__(self, store: NoticeStore, places: Places, clock: Clock) -> None:
        self._store, self._places, self._clock = store, places, clock

    async def place_refused(self, where: Destination, refusal: Refused) -> None:
        """A channel refuses. A member's closed DM is told to nobody else: they read of it at their next command."""
        if where.kind == "user":
            return
        await self.tell(where.guild_id, channel_refused(where.id, refusal), avoid=where.id)

    async def feed_ended(self, feed: Feed, paused: Sequence[Subscription]) -> None:
        """A feed is gone for good; `paused` are the subscriptions that ended with it. Once a guild."""
        for guild_id, those in _by_guild(paused).items():
            await self.tell(guild_id, feed_gone(feed.title or paused[0].feed_title, those))

    async def about_failing(self, feed: Feed, followers: Sequence[Subscription]) -> list[tuple[Destination, Note]]:
        """A feed could not be read for a day: what to say of it to each guild, and where."""
        reason, since = (feed.last_error or "no answer").rstrip("."), feed.failing_since or self._clock.now()
        return await self._to_each(followers, lambda channels: feed_failing(_title(feed), reason, since, channels))

    async def about_back(self, feed: Feed, followers: Sequence[Subscription]) -> list[tuple[Destination, Note]]:
        """It can be read again."""
        return await self._to_each(followers, lambda channels: feed_back(_title(feed), channels))

    async def _to_each(
        self, followers: Sequence[Subscription], text: Callable[[list[int]], str]
    ) -> list[tuple[Destination, Note]]:
        """One note for each guild that has a place for it."""
        notes = [
            await self._addressed(guild_id, Note(text=text(channels)))
            for guild_id, channels in _by_guild(followers).items()
        ]
        return [one for one in notes if one is not None]

    async def login_refused(self, feed: Feed, followers: Sequence[Subscription]) -> None:
        """A private feed does not take its login any more. To the one guild that follows it."""
        for guild_id, channels in _by_guild(followers).items():
            await self.tell(guild_id, login_refused(feed.title, (feed.last_error or "").rstrip("."), channels))

    async def about_reissue(self, one: Reissue) -> tuple[Destination, Note] | None:
        """A feed gave its archive new identities: what to say of it and where. None: there is nowhere."""
        subscriptions = await self._store.subscriptions(one.guild_id, feed_id=one.feed_id)
        text = feed_reissued(one.feed_title, one.count, [each.channel_id for each in subscriptions])
        return await self._addressed(one.guild_id, Note(text=text, held_feed_id=one.feed_id))

    async def tell(self, guild_id: int, text: str, *, avoid: int | None = None) -> None:
        """In the notice channel, else another channel that takes messages, else to the owner. Logged if nowhere."""
        addressed = await self._addressed(guild_id, Note(text=text), avoid=avoid)
        if addressed is not None:
            await self._store.post_note(*addressed, self._clock.now())

    async def _addressed(
        self, guild_id: int, note: Note, *, avoid: int | None = None
    ) -> tuple[Destination, Note] | None:
        places = await self._candidates(guild_id, avoid)
        if not places:
            log.warning("nobody to tell", guild=guild_id)
            return None
        return places[0], replace(note, otherwise=tuple(places[1:]))

    async def _candidates(self, guild_id: int, avoid: int | None) -> list[Destination]:
        """At most three: each costs a message when the one before refuses."""
        settings = await self._store.guild_settings(guild_id)
        followed = [one.channel_id for one in await self._store.subscriptions(guild_id)]
        writable = self._places.writable_channels(guild_id)
        wanted = [settings.notice_channel_id, *(one for one in followed if one in writable), *writable]
        channels = list(dict.fromkeys(one for one in wanted if one is not None and one != avoid))
        found = [Destination(kind="channel", id=one, guild_id=guild_id) for one in channels[:2]]
        owner_id = self._places.owner_of(guild_id)
        return [*found, Destination(kind="user", id=owner_id, guild_id=guild_id)] if owner_id else found


def _title(feed: Feed) -> str:
    """What its followers know it by; of a private feed's address they see nothing."""
    return feed.title or ("" if feed.sealed is not None else host(feed.url))


def _by_guild(subscriptions: Sequence[Subscription]) -> dict[int, list[int]]:
    """The channels of each guild."""
    channels: defaultdict[int, list[int]] = defaultdict(list)
    for one in subscriptions:
        channels[one.guild_id].append(one.channel_id)
    return channels
