"""Herald's commands as a member types them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.demo.stage import Stage

from .conftest import Visits
from .visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="package")

FILE = 11
LISTED = {5, 6, 7, 8, 9}  # types of option whose values the client lists by itself
OPML = '<opml version="2.0"><body><outline type="rss" text="Zeppelin weekly" xmlUrl="{url}"/></body></opml>'


@dataclass(frozen=True)
class Typed:
    """A command as it is typed: the options in order, and words that its answer must have."""

    path: str
    answer: str
    given: Mapping[str, str] = field(default_factory=dict)


# Every command once, in an order in which each has what it needs. `{url}` is the address of a feed that only this test
# follows.
EVERY = (
    Typed("help", "/feed add follows a feed"),
    Typed("about", "It serves 1 server"),
    Typed("privacy", "What I keep of you"),
    Typed("settings", "Settings of The Reading Room"),
    Typed("feed preview", "Zeppelins are back", {"feed": "{url}"}),
    Typed(
        "feed add",
        "Following Zeppelin weekly in #editors",
        {"url": "{url}", "channel": "editors", "filter": "zeppelin*", "style": "compact"},
    ),
    Typed("feed list", "filter zeppelin*", {"channel": "editors"}),
    Typed("feed status", "running", {"feed": "Zeppelin"}),
    Typed("feed edit", "The newest post would look like this", {"feed": "Zeppelin", "channel": "editors"}),
    Typed("feed pause", "is paused in #editors", {"feed": "Zeppelin", "meanwhile": "keep"}),
    Typed("feed resume", "posts in #editors again", {"feed": "Zeppelin"}),
    Typed("feed export", "feeds.opml"),
    Typed("search", "1 entry found", {"query": "zeppelin*", "feed": "Zeppelin"}),
    Typed("latest", "Newest from Zeppelin weekly", {"feed": "Zeppelin", "count": "3"}),
    Typed("keyword add", "Watching for zeppelin*", {"query": "zeppelin*", "feed": "Zeppelin"}),
    Typed("keyword list", "1 keyword"),
    Typed("keyword mute", "is muted", {"keyword": "zeppelin"}),
    Typed("keyword remove", "is removed", {"keyword": "zeppelin"}),
    Typed(
        "digest set",
        "I post a digest in #editors every day at 8:00",
        {"channel": "editors", "schedule": "daily 8:00", "filter": "zeppelin*"},
    ),
    Typed("digest list", "1 digest"),
    Typed("digest remove", "is removed", {"digest": "zeppelin"}),
    Typed("feed remove", "no longer followed in #editors", {"feed": "Zeppelin"}),
    Typed("feed import", "1 feed added.", {"file": "feeds.opml"}),
)


def _leaves(command: dict[str, Any], path: str = "") -> dict[str, list[dict[str, Any]]]:
    """Each command that can be sent, by its full name, with its options."""
    path = f"{path} {command['name']}".strip()
    inner = [option for option in command.get("options", ()) if option["type"] in (1, 2)]
    if not inner:
        return {path: command.get("options", [])}
    return {name: options for each in inner for name, options in _leaves(each, path).items()}


def _commands(stage: Stage) -> dict[str, list[dict[str, Any]]]:
    slash = [command for command in stage.sandbox.commands(stage.guild) if command["type"] == 1]
    return {name: options for command in slash for name, options in _leaves(command).items()}


async def _give(visitor: Visitor, option: dict[str, Any], value: str) -> None:
    """Types an option's name, unless it stands there already, and its value, which a list may complete."""
    if option["type"] == FILE:
        chosen = {"name": "feeds.opml", "mimeType": "text/x-opml", "buffer": value.encode()}
        await visitor.one(".field-pill input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
        return
    if not option.get("required"):
        await visitor.one(".tail").focus()
        await visitor.type(f"{option['name']}:")
    await visitor.one(f'.field-pill input[data-option="{option["name"]}"]').focus()
    await visitor.type(value)
    is_listed = option.get("autocomplete") or option.get("choices") or option["type"] in LISTED
    if is_listed and "://" not in value:
        await visitor.see(value, '.suggestion[aria-selected="true"]')
        await visitor.press("Enter")


async def _type_command(visitor: Visitor, typed: Typed, options: list[dict[str, Any]], url: str) -> None:
    await visitor.one("#text").focus()
    await visitor.type(f"/{typed.path}")
    # The list narrows to the command; Tab takes it.
    await visitor.one('.suggestion[aria-selected="true"] .suggestion-label', has_text=f"/{typed.path}").wait_for()
    await visitor.press("Tab")
    by_name = {option["name"]: option for option in options}
    for name, value in typed.given.items():
        is_file = by_name[name]["type"] == FILE
        await _give(visitor, by_name[name], OPML.format(url=url) if is_file else value.format(url=url))
    await visitor.press("Enter")


async def test_no_command_is_left_untyped(stage: Stage) -> None:
    assert {typed.path for typed in EVERY} == set(_commands(stage)), "each needs a line in EVERY"


async def test_every_command_is_answered_when_it_is_typed(stage: Stage, visit: Visits) -> None:
    visitor = await visit(stage.sandbox)
    await visitor.open_channel("editors")
    # Another of the site's feeds, which no other test follows or unfollows.
    extra = stage.site.add_feed("zeppelin", title="Zeppelin weekly")
    extra.publish(title="Zeppelins are back")
    commands = _commands(stage)
    for typed in EVERY:
        count = await visitor.messages.count()
        await _type_command(visitor, typed, commands[typed.path], extra.url)
        answer = visitor.messages.nth(count)
        await answer.locator(".lead .used").filter(has_text=f"/{typed.path}").wait_for()
        await answer.filter(has_text=typed.answer).wait_for()
        await answer.filter(has_text="Only you can see this").wait_for()


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
    await visitor.one(".message.only-you", has_text="Page 1 of").wait_for(state="detached")


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
    await visitor.until("document.querySelectorAll('.guild .dot, .guild .badge').length <= 1")
