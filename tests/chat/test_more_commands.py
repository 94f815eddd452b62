"""More like this: from a post to a keyword."""

from __future__ import annotations

from bot.sandbox import Message, Reply, User
from tests.chat.desk import Desk, labels_of


async def more(desk: Desk, message: Message, user: User | None = None) -> Reply:
    reply = await desk.guild.message_command(user or desk.member, desk.news, "More like this", message)
    assert not reply.failed
    assert reply.ephemeral
    return reply


async def posted(desk: Desk, *titles: str) -> Message:
    """One message of Herald's that announces all of these, among entries that have common words."""
    for number in range(9):
        await desk.publish(f"Daily market report {number}", days_ago=1 + number)
    await desk.post_all()
    for title in titles:
        await desk.publish(title)
    await desk.post_all()
    return desk.news.messages[-1]


async def test_what_is_common_here_is_left_out_and_what_sets_the_post_apart_is_proposed(desk: Desk) -> None:
    reply = await more(desk, await posted(desk, "Daily market report on lithography"))
    assert reply.embeds[0]["author"]["name"] == "lithography"
    assert "Daily market report on lithography" in reply.text
    assert "it would have caught 1 entry:" in reply.text
    assert labels_of(reply.components) == ["Alert me", "Change it first"]


async def test_the_proposal_is_taken_with_one_press(desk: Desk) -> None:
    reply = await more(desk, await posted(desk, "Lithography"))
    pressed = await reply.click(desk.member, "Alert me")
    await pressed.wait_for(lambda answer: answer.followups)
    assert "Watching for `lithography` in every feed here" in pressed.text
    assert [(one.query, one.user_id) for one in await desk.keywords()] == [("lithography", desk.member.id)]


async def test_of_a_post_with_several_entries_another_can_be_chosen(desk: Desk) -> None:
    reply = await more(desk, await posted(desk, "Ferries", "Lithography", "Volcanoes"))
    assert reply.embeds[0]["author"]["name"] == "ferries"
    (select,) = [one for row in reply.components for one in row["components"] if one["type"] == 3]
    assert [option["label"] for option in select["options"]] == ["Ferries", "Lithography", "Volcanoes"]
    chosen = await reply.select(desk.member, "kw:more", [select["options"][1]["value"]])
    assert chosen.embeds[0]["author"]["name"] == "lithography"
    (select,) = [one for row in chosen.components for one in row["components"] if one["type"] == 3]
    assert [option["label"] for option in select["options"] if option.get("default")] == ["Lithography"]


async def test_the_form_makes_what_the_member_wrote_a_keyword_or_points_at_the_mistake(desk: Desk) -> None:
    reply = await more(desk, await posted(desk, "Lithography"))
    opened = await reply.click(desk.member, "Change it first")
    assert opened.modal is not None
    refused = await desk.member.submit(opened.modal, {"query": "lithography ("})
    assert "A word is missing after this" in refused.text
    opened = await reply.click(desk.member, "Change it first")
    assert opened.modal is not None
    taken = await desk.member.submit(opened.modal, {"query": " lithography \n OR  euv "})
    assert taken.ephemeral
    assert "Watching for `lithography OR euv`" in taken.text


async def test_what_announces_nothing_gets_a_clear_line(desk: Desk) -> None:
    said = desk.news.say(desk.other, "Lithography is great")
    own = desk.news.say(desk.sandbox.bot, "Hello")
    for message in (said, own):
        assert (await more(desk, message)).content == (
            "That message announces no entry that I still have. Choose one of my posts."
        )


async def test_a_post_of_another_guild_is_not_found_by_its_id(desk: Desk) -> None:
    message = await posted(desk, "Lithography")
    there = desk.sandbox.add_guild("Another house")
    assert await desk.store.entries_announced(there.id, desk.news.id, message.id) == []
    assert await desk.store.entries_announced(desk.guild.id, desk.news.id + 1, message.id) == []
    (found,) = await desk.store.entries_announced(desk.guild.id, desk.news.id, message.id)
    assert found.entry.title == "Lithography"


async def test_an_entry_of_a_feed_that_is_not_followed_any_more_is_not_proposed(desk: Desk) -> None:
    message = await posted(desk, "Lithography")
    (subscription,) = await desk.store.subscriptions(desk.guild.id)
    await desk.store.remove_subscription(desk.guild.id, subscription.id)
    assert "no entry that I still have" in (await more(desk, message)).content


async def test_it_counts_as_a_search(desk: Desk) -> None:
    message = await posted(desk, "Lithography")
    for _ in range(20):
        assert "Like" in (await more(desk, message)).text
    assert "20 searches in a minute" in (await more(desk, message)).content
    assert "20 searches in a minute" in (await desk.command(desk.member, "search", query="x")).content
    assert "Like" in (await more(desk, message, desk.other)).text
