"""The one door to Discord for postings: a message goes out, an outcome comes back, nothing is raised.

What discord.py 2.7.1 does with odd answers was measured on real sockets (tests/chat/test_sender_odd_answers.py):
500, 502, 504 and 524 it tries five times with the same nonce, 503 and a lost connection not at all, and a 200
with a broken body raises although the message was posted.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

import discord
import structlog

from bot.chat.forum import INVALID_FORM, ForumPosts
from bot.chat.outcome import outcome_of, unauthorized
from bot.chat.raw import RawComponents
from bot.chat.tries import Tries
from bot.model import Correction, Destination, Outcome, Payload, Posting, Refused, Sent, Unknown
from bot.render.readback import same_message

log = structlog.get_logger(__name__)

# How far our clock may have been ahead of Discord's at the first attempt. What is compared is the whole message, so a
# wide look finds nothing wrong; HISTORY_LIMIT bounds what it costs.
CLOCK_SKEW = timedelta(days=1)
HISTORY_LIMIT = 500  # five requests; nothing older is looked at in a channel that is busier than that
MOST_DM_CHANNELS = 10_000
TRIED_NO_MORE = Unknown(reason="Discord had no answer when Herald was stopped")
ARCHIVED = 50083  # Discord: "JSON Error Codes"

T = TypeVar("T")


class DiscordSender:
    """ports.Sender over discord.py.

    A request, once begun, is never cancelled: discord.py, cancelled while it sits out a global rate limit, lets no
    later request through, for ever. Who awaits `send` may be cancelled; the request ends by itself and `drain` waits
    for it (`try_no_more`, at a stop, for a single answer of it). `answered` counts requests that ended, however they
    ended: while `in_flight` is above 0 and `answered` stands still for longer than the longest pause
    (client.LONGEST_PAUSE), Discord's REST side hangs.
    """

    def __init__(
        self, client: discord.Client, *, tries: Tries | None = None, on_unauthorized: Callable[[], None] = lambda: None
    ) -> None:
        """`tries` are the client's, if they are told."""
        self._client, self._tries = client, tries or Tries()
        self._on_unauthorized = on_unauthorized
        self._forums = ForumPosts(client)
        self._running: set[asyncio.Task[Any]] = set()
        self._dm_channels: OrderedDict[int, int] = OrderedDict()
        self.answered = 0

    @property
    def in_flight(self) -> int:
        """Requests begun and not ended."""
        return len(self._running)

    async def send(self, posting: Posting, payload: Payload) -> Outcome:
        """Posts it with the posting's nonce, so that Discord itself refuses a double for some minutes."""
        return await self._to_the_end(self._send(posting, payload))

    async def edit(self, correction: Correction, payload: Payload) -> Outcome:
        """Makes the message say what the payload says: its embeds, or its text if it has none. Pings nobody.

        Sent too if somebody has deleted the message, or a forum has archived the post: nothing is left to be
        corrected. Its buttons stay as they are.
        """
        return await self._to_the_end(self._edit(correction, payload))

    async def find(self, posting: Posting, payload: Payload) -> Sent | Refused | Unknown | None:
        """Looks through our own messages since the first attempt, newest first; None: it is not there.

        Without Read Message History Discord shows an empty channel, which reads as None too.
        """
        if posting.first_attempt_at is None:
            return None
        return await self._to_the_end(self._find(posting, payload))

    async def drain(self) -> None:
        """Returns when nothing is in flight any more. Call it after the last `send` and before closing the client."""
        while self._running:
            await asyncio.wait(self._running)

    def try_no_more(self) -> None:
        """For the stop: what Discord answered with a 500 is Unknown now, not after five tries; the rest goes on.

        It is the one end that a request may be put to. Nothing of it is under way, and no later one is to come
        through.
        """
        self._tries.no_more_of(self._running)

    async def _to_the_end(self, request: Coroutine[Any, Any, T]) -> T | Unknown:
        task = asyncio.create_task(request)
        self._running.add(task)
        task.add_done_callback(self._ended)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                return TRIED_NO_MORE
            raise

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        self.answered += 1

    async def _send(self, posting: Posting, payload: Payload) -> Outcome:
        try:
            message = _arguments(payload)
        except (TypeError, ValueError, KeyError, AttributeError):
            # Nothing has left the house, so this is as good as Discord's own "Invalid Form Body".
            log.exception("payload is no message", posting=posting.id)
            return Refused(status=400, code=INVALID_FORM, reason="the message could not be built")
        since = _since(posting)

        async def in_channel() -> Sent | Refused:
            channel = await self._channel(posting.destination)
            # discord.py adds enforce_nonce whenever a nonce is given.
            sent = await channel.send(nonce=posting.nonce, **message)
            return Sent(channel_id=channel.id, message_id=sent.id)

        try:
            return await self._forums.told_apart(
                posting.destination, in_channel, lambda forum: self._forums.post(forum, posting, payload, since)
            )
        except Exception as error:  # whatever it is, the one thing known is that nothing is known
            return self._outcome(error, posting)

    async def _edit(self, correction: Correction, payload: Payload) -> Outcome:
        guild_id = correction.posting.destination.guild_id
        channel = self._client.get_partial_messageable(correction.channel_id, guild_id=guild_id)
        message = channel.get_partial_message(correction.message_id)
        nobody = discord.AllowedMentions.none()
        try:
            if payload.embeds:
                embeds = [discord.Embed.from_dict(dict(embed)) for embed in payload.embeds]
                await message.edit(embeds=embeds, allowed_mentions=nobody)
            else:
                await message.edit(content=payload.content, allowed_mentions=nobody)
            if correction.channel_id == correction.message_id:  # a forum's post has the number of its first message
                await self._forums.rename(correction.channel_id, payload.title)
        except Exception as error:
            if _code(error) == ARCHIVED and correction.channel_id == correction.message_id:
                return Sent(channel_id=correction.channel_id, message_id=correction.message_id)
            return self._outcome(error, correction.posting)
        return Sent(channel_id=correction.channel_id, message_id=correction.message_id)

    async def _find(self, posting: Posting, payload: Payload) -> Sent | Refused | Unknown | None:
        since = _since(posting)
        assert since is not None
        try:
            return await self._forums.told_apart(
                posting.destination,
                lambda: self._in_history(posting, payload, since),
                lambda forum: self._forums.find(forum, posting, payload, since),
            )
        except Exception as error:
            found = self._outcome(error, posting)
            return None if isinstance(found, Sent) else found

    async def _in_history(self, posting: Posting, payload: Payload, since: datetime) -> Sent | None:
        channel = await self._channel(posting.destination)
        async for message in channel.history(limit=HISTORY_LIMIT):
            if message.created_at < since or message.id <= (posting.after_message_id or 0):
                break
            if self._is_ours(message) and _announces(message, payload):
                return Sent(channel_id=channel.id, message_id=message.id)
        return None

    def _is_ours(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id

    async def _channel(self, destination: Destination) -> discord.PartialMessageable:
        if destination.kind == "channel":
            return self._client.get_partial_messageable(destination.id, guild_id=destination.guild_id)
        known = self._dm_channels.get(destination.id)
        if known is None:
            known = (await self._client.create_dm(discord.Object(destination.id))).id
            self._dm_channels[destination.id] = known
        self._dm_channels.move_to_end(destination.id)
        while len(self._dm_channels) > MOST_DM_CHANNELS:
            self._dm_channels.popitem(last=False)
        return self._client.get_partial_messageable(known, type=discord.ChannelType.private)

    def _outcome(self, error: Exception, posting: Posting) -> Outcome:
        outcome = outcome_of(error)
        if unauthorized(error):
            self._on_unauthorized()
        if isinstance(outcome, Unknown):
            log.warning("unknown outcome", posting=posting.id, reason=outcome.reason, error=type(error).__name__)
        return outcome


def _since(posting: Posting) -> datetime | None:
    """From when on its message may be there, if it may."""
    return None if posting.first_attempt_at is None else posting.first_attempt_at - CLOCK_SKEW


def _code(error: Exception) -> int | None:
    """Discord's JSON error code, if that is what it is."""
    return error.code if isinstance(error, discord.HTTPException) else None


def _arguments(payload: Payload) -> dict[str, Any]:
    """`send`'s keyword arguments; nothing in the message pings but the roles allowed."""
    roles = [discord.Object(role_id) for role_id in payload.allowed_role_ids]
    return {
        "content": payload.content or None,
        "embeds": [discord.Embed.from_dict(dict(embed)) for embed in payload.embeds],
        "allowed_mentions": discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False),
        "view": RawComponents(payload.components) if payload.components else None,
        "silent": payload.silent,
    }


def _announces(message: discord.Message, payload: Payload) -> bool:
    return same_message(payload, [embed.to_dict() for embed in message.embeds], message.content)
