"""What goes wrong between a bot and Discord can be had on demand, and the rate limits are kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from bot.sandbox import Fault, Guild, RateLimits, Sandbox

from .discord_bot import SmallBot
from .discord_rest import Rest

POST = ("POST", "/channels/*/messages")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("kind", "error"), [("reset", aiohttp.ClientOSError), ("close", aiohttp.ServerDisconnectedError)]
)
async def test_a_lost_connection_loses_the_answer_and_maybe_the_effect(
    bot: SmallBot, sandbox: Sandbox, guild: Guild, kind: str, error: type[Exception], when: str
) -> None:
    channel = guild.add_channel("news")
    fault = sandbox.faults.add(kind, *POST, when=when)  # type: ignore[arg-type]
    with pytest.raises(error):
        await bot.get_partial_messageable(channel.id).send("x", nonce="n")
    assert len(channel.messages) == (1 if when == "after" else 0)
    await bot.get_partial_messageable(channel.id).send("x", nonce="n")
    assert len(channel.messages) == 1
    assert (fault.hits, fault.times) == (1, 0)
    assert [entry.status for entry in sandbox.log if entry.method == "POST"] == [0, 200]


async def test_a_status_comes_with_the_body_asked_for(rest: Rest, sandbox: Sandbox, guild: Guild) -> None:
    channel = guild.add_channel("news")
    sandbox.faults.add("status", *POST, status=503, body="<html>upstream</html>", times=2)
    sandbox.faults.add("status", *POST, status=400, body={"message": "Blocked", "code": 240000})
    answers = [await rest.post_to(channel, content="x") for _ in range(4)]
    assert [answer.status for answer in answers] == [503, 503, 400, 200]
    assert answers[0].text == "<html>upstream</html>"
    assert answers[2].code == 240000


async def test_a_broken_answer_hides_a_message_that_was_posted(bot: SmallBot, sandbox: Sandbox, guild: Guild) -> None:
    channel = guild.add_channel("news")
    sandbox.faults.add("broken-json", *POST, when="after")
    with pytest.raises(ValueError, match="Unterminated"):
        await bot.get_partial_messageable(channel.id).send("x")
    assert [message.content for message in channel.messages] == ["x"]


async def test_a_request_can_hang_until_the_client_gives_up(rest: Rest, sandbox: Sandbox, guild: Guild) -> None:
    channel = guild.add_channel("news")
    sandbox.faults.add("hang", *POST, seconds=60)
    timeout = aiohttp.ClientTimeout(total=0.05)
    with pytest.raises(asyncio.TimeoutError):
        await rest.session.post(f"{rest.base}/channels/{channel.id}/messages", json={}, timeout=timeout)
    sandbox.faults.add("hang", *POST, seconds=0.01)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await rest.post_to(channel, content="x")


@pytest.mark.parametrize("scope", ["user", "global", "shared"])
async def test_each_scope_of_a_429_is_as_discord_sends_it(
    rest: Rest, sandbox: Sandbox, guild: Guild, scope: str
) -> None:
    sandbox.faults.add("ratelimit", *POST, scope=scope, retry_after=4.5)
    answer = await rest.post_to(guild.add_channel("news"), content="x")
    assert answer.status == 429
    assert answer.headers["Via"]
    assert (answer.headers["X-RateLimit-Scope"], answer.headers["Retry-After"]) == (scope, "5")
    assert (answer.json["retry_after"], answer.json["global"]) == (4.5, scope == "global")


async def test_a_429_can_lack_what_libraries_count_on(rest: Rest, sandbox: Sandbox, guild: Guild) -> None:
    channel = guild.add_channel("news")
    sandbox.faults.add("ratelimit", *POST, via=False)
    sandbox.faults.add("ratelimit", *POST, retry_after=None)
    cloudflare, short = await rest.post_to(channel, content="x"), await rest.post_to(channel, content="x")
    assert "Via" not in cloudflare.headers
    assert cloudflare.headers["Content-Type"] == "text/html"
    assert "retry_after" not in short.json


async def test_a_discord_py_bot_waits_a_429_out(bot: SmallBot, sandbox: Sandbox, guild: Guild) -> None:
    channel = guild.add_channel("news")
    sandbox.faults.add("ratelimit", *POST, retry_after=0.01, times=2)
    await bot.get_partial_messageable(channel.id).send("x")
    assert len(channel.messages) == 1


@pytest.mark.parametrize(
    ("fault", "hit", "missed"),
    [
        (
            Fault("close", "POST", "/channels/*/messages"),
            ("POST", "/channels/1/messages"),
            ("GET", "/channels/1/messages"),
        ),
        (Fault("close", "*", "/channels/*"), ("PATCH", "/channels/1"), ("GET", "/channels/1/messages")),
        (Fault("close", path="/webhooks/**"), ("POST", "/webhooks/1/t/messages/2"), ("POST", "/channels/1/webhooks")),
    ],
)
def test_a_fault_strikes_the_requests_it_was_laid_for(
    fault: Fault, hit: tuple[str, str], missed: tuple[str, str]
) -> None:
    assert fault.matches(*hit)
    assert not fault.matches(*missed)


class Limited:
    """A sandbox with limits, and the time that they run in."""

    def __init__(self) -> None:
        self.time = 0.0
        self.limits = RateLimits(monotonic=lambda: self.time)


@pytest.fixture
def limited() -> Limited:
    return Limited()


@pytest.fixture
async def tight(limited: Limited) -> AsyncIterator[Rest]:
    async with Sandbox(rate_limits=limited.limits) as sandbox, aiohttp.ClientSession() as session:
        guild = sandbox.add_guild("Reading room")
        guild.add_channel("one")
        guild.add_channel("two")
        rest = Rest(session, sandbox)
        rest.channels = [channel.id for channel in guild.channels]  # type: ignore[attr-defined]
        yield rest


async def test_the_sixth_message_within_five_seconds_is_one_too_many(tight: Rest, limited: Limited) -> None:
    one, two = (f"/channels/{each}/messages" for each in tight.channels)  # type: ignore[attr-defined]
    answers = [await tight("POST", one, {"content": "x"}) for _ in range(6)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    assert answers[5].json == {"message": "You are being rate limited.", "code": 0, "retry_after": 5.0, "global": False}
    assert (await tight("POST", two, {"content": "x"})).status == 200
    limited.time = 5.0
    assert (await tight("POST", one, {"content": "x"})).status == 200


async def test_fifty_requests_a_second_are_allowed_in_all(tight: Rest, limited: Limited) -> None:
    limited.limits.default = (1000, 1.0)
    statuses = [(await tight("GET", "/users/@me")).status for _ in range(51)]
    assert statuses == [200] * 50 + [429]
    assert (await tight("GET", "/gateway")).status == 200


async def test_a_bot_with_real_limits_is_slowed_but_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = RateLimits(routes={"POST /channels/{channel_id}/messages": (5, 0.1)})
    async with Sandbox(rate_limits=limits) as sandbox:
        monkeypatch.setattr(discord.http.Route, "BASE", sandbox.api_base)
        channel = sandbox.add_guild("Reading room").add_channel("news")
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login(sandbox.token)
            target = client.get_partial_messageable(channel.id)
            await asyncio.gather(*(target.send(str(number)) for number in range(12)))
        assert sorted(int(message.content) for message in channel.messages) == list(range(12))


async def test_every_answer_carries_its_bucket(tight: Rest) -> None:
    one, two = (f"/channels/{each}" for each in tight.channels)  # type: ignore[attr-defined]
    first, second = await tight("GET", one), await tight("GET", two)
    missing = await tight("GET", f"{one}/messages/1")
    for answer in (first, second, missing):
        assert {key for key in answer.headers if key.startswith("X-RateLimit-")} == {
            f"X-RateLimit-{part}" for part in ("Limit", "Remaining", "Reset", "Reset-After", "Bucket")
        }
        assert answer.headers["Via"]
    assert first.headers["X-RateLimit-Bucket"] == second.headers["X-RateLimit-Bucket"]
    assert first.headers["X-RateLimit-Remaining"] == second.headers["X-RateLimit-Remaining"]


async def test_webhooks_are_counted_each_by_itself(tight: Rest) -> None:
    path = f"/channels/{tight.channels[0]}/webhooks"  # type: ignore[attr-defined]
    tight_guild = await tight("POST", path, {"name": "x"})
    assert tight_guild.code == 50013
    statuses = [(await tight("POST", f"/webhooks/1/{number % 2}", {"content": "x"})).status for number in range(12)]
    assert statuses == [404] * 10 + [429] * 2


@pytest.mark.parametrize("given", ["", "Bot", "Bot wrong", "Bearer {token}", "{token}", "bot {token}"])
async def test_whoever_has_not_the_token_is_told_so(rest: Rest, given: str) -> None:
    headers = {"Authorization": given.format(token=rest.token)}
    async with rest.session.get(rest.base + "/users/@me", headers=headers) as answer:
        assert answer.status == 401
        assert await answer.json() == {"message": "401: Unauthorized", "code": 0}


async def test_a_client_without_a_name_does_not_come_through(rest: Rest) -> None:
    headers = {"Authorization": f"Bot {rest.token}", "User-Agent": ""}
    async with rest.session.get(rest.base + "/users/@me", headers=headers) as answer:
        assert answer.status == 403
        assert "Via" not in answer.headers
        assert "1010" in await answer.text()


async def test_too_many_invalid_requests_shut_the_door_for_ten_minutes(tight: Rest, limited: Limited) -> None:
    limited.limits.invalid_requests.limit = 3
    for _ in range(3):
        assert (await tight("GET", "/users/@me", token="wrong")).status == 401
    shut = await tight("GET", "/users/@me")
    assert (shut.status, shut.headers["Retry-After"], shut.headers["Content-Type"]) == (429, "600", "text/html")
    assert "Via" not in shut.headers
    limited.time = 600.0
    assert (await tight("GET", "/users/@me")).status == 200


async def test_limits_shared_with_others_are_nobodys_fault(tight: Rest, limited: Limited) -> None:
    for status, scope in ((429, "shared"), (404, ""), (400, ""), (500, "")):
        limited.limits.count_invalid(status, scope)
    assert limited.limits.invalid_requests.used == 0
    for status, scope in ((401, ""), (403, ""), (429, "user")):
        limited.limits.count_invalid(status, scope)
    assert limited.limits.invalid_requests.used == 3
