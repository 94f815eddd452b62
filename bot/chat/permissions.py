"""What Herald needs in a channel, in Discord's bits and in the words of its settings page."""

from __future__ import annotations

from typing import Literal

import discord

ChannelKind = Literal["channel", "thread", "forum"]

NEEDED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    read_message_history=True,  # to find a post again whose fate is unknown, instead of posting it twice
)

# Discord's settings page has these names; a member looks for exactly them.
_NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
}


def missing(permissions: discord.Permissions, channel_kind: ChannelKind) -> list[str]:
    """What Herald lacks to post there, as the settings page calls it; empty if it can post.

    In a thread, Send Messages in Threads stands in for Send Messages (Discord: permissions, "Threads"). A forum's
    settings call Send Messages "Create Posts".
    """
    other_kind = "send_messages" if channel_kind == "thread" else "send_messages_in_threads"
    lacking = [bit for bit in _NAMES if bit != other_kind and not getattr(permissions, bit)]
    return ["Create Posts" if bit == "send_messages" and channel_kind == "forum" else _NAMES[bit] for bit in lacking]


def invite_url(application_id: int) -> str:
    """The link that adds Herald to a server with exactly what it needs."""
    return discord.utils.oauth_url(application_id, permissions=NEEDED, scopes=("bot", "applications.commands"))
