"""Entries without a picture, from the page that names one to the message that shows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox import Channel
from bot.sandbox.site.written import WrittenFeed
from bot.store.corrections import MOST_EDITS
from tests.net.server import Request, Site, answer, hang, redirect, serving
from tests.whole.world import EAGER, LOOPBACK, SOON, World, embeds_of

PICTURE = "https://pictures.example/comet.png"
HTML = "Content-Type: text/html"


def page_with(picture: str) -> bytes:
    return answer(f'<head><meta property="og:image" content="{picture}"></head>'.encode(), HTML)


PAGE = page_with(PICTURE)


@pytest.fixture
async def pages() -> AsyncIterator[Site]:
    async with serving() as running:
        yield running


async def following(world: World) -> WrittenFeed:
    feed = world.site.add_feed("sky", pictures_on_pages=True)
    await world.add(feed.url)
    return feed


def pictures_in(channel: Channel) -> list[str | None]:
    return [(embed.get("image") or {}).get("url") for embed in embeds_of(channel)]


async def test_an_entry_without_a_picture_is_posted_with_its_pages(world: World) -> None:
    feed = await following(world)
    feed.publish(title="A comet", image=PICTURE)
    await world.posted("A comet")
    assert pictures_in(world.news) == [PICTURE]
    site, page = world.site.requests
    assert (site.path, page.path.startswith("/stories/")) == ("/pages/sky", True), (
        "the feed's own page, then the entry's"
    )
    for asked in (site, page):
        assert asked.headers["Accept"].startswith("text/html")
        assert "Cookie" not in asked.headers


async def test_three_channels_ask_the_page_once_and_so_they_do_across_a_restart(world: World, pages: Site) -> None:
    pages.answers["/comet"] = PAGE
    feed = await following(world)
    channels = [world.news, *(world.guild.add_channel(name) for name in ("two", "three"))]
    for channel in channels[1:]:
        await world.add(feed.url, channel=channel)
    feed.publish(title="A comet", url=pages.url("/comet"))
    for channel in channels:
        await world.posted("A comet", channel=channel)
        assert pictures_in(channel) == [PICTURE]
    await world.restart()
    later = world.guild.add_channel("later")
    added = await world.add(feed.url, channel=later)
    await added.click(world.owner, "Post the newest now")
    await world.posted("A comet", channel=later)
    assert pictures_in(later) == [PICTURE]
    assert [request.path for request in pages.requests] == ["/comet"]


async def test_a_page_that_hangs_costs_its_post_the_budget_and_the_picture(
    world: World, pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.BUDGET", timedelta(seconds=0.1))
    await world.restart()
    pages.answers["/hangs"] = hang
    feed = await following(world)
    feed.publish(title="Slow", url=pages.url("/hangs"))
    await world.posted("Slow")
    assert pictures_in(world.news) == [None]
    assert len(pages.requests) == 1


async def test_ten_entries_of_one_slow_host_all_have_their_picture_in_the_end(
    world: World, pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.BUDGET", timedelta(seconds=0.3))
    paced = EAGER.model_copy(update={"per_host_delay": timedelta(seconds=0.1), "per_host_concurrency": 1})
    world.settings = world.settings.model_copy(update={"poll": paced})
    await world.restart()
    feed, titles = await following(world), [f"Story {n}" for n in range(10)]
    wanted = [f"https://pictures.example/{n}.png" for n in range(10)]
    for number, title in enumerate(titles):
        pages.answers[f"/{number}"] = page_with(wanted[number])
        feed.publish(title=title, url=pages.url(f"/{number}"))
    await world.posted(*titles)
    assert None in pictures_in(world.news), "the post did not wait for all of them"
    await world.news.wait_for(lambda _: pictures_in(world.news) == wanted, SOON)
    assert len([one for one in world.news.messages if one.interaction is None]) == 1
    await world.ended("settle_correction", 1)
    assert world.count("settle_correction") <= MOST_EDITS
    assert len(pages.requests) == 10


async def test_a_picture_that_was_missing_at_a_stop_comes_after_the_restart(
    world: World, pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.BUDGET", timedelta(seconds=0.1))
    await world.restart()
    pages.answers["/slow"] = hang
    feed = await following(world)
    feed.publish(title="A comet", url=pages.url("/slow"))
    await world.posted("A comet")
    await world.stop()
    pages.answers["/slow"] = PAGE
    await world.start()
    await world.news.wait_for(lambda _: pictures_in(world.news) == [PICTURE], SOON)
    assert [request.path for request in pages.requests] == ["/slow", "/slow"]


async def test_while_a_post_waits_for_its_page_the_other_channels_go_on(
    world: World, pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.BUDGET", timedelta(seconds=SOON))
    await world.restart()
    asked, told = asyncio.Event(), asyncio.Event()

    async def slow(_: Request, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await told.wait()
        writer.write(PAGE)
        await writer.drain()

    pages.answers["/slow"] = slow
    feed, other = await following(world), world.guild.add_channel("other")
    brisk = world.site.add_feed("brisk")
    await world.add(brisk.url, channel=other)
    feed.publish(title="Slow", url=pages.url("/slow"))
    await asyncio.wait_for(asked.wait(), SOON)
    brisk.publish(title="Quick", image=PICTURE)
    await world.posted("Quick", channel=other)
    assert embeds_of(world.news) == []
    told.set()
    await world.posted("Slow")
    assert pictures_in(world.news) == [PICTURE]


@pytest.mark.parametrize(
    "page",
    [
        answer(b"<div>" * 400_000, HTML),
        answer(b"\xff\xfe" * 100_000, HTML),
        answer(b"", HTML),
        answer(PAGE, "Content-Type: application/octet-stream"),
        redirect("http://169.254.169.254/latest/meta-data/"),
        redirect("file:///etc/passwd"),
        answer(b'<head><meta property="og:image" content="http://10.0.0.8/a.png"></head>', HTML),
        answer(b'<head><meta property="og:image" content="javascript:alert(1)"></head>', HTML),
        answer(b"gone", HTML, status="404 Not Found"),
    ],
)
async def test_a_page_that_is_no_use_costs_the_picture_and_not_the_post(world: World, pages: Site, page: bytes) -> None:
    pages.answers["/page"] = page
    feed = await following(world)
    feed.publish(title="A comet", url=pages.url("/page"))
    await world.posted("A comet")
    assert pictures_in(world.news) == [None]


async def test_a_redirect_into_a_private_network_is_not_dialled(tmp_path: Path, pages: Site) -> None:
    """The bot may reach 127.0.0.1 alone; what listens beside it is somebody's."""
    dialled: list[object] = []
    inside = await asyncio.start_server(lambda *connection: dialled.append(connection), "127.0.0.2", 0)
    host, port = inside.sockets[0].getsockname()
    pages.answers["/page"] = redirect(f"http://{host}:{port}/")
    only_one = LOOPBACK.model_copy(update={"allow_networks": ["127.0.0.1/32"]})
    async with inside, World(tmp_path, fetch=only_one) as world:
        feed = await following(world)
        feed.publish(title="A comet", url=pages.url("/page"))
        await world.posted("A comet")
    assert [request.path for request in pages.requests] == ["/page"]
    assert not dialled


