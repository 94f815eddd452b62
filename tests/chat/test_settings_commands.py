"""`/settings` as managers use it, with the real store behind it."""

from __future__ import annotations

import pytest

from bot.model import GuildSettings
from bot.sandbox import Reply, WrongUse
from tests.chat.desk import Desk, labels_of
from tests.store.scene import save_settings


async def panel(desk: Desk) -> Reply:
    return await desk.command(desk.manager, "settings")


async def stored(desk: Desk) -> GuildSettings:
    return await desk.store.guild_settings(desk.guild.id)


async def fill(desk: Desk, shown: Reply, button: str, **values: str) -> Reply:
    opened = await shown.click(desk.manager, button)
    assert opened.modal is not None, opened.text
    return await desk.sandbox.submit(desk.manager, opened.modal, dict(values))


def field(reply: Reply, name: str) -> str:
    [embed] = reply.embeds
    return next(str(one["value"]) for one in embed["fields"] if one["name"] == name)


async def test_a_server_that_chose_nothing_is_told_what_holds(desk: Desk) -> None:
    shown = await panel(desk)
    assert field(shown, "Time zone") == "None chosen, so times are in UTC, where it is 12:00 now."
    assert field(shown, "Quiet hours") == "None. Posts may notify people at any time."
    assert "No channel chosen" in field(shown, "Notices")
    assert labels_of(shown.components) == ["Time zone", "Quiet hours"]


@pytest.mark.parametrize(
    ("typed", "zone", "clock"),
    [
        ("Europe/Berlin", "Europe/Berlin", "14:00"),
        ("münchen", "Europe/Berlin", "14:00"),
        ("new york", "America/New_York", "08:00"),
        ("  asia/KOLKATA ", "Asia/Kolkata", "17:30"),
    ],
)
async def test_a_time_zone_is_chosen_by_its_name_or_a_city(desk: Desk, typed: str, zone: str, clock: str) -> None:
    changed = await fill(desk, await panel(desk), "Time zone", field0=typed)
    assert field(changed, "Time zone") == f"**{zone}**, where it is {clock} now."
    assert (await stored(desk)).time_zone == zone


async def test_a_slip_in_a_time_zone_gets_the_nearest_names_to_press(desk: Desk) -> None:
    missed = await fill(desk, await panel(desk), "Time zone", field0="Berln **x**")
    assert "Berln" in missed.text
    missed = await fill(desk, missed, "Time zone", field0="Berln")
    assert "I know no time zone or city “Berln”, so nothing was changed. Did you mean:" in missed.text
    assert (await stored(desk)).time_zone is None
    chosen = await missed.click(desk.manager, "Europe/Berlin")
    assert "Berln" not in chosen.text
    assert (await stored(desk)).time_zone == "Europe/Berlin"
    back = await fill(desk, chosen, "Time zone", field0="")
    assert "UTC" in field(back, "Time zone")
    assert (await stored(desk)).time_zone is None


async def test_quiet_hours_are_said_in_words_with_the_time_it_is(desk: Desk) -> None:
    shown = await fill(desk, await panel(desk), "Time zone", field0="Berlin")
    shown = await fill(desk, shown, "Quiet hours", field0="22:00", field1="7 am")
    words = field(shown, "Quiet hours")
    assert words.startswith("Quiet from **22:00** to **07:00** (Europe/Berlin, now 14:00).")
    assert "It is quiet now" not in words
    assert await stored(desk) == GuildSettings(
        guild_id=desk.guild.id, time_zone="Europe/Berlin", quiet_from=22 * 60, quiet_until=7 * 60
    )
    now_quiet = await fill(desk, shown, "Quiet hours", field0="13.30", field1="16h")
    assert "It is quiet now, until <t:1778680800:t>." in field(now_quiet, "Quiet hours")
    loud = await now_quiet.click(desk.manager, "No quiet hours")
    assert field(loud, "Quiet hours") == "None. Posts may notify people at any time."
    assert labels_of(loud.components) == ["Time zone", "Quiet hours"]


