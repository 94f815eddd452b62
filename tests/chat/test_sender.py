from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from aiohttp import web

from bot.chat.sender import DiscordSender
from bot.model import Destination, Outcome, Payload, Posting, Refused, Sent, Unknown
from tests.chat import odd_discord
from tests.chat.odd_discord import CHANNEL_ID, DM_ID, Answer, OddDiscord, answer, hang_up, logged_in, message, raw

pauses = odd_discord.pauses

START = datetime(2026, 5, 13, 10, 0, tzinfo=UTC)
PAYLOAD = Payload(embeds=({"title": "A title", "url": "https://example.com/1", "description": "words"},))
POSTED = message(1000)


def posting(*, user: int | None = None, attempts: int = 0) -> Posting:
    place = (
        Destination(kind="user", id=user, guild_id=1)
        if user
        else Destination(kind="channel", id=CHANNEL_ID, guild_id=1)
    )
    return Posting(
        id=1,
        destination=place,
        nonce="n0nce",
        deliveries=(),
        attempts=attempts,
        first_attempt_at=START if attempts else None,
    )


async def outcome_when(*answers: Answer, payload: Payload = PAYLOAD, **options: float) -> tuple[Outcome, OddDiscord]:
    odd = OddDiscord()
    odd.answers = list(answers)
    async with logged_in(odd, **options) as client:
        return await DiscordSender(client).send(posting(), payload), odd


async def test_a_posting_goes_out_with_its_nonce_and_pings_nobody() -> None:
    outcome, odd = await outcome_when(answer(200, POSTED))
    assert outcome == Sent(channel_id=CHANNEL_ID, message_id=1000)
    (body,) = odd.posted
    assert body["nonce"] == "n0nce"
    assert body["enforce_nonce"] is True
    assert body["allowed_mentions"] == {"parse": [], "roles": []}
    assert body["embeds"][0]["title"] == "A title"


async def test_only_the_roles_allowed_are_pinged_and_components_go_as_they_are() -> None:
    button = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Search", "custom_id": "herald:x"}]}
    payload = Payload(content="<@&5> @everyone", allowed_role_ids=(5,), components=(button,))
    _, odd = await outcome_when(answer(200, POSTED), payload=payload)
    (body,) = odd.posted
    assert body["allowed_mentions"] == {"parse": [], "roles": [5]}
    assert body["components"] == [button]
    assert body["content"] == "<@&5> @everyone"


async def test_only_a_silent_message_says_that_it_notifies_nobody() -> None:
    for silent, flags in ((True, 1 << 12), (False, 0)):
        _, odd = await outcome_when(answer(200, POSTED), payload=replace(PAYLOAD, silent=silent))
        assert [body.get("flags", 0) for body in odd.posted] == [flags]


@pytest.mark.parametrize("status", [500, 502, 504, 524])
async def test_a_passing_server_error_is_tried_again_with_the_same_nonce(status: int, pauses: list[float]) -> None:
    outcome, odd = await outcome_when(answer(status, {}), answer(status, {}), answer(200, POSTED))
    assert outcome == Sent(channel_id=CHANNEL_ID, message_id=1000)
    assert [body["nonce"] for body in odd.posted] == ["n0nce"] * 3
    assert pauses == [1, 3]


