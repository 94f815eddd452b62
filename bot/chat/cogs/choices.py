"""What autocomplete offers for a `feed` option: names for the eye, ids for the services, which check them again."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import app_commands

from bot.chat import messages
from bot.model import Subscription
from bot.render import limits
from bot.render.clip import clip

_CHANNEL_ROOM = 35


def subscription_choices(subscriptions: Sequence[Subscription], guild: discord.Guild) -> list[app_commands.Choice[str]]:
    """One choice for each subscription, with its channel, since a feed may be followed in several."""
    choices = []
    for one in subscriptions[: limits.CHOICES]:
        channel = guild.get_channel_or_thread(one.channel_id)
        tail = clip(f" · #{channel.name}", _CHANNEL_ROOM) if channel is not None else ""
        name = messages.plain_feed_name(one, limits.CHOICE_NAME - limits.units(tail))
        choices.append(app_commands.Choice(name=name + tail, value=str(one.id)))
    return choices


def feed_choices(subscriptions: Sequence[Subscription]) -> list[app_commands.Choice[str]]:
    """One choice for each feed, whichever of its channels it came with."""
    return [
        app_commands.Choice(name=messages.plain_feed_name(one, limits.CHOICE_NAME), value=str(one.id))
        for one in subscriptions[: limits.CHOICES]
    ]
