"""The page itself: channels as they change, who sees what, keys, widths, and thousands of messages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.sandbox import Channel, Message, Sandbox, Upload
from bot.sandbox.records import COMPONENTS_V2, SILENT
from bot.sandbox.state.messages import Draft, delete, edit, post

from .conftest import Visits

pytestmark = pytest.mark.asyncio(loop_scope="package")


def _channel(small: Sandbox, name: str, kind: str = "text") -> Channel:
    return small.guilds[0].add_channel(name, kind)


def _post(small: Sandbox, channel: Channel, **body: object) -> Message:
    return post(small.world, small.backend.nonces, channel.record, small.bot.id, Draft(body))


async def test_messages_come_change_and_go_while_one_looks(small: Sandbox, visit: Visits) -> None:
    channel = _channel(small, "live")
    visitor = await visit(small)
    await visitor.open_channel("live")
    message = _post(small, channel, content="first words")
    await visitor.see("first words")
    edit(small.world, channel.record, message, {"content": "better words"})
    await visitor.see("better words (edited)")
    delete(small.world, channel.record, message)
    await visitor.one(".message", has_text="better words").wait_for(state="detached")


async def test_what_comes_elsewhere_is_counted_and_a_mention_stands_out(small: Sandbox, visit: Visits) -> None:
    here, there = _channel(small, "here"), _channel(small, "there")
    owner = small.guilds[0].owner
    visitor = await visit(small)
    await visitor.open_channel("here")
    _post(small, there, content="quietly")
    await visitor.one(".channel.unread .count", has_text="1").wait_for()
    _post(small, there, content=f"look, {owner.mention}")
    await visitor.one(".channel.unread .badge", has_text="2").wait_for()
    await visitor.open_channel("there")
    await visitor.see("look, @olive", ".message.pings-you")
    assert await visitor.one(".channel.unread").count() == 0
    assert here.messages == []


async def test_a_silent_message_has_a_crossed_out_bell_and_its_own_heading(small: Sandbox, visit: Visits) -> None:
    channel = _channel(small, "by-night")
    for content, flags in (("loud", 0), ("hush", SILENT), ("hush too", SILENT)):
        _post(small, channel, content=content, flags=flags)
    visitor = await visit(small)
    await visitor.open_channel("by-night")
    await visitor.see("hush too")
    bell = visitor.page.get_by_role("img", name="This was sent without a notification")
    assert await bell.count() == 1, "one for what stands below one name"
    assert "hush" in await visitor.one(".message", has=bell).inner_text()


async def test_who_may_not_see_a_channel_does_not(small: Sandbox, visit: Visits) -> None:
    guild = small.guilds[0]
    closed = _channel(small, "closed")
    closed.deny(guild.everyone, "VIEW_CHANNEL")
    silent = _channel(small, "silent")
    silent.deny(guild.everyone, "SEND_MESSAGES")
    guild.add_member("bea")
    visitor = await visit(small)
    await visitor.open_channel("closed")
    await visitor.become("bea")
    await visitor.one("#channels .channel", has_text="closed").wait_for(state="detached")
    await visitor.open_channel("silent")
    assert await visitor.one("#text").is_disabled()
    # It opens while they look, and is there at once.
    closed.allow(guild.everyone, "VIEW_CHANNEL")
    await visitor.one("#channels .channel", has_text="closed").wait_for()


async def test_a_forum_shows_posts_and_takes_new_ones(small: Sandbox, visit: Visits) -> None:
    _channel(small, "ideas", "forum")
    visitor = await visit(small)
    await visitor.open_channel("ideas")
    await visitor.button("New post").click()
    await visitor.type("A longer lamp")
    await visitor.press("Tab")
    await visitor.type("For longer books.")
    await visitor.button("Post", "dialog", exact=True).click()
    await visitor.one(".card", has_text="A longer lamp").click()
    await visitor.see("For longer books.")
    await visitor.send("I second that")
    await visitor.see("I second that")


async def test_an_embed_is_laid_out_with_all_its_parts(small: Sandbox, visit: Visits) -> None:
    channel = _channel(small, "embeds")
    embed = {
        "title": "A **title**", "url": "https://example.org/a",
        "description": "# Big\n- one\n- `two`\n> said\n||hidden||",
        "color": 0x123456, "timestamp": "2026-05-13T10:57:52Z", "author": {"name": "An author"},
        "footer": {"text": "A footer"}, "image": {"url": "https://elsewhere.example/x.png"},
        "fields": [{"name": "One", "value": "1", "inline": True}, {"name": "Two", "value": "2", "inline": True}],
    }  # fmt: skip
    _post(small, channel, embeds=[embed, {"description": "another"}])
    visitor = await visit(small)
    await visitor.open_channel("embeds")
    first = visitor.one(".embed").first
    assert await first.evaluate("node => getComputedStyle(node).borderLeftColor") == "rgb(18, 52, 86)"
    assert await first.locator(".embed-title strong").inner_text() == "title"
    assert await first.locator(".item").count() == 2
    assert await first.locator("blockquote").inner_text() == "said"
    tops = await first.locator(".field").evaluate_all("all => all.map((each) => each.getBoundingClientRect().top)")
    assert tops[0] == tops[1], "inline fields stand side by side"
    assert "A footer" in await first.locator(".embed-footer").inner_text()
    # A picture from outside is not fetched, and it is said so.
    await visitor.see("A picture from elsewhere.example", ".no-picture")
    assert await visitor.one(".embed").count() == 2
    spoiler = first.locator(".spoiler")
    await spoiler.click()
    assert "shown" in str(await spoiler.get_attribute("class"))


async def test_a_layout_shows_the_message_s_own_files_where_it_wants_them(small: Sandbox, visit: Visits) -> None:
    channel = _channel(small, "layout-files")
    parts = [
        {"type": 10, "content": "A report"},
        {"type": 13, "file": {"url": "attachment://report.txt"}},
        {"type": 12, "items": [{"media": {"url": "https://elsewhere.example/x.png"}}]},
    ]
    upload = Upload("report.txt", b"figures").attached(small.world)
    draft = Draft({"components": parts, "flags": COMPONENTS_V2}, [upload])
    post(small.world, small.backend.nonces, channel.record, small.bot.id, draft)
    visitor = await visit(small)
    await visitor.open_channel("layout-files")
    await visitor.see("A report")
    assert await visitor.one(".attached-file").all_inner_texts() == ["report.txt\n7 bytes"]
    async with visitor.page.expect_download() as loaded:
        await visitor.one(".attached-file").click()
    assert (await (await loaded.value).path()).read_bytes() == b"figures"


async def test_on_a_phone_all_can_be_reached(small: Sandbox, visit: Visits) -> None:
    channel = _channel(small, "phone")
    _post(small, channel, content="w" * 300, embeds=[{"title": "x" * 250, "description": "y" * 600}])
    visitor = await visit(small, phone=True)
    assert not await visitor.one("#channels").is_visible()
    await visitor.button("Servers and channels").click()
    await visitor.page.mouse.click(370, 400)  # beside it
    await visitor.one("#channels").wait_for(state="hidden")
    await visitor.button("Servers and channels").click()
    await visitor.open_channel("phone")
    await visitor.see("www")
    assert not await visitor.one("#channels").is_visible(), "choosing a channel shows it"
    wide = await visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide, "nothing sticks out sideways"
    list_is_wide = await visitor.one("#timeline").evaluate("node => node.scrollWidth > node.clientWidth")
    assert not list_is_wide
    await visitor.button("Desk").click()
    await visitor.one("#desk h3", has_text="Discord").wait_for()
    await visitor.button("Close the desk").click()
    await visitor.send("from a phone")
    await visitor.see("from a phone")


async def test_five_thousand_messages_are_a_window_that_moves(small: Sandbox, visit: Visits) -> None:
    channel = _channel(small, "long")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(5000):
        message_id = small.world.new_id()
        channel.record.messages[message_id] = Message(
            message_id, channel.id, small.bot.id, at, content=f"line {number}."
        )
    visitor = await visit(small)
    await visitor.open_channel("long")
    await visitor.see("line 4999.")
    assert await visitor.messages.count() <= 200
    box = visitor.one("#timeline")
    await visitor.press("ArrowUp")
    for _ in range(12):
        before = await visitor.messages.first.text_content()
        await box.evaluate("node => { node.scrollTop = 0; }")
        await visitor.page.wait_for_function(
            "before => document.querySelector('.message').textContent !== before", arg=before
        )
    assert await visitor.messages.count() <= 200
    assert await visitor.one(".message", has_text="line 4999.").count() == 0
    # What comes meanwhile does not move what one reads; a button leads back.
    top = await visitor.messages.nth(60).bounding_box()
    _post(small, channel, content="breaking")
    await visitor.button("Newest messages").wait_for()
    assert await visitor.messages.nth(60).bounding_box() == top
    await visitor.button("Newest messages").click()
    await visitor.see("breaking")


async def test_dark_and_light_follow_the_system_until_one_chooses(small: Sandbox, visit: Visits) -> None:
    visitor = await visit(small, light=True)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await visitor.page.evaluate(ground)
    await visitor.button("Dark or light").click()
    dark = await visitor.page.evaluate(ground)
    assert light != dark
    await visitor.arrive()
    assert await visitor.page.evaluate(ground) == dark


async def test_everything_that_can_be_pressed_has_a_name(small: Sandbox, visit: Visits) -> None:
    channel = _channel(small, "names")
    row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Press", "custom_id": "x"}]}
    _post(small, channel, content="hello", components=[row])
    visitor = await visit(small)
    await visitor.open_channel("names")
    await visitor.button("Desk").click()
    nameless = await visitor.page.evaluate(
        """() => [...document.querySelectorAll('button, input, textarea, a, [role=button]')]
            .filter((node) => node.checkVisibility() && !node.innerText?.trim() && !node.getAttribute('aria-label')
                && !node.labels?.length)
            .map((node) => node.outerHTML)"""
    )
    assert nameless == []
