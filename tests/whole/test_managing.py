"""What managers do to their feeds, by command and by button, over restarts too."""

from __future__ import annotations

import pytest

from bot.sandbox import Reply, WrongUse
from bot.sandbox.members.options import Upload
from tests.whole.world import World, embeds_of, titles_of


async def test_a_paused_feed_is_silent_and_goes_on_with_its_next_entry(world: World) -> None:
    feed, other = world.site.add_feed("news", title="News"), world.guild.add_channel("other")
    await world.add(feed.url)
    await world.add(feed.url, channel=other)
    assert "paused" in (await world.command("feed pause", feed="News", channel=world.news)).text
    assert "paused" in (await world.command("feed list")).text
    feed.publish(title="unheard")
    await world.posted("unheard", channel=other)
    await world.restart()
    assert "paused" in (await world.command("feed status", feed="News", channel=world.news)).text
    assert "again" in (await world.command("feed resume", feed="News", channel=world.news)).text
    feed.publish(title="heard")
    await world.posted("heard")


async def test_a_removed_feed_is_silent_and_asked_no_more(world: World) -> None:
    feed, other = world.site.add_feed("news", title="News"), world.site.add_feed("other", title="Other")
    await world.add(feed.url)
    await world.add(other.url)
    assert "no longer followed" in (await world.command("feed remove", feed="News")).text
    asked = len(feed.requests)
    feed.publish(title="unheard")
    other.publish(title="heard")
    await world.posted("heard")
    other.publish(title="heard too")
    await world.posted("heard", "heard too")
    assert len(feed.requests) <= asked + 1, "one may have been under way"
    assert "Other" in (await world.command("feed list")).text
    assert "No such feed" in (await world.command("feed status", feed="News")).text


async def test_the_same_feed_can_be_followed_again(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url)
    feed.publish(title="before")
    await world.posted("before")
    await world.command("feed remove", feed="News")
    feed.publish(title="between")
    await world.add(feed.url)
    feed.publish(title="after")
    await world.news.wait_for(lambda _: "after" in titles_of(world.news), 10)
    assert titles_of(world.news).count("before") == 1


