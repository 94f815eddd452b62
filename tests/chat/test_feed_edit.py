"""`/feed edit`: the panel, with the real rules and the real store behind it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.model import Subscription
from bot.sandbox import Reply, User, WrongUse
from tests.chat.desk import Desk, labels_of


async def opened(desk: Desk, user: User | None = None, **options: Any) -> Reply:
    return await desk.command(user or desk.manager, "feed edit", feed="Example feed", **options)


async def now(desk: Desk) -> Subscription:
    (one,) = await desk.store.subscriptions(desk.guild.id, feed_id=desk.feed.id)
    return one


async def form(desk: Desk, panel: Reply, filter: str) -> Reply:
    """Opens the filter's form and sends it with this text."""
    pressed = await panel.click(desk.manager, "Filter")
    assert pressed.modal is not None
    return await desk.manager.submit(pressed.modal, {"filter": filter})


async def filled_with(desk: Desk, panel: Reply) -> str:
    pressed = await panel.click(desk.manager, "Filter")
    assert pressed.modal is not None
    return str(pressed.modal.fields[0].get("value", ""))


def selects(reply: Reply) -> dict[str, dict[str, Any]]:
    """By their first word: channel, style, mention."""
    found = [one for row in reply.components for one in row["components"] if one["type"] != 2]
    return {one["custom_id"].split(":")[2]: one for one in found}


async def select(desk: Desk, panel: Reply, which: str, *values: object, user: User | None = None) -> Reply:
    return await panel.select(user or desk.manager, selects(panel)[which]["custom_id"], values)


async def test_the_panel_shows_what_holds_and_the_newest_post(desk: Desk) -> None:
    await desk.publish("A comet")
    panel = await opened(desk)
    assert panel.ephemeral
    assert panel.embeds[0]["title"] == "Example feed"
    assert f"{desk.news.mention} · style full · mentions nobody · running" in panel.embeds[0]["description"]
    assert panel.embeds[1]["title"] == "A comet"
    assert selects(panel)["channel"]["default_values"] == [{"id": str(desk.news.id), "type": "channel"}]
    assert [one["value"] for one in selects(panel)["style"]["options"]] == ["full", "compact", "title", "digest"]
    assert labels_of(panel.components) == ["Filter", "Pause", "No pictures from pages"]


async def test_a_feed_without_entries_says_so(desk: Desk) -> None:
    panel = await opened(desk)
    assert "no entry yet" in panel.text
    assert len(panel.embeds) == 1


async def test_a_style_is_saved_at_once_and_the_preview_follows(desk: Desk) -> None:
    await desk.publish("A comet", "It has a tail.")
    panel = await opened(desk)
    assert "description" in panel.embeds[1]
    panel = await select(desk, panel, "style", "title")
    assert panel.content == "Saved."
    assert "description" not in panel.embeds[1]
    assert (await now(desk)).style == "title"
    assert [one["value"] for one in selects(panel)["style"]["options"] if one.get("default")] == ["title"]


async def test_pictures_from_pages_are_switched_off_and_on_again(desk: Desk) -> None:
    panel = await opened(desk)
    assert "pictures from pages" not in panel.embeds[0]["description"], "the usual is not told"
    panel = await panel.click(desk.manager, "No pictures from pages")
    assert "mentions nobody · no pictures from pages · running" in panel.embeds[0]["description"]
    assert (await now(desk)).page_images is False
    again = await opened(desk)
    panel = await panel.click(desk.manager, "Pictures from pages")
    assert (await now(desk)).page_images is True
    await again.click(desk.manager, "Pictures from pages")
    assert (await now(desk)).page_images is True, "pressed twice it does so once"
    assert labels_of(panel.components)[-1] == "No pictures from pages"


async def test_a_role_is_mentioned_or_nobody(desk: Desk) -> None:
    role = desk.guild.add_role("readers", mentionable=True)
    panel = await select(desk, await opened(desk), "mention", role)
    assert f"mentions {role.mention}" in panel.text
    assert (await now(desk)).mention_role_id == role.id
    panel = await select(desk, panel, "mention")
    assert "mentions nobody" in panel.text
    assert (await now(desk)).mention_role_id is None


