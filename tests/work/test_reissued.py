"""A feed that gives its archive new identities: held back, told of once, and posted or forgotten guild by guild."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import NotFound
from bot.model import Destination, Keyword, Note, Posting, Reissue, Sent
from bot.query.language import parse
from bot.store.store import Store
from bot.work.reissued import Reissued, ReissueTeller
from bot.work.why import why
from tests.work.polling import FEED, Desk, document, fetched

DAY = timedelta(days=1)
MINE, THEIRS = 1, 2
CHANNEL, THEIR_CHANNEL = 10, 20


def archive(*numbers: int, since: str = "") -> bytes:
    """The entries under the identities that they have since some renaming."""
    body = document(*numbers)
    return body.replace(b"<guid>g", f"<guid>g{since}-".encode()).replace(
        b"example/", f"example/{since or 'old'}/".encode()
    )


class House(Desk):
    """Two guilds that follow one feed, and whatever hangs on a re-issue. `told` are the notes, by guild."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.told: list[tuple[int, str]] = []
        self.nowhere: set[int] = set()
        self.reissued = Reissued(store, self.clock, flood_limit=10)
        self.teller = ReissueTeller(store, self._address, delivered=lambda: None)

    async def _address(self, one: Reissue) -> tuple[Destination, Note] | None:
        if one.guild_id in self.nowhere:
            return None
        return Destination(kind="channel", id=99, guild_id=one.guild_id), Note(text=f"{one.count} of {one.feed_title}")

    async def publish(self, body: bytes) -> None:
        self.web.answers[FEED] = fetched(body)
        await self.poll()

    async def tell(self) -> None:
        """A step of the service, and what of it reaches Discord."""
        await self.teller.step(self.clock.now())
        await self.send()

    async def send(self) -> dict[int, list[str]]:
        """Whatever is owed is posted: channel -> titles, oldest first; a flood's rest is "and N more"."""
        posted: dict[int, list[str]] = {}
        while postings := await self.store.lease(self.clock.now(), 10):
            for one in postings:
                self._sent(one, posted)
                await self.store.begin_attempt(one.id, self.clock.now())
                await self.store.settle(
                    one.id, Sent(channel_id=one.destination.id, message_id=one.id), self.clock.now()
                )
        return posted

    def _sent(self, one: Posting, posted: dict[int, list[str]]) -> None:
        if one.note is not None:
            self.told.append((one.destination.guild_id, one.note.text))
            return
        titles = [f"and {one.total} more"] if one.gist else [each.entry.entry.title for each in one.deliveries]
        posted.setdefault(one.destination.id, []).extend(titles)

    async def found(self, guild_id: int) -> list[str]:
        """Titles that a search finds there."""
        hits, _ = await self.store.search(guild_id, parse("entry"), limit=200)
        return sorted(one.entry.title for one in hits)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db")
    house = House(store)
    await house.follow(channel_id=CHANNEL, guild_id=MINE)
    await house.follow(channel_id=THEIR_CHANNEL, guild_id=THEIRS)
    await house.publish(archive(*range(1, 21)))
    yield house
    await store.close()


async def feed_id(house: House) -> int:
    return (await house.feed()).id


async def test_49_a_re_issued_archive_is_held_and_each_guild_is_told_once(house: House) -> None:
    await house.publish(archive(*range(1, 21), since="move"))
    assert await house.send() == {}
    for _ in range(3):
        await house.tell()
    assert house.told == [(MINE, "20 of News"), (THEIRS, "20 of News")]
    await house.publish(archive(*range(1, 22), since="move"))
    assert await house.send() == {CHANNEL: ["Entry 21"], THEIR_CHANNEL: ["Entry 21"]}


async def test_what_is_held_is_neither_found_nor_the_latest(house: House) -> None:
    before = await house.found(MINE)
    await house.publish(archive(*range(1, 21), since="move"))
    assert await house.found(MINE) == before
    assert len(await house.store.latest(MINE, limit=100)) == 20
    assert len(await house.store.titles(MINE)) == 20
    assert (await house.store.search_everywhere(parse("entry"), limit=100))[1] == 20


async def test_posting_them_is_a_flood_in_one_guild_and_nothing_in_another(house: House) -> None:
    await house.publish(archive(*range(1, 21), since="move"))
    await house.tell()
    assert await house.reissued.post(MINE, await feed_id(house)) == 20
    newest = [f"Entry {number}" for number in range(10, 0, -1)]
    assert await house.send() == {CHANNEL: ["and 10 more", *newest]}
    assert len(await house.found(MINE)) == 40
    assert len(await house.found(THEIRS)) == 20
    theirs = await house.store.reissue(THEIRS, await feed_id(house))
    assert theirs is not None
    assert theirs.count == 20


async def test_a_second_press_posts_nothing(house: House) -> None:
    await house.publish(archive(*range(1, 9), since="move"))
    one = await house.store.reissue(MINE, await feed_id(house))
    assert one is not None
    await house.reissued.post(MINE, one.feed_id)
    posted = await house.send()
    for again in (house.reissued.post, house.reissued.forget):
        with pytest.raises(NotFound):
            await again(MINE, one.feed_id)
    # Two presses that both looked before either wrote.
    assert await house.store.post_reissue(one, [], house.clock.now()) is None
    assert not await house.store.forget_reissue(one, house.clock.now())
    assert len(posted[CHANNEL]) == 8
    assert await house.send() == {}