async def test_the_operator_can_forbid_it(tmp_path: Path) -> None:
    async with World(tmp_path, fetch=LOOPBACK.model_copy(update={"page_images": False})) as world:
        feed = await following(world)
        feed.publish(title="A comet", image=PICTURE)
        await world.posted("A comet")
        assert pictures_in(world.news) == [None]
        assert not world.site.requests


async def test_it_can_be_switched_off_for_one_feed_and_its_status_says_so(world: World) -> None:
    feed = await following(world)
    status = await world.command("feed status", feed="sky")
    assert "take their page's" in status.text
    pressed = await status.click(world.owner, "No pictures from pages")
    assert "have none" in pressed.text
    feed.publish(title="Bare", image=PICTURE)
    await world.posted("Bare")
    assert not world.site.requests
    await pressed.click(world.owner, "Pictures from pages")
    feed.publish(title="A comet", image=PICTURE)
    await world.posted("Bare", "A comet")
    assert pictures_in(world.news) == [None, PICTURE]


async def test_a_sites_logo_is_no_picture(world: World) -> None:
    feed = await following(world)
    feed.publish(title="One", image=PICTURE)
    await world.posted("One")
    feed.publish(title="Two", image=PICTURE)
    await world.posted("One", "Two")
    feed.publish(title="Three", image=PICTURE)
    await world.posted("One", "Two", "Three")
    feed.publish(title="Four", image="https://pictures.example/four.png")
    await world.posted("One", "Two", "Three", "Four")
    assert pictures_in(world.news) == [PICTURE, PICTURE, None, "https://pictures.example/four.png"]


def written(pages: Site, *titles: str) -> bytes:
    """A feed whose own page is the site's front page."""
    items = "".join(
        f"<item><title>{title}</title><guid>{title}</guid><link>{pages.url('/' + title)}</link></item>"
        for title in titles
    )
    channel = f"<title>Comets</title><link>{pages.url('/')}</link>{items}"
    return answer(
        f'<rss version="2.0"><channel>{channel}</channel></rss>'.encode(), "Content-Type: application/rss+xml"
    )


async def test_a_logo_that_the_sites_own_page_names_too_is_no_picture_from_the_first(world: World, pages: Site) -> None:
    pages.answers |= {
        "/": page_with("http://pictures.example/logo.png?w=64"),
        "/one": page_with("https://pictures.example/logo.png?w=1200"),
        "/two": PAGE,
        "/feed": written(pages, "zero"),
    }
    await world.add(pages.url("/feed"))
    pages.answers["/feed"] = written(pages, "one", "zero")
    await world.posted("one")
    pages.answers["/feed"] = written(pages, "two", "one", "zero")
    await world.posted("one", "two")
    assert pictures_in(world.news) == [None, PICTURE]
    assert [request.path for request in pages.requests].count("/") == 1
