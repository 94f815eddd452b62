"""Posts in a forum: an entry each. Discord knows no nonce for them, so nothing is tried twice without a look."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import discord

from bot.model import Destination, Payload, Posting, Refused, Sent
from bot.render.forum import Tag, tags_for
from bot.render.readback import same_message

# Discord: "JSON Error Codes"
NOT_FOR_MESSAGES = frozenset({50008, 50024})  # what a forum says to those who take it for a text channel
INVALID_FORM = 50035
ARCHIVED_LOOKED_AT = 50  # posts that were archived since; one request
COMPARED = 25  # first messages that are fetched for a look

T = TypeVar("T")


class OnlyOnce(Exception):
    """A request that must not be repeated would have been."""


class _NotTwice:
    """In the place of an upload, which discord.py rewinds before each try: its second try never begins.

    It repeats a POST after 500, 502, 504, 524 and 429; the first four may stand for a post that is there.
    """

    def reset(self, *, seek: bool | int = True) -> None:
        if seek:
            raise OnlyOnce


class ForumPosts:
    """How a posting gets into a forum, and is found there."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def told_apart(
        self,
        destination: Destination,
        in_channel: Callable[[], Awaitable[T]],
        in_forum: Callable[[discord.ForumChannel], Awaitable[T]],
    ) -> T:
        """Does the one or the other, by what the destination is. Raises what they raise.

        Before the gateway has told of a guild's channels, a forum is known only by how it refuses: Discord is asked.
        """
        if destination.kind != "channel":
            return await in_channel()
        cached = self._client.get_channel(destination.id)
        if isinstance(cached, discord.ForumChannel):
            return await in_forum(cached)
        try:
            return await in_channel()
        except discord.HTTPException as error:
            if error.code not in NOT_FOR_MESSAGES or cached is not None:
                raise
            asked = await self._client.fetch_channel(destination.id)
            if not isinstance(asked, discord.ForumChannel):
                raise
            return await in_forum(asked)

    async def post(
        self, forum: discord.ForumChannel, posting: Posting, payload: Payload, since: datetime | None
    ) -> Sent | Refused:
        """A post, or the one that an earlier attempt made: what was tried is looked up, however lately it was."""
        found = await self.find(forum, posting, payload, since) if posting.attempts > 0 and since else None
        return found or await self._create(forum, posting, payload)

    async def _create(self, forum: discord.ForumChannel, posting: Posting, payload: Payload) -> Sent | Refused:
        """A new post. Raises what discord.py raises, and OnlyOnce instead of trying twice."""
        if len(posting.deliveries) > 1 and not posting.gist:
            return Refused(status=400, code=INVALID_FORM, reason="a forum's post holds one entry")
        route = discord.http.Route("POST", "/channels/{channel_id}/threads", channel_id=forum.id)
        post = {"name": payload.title, "message": _message(payload), "applied_tags": _tags(forum, payload)}
        made = await self._client.http.request(route, json=post, files=[_NotTwice()])  # type: ignore[list-item]
        return Sent(channel_id=int(made["id"]), message_id=int(made["id"]))

    async def find(
        self, forum: discord.ForumChannel, posting: Posting, payload: Payload, since: datetime
    ) -> Sent | None:
        """Our own post of that name and content among those begun at `since` or later."""
        after, compared = posting.after_message_id or 0, 0
        async for thread in _posts(forum):
            mine = self._client.user is not None and thread.owner_id == self._client.user.id
            if not mine or thread.id <= after or discord.utils.snowflake_time(thread.id) < since:
                continue
            if compared == COMPARED:
                break
            compared += 1
            first = await thread.fetch_message(thread.id)
            if same_message(payload, [embed.to_dict() for embed in first.embeds], first.content):
                return Sent(channel_id=thread.id, message_id=thread.id)
        return None

    async def rename(self, thread_id: int, title: str) -> None:
        """Gives an open post another name, if the cache knows that it has another."""
        thread = self._client.get_channel(thread_id)
        if title and isinstance(thread, discord.Thread) and thread.name != title:
            await thread.edit(name=title)


async def _posts(forum: discord.ForumChannel) -> AsyncIterator[discord.Thread]:
    """The forum's posts: those open now, then those archived last."""
    for thread in await forum.guild.active_threads():
        if thread.parent_id == forum.id:
            yield thread
    async for thread in forum.archived_threads(limit=ARCHIVED_LOOKED_AT):
        yield thread


def _message(payload: Payload) -> dict[str, Any]:
    """Discord's JSON; nothing in it pings but the roles allowed."""
    return {
        "content": payload.content,
        "embeds": [dict(embed) for embed in payload.embeds],
        "components": [dict(component) for component in payload.components],
        "allowed_mentions": {"parse": [], "roles": [str(role_id) for role_id in payload.allowed_role_ids]},
        "flags": discord.MessageFlags(suppress_notifications=payload.silent).value,
    }


def _tags(forum: discord.ForumChannel, payload: Payload) -> list[str]:
    offered = [Tag(tag.id, tag.name, tag.moderated) for tag in forum.available_tags]
    chosen = tags_for(payload.topics, offered, required=forum.flags.require_tag)
    return [str(tag_id) for tag_id in chosen]
