"""A feed that moves and gives its archive new identities: the notice, its buttons, and the status, over restarts."""

from __future__ import annotations

import asyncio
import re

from tests.whole.world import SOON, World, titles_of


def rss(since: str, *titles: str) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><guid>{since}-{number}</guid><link>https://news.example/{since}/{number}</link></item>"
        for number, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>".encode()


TITLES = tuple(f"Story number {number}" for number in range(14))


async def moved(world: World) -> None:
    """The feed is followed, and then comes again under new identities."""
    feed = world.site.add_bytes_feed("news", rss("old", *TITLES))
    await world.add(feed.url)
    feed.serve_bytes(rss("new", *TITLES))


async def test_the_notice_posts_what_was_held_once_though_pressed_twice_and_over_a_restart(world: World) -> None:
    await moved(world)
    [notice] = await world.news.wait_for(lambda messages: [one for one in messages if one.components], SOON)
    assert re.search(r"\*\*News\*\*.*14 entries", notice.content)
    assert titles_of(world.news) == []
    await world.restart()
    member = world.guild.add_member("ada")
    refused = await world.sandbox.click(member, notice, "Post them")
    await refused.wait_for(lambda reply: "Manage Server" in reply.text)
    await asyncio.gather(*(world.sandbox.click(world.owner, notice, "Post them") for _ in range(2)))
    await world.posted("4 more entries from News", *reversed(TITLES[:10]))
    await world.restart()
    status = await world.command("feed status", feed="News")
    assert "Held back" not in status.text
    assert len(titles_of(world.news)) == 11


async def test_the_status_says_what_is_held_and_forgets_it(world: World) -> None:
    await moved(world)
    await world.news.wait_for(lambda messages: [one for one in messages if one.components], SOON)
    assert "14 entries found" in (await world.command("search", query="story")).text
    assert "is held back" not in (await world.command("feed status", feed="News", entry=TITLES[0])).text
    status = await world.command("feed status", feed="News")
    assert "Held back" in status.text
    forgotten = await status.click(world.owner, "Forget them")
    await forgotten.wait_for(lambda reply: "will not be posted" in reply.text)
    assert "Held back" not in (await world.command("feed status", feed="News")).text
    assert titles_of(world.news) == []


async def test_what_is_new_among_the_reissued_is_posted_at_once(world: World) -> None:
    feed = world.site.add_bytes_feed("news", rss("old", *TITLES))
    await world.add(feed.url)
    feed.serve_bytes(rss("new", "A comet", *TITLES))
    await world.posted("A comet")
    messages = await world.news.wait_for(lambda messages: [one for one in messages if one.components], SOON)
    [notice] = [one for one in messages if one.components]
    assert re.search(r"\*\*News\*\*.*14 entries", notice.content)
    await world.sandbox.click(world.owner, notice, "Forget them")
    assert titles_of(world.news) == ["A comet"]
