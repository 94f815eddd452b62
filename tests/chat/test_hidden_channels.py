"""A feed that posts only where a member cannot look is not there for them: not found, not proposed, not named."""

from __future__ import annotations

import pytest

from bot.model import Feed, Sent
from bot.sandbox import Channel, Reply, User
from tests.chat.desk import Desk


class Hidden:
    """#mods, which members do not see, with a feed and an entry of its own; the entry of #news is for everybody."""

    def __init__(self, desk: Desk, mods: Channel, feed: Feed) -> None:
        self.desk, self.mods, self.feed = desk, mods, feed

    async def search(self, user: User, **options: object) -> str:
        reply = await self.desk.command(user, "search", query="raccoon", **options)
        return told(reply)

    async def offered(self, user: User, command: str) -> list[str]:
        choices = await self.desk.guild.autocomplete(user, self.desk.news, command, option="feed")
        return [str(one["name"]) for one in choices]


def told(reply: Reply) -> str:
    """All that the member is told."""
    return f"{reply.text} {reply.embeds}"


@pytest.fixture
async def hidden(desk: Desk) -> Hidden:
    mods = desk.guild.add_channel("mods")
    mods.deny(desk.guild.everyone, "VIEW_CHANNEL")
    feed = await desk.follow("Mod log", desk.guild, mods)
    await desk.publish("Raccoon banned", feed=feed)
    await desk.publish("Raccoon seen in the park")
    return Hidden(desk, mods, feed)


async def test_a_search_finds_what_the_member_could_have_read(hidden: Hidden) -> None:
    desk = hidden.desk
    shown = await hidden.search(desk.member)
    assert "1 entry found" in shown
    assert "in the park" in shown
    assert "banned" not in shown
    assert "2 entries found" in await hidden.search(desk.guild.owner)
    assert "2 entries found" in await hidden.search(desk.manager), "who manages feeds sees them all in /feed list"
    hidden.mods.allow(desk.other, "VIEW_CHANNEL")
    assert "2 entries found" in await hidden.search(desk.other)
    hidden.mods.reset(desk.other)
    assert "1 entry found" in await hidden.search(desk.other), "from the moment on at which it is hidden again"


async def test_a_feed_that_also_posts_where_the_member_looks_is_found_and_links_there(hidden: Hidden) -> None:
    desk = hidden.desk
    talk = desk.guild.add_channel("talk")
    await desk.follow("Mod log", desk.guild, talk)
    await desk.publish("Raccoon again", feed=hidden.feed)
    for number, posting in enumerate(await desk.store.lease(desk.clock.now(), 100), 1):
        sent = Sent(channel_id=posting.destination.id, message_id=number)
        await desk.store.settle(posting.id, sent, desk.clock.now())
    shown, all_of_it = await hidden.search(desk.member), await hidden.search(desk.manager)
    assert "3 entries found" in shown
    assert f"/{talk.id}/" in shown
    assert f"/{hidden.mods.id}/" not in shown
    assert f"/{hidden.mods.id}/" in all_of_it


async def test_the_latest_and_the_spelling_tell_nothing_of_it_either(hidden: Hidden) -> None:
    desk = hidden.desk
    latest = told(await desk.command(desk.member, "latest"))
    assert "in the park" in latest
    assert "banned" not in latest
    misspelt = told(await desk.command(desk.member, "search", query="bannet"))
    assert "banned" not in misspelt
    assert "banned" in told(await desk.command(desk.manager, "search", query="bannet"))


async def test_its_name_is_neither_offered_nor_taken(hidden: Hidden) -> None:
    desk = hidden.desk
    for command in ("search", "latest", "keyword add"):
        assert await hidden.offered(desk.member, command) == ["Example feed"]
        assert await hidden.offered(desk.manager, command) == ["Example feed", "Mod log"]
    assert "No such feed" in await hidden.search(desk.member, feed="Mod log")
    (subscription,) = await desk.store.subscriptions(desk.guild.id, channel_id=hidden.mods.id)
    assert "No such feed" in await hidden.search(desk.member, feed=str(subscription.id))
    assert "No such feed" in (await desk.add(desk.member, "raccoon", feed="Mod log")).text


async def test_a_new_keyword_says_nothing_of_what_it_would_have_caught_there(hidden: Hidden) -> None:
    desk = hidden.desk
    added = told(await desk.add(desk.member, "raccoon"))
    assert "caught 1 entry" in added
    assert "banned" not in added
    assert "caught 2 entries" in told(await desk.add(desk.manager, "raccoon"))


async def test_a_public_thread_is_for_those_who_see_its_channel(desk: Desk) -> None:
    thread = desk.guild.add_thread(desk.news, "plans", owner=desk.guild.owner)
    feed = await desk.follow("Plans", desk.guild, thread)
    await desk.publish("Raccoon house", feed=feed)
    assert "1 entry found" in told(await desk.command(desk.member, "search", query="raccoon"))
    desk.news.deny(desk.guild.everyone, "VIEW_CHANNEL")
    talk = desk.guild.add_channel("talk")
    reply = await desk.guild.command(desk.member, talk, "search", query="raccoon")
    assert "Raccoon house" not in told(reply)