ANSWERS_THAT_SAY_NOTHING = {
    "500 for ever": answer(500, {"message": "500: Internal Server Error", "code": 0}),
    "502 with a page": raw(502, b"<html>Bad Gateway</html>", "text/html"),
    "503": raw(503, b"upstream connect error", "text/plain"),
    "504": answer(504, {}),
    "closed without an answer": hang_up(reset=False),
    "reset without an answer": hang_up(reset=True),
    "reset in the middle of the answer": hang_up(
        reset=True, after=b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
    ),
    "closed in the middle of the answer": hang_up(
        reset=False, after=b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
    ),
    "no HTTP": hang_up(reset=False, after=b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "200 with cut JSON": raw(200, b'{"id": "10', "application/json"),
    "200 with a page": raw(200, b"<html>hello</html>", "text/html"),
    "200 with nothing": raw(200, b"", "application/json"),
    "200 with a charset": raw(200, b'{"id": "1000"}', "application/json; charset=utf-8"),
    "200 with a list": answer(200, []),
    "200 with null": answer(200, None),
    "200 without an author": answer(200, {"id": "1000"}),
    "200 that is no UTF-8": raw(200, b"\xff\xfe\x00", "application/json"),
    "401": answer(401, {"message": "401: Unauthorized", "code": 0}),
    "403 of a firewall": raw(403, b"<html>Attention Required!</html>", "text/html"),
    "404 of a proxy": raw(404, b"not found", "text/plain"),
    "429 of Cloudflare": raw(429, b"error code: 1015", "text/plain"),
    "429 without Via": answer(429, {"message": "limited", "retry_after": 1, "global": False}),
    "429 without retry_after": answer(429, {"message": "limited"}, Via="1.1 google"),
    "429 that never ends": answer(429, {"message": "limited", "retry_after": 0.1}, Via="1.1 google"),
}


@pytest.mark.parametrize("odd_answer", ANSWERS_THAT_SAY_NOTHING.values(), ids=ANSWERS_THAT_SAY_NOTHING.keys())
async def test_an_answer_that_says_nothing_is_an_unknown_outcome(odd_answer: Answer, pauses: list[float]) -> None:
    outcome, _ = await outcome_when(odd_answer)
    assert isinstance(outcome, Unknown)
    assert 0 < len(outcome.reason) < 100


@pytest.mark.parametrize(
    ("status", "code", "text"),
    [
        (403, 50001, "Missing Access"),
        (403, 50013, "Missing Permissions"),
        (404, 10003, "Unknown Channel"),
        (400, 50035, "Invalid Form Body"),
        (400, 240000, "Message blocked by harmful links filter"),
    ],
)
async def test_a_refusal_in_discords_words_is_one(status: int, code: int, text: str) -> None:
    outcome, odd = await outcome_when(answer(status, {"message": text, "code": code}))
    assert outcome == Refused(status=status, code=code, reason=text)
    assert len(odd.posted) == 1


async def test_a_nonce_whose_message_was_deleted_was_delivered() -> None:
    outcome, _ = await outcome_when(answer(404, {"message": "Unknown Message", "code": 10008}))
    assert outcome == Sent()


async def test_a_short_pause_is_waited_out(pauses: list[float]) -> None:
    limited = answer(429, {"message": "limited", "retry_after": 2.5, "global": False}, Via="1.1 google")
    outcome, odd = await outcome_when(limited, answer(200, POSTED))
    assert isinstance(outcome, Sent)
    assert pauses == [2.5]
    assert [body["nonce"] for body in odd.posted] == ["n0nce", "n0nce"]


async def test_a_long_pause_is_handed_to_the_outbox(pauses: list[float]) -> None:
    limited = answer(429, {"message": "limited", "retry_after": 1800, "global": True}, Via="1.1 google")
    outcome, _ = await outcome_when(limited, max_ratelimit_timeout=60.0)
    assert isinstance(outcome, Unknown)
    assert outcome.retry_after == timedelta(minutes=30)
    assert pauses == []


async def test_a_payload_that_is_no_message_is_refused_without_a_request() -> None:
    outcome, odd = await outcome_when(answer(200, POSTED), payload=Payload(embeds=({"timestamp": "yesterday"},)))
    assert isinstance(outcome, Refused)
    assert odd.posted == []


async def test_a_refused_token_is_reported() -> None:
    odd = OddDiscord()
    odd.answers = [answer(401, {"message": "401: Unauthorized", "code": 0})]
    reported: list[bool] = []
    async with logged_in(odd) as client:
        await DiscordSender(client, on_unauthorized=lambda: reported.append(True)).send(posting(), PAYLOAD)
    assert reported == [True]


async def test_a_member_is_told_in_one_dm_channel() -> None:
    odd = OddDiscord()
    odd.answers = [answer(200, POSTED)]
    async with logged_in(odd) as client:
        sender = DiscordSender(client)
        for _ in range(3):
            assert await sender.send(posting(user=5), PAYLOAD) == Sent(channel_id=DM_ID, message_id=1000)
    assert odd.dm_requests == 1
    assert [body["channel"] for body in odd.posted] == [DM_ID] * 3


async def test_a_member_who_takes_no_dms_is_a_refusal() -> None:
    odd = OddDiscord()
    odd.answers = [answer(403, {"message": "Cannot send messages to this user", "code": 50007})]
    async with logged_in(odd) as client:
        outcome = await DiscordSender(client).send(posting(user=5), PAYLOAD)
    assert outcome == Refused(status=403, code=50007, reason="Cannot send messages to this user")


async def test_a_cancelled_caller_does_not_cancel_the_request() -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await go_on.wait()
        return odd_discord.plain_json(POSTED)

    odd = OddDiscord()
    odd.answers = [slowly]
    async with logged_in(odd) as client:
        sender = DiscordSender(client)
        caller = asyncio.create_task(sender.send(posting(), PAYLOAD))
        await arrived.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert (sender.in_flight, sender.answered) == (1, 0)
        drained = asyncio.create_task(sender.drain())
        go_on.set()
        await drained
        assert (sender.in_flight, sender.answered) == (0, 1)
        assert isinstance(await sender.send(posting(), PAYLOAD), Sent)


async def test_a_client_that_is_closed_knows_nothing() -> None:
    odd = OddDiscord()
    odd.answers = [answer(200, POSTED)]
    async with logged_in(odd) as client:
        await client.close()
        assert isinstance(await DiscordSender(client).send(posting(), PAYLOAD), Unknown)


def _at(minutes: float, **fields: Any) -> dict[str, object]:
    return message(discord.utils.time_snowflake(START + timedelta(minutes=minutes)), **fields)


async def find_in(
    *history: dict[str, object], answers: list[Answer] | None = None, after: int | None = None
) -> Sent | Refused | Unknown | None:
    odd = OddDiscord()
    odd.history = sorted(history, key=lambda one: -int(str(one["id"])))
    odd.answers = answers or []
    async with logged_in(odd) as client:
        return await DiscordSender(client).find(replace(posting(attempts=1), after_message_id=after), PAYLOAD)


OURS: dict[str, Any] = {"embeds": [dict(PAYLOAD.embeds[0], type="rich")]}


async def test_a_posting_is_found_again_among_our_own_messages() -> None:
    found = await find_in(_at(1, **OURS), _at(2), _at(3, author=5))
    assert found == Sent(channel_id=CHANNEL_ID, message_id=discord.utils.time_snowflake(START + timedelta(minutes=1)))


async def test_a_posting_is_found_again_by_what_it_announces_however_plainly() -> None:
    assert isinstance(await find_in(_at(1, content="**A title** <https://example.com/1>")), Sent)


async def test_a_posting_is_found_below_300_other_messages() -> None:
    assert isinstance(await find_in(_at(0, **OURS), *(_at(1 + n / 100, author=5) for n in range(300))), Sent)


@pytest.mark.parametrize(
    "history",
    [
        [],
        [_at(1, author=5, **OURS)],
        [_at(-2 * 24 * 60, **OURS)],
        [_at(1, embeds=[{"type": "rich", "title": "Another", "url": "https://example.com/2"}])],
    ],
    ids=["an empty channel", "somebody else's", "from before the first attempt", "another posting's"],
)
async def test_what_is_not_it_is_not_found(history: list[dict[str, object]]) -> None:
    assert await find_in(*history) is None


async def test_a_clock_that_is_an_hour_ahead_does_not_hide_a_posting() -> None:
    assert isinstance(await find_in(_at(-60, **OURS)), Sent)


async def test_a_message_that_the_place_had_before_is_another_posting() -> None:
    before = _at(-60, **OURS)
    assert await find_in(before, after=int(str(before["id"]))) is None


async def test_a_history_that_cannot_be_read_is_no_proof_of_absence(pauses: list[float]) -> None:
    assert isinstance(await find_in(answers=[answer(500, {})]), Unknown)
    refused = await find_in(answers=[answer(403, {"message": "Missing Access", "code": 50001})])
    assert refused == Refused(status=403, code=50001, reason="Missing Access")


async def test_what_was_never_tried_is_not_looked_for() -> None:
    odd = OddDiscord()
    async with logged_in(odd) as client:
        assert await DiscordSender(client).find(posting(), PAYLOAD) is None
