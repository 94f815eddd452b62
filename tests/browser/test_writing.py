"""Plain messages: names that complete themselves, files by button, paste and drop, and messages without a sound."""

from __future__ import annotations

import pytest

from bot.sandbox import Sandbox

from .conftest import Visits

pytestmark = pytest.mark.asyncio(loop_scope="package")

# What a browser gives a page on paste and on drop, with a file in it.
GIVE = """(node, [kind, size]) => {
    const data = new DataTransfer();
    data.items.add(new File(['x'.repeat(size)], `${kind}.txt`, { type: 'text/plain' }));
    const event = kind === 'paste'
        ? new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
    node.dispatchEvent(event);
}"""


async def test_names_are_completed_and_sent_as_mentions(small: Sandbox, visit: Visits) -> None:
    guild = small.guilds[0]
    channel = guild.add_channel("names-here")
    mary = guild.add_member("mary")
    mary.record.display_name = "Mary Ann"
    critics = guild.add_role("critics", mentionable=True)
    guild.add_role("quiet ones")
    visitor = await visit(small)
    await visitor.open_channel("names-here")
    await visitor.one("#text").focus()
    await visitor.type("hello @mar")
    await visitor.see("Mary Ann", '.suggestion[aria-selected="true"]')
    await visitor.press("Enter")
    await visitor.type("and @crit")
    await visitor.see("@critics", '.suggestion[aria-selected="true"]')
    await visitor.press("Tab")
    await visitor.type("in #names-h")
    await visitor.see("#names-here", '.suggestion[aria-selected="true"]')
    await visitor.press("Enter")
    assert await visitor.one("#text").input_value() == "hello @Mary Ann and @critics in #names-here "
    await visitor.press("Enter")
    await visitor.see("hello @Mary Ann and @critics in #names-here", ".message .text")
    said = channel.messages[-1]
    assert said.content == f"hello {mary.mention} and {critics.mention} in {channel.mention}"
    assert (said.pings.users, said.pings.roles) == ((mary.id,), (critics.id,))


async def test_names_in_code_and_addresses_are_left_alone(small: Sandbox, visit: Visits) -> None:
    guild = small.guilds[0]
    channel = guild.add_channel("left-alone")
    visitor = await visit(small)
    await visitor.open_channel("left-alone")
    await visitor.send("`@olive` https://example.org/#left-alone me@olive.example @oliver but @olive.")
    await visitor.see("but @olive.", ".message .text")
    start = "`@olive` https://example.org/#left-alone me@olive.example @oliver but "
    assert channel.messages[-1].content == f"{start}{guild.owner.mention}."


async def test_a_member_is_offered_only_the_roles_they_may_call(small: Sandbox, visit: Visits) -> None:
    guild = small.guilds[0]
    guild.add_channel("calling")
    guild.add_role("openers", mentionable=True)
    guild.add_role("openers-closed")
    guild.add_member("cal")
    visitor = await visit(small)
    await visitor.become("cal")
    await visitor.open_channel("calling")
    await visitor.one("#text").focus()
    await visitor.type("@open")
    await visitor.see("@openers", ".suggestion")
    assert await visitor.suggestions.count() == 1
    await visitor.press("Escape")
    await visitor.type(" @every")
    await visitor.suggestions.first.wait_for(state="hidden")


async def test_files_come_by_button_paste_and_drop(small: Sandbox, visit: Visits) -> None:
    channel = small.guilds[0].add_channel("files")
    visitor = await visit(small)
    await visitor.open_channel("files")
    picture = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360606060"
        "00000005 0001a5f645400000000049454e44ae426082"
    )
    files = [
        {"name": "dot.png", "mimeType": "image/png", "buffer": picture},
        {"name": "note.txt", "mimeType": "text/plain", "buffer": b"12"},
    ]
    async with visitor.page.expect_file_chooser() as chosen:
        await visitor.button("Add files").click()
    await (await chosen.value).set_files(files)  # type: ignore[arg-type]
    await visitor.one("#text").evaluate(GIVE, ["paste", 5])
    await visitor.one("#timeline").evaluate(GIVE, ["drop", 5])
    await visitor.one(".tray-file", has_text="drop.txt").wait_for()
    await visitor.button("Do not send note.txt").click()
    await visitor.send("three files")
    await visitor.see("three files")
    assert await visitor.one(".tray").is_hidden()
    sent = {each.filename: each.data for each in channel.messages[-1].attachments}
    assert sent == {"dot.png": picture, "paste.txt": b"xxxxx", "drop.txt": b"xxxxx"}
    await visitor.until("document.querySelector('img.attached-image')?.naturalWidth === 1")
    async with visitor.page.expect_download() as loaded:
        await visitor.one("a.attached-file", has_text="drop.txt").click()
    assert (await loaded.value).suggested_filename == "drop.txt"


