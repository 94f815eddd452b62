"""What any bot may use: forms, menus, buttons, files, layouts; as the page shows it to a member."""

from __future__ import annotations

import pytest

from bot.sandbox import Channel, Guild, Sandbox, User

from .conftest import Visits

pytestmark = pytest.mark.asyncio(loop_scope="package")


def _bench(small: Sandbox, name: str) -> tuple[Guild, Channel, User]:
    """A channel of its own for a test."""
    guild = small.guilds[0]
    return guild, guild.add_channel(name), guild.owner


async def test_buttons_menus_and_forms_work(small: Sandbox, visit: Visits) -> None:
    _bench(small, "buttons")
    visitor = await visit(small)
    await visitor.open_channel("buttons")
    await visitor.send("/counter")  # in full: the first Enter takes it, the second sends it
    await visitor.press("Enter")
    await visitor.button("Count").click()
    await visitor.see("1 clicks")
    # The button keeps the focus, so that a keyboard can go on.
    await visitor.press("Enter")
    await visitor.see("2 clicks")

    await visitor.one(".select").click()
    await visitor.press("ArrowDown", "Enter")
    await visitor.see("Blue it is", ".message.only-you")

    await visitor.button("Note").click()
    await visitor.one("dialog", has_text="A note").wait_for()
    await visitor.type("buy tea")
    await visitor.press("Enter")
    await visitor.see("Noted: buy tea")
    await visitor.one("dialog").wait_for(state="detached")


async def test_options_take_channels_roles_people_numbers_and_files(small: Sandbox, visit: Visits) -> None:
    guild, _, _ = _bench(small, "options")
    guild.add_role("readers")
    visitor = await visit(small)
    await visitor.open_channel("options")
    await visitor.one("#text").focus()
    await visitor.type("/places show opt")
    await visitor.see("#options", ".suggestion")
    await visitor.press("Enter")
    await visitor.type("role:read")
    await visitor.see("@readers", ".suggestion")
    await visitor.press("Enter")
    await visitor.type("user:oli")
    await visitor.see("olive", ".suggestion")
    await visitor.press("Enter")
    await visitor.type("count:9")
    await visitor.press("Enter")
    await visitor.see("count: at most 5", ".composer .problem")
    await visitor.press("Backspace")
    await visitor.type("4 file:")
    note = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"12345678"}
    await visitor.one(".field-pill input[type=file]").set_input_files(note)  # type: ignore[arg-type]
    await visitor.press("Enter")
    await visitor.see("options readers olive 8 4", ".message.only-you")


async def test_choices_come_as_one_types(small: Sandbox, visit: Visits) -> None:
    _bench(small, "choices")
    visitor = await visit(small)
    await visitor.open_channel("choices")
    await visitor.one("#text").focus()
    await visitor.type("/places find Ber")
    await visitor.suggestions.filter(has_text="Paris").wait_for(state="detached")
    await visitor.see("Bern", ".suggestion")
    assert await visitor.suggestions.all_inner_texts() == ["Berlin", "Bern"]
    await visitor.press("ArrowDown", "Enter", "Enter")
    await visitor.see("bern")


async def test_a_message_has_a_menu_of_the_bots_commands(small: Sandbox, visit: Visits) -> None:
    _, channel, owner = _bench(small, "menus")
    channel.say(owner, "twelve chars")
    visitor = await visit(small)
    await visitor.open_channel("menus")
    # By keys alone: up from the message box, Tab to the message's button.
    await visitor.press("ArrowUp", "Tab", "Enter", "Enter")
    await visitor.see("12 characters", ".message.only-you")
    await visitor.button("Dismiss message").click()
    await visitor.one(".message.only-you").wait_for(state="detached")


async def test_layouts_without_text_are_drawn_and_a_slow_button_changes_its_message(
    small: Sandbox, visit: Visits
) -> None:
    _bench(small, "layouts")
    visitor = await visit(small)
    await visitor.open_channel("layouts")
    await visitor.send("/panel")
    await visitor.press("Enter")
    await visitor.see("A panel", ".container")
    await visitor.button("Slow", exact=True).click()
    await visitor.button("Done", ".container").wait_for()


async def test_no_answer_is_said_as_discord_says_it(small: Sandbox, visit: Visits) -> None:
    _bench(small, "silence")
    unknown = {"message": "Unknown interaction", "code": 10062}
    small.faults.add("status", "POST", "/interactions/**", status=404, body=unknown)
    visitor = await visit(small)
    await visitor.open_channel("silence")
    await visitor.take_the_clock()
    await visitor.send("/ping")
    await visitor.press("Enter")
    await visitor.see("Sending /ping", ".composer .status")
    await visitor.page.clock.fast_forward("00:04")  # Discord's three seconds, and one more
    await visitor.see("the application did not respond", ".composer .problem")
