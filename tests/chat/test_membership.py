"""Whether somebody is still in a guild, asked over real sockets, and how seldom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.membership import BELIEVED, DiscordMembership
from tests.chat.conftest import Room
from tests.clocks import ManualClock


def asked(room: Room) -> int:
    return sum("/members/" in entry.path for entry in room.sandbox.log)


async def test_who_is_there_is_believed_for_some_hours(room: Room) -> None:
    clock = ManualClock()
    membership = DiscordMembership(room.client, clock)
    assert await membership.is_member(room.guild.id, room.member.id) is True
    room.guild.remove_member(room.member)
    await clock.advance(BELIEVED - timedelta(seconds=1))
    assert await membership.is_member(room.guild.id, room.member.id) is True
    assert asked(room) == 1
    await clock.advance(timedelta(seconds=1))
    assert await membership.is_member(room.guild.id, room.member.id) is False


async def test_who_is_not_there_is_asked_about_again_since_they_may_come_back(room: Room) -> None:
    membership = DiscordMembership(room.client, ManualClock())
    stranger = room.sandbox.add_user("stranger")
    assert await membership.is_member(room.guild.id, stranger.id) is False
    assert await membership.is_member(room.guild.id, 12345) is False
    room.guild.add_member(stranger)
    assert await membership.is_member(room.guild.id, stranger.id) is True


@pytest.mark.parametrize(
    "fault", [{"kind": "status", "status": 503}, {"kind": "reset"}, {"kind": "status", "status": 403}]
)
async def test_trouble_says_nothing_about_anybody(room: Room, fault: dict[str, object]) -> None:
    membership = DiscordMembership(room.client, ManualClock())
    room.sandbox.faults.add(method="GET", path="/guilds/*/members/*", times=None, **fault)  # type: ignore[arg-type]
    assert await membership.is_member(room.guild.id, room.member.id) is None


async def test_a_guild_that_herald_is_not_in_says_nothing_either(room: Room) -> None:
    assert await DiscordMembership(room.client, ManualClock()).is_member(1, room.member.id) is None
