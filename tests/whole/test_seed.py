"""The feed this project began with: its ten newest entries are published one at a time, with a restart between."""

from __future__ import annotations

from typing import Any

from tests.material import SEED, needs
from tests.whole.world import SOON, World, embeds_of

pytestmark = needs(SEED)

# As they stand in the document, oldest first: number in the address, title, author, time (UTC), picture's beginning.
NEWEST_TEN = [
    (
        3348038,
        "Google’s TurboQuant AI advance dents memory-chip stocks, but analysts say ‘buy the dip’",
        "Vincent Chow",
        "2026-03-26T13:24:11",
        "ab62f2eb",
    ),
    (
        3348044,
        "China’s top chip foundry SMIC unveils action plan for seizing new growth opportunities",
        "Ann Cao",
        "2026-03-27T03:00:08",
        "96712f8c",
    ),
    (
        3349677,
        "Semiconductor leap: China looks to next-gen ‘2D chip’ with 1,000-fold growth speed",
        "Zhang Tong",
        "2026-04-12T08:00:14",
        "3be865c6",
    ),
    (
        3350010,
        "China quietly profits from US AI boom despite Washington’s tech curbs: research",
        "Ben Jiang",
        "2026-04-14T07:00:08",
        "12025904",
    ),
    (
        3350050,
        "China’s Dishan Technology nears 2nm AI chip breakthrough, reports say",
        "Ann Cao",
        "2026-04-14T10:59:56",
        "217fc1ba",
    ),
    (
        3350380,
        "China willing to ‘buy’ or ‘steal’ US tech to get ahead in AI race, Congress told",
        "Lucy Quaggin",
        "2026-04-16T22:26:36",
        "3ee16e7d",
    ),
    (
        3351605,
        "Optical chipmaker’s profit soars 1,153% on AI demand, China’s tech self-reliance push",
        "Xinmei Shen",
        "2026-04-27T14:00:35",
        "a1f0b5af",
    ),
    (
        3351894,
        "AI chip designer Cambricon vaults to China’s costliest stock after profits soar 185%",
        "Xinmei Shen",
        "2026-04-29T13:15:23",
        "d6c9cc76",
    ),
    (
        3352001,
        "Samsung, SK Hynix flag record supply squeeze in memory market as AI demand soars",
        "Ann Cao",
        "2026-04-30T08:30:28",
        "2e9411d3",
    ),
    (
        3353451,
        "Alibaba CEO signals capex boost as China tech giant forges full-stack AI path",
        "Ann Cao",
        "2026-05-13T10:57:52",
        "7f77ad2c",
    ),
]


async def test_ten_entries_arrive_whole_once_and_in_order_over_a_restart(world: World) -> None:
    feed = world.site.add_file_feed(SEED, hold_back=10)
    reply = await world.add(feed.url)
    assert "Semiconductors: Industry Trends" in reply.text
    assert not world.news.messages, "what a feed held before it was followed is not news"

    for number in range(1, 11):
        feed.publish_next()
        if number == 6:  # the poll that finds it is that of the next life
            await world.restart()
        await _shown(world, number)
    assert [_facts(embed) for embed in embeds_of(world.news)] == NEWEST_TEN
    assert all(embed["description"] for embed in embeds_of(world.news))
    assert not any(message.pings for message in world.news.messages)


async def _shown(world: World, number: int) -> None:
    await world.news.wait_for(lambda _: len(embeds_of(world.news)) >= number, SOON)


def _facts(embed: dict[str, Any]) -> tuple[int, str, str, str, str]:
    number = int(embed["url"].partition("/article/")[2].partition("/")[0])
    picture = embed["image"]["url"].rpartition("/")[2][:8]
    return number, embed["title"], embed["author"]["name"], embed["timestamp"][:19], picture


async def test_what_was_posted_is_found_again(world: World) -> None:
    feed = world.site.add_file_feed(SEED, hold_back=2)
    await world.add(feed.url)
    feed.publish_next()
    feed.publish_next()
    await _shown(world, 2)
    await world.ended("settle", len(world.news.messages))

    found = await world.command("search", query="hynix supply squeeze")
    assert found.ephemeral
    assert "3352001" in found.text
    assert "[the post]" in found.text
    assert "1 entry found" in found.text
    older = await world.command("search", query="TurboQuant")  # never posted here, and searchable all the same
    assert "3348038" in older.text
    assert "[the post]" not in older.text
    latest = await world.command("latest", count=2)
    assert latest.text.index("3353451") < latest.text.index("3352001")


async def test_another_guild_finds_and_infers_nothing(world: World) -> None:
    feed = world.site.add_file_feed(SEED)
    await world.add(feed.url)
    other = world.sandbox.add_guild("Another house")
    place = other.add_channel("hall")

    async def answer(path: str, **options: Any) -> str:
        return (await other.command(other.owner, place, path, **options)).text

    assert "Nothing found" in await answer("search", query="TurboQuant")
    assert "Did you mean" not in await answer("search", query="TurboQant")
    assert "Nothing has been published" in await answer("latest")
    assert "No feed is followed" in await answer("feed list")
    assert "No such feed" in await answer("feed status", feed="1")
    assert "No such feed" in await answer("feed remove", feed="Semiconductors: Industry Trends")
    assert "No such feed" in await answer("search", query="chip", feed="1")
    for path, given in [("feed status", {}), ("search", {"query": "chip"}), ("latest", {})]:
        assert await other.autocomplete(other.owner, place, path, option="feed", typed="s", **given) == []
    assert await world.guild.autocomplete(world.owner, world.news, "feed status", option="feed", typed="semi")