async def test_forgotten_is_never_posted_and_goes_when_nobody_wants_it(house: House) -> None:
    await house.publish(archive(*range(1, 9), since="move"))
    one = await house.store.reissue(MINE, await feed_id(house))
    assert one is not None
    assert await house.reissued.forget(MINE, one.feed_id) == 8
    assert await house.store.reissue(MINE, one.feed_id) is None
    assert len(await house.store.reissued_entries(one)) == 8, "the other guild has not answered"
    await house.reissued.forget(THEIRS, one.feed_id)
    assert await house.store.reissued_entries(one) == []
    await house.publish(archive(*range(1, 9), since="move"))
    await house.publish(archive(*range(1, 10), since="move"))
    assert await house.send() == {CHANNEL: ["Entry 9"], THEIR_CHANNEL: ["Entry 9"]}
    await house.tell()
    assert house.told == [], "who has answered need not be told"


async def test_filters_and_keywords_decide_as_ever(house: House) -> None:
    [one] = await house.store.subscriptions(MINE)
    await house.store.update_subscription(replace(one, filter="=3"))
    await house.store.add_keyword(Keyword(id=0, guild_id=MINE, user_id=7, query="=5"))
    await house.store.add_keyword(Keyword(id=0, guild_id=THEIRS, user_id=8, query="=6"))
    await house.publish(archive(*range(1, 9), since="move"))
    assert await house.reissued.post(MINE, one.feed_id) == 2
    assert await house.send() == {CHANNEL: ["Entry 3"], 7: ["Entry 5"]}


async def test_a_feed_that_renames_all_again_and_again_is_told_of_once_a_month_and_kept_once(house: House) -> None:
    for day in range(10):
        house.clock.set_wall(house.clock.now() + DAY)
        await house.publish(archive(*range(1, 21), since=f"day{day}"))
        await house.tell()
    assert [guild for guild, _ in house.told] == [MINE, THEIRS]
    one = await house.store.reissue(MINE, await feed_id(house))
    assert one is not None
    assert one.count == 20
    assert await house.reissued.post(MINE, one.feed_id) == 20
    await house.send()
    assert len(await house.found(MINE)) == 40
    house.clock.set_wall(house.clock.now() + 31 * DAY)
    await house.publish(archive(*range(1, 21), since="later"))
    await house.tell()
    assert sorted(guild for guild, _ in house.told) == [MINE, MINE, THEIRS, THEIRS]
    assert len(await house.found(MINE)) == 40, "what was posted stays found"


async def test_a_kill_at_any_moment_tells_and_posts_once(house: House) -> None:
    """Before the telling, after it, and with the answer in the database: whoever comes next goes on from there."""
    await house.publish(archive(*range(1, 9), since="move"))
    after = House(house.store)
    after.clock = house.clock
    await after.tell()
    assert [guild for guild, _ in after.told] == [MINE, THEIRS]
    assert await after.reissued.post(MINE, await feed_id(house)) == 8
    again = House(house.store)
    again.clock = house.clock
    await again.teller.step(again.clock.now())
    assert len((await again.send())[CHANNEL]) == 8
    assert again.told == []


async def test_a_guild_where_nobody_can_be_told_yet_is_told_later(house: House) -> None:
    house.nowhere.add(MINE)
    await house.publish(archive(*range(1, 9), since="move"))
    await house.tell()
    assert [guild for guild, _ in house.told] == [THEIRS]
    house.nowhere.clear()
    await house.tell()
    assert [guild for guild, _ in house.told] == [THEIRS, MINE]


async def test_nothing_is_held_for_who_follows_later_or_has_paused(house: House) -> None:
    [one] = await house.store.subscriptions(THEIRS)
    await house.store.pause_subscription(THEIRS, one.id, "by hand", house.clock.now())
    await house.publish(archive(*range(1, 9), since="move"))
    await house.follow(channel_id=30, guild_id=3)
    for guild_id in (THEIRS, 3, 4):
        assert await house.store.reissue(guild_id, one.feed_id) is None
        with pytest.raises(NotFound):
            await house.reissued.post(guild_id, one.feed_id)


async def test_what_is_held_does_not_keep_stories_apart(house: House) -> None:
    """It has the titles of what was posted, and a title that two entries of a feed have tells no story."""
    story, other = b"A long title that names this one story", "https://other.example/feed"

    async def publish(url: str, *numbers: int, since: str = "") -> None:
        body = archive(*numbers, since=since).replace(b"Entry 21", story)
        house.web.answers[url] = fetched(body.replace(b"feeds.example", url.split("/")[2].encode()), url=url)
        await house.poll(url)

    await house.follow(url=other, channel_id=CHANNEL)
    await publish(other, 1, 2)
    await publish(FEED, *range(1, 22))
    await house.send()
    await publish(FEED, *range(1, 22), since="move")
    await publish(other, 1, 2, 21)
    assert await house.send() == {}, "the first feed's post names the second"


async def test_whoever_asks_why_learns_that_it_is_held_back_unless_it_was_posted_before(house: House) -> None:
    await house.publish(archive(*range(1, 9), since="move"))
    [one] = await house.store.subscriptions(MINE)
    entry = await house.store.find_entry(MINE, one.feed_id, "https://feeds.example/move/3")
    assert entry is not None
    fate = await house.store.fate(MINE, one.id, entry.id)
    assert why(one, await house.feed(), entry, fate).kind == "held"
    known = await house.store.find_entry(MINE, one.feed_id, "Entry 3")
    assert known is not None
    assert not (await house.store.fate(MINE, one.id, known.id)).held
