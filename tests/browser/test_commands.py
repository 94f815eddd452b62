"""Herald's commands as a member types them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.demo.stage import Stage

from .conftest import Visits
from .visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

# What a member gives the options that a command asks for; by the option's name, since most commands share them.
GIVEN = {"url": "", "feed": "Foundry", "query": "zeppelin*", "keyword": "zeppelin*"}
FILE = 11
OPML = '<opml version="2.0"><body><outline type="rss" text="Zeppelin weekly" xmlUrl="{url}"/></body></opml>'
LAST = ("remove", "export")  # what ends something comes after what needs it


def _leaves(command: dict[str, Any], path: str = "") -> list[tuple[str, list[dict[str, Any]]]]:
    path = f"{path} {command['name']}".strip()
    inner = [option for option in command.get("options", ()) if option["type"] in (1, 2)]
    if inner:
        return [leaf for each in inner for leaf in _leaves(each, path)]
    return [(path, command.get("options", []))]


def _commands(stage: Stage) -> list[tuple[str, list[dict[str, Any]]]]:
    slash = [command for command in stage.sandbox.commands(stage.guild) if command["type"] == 1]
    leaves = [leaf for command in slash for leaf in _leaves(command)]
    return sorted(leaves, key=lambda leaf: leaf[0].endswith(LAST))


async def _type_command(visitor: Visitor, path: str, options: list[dict[str, Any]], url: str) -> None:
    await visitor.one("#text").focus()
    await visitor.type(f"/{path}")
    # The list narrows to the command; Tab takes it.
    await visitor.one('.suggestion[aria-selected="true"] .suggestion-label', has_text=f"/{path}").wait_for()
    await visitor.press("Tab")
    for option in options:
        if not option.get("required"):
            continue
        if option["type"] == FILE:
            opml = OPML.format(url=url).encode()
            chosen = {"name": "feeds.opml", "mimeType": "text/x-opml", "buffer": opml}
            await visitor.one(".field-pill input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
            continue
        field = visitor.one(f'.field-pill input[data-option="{option["name"]}"]')
        await field.focus()
        value = url if option["name"] == "url" else GIVEN.get(option["name"], "chips")
        await visitor.type(value)
        if option.get("autocomplete"):
            await visitor.see(value, '.suggestion[aria-selected="true"]')
            await visitor.press("Enter")
    await visitor.press("Enter")


async def test_every_command_is_answered_when_it_is_typed(stage: Stage, visit: Visits) -> None:
    visitor = await visit(stage.sandbox)
    await visitor.open_channel("editors")
    # Another of the site's feeds, which no other test follows or unfollows.
    extra = stage.site.add_feed("zeppelin", title="Zeppelin weekly")
    extra.publish(title="Zeppelins are back")
    GIVEN["feed"] = "Zeppelin"
    for path, options in _commands(stage):
        count = await visitor.messages.count()
        await _type_command(visitor, path, options, extra.url)
        answer = visitor.messages.nth(count)
        await answer.wait_for()
        await answer.locator(".text, .embed, .attached-file").first.wait_for()
        used = answer.locator(".lead .used")
        # Not inner_text, which is empty for what is scrolled out of sight.
        words = str(await answer.text_content())
        assert await used.text_content() == f"/{path}", words
        assert "Only you can see this" in words
        assert "went wrong" not in words, words


async def test_every_command_of_a_message_s_menu_is_answered(stage: Stage, visit: Visits) -> None:
    entry = stage.feeds[0].publish(title="A story with a menu")
    visitor = await visit(stage.sandbox)
    await visitor.open_channel("chips")
    await visitor.see(str(entry.title), ".embed-title")
    story = visitor.one(".message", has_text="A story with a menu").first
    menu = [command["name"] for command in stage.sandbox.commands(stage.guild) if command["type"] == 3]
    for name in menu:
        count = await visitor.one(".only-you .lead .used", has_text=name).count()
        await story.get_by_role("button", name="More for this message").click()
        await visitor.page.get_by_role("menuitem", name=name).click()
        await visitor.one(".only-you .lead .used", has_text=name).nth(count).wait_for()
        assert "went wrong" not in str(await visitor.last.text_content())


async def test_a_search_has_pages_that_turn(stage: Stage, visit: Visits) -> None:
    # All that is published so far has an author; the past stories alone fill more than a page.
    while stage.publish(1):
        pass
    await stage.caught_up(stage.channels[1], 30)
    visitor = await visit(stage.sandbox)
    await visitor.open_channel("sky")
    await visitor.send("/search the")
    answer = visitor.one(".message.only-you").last
    await answer.get_by_text("Page 1 of").wait_for()
    titles = answer.locator(".embed a:not(:has-text('the post'))")
    first = await titles.all_inner_texts()
    await answer.get_by_role("button", name="Next").click()
    await answer.get_by_text("Page 2 of").wait_for()
    assert not set(first) & set(await titles.all_inner_texts())
    await answer.get_by_role("button", name="Previous").click()
    await answer.get_by_text("Page 1 of").wait_for()
    assert await titles.all_inner_texts() == first
    # What they share, everybody sees.
    await answer.get_by_role("button", name="Share").click()
    await visitor.one(".message:not(.only-you)", has_text="found").last.wait_for()
    await visitor.become("Ada")
    await visitor.open_channel("sky")
    await visitor.one(".message:not(.only-you)", has_text="found").last.wait_for()
    await visitor.one(".message.only-you").first.wait_for(state="detached")


async def test_options_offer_what_fits_and_name_what_is_missing(stage: Stage, visit: Visits) -> None:
    visitor = await visit(stage.sandbox)
    await visitor.one("#text").focus()
    await visitor.type("/latest ")
    # The options left are listed with their types; a name with a colon takes one.
    await visitor.see("whole number", ".suggestion")
    await visitor.type("count:99")
    await visitor.press("Enter")
    await visitor.see("count: at most 10", ".composer .problem")
    await visitor.press("Backspace", "Backspace", "3", "Enter")
    await visitor.see("newest", ".message.only-you")

    await visitor.type("/feed status ")
    await visitor.press("Enter")
    await visitor.see("feed: this option is required", ".composer .problem")
    await visitor.type("sunw")
    await visitor.see("Sunward", ".suggestion")
    await visitor.press("Enter", "Enter")
    await visitor.see("Sunward: Space Weather", ".message.only-you .embed-title")


async def test_a_member_is_not_offered_what_only_managers_may(stage: Stage, visit: Visits) -> None:
    visitor = await visit(stage.sandbox)
    await visitor.become("Ada")
    await visitor.one("#text").focus()
    await visitor.type("/")
    await visitor.see("/search", ".suggestion")
    assert "/feed add" not in await visitor.one(".suggest").inner_text()
    assert "editors" not in await visitor.one("#channels").inner_text()
    await visitor.become("Max")
    assert "editors" in await visitor.one("#channels").inner_text()
    await visitor.one("#text").focus()
    await visitor.type("/feed")
    await visitor.see("/feed add", ".suggestion")


async def test_an_alert_comes_as_a_direct_message_and_is_counted(stage: Stage, visit: Visits) -> None:
    visitor = await visit(stage.sandbox)
    await visitor.open_channel("chips")
    await visitor.send("/keyword add dirigible*")
    await visitor.one(".message.only-you .lead .used", has_text="/keyword add").last.wait_for()
    await visitor.one(".thinking").wait_for(state="detached")
    stage.feeds[0].publish(title="Dirigibles overhead")
    dms = visitor.button("Direct messages")
    await dms.locator(".dot, .badge").wait_for()
    await dms.click()
    await visitor.see("Dirigibles overhead", ".embed-title")
    await visitor.page.wait_for_function("document.querySelectorAll('.guild .dot, .guild .badge').length <= 1")
