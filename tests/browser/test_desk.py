"""The desk: feeds published and broken, the bot killed and started, rights taken, and all of it told in plain words."""

from __future__ import annotations

import pytest

from bot.demo.stage import Stage

from .conftest import Visits

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_story_of_ones_own_is_published_and_edited(stage: Stage, visit: Visits) -> None:
    visitor = await visit(stage.sandbox)
    await visitor.open_channel("chips")
    await visitor.button("Write one").click()
    await visitor.one("dialog").wait_for()
    await visitor.type("A <b>bold</b> claim")
    await visitor.press("Tab")
    await visitor.type("1 < 2 & so on")
    await visitor.button("Publish", "dialog", exact=True).click()
    await visitor.see("Published: A <b>bold</b> claim", ".desk-note")
    await visitor.see("1 < 2 & so on", ".embed")
    await visitor.button("Edit the newest").click()
    await visitor.one("dialog input").wait_for()
    await visitor.press("Control+a")
    await visitor.type("A smaller claim")
    await visitor.press("Enter")
    await visitor.see("Changed: A smaller claim", ".desk-note")


async def test_a_killed_bot_comes_back_with_what_it_missed(stage: Stage, visit: Visits) -> None:
    visitor = await visit(stage.sandbox)
    await visitor.open_channel("chips")
    await visitor.button("Kill it").click()
    await visitor.one(".presence.offline").wait_for()
    stage.feeds[0].publish(title="While it was dead")
    await visitor.button("Start it", exact=True).click()
    await visitor.one(".presence.online").wait_for()
    await visitor.see("While it was dead", ".embed-title")
    assert await visitor.one(".embed-title", has_text="While it was dead").count() == 1


async def test_a_broken_feed_shows_and_heals(stage: Stage, visit: Visits) -> None:
    feed = stage.site.add_feed("troubled", title="Troubled times")
    editors = next(channel for channel in stage.guild.channels if channel.name == "editors")
    await stage.guild.command(stage.owner, editors, "feed add", url=feed.url)
    visitor = await visit(stage.sandbox)
    await visitor.open_channel("editors")
    await visitor.button("Troubled times", "#desk").click()
    await visitor.button("500", "#desk", exact=True).click()
    await visitor.see("broken: 500", ".desk-facts")
    await visitor.see("asks “Troubled times”: 500", ".log li.bad")
    await visitor.button("Heal").click()
    feed.publish(title="Better times")
    await visitor.see("Better times", ".embed-title")
    await visitor.see("posts in #editors", ".log li")


async def test_a_right_that_was_taken_is_missed_and_given_back(stage: Stage, visit: Visits) -> None:
    visitor = await visit(stage.sandbox)
    await visitor.open_channel("editors")
    await visitor.button("embed links", "#desk").click()
    await visitor.see("may no longer embed links in #editors", ".desk-note")
    editors = next(channel for channel in stage.guild.channels if channel.name == "editors")
    denied = editors.record.overwrites[stage.sandbox.bot.id].deny
    assert denied
    await visitor.button("Give back").click()
    await visitor.see("all is as before", ".desk-note")


async def test_a_discord_that_limits_is_told_in_plain_words(stage: Stage, visit: Visits) -> None:
    visitor = await visit(stage.sandbox)
    await visitor.open_channel("chips")
    stage.sandbox.faults.add("ratelimit", "POST", "/channels/*/messages", retry_after=1.2)
    stage.feeds[0].publish(title="Worth the wait")
    await visitor.see("429: waits 1.2 s", ".log li.bad")
    await visitor.see("Worth the wait", ".embed-title")
