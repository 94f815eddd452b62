"""Files with lists of feeds, as they come from a member and go to one."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from contextlib import suppress

import discord

from bot.chat import list_messages as words
from bot.chat.interaction import Interaction, require_manager, services_of
from bot.chat.places import Place, place_seen, role_for
from bot.chat.refusals import CONNECTION_ERRORS
from bot.errors import UsageError
from bot.work.lists import BYTES_LIMIT, Brought, FeedList, Outline, Progress, Wish

PROGRESS_EVERY = 3.0  # seconds


async def give_list(interaction: Interaction) -> None:
    """Answers with a file of what the guild follows."""
    guild = require_manager(interaction)
    names = {channel.id: channel.name for channel in (*guild.channels, *guild.threads)}
    result = await services_of(interaction).lists.export(guild.id, names, title=words.export_title(guild.name))
    files = [discord.File(io.BytesIO(result.document), "feeds.opml")] if result.count else []
    await interaction.edit_original_response(content=words.exported(result), attachments=files)


async def take_list(interaction: Interaction, file: discord.Attachment, place: Place) -> None:
    """Follows what the file names, in its own channels or in `place`, and answers what became of it."""
    listed = await _listed(interaction, file)
    places = [next(_usable(interaction, outline), None) for outline in listed.outlines]
    wishes = [_wish(interaction, *pair) for pair in zip(listed.outlines, (one or place for one in places), strict=True)]
    results = await _bring_in(interaction, wishes)
    added = [(one.wish, own) for one, own in zip(results, places, strict=True) if one.kind == "added"]
    changed = words.Changed(
        channel_id=place.id,
        elsewhere=sum(own is None and wish.outline.channel_id not in (None, place.id) for wish, own in added),
        unmentioned=sum(bool(wish.outline.mention_role_id) and not wish.mention_role_id for wish, _ in added),
    )
    answer, report = words.imported(results, listed, changed)
    files = [discord.File(io.BytesIO(report.encode()), "not-added.txt")] if report else []
    await interaction.edit_original_response(content=answer, attachments=files)


async def _listed(interaction: Interaction, file: discord.Attachment) -> FeedList:
    if file.size > BYTES_LIMIT:
        raise UsageError(words.too_large(BYTES_LIMIT))
    try:
        data = await file.read()
    except CONNECTION_ERRORS as error:
        raise UsageError(words.not_downloaded()) from error
    listed = await services_of(interaction).lists.read(data)
    if not listed.outlines:
        raise UsageError(words.no_feeds_in_it(listed))
    return listed


async def _bring_in(interaction: Interaction, wishes: list[Wish]) -> list[Brought]:
    """The results; until they are there the answer says how far it is."""
    guild, progress = require_manager(interaction), Progress(total=len(wishes))
    lists = services_of(interaction).lists
    work = asyncio.ensure_future(lists.bring_in(guild.id, interaction.user.id, wishes, progress))
    try:
        while not work.done():
            with suppress(*CONNECTION_ERRORS):  # the next one may get through
                await interaction.edit_original_response(content=words.importing(progress))
            await asyncio.wait({work}, timeout=PROGRESS_EVERY)
        return work.result()
    finally:
        work.cancel()


def _wish(interaction: Interaction, outline: Outline, place: Place) -> Wish:
    role = place.guild.get_role(outline.mention_role_id or 0)
    role_id = None
    with suppress(UsageError):
        role_id = role_for(interaction, role, place)
    return Wish(outline=outline, channel_id=place.id, mention_role_id=role_id)


def _usable(interaction: Interaction, outline: Outline) -> Iterator[Place]:
    """The channel that the file names, if Herald may post there and the member sees it; in another server by name."""
    guild = require_manager(interaction)
    named = [channel.id for channel in (*guild.channels, *guild.threads) if channel.name == outline.channel_name]
    for channel_id in (outline.channel_id, named[0] if len(named) == 1 else None):
        with suppress(UsageError):
            yield place_seen(interaction, guild, channel_id)
