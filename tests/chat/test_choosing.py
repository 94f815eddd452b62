"""When a page announces several feeds: the menu, what it keeps while somebody chooses, and what it refuses."""

from __future__ import annotations

import pytest

from bot.feeds.discover import Candidate
from bot.sandbox import Reply
from bot.work.answers import Choice
from tests.chat.conftest import Room
from tests.chat.online import online

PAGE = "https://example.com/"
MENU = "Choose a feed"


def offer(room: Room, count: int, *, url_length: int = 300) -> list[str]:
    urls = [f"https://example.com/{n}/".ljust(url_length, "x") for n in range(count)]
    candidates = [Candidate(url=url, title=f"Feed {n} *bold*", kind="Atom") for n, url in enumerate(urls)]
    room.follow.pages[PAGE] = Choice(page_url=PAGE, candidates=tuple(candidates))
    return urls


async def add(room: Room, **options: object) -> Reply:
    return await room.sandbox.command(room.manager, room.news, "feed add", {"url": PAGE, **options})


async def test_the_feed_chosen_is_followed_with_what_was_asked_for_at_first(room: Room) -> None:
    urls = offer(room, 3)
    role = room.guild.add_role("readers", mentionable=True)
    other = room.guild.add_channel("other")
    reply = await add(room, channel=other, filter='rust -"game of"', style="title", mention=role)
    assert "offers 3 feeds" in reply.content
    assert reply.ephemeral
    chosen = await reply.select(room.manager, MENU, ["2"])
    assert "Following" in chosen.content
    (made,) = room.follow.all
    assert (made.feed_url, made.channel_id, made.filter) == (urls[2], other.id, 'rust -"game of"')
    assert (made.style, made.mention_role_id) == ("title", role.id)


async def test_a_menu_outlives_a_restart(room: Room) -> None:
    urls = offer(room, 2)
    reply = await add(room)
    await room.client.close()
    async with online(room.sandbox, room.services):
        await reply.select(room.manager, MENU, ["1"])
    assert [one.feed_url for one in room.follow.all] == [urls[1]]


async def test_a_preview_is_chosen_the_same_way_and_follows_nothing(room: Room) -> None:
    offer(room, 2)
    reply = await room.guild.command(room.manager, room.news, "feed preview", feed=PAGE)
    chosen = await reply.select(room.manager, MENU, ["0"])
    assert "Nothing was stored or posted" in chosen.text
    assert room.follow.all == []


@pytest.mark.parametrize(("count", "url_length", "most"), [(40, 60, 25), (25, 1000, 5), (3, 1025, 0), (2, 1024, 2)])
async def test_what_does_not_fit_is_counted_and_the_message_stays_within_discords_limits(
    room: Room, count: int, url_length: int, most: int
) -> None:
    offer(room, count, url_length=url_length)
    reply = await add(room)
    fields = reply.embeds[0].get("fields", [])
    assert len(fields) == most
    assert ("did not fit" in reply.text) is (most < count)


async def test_a_channel_that_was_closed_meanwhile_is_refused(room: Room) -> None:
    offer(room, 2)
    reply = await add(room)
    room.news.deny(room.guild.bot_role, "SEND_MESSAGES")
    chosen = await reply.select(room.manager, MENU, ["0"])
    await chosen.wait_for(lambda answer: answer.followups)
    assert "Send Messages" in chosen.followups[0].content
    assert room.follow.all == []


async def test_a_manager_who_is_one_no_more_cannot_choose(room: Room) -> None:
    offer(room, 2)
    reply = await add(room)
    room.guild.record.members[room.manager.id].role_ids.clear()
    chosen = await reply.select(room.manager, MENU, ["0"])
    await chosen.wait_for(lambda answer: answer.followups)
    assert "Manage Server" in chosen.followups[0].content
    assert room.follow.all == []
