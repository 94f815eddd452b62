"""Whatever somebody types or a site sends: one clear line where the person is, and nothing else changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Reply
from bot.settings import Fetch
from tests.whole.world import LOOPBACK, World, embeds_of

RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>%b</title><link>https://example.org</link>%b</channel></rss>'


def _is_one_clear_line(reply: Reply, *words: str) -> None:
    """Seen by who asked alone, short, in sentences, with nothing of our inside."""
    text = reply.text
    assert reply.ephemeral
    assert 20 < len(text) < 400, text
    assert text.rstrip().endswith((".", "?")), text
    assert "Traceback" not in text
    assert "Error" not in text, text
    for word in words:
        assert word.casefold() in text.casefold(), text


async def _nothing_followed(world: World) -> None:
    assert "No feed is followed" in (await world.command("feed list")).text
    assert not embeds_of(world.news)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("http://127.0.0.1:9/feed.xml", "could not"),  # the discard port: nobody listens
        ("http://nobody.invalid/feed.xml", "could not"),  # RFC 2606: resolves nowhere
        ("ftp://127.0.0.1/feed.xml", "http"),
        ("javascript:alert(1)", "http"),
        ("not an address at all", ""),
        ("http://", ""),
        ("http://user:geheim@127.0.0.1:9/", ""),
    ],
)
async def test_an_address_that_leads_nowhere(world: World, typed: str, word: str) -> None:
    reply = await world.command("feed add", url=typed)
    _is_one_clear_line(reply, word)
    assert "geheim" not in reply.text
    await _nothing_followed(world)


async def test_pages_and_documents_that_are_no_feed(world: World) -> None:
    about = await world.command("feed add", url=world.site.no_feed_url)
    _is_one_clear_line(about, "no feed")
    for kind in ("garbage", "html", "empty", "cut-off", "redirect-loop", "404", "403", "429", "503", "gzip-bomb"):
        feed = world.site.add_feed(f"bad-{kind}")
        feed.fault(kind)
        _is_one_clear_line(await world.command("feed add", url=feed.url))
    await _nothing_followed(world)


async def test_a_feed_over_the_limit_of_size_is_refused_by_its_size(world: World) -> None:
    big = RSS % (b"Big", b"<item><title>one</title><description>%b</description></item>" % (b"word " * 2_300_000))
    reply = await world.command("feed add", url=world.site.add_bytes_feed("big", big).url)
    _is_one_clear_line(reply, "10")
    endless = world.site.add_feed("endless")
    endless.fault("endless")
    _is_one_clear_line(await world.command("feed add", url=endless.url), "10")
    await _nothing_followed(world)


async def test_a_page_with_one_feed_is_as_good_as_the_feed(world: World) -> None:
    feed = world.site.add_feed("stars", title="Stars")
    await world.add(feed.page_url)
    feed.publish(title="a star")
    await world.posted("a star")


async def test_of_several_feeds_on_a_page_somebody_chooses(world: World) -> None:
    feeds = [world.site.add_feed(name, title=name.title(), format=form) for name, form in _TWO]
    reply = await world.command("feed add", url=world.site.all_feeds_url, filter="comet", style="title")
    assert "Which one?" in reply.text
    await world.restart()  # the menu outlives the process that made it
    chosen = await reply.select(world.owner, "Choose a feed", ["1"])
    assert "Following **Moons**" in chosen.text
    feeds[0].publish(title="a comet among stars")
    feeds[1].publish(title="a moon")
    feeds[1].publish(title="a comet near a moon")
    await world.posted("a comet near a moon")
    assert "description" not in embeds_of(world.news)[0]


_TWO: list[tuple[str, Any]] = [("stars", "rss"), ("moons", "atom")]


async def test_an_empty_feed_is_followed_and_posts_its_first_entry(world: World) -> None:
    feed = world.site.add_feed("empty", title="Not yet")
    reply = await world.add(feed.url)
    assert "empty at the moment" in reply.text
    feed.publish(title="the first of all")
    await world.posted("the first of all")


async def test_text_that_would_ping_pings_nobody(world: World) -> None:
    feed = world.site.add_feed("loud", title="@everyone news")
    role = world.guild.add_role("readers", mentionable=True)
    await world.add(feed.url)
    loud = f"@everyone @here {role.mention} {world.owner.mention}"
    feed.publish(title=loud, body_html=f"<p>{loud.replace('<', '&lt;')}</p>", author=loud)
    await world.news.wait_for(lambda _: embeds_of(world.news), 10)
    assert not any(message.pings for message in world.news.messages)


async def test_a_title_of_five_thousand_characters_is_cut_and_posted(world: World) -> None:
    feed = world.site.add_feed("long", title="L" * 5000)
    reply = await world.add(feed.url)
    assert len(reply.content) < 2000
    feed.publish(title="t" * 5000, author="a" * 5000, body_html="<p>" + "word " * 20_000 + "</p>")
    await world.news.wait_for(lambda _: embeds_of(world.news), 10)
    title = embeds_of(world.news)[0]["title"]
    assert title.startswith("ttt")
    assert len(title) <= 256  # Discord: Embed Limits
    for path in ("list", "status", "preview"):
        options = {} if path == "list" else {"feed": "1"}
        assert "LLL" in (await world.command(f"feed {path}", **options)).text


async def test_private_networks_are_refused_unless_allowed(tmp_path: Path) -> None:
    async with World(tmp_path, fetch=Fetch()) as world:
        feed = world.site.add_feed("inside", title="Inside")
        for url in (feed.url, feed.url.replace("127.0.0.1", "localhost"), "http://169.254.169.254/latest/"):
            _is_one_clear_line(await world.command("feed add", url=url), "public")
        assert not feed.requests
        await _nothing_followed(world)


async def test_a_redirect_into_a_private_network_is_not_followed(tmp_path: Path) -> None:
    only_this = LOOPBACK.model_copy(update={"allow_networks": ["127.0.0.1/32"]})
    async with World(tmp_path, fetch=only_this) as world:
        feed = world.site.add_feed("sly")
        feed.fault("redirect", to=world.site.url.replace("127.0.0.1", "127.0.0.2") + "/feeds/sly.xml")
        _is_one_clear_line(await world.command("feed add", url=feed.url), "public")


async def test_a_wrong_filter_is_pointed_at_and_nothing_is_followed(world: World) -> None:
    feed = world.site.add_feed("news")
    reply = await world.command("feed add", url=feed.url, filter='chip "never closed')
    assert "^" in reply.text
    assert not feed.requests, "the mistake is found before anybody is asked"
    await _nothing_followed(world)


async def test_a_feed_followed_already_is_not_followed_twice(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    for url in (feed.url, feed.page_url, f" {feed.url} "):
        _is_one_clear_line(await world.command("feed add", url=url), "already")
    feed.publish(title="once")
    await world.posted("once")
