"""What a manager may ask of a guild's feeds, over a real database and a web in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import AlreadyThere, NotFound, ParseError, QueryError, QuotaReached, UsageError
from bot.feeds.cadence import Limits
from bot.model import Fetched, Sent
from bot.store.store import Store
from bot.work.answers import Added, Choice
from bot.work.follow import Follow
from bot.work.manage import Manage
from bot.work.show import Show
from tests.clocks import START, ManualClock
from tests.work.fakes import URL, HereReader, Web, document

OTHER = "https://example.net/feed.xml"
LIMITS = Limits(default=timedelta(minutes=1), minimum=timedelta(minutes=1), maximum=timedelta(minutes=1))


class House:
    """What guild 1 may do with its feeds, and what that rings."""

    def __init__(self, store: Store, clock: ManualClock | None = None) -> None:
        self.web = Web(**{URL: document("one", "two", feed="News"), OTHER: document(feed="Other news")})
        self.rung: list[str] = []
        self.store = store
        self.follow = Follow(
            store,
            self.web,
            HereReader(),
            clock or ManualClock(),
            limits=LIMITS,
            feeds_per_guild=2,
            changed=lambda: self.rung.append("changed"),
        )
        self.manage = Manage(
            store,
            clock or ManualClock(),
            changed=lambda: self.rung.append("changed"),
            delivered=lambda: self.rung.append("delivered"),
        )
        self.show = Show(store, self.web, HereReader(), clock or ManualClock(), limits=LIMITS)

    async def add(self, url: str = URL, *, guild: int = 1, channel: int = 10, **more: Any) -> Added:
        added = await self.follow.add(guild_id=guild, channel_id=channel, user_id=5, url=url, **more)
        assert isinstance(added, Added)
        return added


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'herald.db'}")
    yield House(store)
    await store.close()


async def test_following_shows_what_a_post_will_look_like_and_wakes_the_poller(house: House) -> None:
    added = await house.add()
    assert added.entry_count == 2
    assert added.sample is not None
    assert "two" in str(added.sample)
    assert house.rung == ["changed"]


async def test_a_feed_that_is_known_is_not_fetched_again(house: House) -> None:
    first = await house.add()
    second = await house.add(guild=2, channel=20)
    assert second.feed.id == first.feed.id
    assert len(house.web.asked) == 1
    assert second.entry_count == 2


async def test_the_same_channel_follows_once_however_the_address_is_written(house: House) -> None:
    await house.add()
    for url in (URL, f"  {URL}", "HTTPS://EXAMPLE.ORG/feed.xml"):
        with pytest.raises(AlreadyThere):
            await house.add(url)
    await house.add(channel=11)


async def test_the_quota_is_the_guilds_own(house: House) -> None:
    await house.add()
    await house.add(OTHER)
    with pytest.raises(QuotaReached, match="2 feeds"):
        await house.add(channel=12)
    await house.add(guild=2, channel=20)


async def test_a_mistake_is_found_before_anybody_is_asked(house: House) -> None:
    with pytest.raises(QueryError):
        await house.add(filter='"open')
    with pytest.raises(UsageError):
        await house.add("not an address")
    assert house.web.asked == []


async def test_what_is_no_feed_leaves_nothing_behind(house: House) -> None:
    house.web.pages[URL] = b"<html><body>no</body></html>"
    with pytest.raises(ParseError):
        await house.add()
    assert await house.follow.subscriptions(1) == []
    assert house.rung == []


async def test_a_subscription_is_found_by_id_title_address_or_part_and_only_at_home(house: House) -> None:
    news = (await house.add()).subscription
    await house.add(OTHER)
    for text in (str(news.id), "news", "NEWS", URL, "example.org"):
        assert (await house.follow.find(1, text)).id == news.id
    for text in (str(news.id), "news", URL):
        with pytest.raises(NotFound):
            await house.follow.find(2, text)
    with pytest.raises(UsageError, match="2 subscriptions"):
        await house.follow.find(1, "feed.xml")
    assert await house.follow.suggest(2, "") == []
    assert len(await house.follow.suggest(1, "")) == 2


async def test_nothing_of_another_guild_can_be_touched_by_its_number(house: House) -> None:
    mine = (await house.add()).subscription.id
    for touch in (
        house.manage.remove(2, mine),
        house.manage.pause(2, mine, by=5),
        house.manage.resume(2, mine),
        house.show.status(2, mine),
        house.manage.post_newest(2, mine),
        house.manage.edit(2, mine, style="title"),
        house.manage.move(2, mine, 11),
        house.show.editing(2, mine),
    ):
        with pytest.raises(NotFound):
            await touch
    (left,) = await house.follow.subscriptions(1)
    assert (left.paused_at, left.style, left.channel_id) == (None, "full", 10)


async def test_many_at_once_do_not_get_past_the_quota(house: House) -> None:
    third = "https://example.com/feed.xml"
    house.web.pages[third] = document("x", feed="Third")
    adding = [house.add(url) for url in (URL, OTHER, third)]
    results = await asyncio.gather(*adding, return_exceptions=True)
    assert [type(one) for one in results].count(QuotaReached) == 1
    assert len(await house.follow.subscriptions(1)) == 2


async def test_an_edit_changes_what_is_given_and_shows_what_passes_now(house: House) -> None:
    mine = (await house.add(mention_role_id=7)).subscription
    await house.manage.edit(1, mine.id, filter=" one ", style="title")
    now = await house.show.editing(1, mine.id)
    assert (now.subscription.filter, now.subscription.style) == ("one", "title")
    assert now.subscription.mention_role_id == 7
    assert now.filtered is not None
    assert (now.filtered.passed, now.filtered.total) == (1, 2)
    assert "one" in str(now.sample)
    assert "two" not in str(now.sample)
    await house.manage.edit(1, mine.id, filter="", mention_role_id=0)
    now = await house.show.editing(1, mine.id)
    assert (now.subscription.filter, now.subscription.mention_role_id, now.filtered) == ("", None, None)
    await house.manage.edit(1, mine.id, filter="three")
    assert (await house.show.editing(1, mine.id)).sample is None
    with pytest.raises(QueryError):
        await house.manage.edit(1, mine.id, filter='"open')
    assert (await house.show.editing(1, mine.id)).subscription.filter == "three"


async def test_two_managers_at_once_both_have_their_way(house: House) -> None:
    mine = (await house.add()).subscription.id
    await asyncio.gather(
        house.manage.edit(1, mine, style="title"),
        house.manage.edit(1, mine, filter="one"),
        house.manage.edit(1, mine, mention_role_id=7),
        house.manage.switch(1, mine, follow_edits=False),
    )
    (now,) = await house.follow.subscriptions(1)
    assert (now.style, now.filter, now.mention_role_id, now.follow_edits) == ("title", "one", 7, False)


async def test_a_feed_moves_to_a_channel_that_does_not_follow_it(house: House) -> None:
    mine = (await house.add()).subscription
    await house.manage.post_newest(1, mine.id)
    assert (await house.manage.move(1, mine.id, 11)).channel_id == 11
    assert (await house.show.status(1, mine.id)).waiting == 1
    assert house.rung[-1] == "delivered"
    await house.add(channel=12)
    with pytest.raises(AlreadyThere, match="<#12> follows News already"):
        await house.manage.move(1, mine.id, 12)


async def test_the_newest_is_posted_on_request_and_an_empty_feed_has_none(house: House) -> None:
    news, empty = (await house.add()).subscription, (await house.add(OTHER)).subscription
    assert await house.manage.post_newest(1, news.id)
    assert await house.manage.post_newest(1, news.id)
    assert not await house.manage.post_newest(1, empty.id)
    assert (await house.show.status(1, news.id)).waiting == 1, "never twice"
    assert house.rung[-1] == "delivered"


async def test_a_preview_stores_nothing(house: House) -> None:
    preview = await house.show.preview(guild_id=1, text=URL)
    assert not hasattr(preview, "candidates")
    assert preview.entry_count == 2
    assert await house.follow.subscriptions(1) == []
    with pytest.raises(NotFound):
        await house.follow.find(1, URL)


async def test_a_feed_that_took_long_to_store_is_not_taken_for_one_that_rested(tmp_path: Path) -> None:
    class SlowClock(ManualClock):
        def now(self) -> datetime:
            self.set_wall(super().now() + timedelta(minutes=2))  # longer than the shortest interval
            return super().now()

    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'herald.db'}")
    try:
        house = House(store, SlowClock())
        added = await house.add()
        feed = await store.feed(1, added.feed.id)
    finally:
        await store.close()
    assert feed is not None
    assert feed.polled_at is not None, "its next poll would be a first one, and swallow what is new"


@pytest.mark.parametrize(
    "spelled",
    [
        "http://example.org/feed.xml",
        "https://www.example.org/feed.xml/",
        "EXAMPLE.org:443/feed.xml#top",
        "https://example.org/feed.xml?utm_source=x",
        "[news](https://example.org/feed.xml)",
    ],
)
async def test_d78_the_same_address_in_another_spelling_is_followed_already(house: House, spelled: str) -> None:
    await house.add()
    asked = len(house.web.asked)
    with pytest.raises(AlreadyThere, match="follows News already"):
        await house.add(spelled)
    assert len(house.web.asked) == asked, "nobody need be asked for that"
    assert await house.add(channel=11)


async def test_the_same_feed_at_another_address_is_recognised_by_where_it_leads_or_what_it_holds(house: House) -> None:
    await house.add()
    leads, twin, other = (f"https://elsewhere.example/{name}" for name in ("leads", "twin", "other"))
    house.web.pages[leads] = Fetched(url=URL, body=document("one", "two", feed="News"))
    house.web.pages[twin] = document("one", "two", feed="News")
    house.web.pages[other] = document("one", "three", feed="News")
    for same in (leads, twin):
        with pytest.raises(AlreadyThere, match="follows News already"):
            await house.add(same)
    assert (await house.add(other)).feed.url == other


async def test_a_plain_word_gives_a_choice_and_follows_nothing(house: House) -> None:
    house.web.pages["https://news.org/"] = document("one", feed="News")
    for choice in (
        await house.follow.add(guild_id=1, channel_id=10, user_id=5, url=" News "),
        await house.show.preview(guild_id=1, text="news"),
    ):
        assert isinstance(choice, Choice)
        assert [(one.url, one.title) for one in choice.candidates] == [("https://news.org/", "News")]
    assert await house.follow.subscriptions(1) == []


async def test_d79_who_knows_a_private_address_gets_the_feed_and_learns_nothing_of_who_follows_it(
    house: House,
) -> None:
    store = house.store
    theirs = (await house.add(guild=1)).subscription
    [entry, *_] = await store.latest(1, limit=1)
    await store.owe([(entry.id, theirs)], START)
    [posting] = await store.lease(START, 1)
    await store.begin_attempt(posting.id, START)
    await store.settle(posting.id, Sent(channel_id=10, message_id=77), START)
    mine = await house.add(guild=2, channel=20)
    assert (mine.entry_count, mine.feed.title) == (2, "News")
    status = await house.show.status(2, mine.subscription.id)
    assert (status.waiting, status.notes, status.hold, status.held) == (0, (), None, None)
    assert [one.id for one in await house.follow.subscriptions(2)] == [mine.subscription.id]
    assert {(one.channel_id, one.message_id) for one in await store.latest(2, limit=9)} == {(None, None)}
    assert (await store.latest(1, limit=1))[0].message_id == 77
