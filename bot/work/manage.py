"""Changing what a guild follows: what `/feed` remove, pause, resume and edit do, whoever asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.errors import AlreadyThere
from bot.model import StyleName, Subscription
from bot.ports import Clock, FollowStore
from bot.query.language import parse_filter
from bot.work.owned import newest_of, own


class Manage:
    """One method for each change that a manager of a guild may make to a subscription."""

    def __init__(
        self,
        store: FollowStore,
        clock: Clock,
        *,
        changed: Callable[[], None] = lambda: None,
        delivered: Callable[[], None] = lambda: None,
    ) -> None:
        """`changed` is called when another feed may be due, `delivered` when something is owed."""
        self._store, self._clock = store, clock
        self._changed, self._delivered = changed, delivered

    async def edit(
        self,
        guild_id: int,
        subscription_id: int,
        *,
        filter: str | None = None,
        style: StyleName | None = None,
        mention_role_id: int | None = None,
    ) -> Subscription:
        """Changes what is given. An empty filter is none, and the mention 0 nobody. Raises QueryError (the filter's).

        What is owed already stays owed, and is shown in the new style.
        """
        given: dict[str, Any] = {}
        if filter is not None:
            given["filter"] = str(parse_filter(filter)) if filter.strip() else ""
        if style is not None:
            given["style"] = style
        if mention_role_id is not None:
            given["mention_role_id"] = mention_role_id or None
        return await self._change(guild_id, subscription_id, given)

    async def switch(
        self,
        guild_id: int,
        subscription_id: int,
        *,
        follow_edits: bool | None = None,
        merge_stories: bool | None = None,
        page_images: bool | None = None,
    ) -> Subscription:
        """Whether corrections edit posts, a story of several feeds is one post, and entries without a picture take
        their page's. None: as it is."""
        given = {"follow_edits": follow_edits, "merge_stories": merge_stories, "page_images": page_images}
        return await self._change(
            guild_id, subscription_id, {name: value for name, value in given.items() if value is not None}
        )

    async def _change(self, guild_id: int, subscription_id: int, given: dict[str, Any]) -> Subscription:
        """Only what is given: two managers at once both have their way."""
        now = await own(self._store, guild_id, subscription_id)
        await self._store.update_subscription(replace(now, **given), only=tuple(given))
        return await own(self._store, guild_id, subscription_id)

    async def move(self, guild_id: int, subscription_id: int, channel_id: int) -> Subscription:
        """Posts in another channel from now on, also what is owed; what was begun stays where it was."""
        now = await own(self._store, guild_id, subscription_id)
        try:
            await self._store.move_subscription(guild_id, subscription_id, channel_id, self._clock.now())
        except AlreadyThere as error:
            raise AlreadyThere(f"<#{channel_id}> follows {now.feed_title or 'that feed'} already.") from error
        self._delivered()
        return await own(self._store, guild_id, subscription_id)

    async def pause(self, guild_id: int, subscription_id: int, *, by: int, catch_up: bool = False) -> Subscription:
        """Stops posting; what comes meanwhile stays searchable, and is kept for later with `catch_up`."""
        await own(self._store, guild_id, subscription_id)
        now = self._clock.now()
        await self._store.pause_subscription(guild_id, subscription_id, f"by <@{by}>", now, catch_up=catch_up)
        return await own(self._store, guild_id, subscription_id)

    async def resume(self, guild_id: int, subscription_id: int) -> Subscription:
        """Posts again: the newest of what was kept, the rest of it in one message, then what is new."""
        await own(self._store, guild_id, subscription_id)
        await self._store.resume_subscription(guild_id, subscription_id, self._clock.now())
        self._changed()
        self._delivered()
        return await own(self._store, guild_id, subscription_id)

    async def remove(self, guild_id: int, subscription_id: int) -> Subscription:
        """Ends it, and answers what it was."""
        subscription = await own(self._store, guild_id, subscription_id)
        await self._store.remove_subscription(guild_id, subscription_id)
        return subscription

    async def post_newest(self, guild_id: int, subscription_id: int) -> bool:
        """Posts the feed's newest entry although it is not new. False if there is none; never twice."""
        subscription = await own(self._store, guild_id, subscription_id)
        newest = await newest_of(self._store, subscription)
        if newest is None:
            return False
        await self._store.owe([(newest.id, subscription)], self._clock.now())
        self._delivered()
        return True
