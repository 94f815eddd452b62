from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from bot.chat.permissions import NEEDED, invite_url, missing


def test_the_invite_asks_for_exactly_what_is_needed() -> None:
    query = parse_qs(urlsplit(invite_url(1234)).query)
    assert query["client_id"] == ["1234"]
    assert set(query["scope"][0].split()) == {"bot", "applications.commands"}
    # 1<<10 View Channel, 1<<11 Send Messages, 1<<14 Embed Links, 1<<16 Read Message History, 1<<38 ... in Threads
    assert int(query["permissions"][0]) == 1 << 10 | 1 << 11 | 1 << 14 | 1 << 16 | 1 << 38


def test_nothing_is_missing_where_everything_is_granted() -> None:
    assert missing(NEEDED, "channel") == []
    assert missing(NEEDED, "thread") == []


@pytest.mark.parametrize(
    ("taken", "kind", "names"),
    [
        ("view_channel", "channel", ["View Channel"]),
        ("send_messages", "channel", ["Send Messages"]),
        ("send_messages", "thread", []),
        ("send_messages_in_threads", "channel", []),
        ("send_messages_in_threads", "thread", ["Send Messages in Threads"]),
        ("embed_links", "channel", ["Embed Links"]),
        ("read_message_history", "thread", ["Read Message History"]),
    ],
)
def test_a_missing_permission_is_named_as_in_the_settings(taken: str, kind: str, names: list[str]) -> None:
    permissions = discord.Permissions(NEEDED.value)
    permissions.update(**{taken: False})
    assert missing(permissions, kind) == names  # type: ignore[arg-type]
