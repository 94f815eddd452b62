"""`/digest` as managers use it, with the real store behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.digest_messages import in_words
from bot.model import Digest, Posting, Sent
from bot.sandbox import Reply, Role, User, WrongUse
from bot.schedule.parse import parse
from tests.chat.desk import DIGESTS_PER_GUILD, Desk, labels_of
from tests.store.scene import save_settings

NINE = datetime(2026, 5, 14, 9, tzinfo=UTC)  # the clock stands at noon the day before


async def ordered(desk: Desk, schedule: str = "daily 9:00", **options: object) -> Reply:
    return await desk.command(desk.manager, "digest set", channel=desk.news, schedule=schedule, **options)


async def digests(desk: Desk) -> list[Digest]:
    return await desk.store.digests(desk.guild.id)


# --- Ordering --------------------------------------------------------------------------------------------------


async def test_ordering_says_when_it_comes_and_shows_what_it_would_be_now(desk: Desk) -> None:
    await desk.publish("*Rust* today")
    await desk.publish("Zig today")
    reply = await ordered(desk, "Weekdays 09.00", filter="rust")
    at = int(NINE.timestamp())
    assert reply.content.split("\n") == [
        f"I post a digest in {desk.news.mention} Monday to Friday at 9:00 (UTC), next <t:{at}:F> (<t:{at}:R>).",
        "It lists entries that match `rust`.",
        "Now it would be this:",
    ]
    (embed,) = reply.embeds
    assert embed["title"] == "1 new entry from 1 feed"
    assert "**Example feed**\n- [\\*Rust\\* today](https://feeds.example/1) · <t:" in embed["description"]
    (kept,) = await digests(desk)
    assert (kept.schedule, kept.filter, kept.channel_id, kept.created_by) == (
        "weekdays 9:00",
        "rust",
        desk.news.id,
        desk.manager.id,
    )
    assert desk.news.messages == []


async def test_the_same_channel_and_filter_again_changes_the_times(desk: Desk) -> None:
    await ordered(desk)
    reply = await ordered(desk, "hourly")
    assert reply.content.startswith(f"The digest in {desk.news.mention} comes every hour from now on, next <t:")
    assert [one.schedule for one in await digests(desk)] == ["hourly"]
    assert "There is nothing new at the moment" in reply.content
    assert labels_of(reply.components) == []


async def test_it_goes_by_the_servers_time_zone_and_says_so(desk: Desk) -> None:
    settings = await desk.store.guild_settings(desk.guild.id)
    await save_settings(desk.store, replace(settings, time_zone="Europe/Berlin"))
    reply = await ordered(desk)
    assert "every day at 9:00 (Europe/Berlin)" in reply.content
    assert f"<t:{int((NINE - timedelta(hours=2)).timestamp())}:F>" in reply.content


async def test_without_a_feed_it_says_that_there_is_nothing_to_list(desk: Desk) -> None:
    empty = desk.sandbox.add_guild("Empty house")
    hall = empty.add_channel("hall")
    reply = await empty.command(empty.owner, hall, "digest set", channel=hall, schedule="daily")
    assert "follows no feed yet" in reply.content


@pytest.mark.parametrize(
    ("schedule", "filter", "said"),
    [
        ("daily 25:00", None, "There is no such time of day.\n```\ndaily 25:00\n      ^^^^^\n```\nTry: 9:30"),
        (
            "sometimes",
            None,
            "I do not understand this.\n```\nsometimes\n^^^^^^^^^\n```\nTry: daily 9:00, weekdays 8:30",
        ),
        ("every `5`h", None, "```\nevery '5'h"),
        ("daily", "rust (", "missing after this"),
    ],
)
async def test_a_mistake_is_shown_with_its_place(desk: Desk, schedule: str, filter: str | None, said: str) -> None:
    options = {"filter": filter} if filter else {}
    assert said in (await ordered(desk, schedule, **options)).content
    assert await digests(desk) == []


async def test_the_limit_is_said(desk: Desk) -> None:
    for number in range(DIGESTS_PER_GUILD):
        await ordered(desk, filter=f"word{number}")
    assert f"has {DIGESTS_PER_GUILD} digests, which is the limit" in (await ordered(desk)).content
    assert "from now on" in (await ordered(desk, "hourly", filter="word0")).content


async def test_a_channel_where_herald_cannot_post_is_refused(desk: Desk) -> None:
    desk.news.deny(desk.guild.bot_role, "SEND_MESSAGES")
    assert "I lack Send Messages" in (await ordered(desk)).content
    assert await digests(desk) == []


# --- Channels that not everybody sees ---------------------------------------------------------------------------


async def test_feeds_of_a_channel_that_readers_do_not_see_are_left_out_and_that_is_said(desk: Desk) -> None:
    mods = desk.guild.add_channel("mods")
    mods.deny(desk.guild.everyone, "VIEW_CHANNEL")
    mods.allow(desk.guild.bot_role, "VIEW_CHANNEL", "SEND_MESSAGES")
    await desk.publish("Raccoon banned", feed=await desk.follow("Mod log", desk.guild, mods))
    await desk.publish("Raccoon seen")
    public = await ordered(desk)
    assert f"Feeds of {mods.mention} are left out: not everybody who sees {desk.news.mention}" in public.content
    assert "banned" not in str(public.embeds)
    assert "Raccoon seen" in str(public.embeds)
    private = await desk.command(desk.guild.owner, "digest set", channel=mods, schedule="daily")
    assert "left out" not in private.content
    assert "Raccoon banned" in str(private.embeds)
    assert "Raccoon seen" in str(private.embeds)


@pytest.mark.parametrize(
    ("in_place", "in_other", "left_out"),
    [
        ({}, {}, False),
        ({"everyone": False, "staff": True}, {}, False),
        ({"everyone": False, "staff": True}, {"everyone": False, "staff": True}, False),
        ({"everyone": False, "staff": True}, {"everyone": False}, True),
        ({"everyone": False, "staff": True}, {"everyone": False, "milo": True}, True),
        ({"everyone": False, "milo": True}, {"everyone": False, "staff": True}, True),
        ({"everyone": False, "milo": True}, {"everyone": False, "milo": True}, False),
        ({}, {"staff": False}, True),
        ({"staff": False}, {"staff": False}, False),
        ({"everyone": False, "milo": True}, {"milo": False}, True),
    ],
)
async def test_who_reads_the_digest_must_see_where_a_feed_posts(
    desk: Desk, in_place: dict[str, bool], in_other: dict[str, bool], left_out: bool
) -> None:
    place, other = desk.guild.add_channel("place"), desk.guild.add_channel("other")
    who: dict[str, User | Role] = {
        "everyone": desk.guild.everyone,
        "staff": desk.guild.add_role("staff"),
        "milo": desk.member,
    }
    for channel, rules in ((place, in_place), (other, in_other)):
        channel.allow(desk.guild.bot_role, "VIEW_CHANNEL", "SEND_MESSAGES")
        for name, may in rules.items():
            (channel.allow if may else channel.deny)(who[name], "VIEW_CHANNEL")
    await desk.publish("Raccoon", feed=await desk.follow("Log", desk.guild, other))
    reply = await desk.command(desk.guild.owner, "digest set", channel=place, schedule="daily")
    assert (f"Feeds of {other.mention}" in reply.content) is left_out
    assert ("Raccoon" in str(reply.embeds)) is not left_out


# --- Posting now ----------------------------------------------------------------------------------------------


async def test_the_button_posts_it_once(desk: Desk) -> None:
    await desk.publish("Rust today")
    reply = await ordered(desk)
    assert labels_of(reply.components) == ["Post it now"]
    first = await reply.click(desk.manager, "Post it now")
    await first.wait_for(lambda answer: answer.followups)
    assert first.followups[0].content == "On its way: 1 new entry from 1 feed."
    assert desk.delivered == ["rung"]
    assert labels_of(reply.components) == []
    ((place, page),) = [(one.destination.id, one.digest) for one in await owed(desk) if one.digest is not None]
    assert (place, page.entries) == (desk.news.id, 1)
    again = await ordered(desk)
    assert "There is nothing new at the moment" in again.content


async def test_the_button_of_a_digest_that_was_removed_says_so(desk: Desk) -> None:
    await desk.publish("Rust today")
    reply = await ordered(desk)
    (one,) = await digests(desk)
    await desk.store.remove_digest(desk.guild.id, one.id)
    pressed = await reply.click(desk.manager, "Post it now")
    await pressed.wait_for(lambda answer: answer.followups)
    assert "There is no such digest here" in pressed.followups[0].content
    assert desk.delivered == []


async def owed(desk: Desk) -> list[Posting]:
    """All postings for the channel, in their order, as if each was sent."""
    found = []
    while leased := await desk.store.lease(desk.clock.now(), 10):
        for posting in leased:
            await desk.store.begin_attempt(posting.id, desk.clock.now())
            await desk.store.settle(posting.id, Sent(channel_id=desk.news.id, message_id=posting.id), desk.clock.now())
            found.append(posting)
    return found


# --- List and remove ------------------------------------------------------------------------------------------


async def test_the_list_says_times_next_filter_and_what_is_in_the_way(desk: Desk) -> None:
    listed = await desk.command(desk.manager, "digest list")
    assert "There is no digest here. `/digest set`" in listed.content
    await ordered(desk, "mon,thu 18:00", filter="rust -zig")
    listed = await desk.command(desk.manager, "digest list")
    at = int(datetime(2026, 5, 14, 18, tzinfo=UTC).timestamp())
    assert listed.embeds[0]["title"] == "1 digest"
    assert listed.embeds[0]["description"].split("\n") == [
        f"{desk.news.mention} · every Monday and Thursday at 18:00 (UTC)",
        f"-# next <t:{at}:F> (<t:{at}:R>) · filter `rust -zig`",
    ]
    desk.news.deny(desk.guild.bot_role, "SEND_MESSAGES")
    assert "I lack Send Messages" in (await desk.command(desk.manager, "digest list")).text


async def test_one_is_removed_by_what_autocomplete_offers(desk: Desk) -> None:
    await ordered(desk, filter="rust")
    await ordered(desk, "hourly")
    offered = await desk.guild.autocomplete(desk.manager, desk.news, "digest remove", option="digest", typed="rus")
    assert [one["name"] for one in offered] == ["daily 9:00 · #news · rust"]
    gone = await desk.command(desk.manager, "digest remove", digest=str(offered[0]["value"]))
    assert gone.content == f"The digest in {desk.news.mention}, every day at 9:00 (UTC), is removed."
    assert [one.schedule for one in await digests(desk)] == ["hourly"]
    assert "There is no such digest here" in (await desk.command(desk.manager, "digest remove", digest="rust")).content


async def test_autocomplete_says_what_a_schedule_means_as_it_is_typed(desk: Desk) -> None:
    async def offered(typed: str) -> list[str]:
        choices = await desk.guild.autocomplete(desk.manager, desk.news, "digest set", option="schedule", typed=typed)
        return [str(one["name"]) for one in choices]

    assert (await offered(""))[0] == "daily 9:00: every day at 9:00"
    assert await offered("tue 5pm") == ["tuesday 17:00: every Tuesday at 17:00"]
    assert await offered("nonsense") == []


async def test_members_without_manage_server_neither_use_nor_see_it(desk: Desk) -> None:
    await ordered(desk)
    with pytest.raises(WrongUse):
        await desk.guild.command(desk.member, desk.news, "digest list")
    forced = await desk.guild.command(desk.member, desk.news, "digest list", force=True)
    assert "Only members with Manage Server" in forced.content


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("hourly", "every hour"),
        ("every 6h", "every 6 hours, counted from midnight"),
        ("weekends 7:05", "every Saturday and Sunday at 7:05"),
        ("mon,wed,fri 8:00,12:00,18:00", "every Monday, Wednesday and Friday at 8:00, 12:00 and 18:00"),
        ("monthly 1,2,3,11,22 9:00", "on the 1st, 2nd, 3rd, 11th and 22nd of each month at 9:00"),
        ("monthly last", "on the last day of each month at 9:00"),
    ],
)
def test_schedules_in_words(schedule: str, words: str) -> None:
    assert in_words(parse(schedule)) == words