async def test_files_that_discord_would_not_take_are_refused(small: Sandbox, visit: Visits) -> None:
    guild = small.guilds[0]
    channel = guild.add_channel("no-files")
    guild.add_member("fil")
    visitor = await visit(small)
    await visitor.open_channel("no-files")
    await visitor.one("#text").evaluate(GIVE, ["paste", 10 * 1024 * 1024 + 1])
    await visitor.see("10 MB at most", ".composer .problem")
    assert await visitor.one(".tray-file").count() == 0
    channel.deny(guild.everyone, "ATTACH_FILES")
    await visitor.become("fil")
    await visitor.button("Add files").wait_for(state="hidden")
    await visitor.one("#text").evaluate(GIVE, ["paste", 5])
    await visitor.see("cannot put files here", ".composer .problem")


async def test_ones_own_message_can_be_changed(small: Sandbox, visit: Visits) -> None:
    guild = small.guilds[0]
    channel = guild.add_channel("changed")
    channel.say(guild.add_member("somebody"), "not yours")
    visitor = await visit(small)
    await visitor.open_channel("changed")
    await visitor.send("a typo hear")
    more = visitor.last.get_by_role("button", name="More for this message")
    await visitor.see("a typo hear")
    await more.click()
    await visitor.page.get_by_role("menuitem", name="Edit message").click()
    await visitor.see("Changing your message", ".reply-bar")
    for _ in "hear":
        await visitor.press("Backspace")
    await visitor.type("here")
    await visitor.press("Enter")
    await visitor.see("a typo here (edited)")
    assert await visitor.one(".reply-bar").is_hidden()
    # What somebody else wrote has no such item; Escape lets go of a change.
    await visitor.messages.first.get_by_role("button", name="More for this message").click()
    assert await visitor.page.get_by_role("menuitem", name="Edit message").count() == 0
    await visitor.press("Escape")
    await more.click()
    await visitor.page.get_by_role("menuitem", name="Edit message").click()
    await visitor.press("Escape")
    assert await visitor.one("#text").input_value() == ""
    assert [each.content for each in channel.messages] == ["not yours", "a typo here"]


async def test_what_could_not_be_sent_stands_in_the_box_again(small: Sandbox, visit: Visits) -> None:
    guild = small.guilds[0]
    channel = guild.add_channel("refused")
    guild.add_member("ref")
    visitor = await visit(small)
    await visitor.become("ref")
    await visitor.open_channel("refused")
    channel.record.locked = True  # as it is being typed, without a word to the page
    await visitor.send("too late")
    await visitor.see("locked", ".composer .problem")
    assert await visitor.one("#text").input_value() == "too late"


async def test_who_types_on_while_a_message_is_sent_loses_nothing(small: Sandbox, visit: Visits) -> None:
    channel = small.guilds[0].add_channel("typing-on")
    visitor = await visit(small)
    await visitor.open_channel("typing-on")
    await visitor.one("#text").focus()
    await visitor.type("one\ntwo\nthree\n")  # each line is sent by its end
    await visitor.see("three")
    await channel.wait_for(lambda messages: [each.content for each in messages] == ["one", "two", "three"])


async def test_a_message_without_a_sound_has_a_muted_bell(small: Sandbox, visit: Visits) -> None:
    channel = small.guilds[0].add_channel("silence-here")
    visitor = await visit(small)
    await visitor.open_channel("silence-here")
    await visitor.send("@silent psst")
    await visitor.see("psst", '.message:has([aria-label="This was sent without a notification"])')
    assert channel.messages[-1].content == "psst"
    await visitor.send("aloud")
    await visitor.see("aloud")
    assert await visitor.last.get_by_label("This was sent without a notification").count() == 0
