"""`/keyword` as members and managers use it, with the real store behind it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.model import Refused
from bot.sandbox.members.options import WrongUse
from tests.chat.desk import PER_MEMBER, Desk, labels_of

# --- Adding ---------------------------------------------------------------------------------------------------


async def test_a_new_keyword_says_what_it_would_have_caught_with_the_newest_three(desk: Desk) -> None:
    for days in (40, 20, 12, 4, 1):
        await desk.publish(f"Rust, {days} days ago", days_ago=days)
    await desk.publish("Something else")
    reply = await desk.add(desk.member, "rust")
    assert "Watching for `rust` in every feed here. You get a direct message" in reply.text
    assert "In the last 30 days it would have caught 4 entries, the newest of them:" in reply.text
    shown = [days for days in (40, 20, 12, 4, 1) if f"Rust, {days} days ago" in reply.text]
    assert shown == [12, 4, 1]
    assert reply.text.index("1 days ago") < reply.text.index("4 days ago") < reply.text.index("12 days ago")
    (kept,) = await desk.keywords()
    assert (kept.query, kept.user_id, kept.channel_id, kept.feed_id) == ("rust", desk.member.id, None, None)


@pytest.mark.parametrize(("per_day", "days", "warned"), [(6, 10, True), (4, 10, False), (12, 1, False), (12, 4, True)])
async def test_more_than_a_few_a_day_are_warned_of(desk: Desk, per_day: int, days: int, warned: bool) -> None:
    for number in range(per_day * days):
        await desk.publish("Rust", days_ago=number / per_day)
    assert ("That is about" in (await desk.add(desk.member, "rust")).text) is warned


async def test_a_query_is_kept_as_it_was_understood(desk: Desk) -> None:
    await desk.add(desk.member, "  RUST   AND  (zig) OR  NOT  -“memory chip” ")
    assert [one.query for one in await desk.keywords()] == ['RUST zig OR "memory chip"']


async def test_the_same_query_twice_is_already_there_in_whatever_words(desk: Desk) -> None:
    await desk.add(desk.member, "rust zig")
    assert "You have that keyword already" in (await desk.add(desk.member, "(rust) AND zig")).content
    await desk.add(desk.other, "rust zig")
    await desk.add(desk.member, "rust zig", feed="Example feed")
    assert len(await desk.keywords()) == 3


async def test_the_limit_is_said_and_holds_for_commands_at_once(desk: Desk) -> None:
    tried = [desk.add(desk.member, f"word{number}") for number in range(PER_MEMBER + 3)]
    replies = await asyncio.gather(*tried)
    refused = [reply.content for reply in replies if "Watching" not in reply.text]
    assert (
        refused == [f"You have {PER_MEMBER} keywords here, which is the limit. Remove one first: /keyword remove."] * 3
    )
    assert len(await desk.keywords()) == PER_MEMBER
    assert "Watching" in (await desk.add(desk.other, "word0")).text


async def test_without_a_followed_feed_it_says_that_nothing_can_match(desk: Desk) -> None:
    empty = desk.sandbox.add_guild("Empty house")
    hall = empty.add_channel("hall")
    reply = await empty.command(empty.owner, hall, "keyword add", query="rust")
    assert "follows no feed yet" in reply.text


# Hostile input (what a member may type): what is refused says why, what is taken finds what it names.
REFUSED = [
    (" ", "no word in this"),
    ("=", "no word in this"),
    (".*", "no word in this"),
    ("-rust", "only words to leave out"),
    ("rust -rust", "can find nothing"),
    ("ru*", "3 letters before"),
    ("rust (", "missing after this"),
    ('"rust', "quot"),
    ("a OR", "OR needs a word on both sides"),
    ("(" * 40 + "a" + ")" * 40, "brackets"),
    (" ".join(f"w{number}" for number in range(60)), "More than 32 words"),
]


@pytest.mark.parametrize(("query", "reason"), REFUSED)
async def test_a_query_that_cannot_be_is_refused_with_its_place(desk: Desk, query: str, reason: str) -> None:
    reply = await desk.add(desk.member, query)
    assert reason.casefold() in reply.text.casefold()
    assert not await desk.keywords()


async def test_a_query_of_a_thousand_characters_is_not_taken_by_the_client(desk: Desk) -> None:
    with pytest.raises(WrongUse, match="not within 1 and 500"):
        await desk.add(desk.member, "x " * 500)


TAKEN = [
    ("(a+)+$", "Never give (a+)+$ a long text"),
    ("\\1", "Chapter 1"),
    ("(?=x)", "The x factor"),
    ("🦀", "Rust 🦀 day"),
    ("istanbul", "İSTANBUL'da"),
    ("İSTANBUL", "istanbul"),
    ("Ｃ＋＋", "C++ 26"),
    ("cafe\u0301", "CAFÉ"),
    ("CAFÉ", "cafe\u0301"),
    ("שלום", "שלום עולם"),
    ("\u202ertl\u202c", "An rtl text"),
    ("%", "100 % sure"),
    ("x_y", "the x_y of it"),
    ("NEAR(rust)", "Near rust"),
    ("AT&T", "at&t results"),
    ("沪深", "沪深股市大涨"),
    ("{0.__class__} %s ${HOME}", "0 class s home {0.__class__} %s ${HOME}"),
]


@pytest.mark.parametrize(("query", "title"), TAKEN)
async def test_what_is_taken_finds_what_it_names_and_search_agrees(desk: Desk, query: str, title: str) -> None:
    before = await desk.add(desk.member, query)
    assert "would have caught nothing" in before.text
    await desk.publish("Nothing to see")
    await desk.publish(title)
    leased = [one for one in await desk.store.lease(desk.clock.now(), 10) if one.destination.kind == "user"]
    assert [one.entry.entry.title for posting in leased for one in posting.deliveries] == [title]
    assert "1 entry found" in (await desk.command(desk.member, "search", query=query)).text


# --- For channels ---------------------------------------------------------------------------------------------


async def test_a_managers_keyword_for_a_channel_names_it_and_its_role(desk: Desk) -> None:
    role = desk.guild.add_role("readers", mentionable=True)
    reply = await desk.add(desk.manager, "rust", channel=desk.news, mention=role, feed="Example feed")
    assert f"I post each new entry that matches in {desk.news.mention} and mention {role.mention}." in reply.text
    assert "in **Example feed**" in reply.text
    assert "direct message" not in reply.text
    (kept,) = await desk.keywords()
    assert (kept.channel_id, kept.mention_role_id, kept.feed_id) == (desk.news.id, role.id, desk.feed.id)
    again = await desk.add(desk.guild.owner, "rust", channel=desk.news, feed="Example feed")
    assert "That channel has that keyword already" in again.content


async def test_a_member_cannot_send_alerts_to_a_channel(desk: Desk) -> None:
    reply = await desk.add(desk.member, "rust", channel=desk.news)
    assert "Manage Server" in reply.content
    assert not await desk.keywords()


async def test_a_role_without_a_channel_is_refused(desk: Desk) -> None:
    role = desk.guild.add_role("readers", mentionable=True)
    assert "in a channel only" in (await desk.add(desk.manager, "rust", mention=role)).content


async def test_a_channel_must_be_one_that_the_manager_sees_and_herald_can_write_to(desk: Desk) -> None:
    mute = desk.guild.add_channel("mute")
    mute.deny(desk.guild.bot_role, "SEND_MESSAGES")
    assert "I lack Send Messages" in (await desk.add(desk.manager, "rust", channel=mute)).content
    hidden = desk.guild.add_channel("hidden")
    hidden.deny(desk.manager, "VIEW_CHANNEL")
    assert "no such channel" in (await desk.add(desk.manager, "rust", channel=hidden)).content
    assert not await desk.keywords()


# --- Of others ------------------------------------------------------------------------------------------------


async def test_members_see_their_own_and_managers_those_of_channels_too(desk: Desk) -> None:
    await desk.add(desk.member, "mine")
    await desk.add(desk.other, "hers")
    await desk.add(desk.guild.owner, "everybodys", channel=desk.news)

    async def seen(user: object) -> list[str]:
        text = (await desk.command(user, "keyword list")).text  # type: ignore[arg-type]
        return [word for word in ("mine", "hers", "everybodys") if f"`{word}`" in text]

    assert await seen(desk.member) == ["mine"]
    assert await seen(desk.other) == ["hers"]
    assert await seen(desk.manager) == ["everybodys"]
    assert await seen(desk.guild.add_member("new")) == []


@pytest.mark.parametrize("path", ["keyword remove", "keyword mute"])
async def test_what_is_anothers_is_not_found_not_offered_and_not_changed(desk: Desk, path: str) -> None:
    await desk.add(desk.member, "mine")
    await desk.add(desk.guild.owner, "everybodys", channel=desk.news)
    before = await desk.keywords()
    for named in (*(str(one.id) for one in before), "mine", "everybodys", "-1", "9" * 40, "' OR 1=1 --", " "):
        reply = await desk.command(desk.other, path, keyword=named)
        assert "You have no such keyword here" in reply.content
    assert await desk.guild.autocomplete(desk.other, desk.news, path, option="keyword", typed="") == []
    assert await desk.keywords() == before
    assert "no such keyword" in (await desk.command(desk.manager, path, keyword="mine")).content


async def test_another_guilds_keyword_is_not_found_by_the_same_member(desk: Desk) -> None:
    await desk.add(desk.member, "mine")
    there = desk.sandbox.add_guild("Another house")
    hall = there.add_channel("hall")
    there.add_member(desk.member)
    (kept,) = await desk.keywords()
    reply = await there.command(desk.member, hall, "keyword remove", keyword=str(kept.id))
    assert "no such keyword" in reply.content
    assert "no keywords here" in (await there.command(desk.member, hall, "keyword list")).content


# --- Removing, muting, listing --------------------------------------------------------------------------------


async def test_a_keyword_is_removed_by_its_id_its_query_or_a_part_of_it(desk: Desk) -> None:
    for query in ("rust", "rust async", "zig"):
        await desk.add(desk.member, query)
    assert "`rust` is removed" in (await desk.command(desk.member, "keyword remove", keyword="Rust")).content
    assert "`zig` is removed" in (await desk.command(desk.member, "keyword remove", keyword="zi")).content
    (left,) = await desk.keywords()
    await desk.command(desk.member, "keyword remove", keyword=str(left.id))
    assert await desk.keywords() == []


async def test_a_name_that_fits_several_is_asked_about(desk: Desk) -> None:
    await desk.add(desk.member, "rust async")
    await desk.add(desk.member, "rust web")
    reply = await desk.command(desk.member, "keyword remove", keyword="rust")
    assert "2 keywords fit. Choose one from the list." in reply.content


async def test_a_muted_keyword_owes_nothing_until_the_time_is_over(desk: Desk) -> None:
    await desk.add(desk.member, "rust")
    reply = await desk.command(desk.member, "keyword mute", keyword="rust", **{"for": "1d"})
    assert "`rust` is muted" in reply.content
    assert "muted, ends" in (await desk.command(desk.member, "keyword list")).text
    await desk.publish("Rust while muted")
    await desk.clock.advance(timedelta(days=1, seconds=1))
    assert "muted" not in (await desk.command(desk.member, "keyword list")).text
    await desk.publish("Rust after that")
    told = [one for one in await desk.store.lease(desk.clock.now(), 10) if one.destination.kind == "user"]
    assert [one.entry.entry.title for posting in told for one in posting.deliveries] == ["Rust after that"]


async def test_off_ends_a_mute(desk: Desk) -> None:
    await desk.add(desk.member, "rust")
    await desk.command(desk.member, "keyword mute", keyword="rust", **{"for": "7d"})
    assert (
        "is heard again" in (await desk.command(desk.member, "keyword mute", keyword="rust", **{"for": "OFF"})).content
    )
    assert [one.muted_until for one in await desk.keywords()] == [None]


@pytest.mark.parametrize("length", ["soon", "0", "-5", "1e3", "999999w", "10y", "0s", "999999d 999999w"])
async def test_a_length_of_time_that_cannot_be_is_refused(desk: Desk, length: str) -> None:
    await desk.add(desk.member, "rust")
    reply = await desk.command(desk.member, "keyword mute", keyword="rust", **{"for": length})
    assert any(word in reply.content for word in ("no length of time", "no time at all", "a year at most"))
    assert [one.muted_until for one in await desk.keywords()] == [None]


async def test_the_option_offers_queries_with_where_they_look_and_tell(desk: Desk) -> None:
    await desk.add(desk.manager, "rust", feed="Example feed")
    await desk.add(desk.manager, "zig", channel=desk.news)
    await desk.add(desk.manager, "w" * 300)
    choices = await desk.guild.autocomplete(desk.manager, desk.news, "keyword remove", option="keyword", typed="")
    assert [choice["name"] for choice in choices][::2] == ["rust · Example feed", "zig · #news"]
    assert all(len(choice["name"]) <= 100 for choice in choices)
    choices = await desk.guild.autocomplete(
        desk.manager, desk.news, "keyword mute", option="for", typed="", keyword="rust"
    )
    assert [choice["value"] for choice in choices] == ["1h", "8h", "1d", "7d", "30d", "off"]


async def test_a_long_list_has_pages(desk: Desk) -> None:
    for number in range(13):
        manager = desk.guild.add_member(f"m{number}", permissions=["MANAGE_GUILD"])
        await desk.add(manager, f"word{number}", channel=desk.news)
    reply = await desk.command(desk.manager, "keyword list")
    assert "13 keywords" in reply.text
    assert "Page 1 of 2" in reply.text
    turned = await reply.click(desk.manager, "Next")
    assert "Page 2 of 2" in turned.text
    assert labels_of(turned.components) == ["Previous"]


# --- From a search --------------------------------------------------------------------------------------------


async def test_a_search_becomes_a_keyword_with_the_same_answer_as_the_command(desk: Desk) -> None:
    await desk.publish("Rust one", days_ago=2)
    found = await desk.command(desk.member, "search", query="rust -zig", feed="Example feed")
    pressed = await found.click(desk.member, "Alert me")
    await pressed.wait_for(lambda answer: answer.followups)
    (answer,) = pressed.followups
    assert answer.ephemeral
    (kept,) = await desk.keywords()
    assert (kept.query, kept.feed_id, kept.channel_id) == ("rust -zig", desk.feed.id, None)
    await desk.command(desk.member, "keyword remove", keyword="rust -zig")
    typed = await desk.add(desk.member, "rust -zig", feed="Example feed")
    assert answer.embeds[0]["description"] == typed.embeds[0]["description"]


async def test_a_search_without_a_hit_can_be_watched_for_too(desk: Desk) -> None:
    found = await desk.command(desk.member, "search", query="unheard")
    pressed = await found.click(desk.member, "Alert me")
    await pressed.wait_for(lambda answer: answer.followups)
    assert "would have caught nothing" in pressed.text
    again = await found.click(desk.member, "Alert me")
    await again.wait_for(lambda answer: answer.followups)
    assert "You have that keyword already" in again.text


# --- Closed direct messages -----------------------------------------------------------------------------------


async def test_a_member_is_told_once_that_alerts_wait_and_can_let_them_go_on(desk: Desk) -> None:
    await desk.add(desk.member, "rust")
    await desk.publish("Rust one")
    (posting,) = [one for one in await desk.store.lease(desk.clock.now(), 10) if one.destination.kind == "user"]
    now = desk.clock.now()
    refusal = Refused(status=403, code=50007, reason="Cannot send messages to this user")
    await desk.store.hold(posting.destination, refusal, now, now + timedelta(days=3650))
    await desk.store.put_off(posting.id, now, refusal.reason)
    assert [one for one in await desk.store.lease(now, 10) if one.destination.kind == "user"] == []

    elsewhere = desk.sandbox.add_guild("Another house")
    hall = elsewhere.add_channel("hall")
    elsewhere.add_member(desk.member)
    reply = await elsewhere.command(desk.member, hall, "help")
    await reply.wait_for(lambda answer: answer.followups)
    (note,) = reply.followups
    assert note.ephemeral
    assert "I could not send you 1 alert, because your direct messages are closed to me" in note.content
    second = await desk.command(desk.member, "help")
    third = await desk.command(desk.other, "help")
    assert (second.followups, third.followups) == ([], [])

    pressed = await reply.click(desk.member, "Try again", on=note)
    assert "on its way" in pressed.content
    assert desk.delivered == ["rung"]
    (again,) = [one for one in await desk.store.lease(desk.clock.now(), 10) if one.destination.kind == "user"]
    assert again.nonce == posting.nonce