@pytest.mark.parametrize(("begin", "end"), [("22:00", "22:00"), ("", ""), ("24:00", "0")])
async def test_equal_or_empty_times_end_the_quiet_hours(desk: Desk, begin: str, end: str) -> None:
    await save_settings(desk.store, GuildSettings(guild_id=desk.guild.id, quiet_from=1, quiet_until=2))
    await fill(desk, await panel(desk), "Quiet hours", field0=begin, field1=end)
    assert await stored(desk) == GuildSettings(guild_id=desk.guild.id)


@pytest.mark.parametrize(("begin", "end"), [("late", "07:00"), ("22:00", "25:00"), ("22:00", "")])
async def test_what_is_no_time_of_day_is_said_so_and_changes_nothing(desk: Desk, begin: str, end: str) -> None:
    answer = await fill(desk, await panel(desk), "Quiet hours", field0=begin, field1=end)
    assert "is no time of day. Write for example 22:00 or 10 pm." in answer.text
    assert await stored(desk) == GuildSettings(guild_id=desk.guild.id)


async def test_a_notice_channel_is_chosen_and_taken_back(desk: Desk) -> None:
    staff = desk.guild.add_channel("staff")
    chosen = await (await panel(desk)).select(desk.manager, "set:notices", [staff])
    assert staff.mention in field(chosen, "Notices")
    assert "⚠️" not in field(chosen, "Notices")
    assert (await stored(desk)).notice_channel_id == staff.id
    [menu] = [one for row in chosen.components for one in row["components"] if one["type"] == 8]
    assert [int(one["id"]) for one in menu["default_values"]] == [staff.id]
    none = await chosen.select(desk.manager, "set:notices", [])
    assert "No channel chosen" in field(none, "Notices")
    assert (await stored(desk)).notice_channel_id is None


async def test_a_notice_channel_that_takes_no_posts_is_kept_with_a_warning(desk: Desk) -> None:
    staff = desk.guild.add_channel("staff")
    staff.deny(desk.guild.everyone, "SEND_MESSAGES")
    chosen = await (await panel(desk)).select(desk.manager, "set:notices", [staff])
    assert f"⚠️ In {staff.mention} I lack Send Messages and Embed Links." in field(chosen, "Notices")
    assert (await stored(desk)).notice_channel_id == staff.id


async def test_only_managers_may_and_that_is_checked_at_every_step(desk: Desk) -> None:
    with pytest.raises(WrongUse):
        await desk.guild.command(desk.member, desk.news, "settings")
    refused = await desk.sandbox.command(desk.member, desk.news, "settings", {}, force=True)
    assert refused.text == "Only members with Manage Server can do that here."

    shown = await panel(desk)
    opened = await shown.click(desk.manager, "Time zone")
    assert opened.modal is not None
    for role in list(desk.guild.record.roles.values()):
        role.permissions &= ~(1 << 5)
    for act in (
        desk.sandbox.submit(desk.manager, opened.modal, {"field0": "Berlin"}),
        shown.click(desk.manager, "Quiet hours"),
        shown.select(desk.manager, "set:notices", [desk.news]),
    ):
        assert "Only members with Manage Server" in (await act).text
    assert await stored(desk) == GuildSettings(guild_id=desk.guild.id)


async def test_two_managers_at_once_both_have_their_way(desk: Desk) -> None:
    first, second = await panel(desk), await panel(desk)
    await fill(desk, first, "Time zone", field0="Tokyo")
    both = await fill(desk, second, "Quiet hours", field0="1", field1="2")
    assert "Asia/Tokyo" in field(both, "Time zone")
    assert await stored(desk) == GuildSettings(
        guild_id=desk.guild.id, time_zone="Asia/Tokyo", quiet_from=60, quiet_until=120
    )


async def test_the_days_offered_for_a_search_are_the_servers_own(desk: Desk) -> None:
    async def today() -> list[str]:
        found = await desk.guild.autocomplete(
            desk.member, desk.news, "search", option="since", typed="today", query="x"
        )
        return [choice["name"] for choice in found]

    assert await today() == ["today (since 13 May 2026)"]
    await fill(desk, await panel(desk), "Time zone", field0="Auckland")
    assert await today() == ["today (since 14 May 2026)"]
