"""How one subscription is doing, as an embed: what a manager needs to see why a post did or did not come."""

from __future__ import annotations

import discord

from bot.chat import messages
from bot.render import limits
from bot.render.lines import code
from bot.work.answers import Status


def status_embed(status: Status, access_problem: str | None = None) -> discord.Embed:
    """Polling, trouble, what waits, and the last deliveries with links to their messages.

    `access_problem` is what keeps Herald from posting in the channel now.
    """
    subscription, feed = status.subscription, status.feed
    is_paused = subscription.paused_at is not None
    embed = discord.Embed(title=messages.feed_name(subscription))
    _field(embed, "channel", f"<#{subscription.channel_id}>")
    _field(embed, "state", messages.state(subscription))
    _field(embed, "waiting", messages.waiting(status.waiting))
    _field(embed, "last", messages.last_poll(feed.polled_at))
    _field(embed, "next", messages.next_poll(feed.next_due_at, is_paused=is_paused))
    _field(embed, "style", subscription.style)
    if subscription.filter:
        _field(embed, "filter", code(subscription.filter), inline=False)
    if status.hold is not None:
        _field(embed, "hold", messages.hold(status.hold), inline=False)
    if access_problem:
        _field(embed, "access", access_problem, inline=False)
    if feed.last_error:
        _field(embed, "trouble", messages.failing(feed.last_error, feed.failures, feed.failing_since), inline=False)
    _field(embed, "deliveries", _deliveries(status), inline=False)
    return embed


def _field(embed: discord.Embed, key: str, value: str, *, inline: bool = True) -> None:
    embed.add_field(name=messages.STATUS_FIELDS[key], value=value, inline=inline)


def _deliveries(status: Status) -> str:
    subscription = status.subscription
    text = ""
    for note in status.notes:
        line = messages.note_line(note, subscription.guild_id, subscription.channel_id)
        if limits.units(text) + limits.units(line) + 1 > limits.EMBED_FIELD_VALUE:
            break
        text += f"{line}\n"
    return text.rstrip() or messages.no_deliveries_yet()
