"""`/feed export` and `/feed import`, with the real rules and the real store behind them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.feeds.opml import BYTES_LIMIT, Outline, read_opml, write_opml
from bot.model import FeedFacts, Subscription
from bot.sandbox import Reply
from bot.sandbox.members.options import Upload
from tests.chat.desk import FEEDS_PER_GUILD, Desk
from tests.clocks import START
from tests.work.fakes import document


def opml(*outlines: Outline) -> Upload:
    return Upload("list.opml", write_opml(outlines, title="Mine", now=START))


def feed(desk: Desk, name: str, **more: Any) -> Outline:
    """A feed that is there."""
    url = f"https://{name}.example/feed"
    desk.web.pages[url] = document("one", feed=name.title())
    return Outline(url=url, title=name.title(), **more)


async def take(desk: Desk, file: Upload, **options: Any) -> Reply:
    reply = await desk.command(desk.manager, "feed import", file=file, **options)
    return await reply.wait_for(lambda answer: "This may take some minutes" not in answer.content)


async def followed(desk: Desk) -> dict[str, Subscription]:
    """By title, without the one that is there from the start."""
    return {one.feed_title: one for one in await desk.store.subscriptions(desk.guild.id) if one.feed_id != desk.feed.id}


async def test_the_feeds_of_a_file_are_followed_and_the_answer_counts(desk: Desk) -> None:
    here = Outline(url=desk.feed.url, title="Example feed")
    dead = Outline(url="https://dead.example/feed", title="Dead *feed*")
    reply = await take(desk, opml(feed(desk, "alpha"), feed(desk, "beta"), here, dead))
    assert reply.ephemeral
    assert reply.content.splitlines() == [
        "**2 feeds added.** 1 followed already. 1 failed.",
        r"- Dead \*feed\*: There is nothing at that address (HTTP 404). "
        "Check the link, or give me the site's front page.",
    ]
    assert reply.attachments == []
    assert {title: one.channel_id for title, one in (await followed(desk)).items()} == {
        "Alpha": desk.news.id,
        "Beta": desk.news.id,
    }
    assert (
        "**No feed added.** 3 followed already. 1 failed."
        in (await take(desk, opml(feed(desk, "alpha"), feed(desk, "beta"), here, dead))).content
    )


async def test_what_was_exported_is_imported_as_it_was(desk: Desk) -> None:
    hall, role = desk.guild.add_channel("hall"), desk.guild.add_role("readers", mentionable=True)
    outline = feed(desk, "alpha", channel_id=hall.id, filter="comet -dust", style="title", mention_role_id=role.id)
    await take(desk, opml(outline))
    before = (await followed(desk))["Alpha"]
    assert (before.channel_id, before.filter, before.style) == (hall.id, "comet -dust", "title")
    assert before.mention_role_id == role.id
    exported = await desk.command(desk.manager, "feed export")
    assert "2 feeds, as other readers take them." in exported.content
    (file,) = exported.attachments
    assert file.filename == "feeds.opml"
    await desk.store.remove_subscription(desk.guild.id, before.id)
    assert "**1 feed added.**" in (await take(desk, Upload("feeds.opml", file.data))).content
    after = (await followed(desk))["Alpha"]
    assert (after.channel_id, after.filter, after.style, after.mention_role_id) == (
        hall.id,
        "comet -dust",
        "title",
        role.id,
    )


async def test_a_feed_that_is_a_secret_is_left_out_and_named(desk: Desk) -> None:
    secret = await desk.store.add_feed("https://a.example/?token=sesame", FeedFacts(title="My *box*"), None, START)
    await desk.store.add_subscription(
        Subscription(id=0, guild_id=desk.guild.id, channel_id=desk.news.id, feed_id=secret.id)
    )
    reply = await desk.command(desk.manager, "feed export")
    assert r"Left out, because whoever has their address can read them: **My \*box\***." in reply.content
    assert b"sesame" not in reply.attachments[0].data
    assert [one.url for one in read_opml(reply.attachments[0].data).outlines] == [desk.feed.url]


async def test_a_server_that_follows_nothing_has_nothing_to_export(desk: Desk) -> None:
    (one,) = await desk.store.subscriptions(desk.guild.id)
    await desk.store.remove_subscription(desk.guild.id, one.id)
    reply = await desk.command(desk.manager, "feed export")
    assert "nothing to export" in reply.content
    assert reply.attachments == []


async def test_a_channel_of_the_file_that_cannot_be_used_gives_way_to_the_one_that_is_named(desk: Desk) -> None:
    hall, closed = desk.guild.add_channel("hall"), desk.guild.add_channel("closed")
    secret = desk.guild.add_channel("secret")
    closed.deny(desk.guild.bot_role, "EMBED_LINKS")
    secret.deny(desk.guild.everyone, "VIEW_CHANNEL")
    secret.allow(desk.guild.bot_role, "VIEW_CHANNEL")
    outlines = [
        feed(desk, "alpha", channel_id=1, channel_name="gone"),
        feed(desk, "beta", channel_id=closed.id),
        feed(desk, "gamma", channel_id=secret.id),
        feed(desk, "delta", channel_id=1, channel_name="news"),
    ]
    reply = await take(desk, opml(*outlines), channel=hall)
    assert f"3 feeds are in {hall.mention}: I cannot post in the channel that the file names." in reply.content
    assert {title: one.channel_id for title, one in (await followed(desk)).items()} == {
        "Alpha": hall.id,
        "Beta": hall.id,
        "Gamma": hall.id,
        "Delta": desk.news.id,  # a channel of that name is here
    }


async def test_a_role_that_could_not_be_mentioned_is_left_out_and_told(desk: Desk) -> None:
    quiet = desk.guild.add_role("quiet")
    outlines = [
        feed(desk, "alpha", mention_role_id=quiet.id),
        feed(desk, "beta", mention_role_id=1),
        feed(desk, "gamma", mention_role_id=desk.guild.everyone.id),
    ]
    reply = await take(desk, opml(*outlines))
    assert "3 feeds mention nobody: a post could not mention the role that the file names." in reply.content
    assert {one.mention_role_id for one in (await followed(desk)).values()} == {None}


async def test_more_than_fits_is_in_a_file(desk: Desk) -> None:
    dead = [Outline(url=f"https://dead.example/{number}?key=sesame", title=f"Dead {number}") for number in range(60)]
    reply = await take(desk, opml(*dead))
    assert "**No feed added.** 60 failed." in reply.content
    assert "The file has all that was not added" in reply.content
    (file,) = reply.attachments
    text = file.data.decode()
    assert text.count("There is nothing at that address") == 60
    assert "sesame" not in text


async def test_over_the_quota_the_rest_is_told_of(desk: Desk) -> None:
    reply = await take(desk, opml(*(feed(desk, f"feed{number}") for number in range(FEEDS_PER_GUILD + 2))))
    assert f"**{FEEDS_PER_GUILD - 1} feeds added.**" in reply.content
    assert "3 not added: this server follows as many feeds as it may." in reply.content
    assert len(await followed(desk)) == FEEDS_PER_GUILD - 1


async def test_a_mistake_in_a_filter_costs_only_its_feed(desk: Desk) -> None:
    reply = await take(desk, opml(feed(desk, "alpha", filter='"open'), feed(desk, "beta")))
    assert "- Alpha: there is a mistake in its filter: " in reply.content
    assert list(await followed(desk)) == ["Beta"]


BODY = '<opml version="1.0"><body>{}</body></opml>'
UNFIT = {
    "no OPML": (b"<html/>", "not OPML"),
    "entities": (b'<!DOCTYPE opml [<!ENTITY a "b">]>' + BODY.format("").encode(), "defines entities"),
    "too large": (b" " * (BYTES_LIMIT + 1), "too large"),
    "no feeds": (BODY.format('<outline text="a folder"/>').encode(), "names no feeds"),
    "no address": (BODY.format('<outline text="*x*" xmlUrl="javascript:x"/>').encode(), r"\*x\*: Only addresses"),
}


@pytest.mark.parametrize(("data", "words"), UNFIT.values(), ids=UNFIT)
async def test_a_file_without_feeds_is_refused_in_a_line(desk: Desk, data: bytes, words: str) -> None:
    reply = await take(desk, Upload("list.opml", data))
    assert words in reply.text
    assert "ref " not in reply.text
    assert await followed(desk) == {}


async def test_addresses_that_cannot_be_followed_are_counted_and_named(desk: Desk) -> None:
    body = '<outline xmlUrl="https://alpha.example/feed"/>' + '<outline text="Odd" xmlUrl="nothing"/>' * 30
    feed(desk, "alpha")
    reply = await take(desk, Upload("list.opml", BODY.format(body).encode()))
    assert "**1 feed added.** 30 failed." in reply.content
    assert "and 10 more addresses" in reply.attachments[0].data.decode()