async def test_a_preview_shows_the_newest_and_changes_nothing(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    for title in ("first", "second", "third", "fourth"):
        feed.publish(title=title)
    reply = await world.command("feed preview", feed=feed.url)
    assert [embed["title"] for embed in reply.embeds] == ["fourth", "third", "second"]
    assert "4 entries" in reply.text
    assert "No feed is followed" in (await world.command("feed list")).text
    assert world.news.messages == []


async def test_only_entries_that_fit_the_filter_are_posted_and_all_are_found(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    await world.add(feed.url, filter="comet -dust", style="compact")
    feed.publish(title="A moon")
    feed.publish(title="A comet of dust")
    feed.publish(title="A COMET")
    await world.posted("A COMET")
    assert "3 entries found" in (await world.command("search", query="moon OR comet")).text


async def test_a_role_is_mentioned_if_it_was_asked_for(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    readers = world.guild.add_role("readers", mentionable=True)
    await world.add(feed.url, mention=readers)
    feed.publish(title="for readers")
    await world.posted("for readers")
    assert world.news.messages[0].pings.roles == (readers.id,)


async def test_the_newest_is_posted_by_a_button_of_a_former_life_and_only_once(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    feed.publish(title="older")
    feed.publish(title="newest")
    added = await world.add(feed.url)
    await world.restart()
    clicked = await added.click(world.owner, "Post the newest now")
    await clicked.wait_for(lambda reply: "on its way" in reply.text)
    await world.posted("newest")
    feed.publish(title="news")
    await world.posted("newest", "news")


async def test_a_panel_of_a_former_life_moves_a_feed_and_every_entry_comes_once(world: World) -> None:
    feed, hall = world.site.add_feed("news", title="News"), world.guild.add_channel("hall")
    await world.add(feed.url)
    feed.publish(title="first")
    await world.posted("first")
    panel = await world.command("feed edit", feed="News")
    assert panel.embeds[1]["title"] == "first"
    await world.restart()
    panel = await panel.select(world.owner, "Channel", [hall])
    assert "Saved." in panel.content
    feed.publish(title="second")
    await world.posted("second", channel=hall)
    panel = await panel.click(world.owner, "Filter")
    assert panel.modal is not None
    panel = await world.owner.submit(panel.modal, {"filter": "comet"})
    feed.publish(title="A moon")
    feed.publish(title="A comet")
    await world.posted("second", "A comet", channel=hall)
    assert titles_of(world.news) == ["first"]


async def test_a_search_turns_its_pages_after_a_restart(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    for number in range(12):
        feed.publish(title=f"comet {number}")
    await world.add(feed.url)
    first = await world.command("search", query="comet")
    assert "Page 1 of 3" in first.text
    on_first = set(_hits(first))
    await world.restart()
    second = await first.click(world.owner, "Next")
    assert "Page 2 of 3" in second.text
    assert not on_first & set(_hits(second))
    third = await second.click(world.owner, "Next")
    assert len(on_first | set(_hits(third))) == 7
    assert "Page 2 of 3" in (await third.click(world.owner, "Previous")).text
    await third.click(world.owner, "Share here")
    await world.news.wait_for(lambda messages: "12 entries found" in str([each.embeds for each in messages]))


def _hits(reply: Reply) -> list[str]:
    return [line for line in reply.text.splitlines() if line.startswith("[comet")]


async def test_manage_server_is_checked_by_the_bot_too(world: World) -> None:
    feed = world.site.add_feed("news", title="News")
    feed.publish(title="newest")
    added = await world.add(feed.url)
    member = world.guild.add_member("ada")
    with pytest.raises(WrongUse):
        await world.guild.command(member, world.news, "feed list")
    commands: dict[str, dict[str, object]] = {
        "feed add": {"url": feed.url},
        "feed list": {},
        "feed status": {"feed": "News"},
        "feed remove": {"feed": "News"},
        "feed pause": {"feed": "News"},
        "feed resume": {"feed": "News"},
        "feed preview": {"feed": "News"},
        "feed edit": {"feed": "News"},
        "feed export": {},
        "feed import": {"file": Upload("list.opml", b"<opml/>")},
    }
    for path, options in commands.items():
        reply = await world.guild.command(member, world.news, path, force=True, **options)
        assert "Manage Server" in reply.text, path
        assert "News" not in reply.text
    assert added.message is not None
    added.message.visible_to = None  # as if the answer had been given for all to see
    clicked = await added.click(member, "Post the newest now")
    assert "Manage Server" in clicked.text
    assert "News" in (await world.command("feed list")).text
    assert embeds_of(world.news) == []


async def test_feeds_of_the_config_folder_are_followed_at_the_start_and_only_once(world: World) -> None:
    feed, wrong = world.site.add_feed("news", title="News"), world.site.add_feed("wrong")
    wrong.fault("404")
    lines = [
        f'[[subscription]]\nfeed = "{wrong.url}"\nchannel = {world.news.id}',
        '[[subscription]]\nfeed = "https://example.org/"\nchannel = 1',
        f'[[subscription]]\nfeed = "{world.site.all_feeds_url}"\nchannel = {world.news.id}',
        f'[[subscription]]\nfeed = "{feed.url}"\nchannel = {world.news.id}\nfilter = "comet"\nstyle = "title"',
    ]
    (world.settings.config.parent / "feeds.toml").write_text("\n".join(lines), "utf-8")
    await world.restart()
    await world.ended("add_subscription", 1)
    feed.publish(title="A moon")
    feed.publish(title="A comet")
    await world.posted("A comet")
    await world.restart()
    await world.ready()
    text = (await world.command("feed list")).text
    assert "1 feed followed" in text
    assert "style title" in text