async def test_a_role_that_a_post_could_not_mention_is_refused_in_place(desk: Desk) -> None:
    role = desk.guild.add_role("quiet")
    panel = await select(desk, await opened(desk), "mention", role)
    assert panel.content.startswith("Nothing was changed. A post could not mention")
    assert (await now(desk)).mention_role_id is None
    assert selects(panel)["mention"].get("default_values", []) == []


async def test_a_role_that_went_is_told_of_in_the_panel(desk: Desk) -> None:
    role = desk.guild.add_role("readers", mentionable=True)
    await select(desk, await opened(desk), "mention", role)
    role.delete()
    assert "The role to mention is not there any more" in (await opened(desk)).text


async def test_a_filter_is_written_in_a_form_and_says_what_it_lets_through(desk: Desk) -> None:
    for title in ("A comet", "A moon"):
        await desk.publish(title)
    panel = await form(desk, await opened(desk), " comet  -dust ")
    assert panel.content == "Saved."
    assert "Of the feed's 2 entries, 1 would have passed" in panel.text
    assert panel.embeds[1]["title"] == "A comet", "the newest that passes"
    assert (await now(desk)).filter == "comet -dust"
    assert await filled_with(desk, panel) == "comet -dust"
    panel = await form(desk, panel, "")
    assert (await now(desk)).filter == ""
    assert panel.embeds[1]["title"] == "A moon"
    panel = await form(desk, panel, "planet")
    assert "None of the entries that are there now would be posted." in panel.text


async def test_a_mistake_in_a_filter_is_pointed_at_and_what_was_written_is_kept(desk: Desk) -> None:
    await desk.publish("A comet")
    panel = await form(desk, await opened(desk), "comet")
    panel = await form(desk, panel, 'comet OR "open')
    assert panel.content.startswith("Nothing was changed. ")
    assert 'comet OR "open\n         ^' in panel.content
    assert panel.embeds[1]["title"] == "A comet", "the panel is still there"
    assert (await now(desk)).filter == "comet"
    assert await filled_with(desk, panel) == 'comet OR "open'
    panel = await form(desk, panel, 'comet OR "not open"')
    assert panel.content == "Saved."
    assert await filled_with(desk, panel) == 'comet OR "not open"'


async def test_a_longest_filter_can_be_edited_again(desk: Desk) -> None:
    long = " OR ".join(["wörd" * 4 + str(number) for number in range(20)])
    assert len(long) <= 500
    panel = await form(desk, await opened(desk), long)
    assert panel.content == "Saved."
    assert await filled_with(desk, panel) == (await now(desk)).filter


async def test_another_channel_takes_what_is_owed_and_nothing_comes_twice(desk: Desk) -> None:
    await desk.publish("Posted here")
    await desk.post_all()
    await desk.publish("On its way")
    hall = desk.guild.add_channel("hall")
    panel = await select(desk, await opened(desk), "channel", hall)
    assert f"What was still to be posted comes in {hall.mention}" in panel.content
    assert (await now(desk)).channel_id == hall.id
    assert await desk.store.waiting(desk.guild.id, (await now(desk)).id) == 1
    (posting,) = await desk.store.lease(desk.clock.now(), 9)
    assert posting.destination.id == hall.id
    assert [one.entry.entry.title for one in posting.deliveries] == ["On its way"]
    status = await desk.command(desk.manager, "feed status", feed="Example feed")
    assert f"https://discord.com/channels/{desk.guild.id}/{desk.news.id}/" in status.text, "where it was posted"


@pytest.mark.parametrize("kind", ["thread", "announcement", "forum"])
async def test_a_thread_an_announcement_channel_and_a_forum_can_be_chosen(desk: Desk, kind: str) -> None:
    place = desk.guild.add_thread(desk.news, "talk") if kind == "thread" else desk.guild.add_channel("other", kind)
    panel = await select(desk, await opened(desk), "channel", place)
    assert panel.content.startswith("Saved."), panel.content
    assert (await now(desk)).channel_id == place.id


