"""A stop waits for what is on its way, and not for discord.py's pauses between two tries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.chat.sender import DiscordSender
from bot.chat.tries import Tries
from bot.model import Destination, Outcome, Payload, Posting, Sent, Unknown
from tests.chat import odd_discord
from tests.chat.odd_discord import CHANNEL_ID, OddDiscord, answer, logged_in, message, plain_json

pauses = odd_discord.pauses

BEFORE_THE_SECOND_TRY = 0.9  # seconds; discord.py's first pause is one
POSTING = Posting(
    id=1, destination=Destination(kind="channel", id=CHANNEL_ID, guild_id=1), nonce="n0nce", deliveries=()
)
PAYLOAD = Payload(content="words")
POSTED = Sent(channel_id=CHANNEL_ID, message_id=1000)
DOWN = answer(500, {"message": "500: Internal Server Error", "code": 0})


class Held:
    """An answer that comes when it is let go."""

    def __init__(self, status: int = 200) -> None:
        self.asked, self.let_go = asyncio.Event(), asyncio.Event()
        self._status = status

    async def __call__(self, _request: web.Request) -> web.Response:
        self.asked.set()
        await self.let_go.wait()
        return plain_json(message(1000), self._status)


@asynccontextmanager
async def sending(odd: OddDiscord, tries: Tries) -> AsyncIterator[tuple[DiscordSender, asyncio.Task[Outcome]]]:
    async with logged_in(odd, http_trace=tries.trace) as client:
        sender = DiscordSender(client, tries=tries)
        yield sender, asyncio.create_task(sender.send(POSTING, PAYLOAD))


async def test_a_stop_during_the_pause_after_a_500_is_not_kept_waiting() -> None:
    odd, tries, answered = OddDiscord(), Tries(), asyncio.Event()
    odd.answers = [DOWN]

    async def note(_session: object, _context: object, _answer: object) -> None:
        if odd.posted:
            answered.set()

    tries.trace.on_request_end.append(note)
    async with sending(odd, tries) as (sender, sent):
        await answered.wait()
        async with asyncio.timeout(BEFORE_THE_SECOND_TRY):
            sender.try_no_more()
            assert isinstance(await sent, Unknown)
            await sender.drain()
        assert len(odd.posted) == 1


async def test_a_500_that_comes_after_the_stop_is_the_last_word() -> None:
    odd, tries, held = OddDiscord(), Tries(), Held(500)
    odd.answers = [held]
    async with sending(odd, tries) as (sender, sent):
        await held.asked.wait()
        sender.try_no_more()
        held.let_go.set()
        assert isinstance(await asyncio.wait_for(sent, BEFORE_THE_SECOND_TRY), Unknown)
        assert len(odd.posted) == 1


async def test_a_stop_waits_for_the_answer_to_a_first_try() -> None:
    odd, tries, held = OddDiscord(), Tries(), Held()
    odd.answers = [held]
    async with sending(odd, tries) as (sender, sent):
        await held.asked.wait()
        sender.try_no_more()
        held.let_go.set()
        assert await sent == POSTED


async def test_a_stop_waits_for_the_answer_to_a_later_try(pauses: list[float]) -> None:
    odd, tries, held = OddDiscord(), Tries(), Held()
    odd.answers = [DOWN, DOWN, held]
    async with sending(odd, tries) as (sender, sent):
        await held.asked.wait()
        sender.try_no_more()
        held.let_go.set()
        assert await sent == POSTED
    assert pauses == [1, 3]


@pytest.mark.parametrize("status", [500, 502, 504, 524])
async def test_what_is_sent_after_the_stop_is_tried_once(status: int) -> None:
    odd, tries = OddDiscord(), Tries()
    odd.answers = [answer(status, {})]
    async with sending(odd, tries) as (sender, sent):
        sender.try_no_more()
        async with asyncio.timeout(BEFORE_THE_SECOND_TRY):
            assert isinstance(await sent, Unknown)
            assert isinstance(await sender.send(POSTING, PAYLOAD), Unknown)
    assert len(odd.posted) == 2
