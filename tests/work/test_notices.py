"""Who is told of a channel that refuses, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.model import Destination, GuildSettings, Note, Refused, Subscription
from bot.work.notices import Notices

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
NO_ACCESS = Refused(status=403, code=50013, reason="Missing Permissions")
OWNER = 99


class Clock:
    def now(self) -> datetime:
        return NOW


@dataclass
class Guild:
    """NoticeStore and Places of one guild."""

    notice_channel: int | None = None
    followed: tuple[int, ...] = ()
    writable: tuple[int, ...] = ()
    owner: int | None = OWNER
    posted: list[tuple[Destination, Note]] = field(default_factory=list)

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        return GuildSettings(guild_id=guild_id, notice_channel_id=self.notice_channel)

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]:
        return [Subscription(id=one, guild_id=guild_id, channel_id=one, feed_id=1) for one in self.followed]

    async def post_note(self, where: Destination, note: Note, now: datetime) -> None:
        self.posted.append((where, note))

    def writable_channels(self, guild_id: int) -> list[int]:
        return list(self.writable)

    def owner_of(self, guild_id: int) -> int | None:
        return self.owner


async def _told(guild: Guild, kind: str = "channel") -> list[tuple[str, int]]:
    """Where the note goes, and where it would go otherwise."""
    where = Destination(kind="user" if kind == "user" else "channel", id=10, guild_id=1)
    await Notices(guild, guild, Clock()).place_refused(where, NO_ACCESS)
    return [(place.kind, place.id) for first, note in guild.posted for place in (first, *note.otherwise)]


async def test_the_notice_channel_comes_first_then_another_then_the_owner() -> None:
    guild = Guild(notice_channel=5, followed=(10, 12), writable=(11, 12, 13))
    assert await _told(guild) == [("channel", 5), ("channel", 12), ("user", OWNER)]


async def test_the_channel_that_refuses_is_not_told_of_itself() -> None:
    assert await _told(Guild(notice_channel=10, followed=(10,), writable=())) == [("user", OWNER)]


async def test_a_guild_where_nobody_can_be_told_costs_nothing() -> None:
    assert await _told(Guild(owner=None)) == []


async def test_a_closed_dm_is_told_to_nobody_else() -> None:
    assert await _told(Guild(notice_channel=5), kind="user") == []


async def test_the_notice_says_what_discord_said_and_what_to_do() -> None:
    guild = Guild(notice_channel=5)
    await _told(guild)
    [(_, note)] = guild.posted
    for words in ("<#10>", "Missing Permissions", "**Send Messages**", "Nothing is lost"):
        assert words in note.text