async def test_a_channel_that_cannot_be_used_is_refused_in_place(desk: Desk) -> None:
    closed, secret = desk.guild.add_channel("closed"), desk.guild.add_channel("secret")
    closed.deny(desk.guild.bot_role, "EMBED_LINKS")
    secret.deny(desk.guild.everyone, "VIEW_CHANNEL")
    secret.allow(desk.guild.bot_role, "VIEW_CHANNEL")
    panel = await opened(desk)
    for channel, said in ((closed, "Embed Links"), (secret, "no such channel")):
        panel = await select(desk, panel, "channel", channel)
        assert panel.content.startswith("Nothing was changed. ")
        assert said in panel.content
    assert (await now(desk)).channel_id == desk.news.id


async def test_a_channel_that_follows_the_feed_already_is_refused_in_place(desk: Desk) -> None:
    hall = desk.guild.add_channel("hall")
    await desk.store.add_subscription(
        Subscription(id=0, guild_id=desk.guild.id, channel_id=hall.id, feed_id=desk.feed.id)
    )
    panel = await select(desk, await opened(desk, channel=desk.news), "channel", hall)
    assert panel.content == f"Nothing was changed. {hall.mention} follows Example feed already."


async def test_the_panel_says_what_keeps_herald_from_posting(desk: Desk) -> None:
    desk.news.deny(desk.guild.bot_role, "EMBED_LINKS")
    assert "Embed Links" in (await opened(desk)).text


async def test_pausing_twice_pauses_once_and_resuming_goes_on(desk: Desk) -> None:
    panel = await opened(desk)
    pause = next(
        one["custom_id"] for row in panel.components for one in row["components"] if one.get("label") == "Pause"
    )
    message = panel.message
    assert message is not None
    first, second = await panel.click(desk.manager, pause), await _pressed_again(desk, panel, pause)
    assert not first.failed
    assert not second.failed
    assert (await now(desk)).paused_at is not None
    assert labels_of(second.components)[:2] == ["Filter", "Resume"]
    await second.click(desk.manager, "Resume")
    assert (await now(desk)).paused_at is None


async def _pressed_again(desk: Desk, panel: Reply, custom_id: str) -> Reply:
    """The second of a double press: the button it was meant for is another one by now."""
    message = panel.message
    assert message is not None
    button = next(
        one for row in message.components for one in row["components"] if one["custom_id"].endswith(":resume:1")
    )
    button["custom_id"] = custom_id
    return await panel.click(desk.manager, custom_id)


@pytest.mark.parametrize("control", ["style", "channel", "mention", "pause", "filter"])
async def test_a_panel_of_a_feed_that_was_removed_meanwhile_says_so(desk: Desk, control: str) -> None:
    hall, role = desk.guild.add_channel("hall"), desk.guild.add_role("readers", mentionable=True)
    panel = await opened(desk)
    await desk.store.remove_subscription(desk.guild.id, (await now(desk)).id)
    match control:
        case "style":
            panel = await select(desk, panel, "style", "title")
        case "channel":
            panel = await select(desk, panel, "channel", hall)
        case "mention":
            panel = await select(desk, panel, "mention", role)
        case "pause":
            panel = await panel.click(desk.manager, "Pause")
        case _:
            panel = await form(desk, panel, "comet")
    assert "somebody removed it meanwhile" in panel.content
    assert (panel.embeds, panel.components) == ([], [])


async def test_a_manager_who_is_one_no_more_changes_nothing(desk: Desk) -> None:
    panel, before = await opened(desk), await now(desk)
    pressed = await panel.click(desk.manager, "Filter")
    desk.guild.record.members[desk.manager.id].role_ids.clear()
    assert pressed.modal is not None
    for late in (
        await desk.manager.submit(pressed.modal, {"filter": "comet"}),
        await select(desk, panel, "style", "title"),
        await select(desk, panel, "channel", desk.guild.add_channel("hall")),
        await select(desk, panel, "mention"),
        await panel.click(desk.manager, "Pause"),
        await panel.click(desk.manager, "Filter"),
    ):
        assert "Only members with Manage Server can do that here." in late.text
        assert late.modal is None
    assert await now(desk) == before


async def test_nobody_else_sees_the_panel(desk: Desk) -> None:
    panel = await opened(desk)
    with pytest.raises(WrongUse):
        await panel.click(desk.member, "Pause")
