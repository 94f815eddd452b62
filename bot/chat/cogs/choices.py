"""What autocomplete offers: names for the eye, ids or texts for the services, which check them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import discord
from discord import app_commands

from bot.chat import digest_messages, keyword_messages, messages, search_messages
from bot.errors import UsageError
from bot.model import Digest, StoredEntry, Subscription
from bot.query.since import parse_duration, parse_since
from bot.render import limits
from bot.render.clip import clip
from bot.render.entry_embed import title_of
from bot.render.escape import plain_line
from bot.schedule.parse import parse as parse_schedule
from bot.work.answers import StandingQuery

_CHANNEL_ROOM = 35
SINCE = ("24h", "7d", "30d", "today", "yesterday", "this week", "this month")
LENGTHS = ("1h", "8h", "1d", "7d", "30d", "off")


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


def keyword_choices(keywords: Sequence[StandingQuery], guild: discord.Guild) -> list[app_commands.Choice[str]]:
    """One choice for each, with its channel and its feed, since one query may stand several times."""
    choices = []
    for one in keywords[: limits.CHOICES]:
        channel = guild.get_channel_or_thread(one.keyword.channel_id or 0)
        name = keyword_messages.plain_keyword(one, channel.name if channel else "", limits.CHOICE_NAME)
        choices.append(app_commands.Choice(name=name, value=str(one.keyword.id)))
    return choices


def since_choices(typed: str, now: datetime) -> list[app_commands.Choice[str]]:
    """Usual times, and what was typed if it is one, each with the day that it means where `now` is."""
    choices = []
    for text in _typed_first(typed, SINCE):
        try:
            day = parse_since(text, now).astimezone(now.tzinfo)
        except UsageError:
            continue
        choices.append(app_commands.Choice(name=search_messages.since_choice(text, day), value=text))
    return choices


def length_choices(typed: str) -> list[app_commands.Choice[str]]:
    """Usual lengths of time, and what was typed if it is one."""
    choices = []
    for text in _typed_first(typed, LENGTHS):
        try:
            parse_duration(text)
        except UsageError:
            if text != "off":
                continue
        choices.append(app_commands.Choice(name=text, value=text))
    return choices


def _typed_first(typed: str, usual: Sequence[str]) -> list[str]:
    wanted = typed.strip().lower()
    return list(dict.fromkeys([wanted, *(text for text in usual if text.startswith(wanted))] if wanted else usual))


def digest_choices(digests: Sequence[Digest], guild: discord.Guild) -> list[app_commands.Choice[str]]:
    """One choice for each, with its channel and filter."""
    choices = []
    for one in digests[: limits.CHOICES]:
        channel = guild.get_channel_or_thread(one.channel_id)
        name = digest_messages.plain_digest(one, channel.name if channel else "")
        choices.append(app_commands.Choice(name=name, value=str(one.id)))
    return choices


def schedule_choices(typed: str) -> list[app_commands.Choice[str]]:
    """Usual schedules, and what was typed if it is one, each with what it means."""
    choices = {}
    for text in _typed_first(typed, digest_messages.USUAL):
        try:
            schedule = parse_schedule(text)
        except UsageError:
            continue
        choices[str(schedule)] = digest_messages.schedule_choice(schedule)
    return [app_commands.Choice(name=name, value=value) for value, name in choices.items()]


def entry_choices(entries: Sequence[StoredEntry]) -> list[app_commands.Choice[str]]:
    """One choice for each entry, by its title."""
    return [
        app_commands.Choice(name=plain_line(title_of(one), limits.CHOICE_NAME), value=str(one.id))
        for one in entries[: limits.CHOICES]
    ]
