"""Following a feed: the answer to `/feed add` and `/feed preview`, and the menu when a page offers several feeds.

A menu's value may have 100 characters, a feed's address more. So the addresses stand in the message's own embed, one
field each, and a value is the field's number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, cast

import discord

from bot.chat import feed_messages, login_messages, messages
from bot.chat.interaction import Interaction, require_manager, services_of
from bot.chat.places import place_by_id
from bot.chat.views.pressed import Pressed, first_embed, row_of
from bot.chat.views.subscriptions import PostNewest
from bot.errors import UsageError
from bot.model import Login, Payload, StyleName
from bot.render import limits
from bot.render.escape import plain_line
from bot.work.answers import Added, Choice, Preview

# Room for the filter in the footer and the sentence above.
_ROOM = limits.EMBEDS_TOTAL - 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a message is to hold, for a first answer and for an edit alike."""

    content: str
    embeds: list[discord.Embed]
    view: discord.ui.View

    async def give(self, interaction: Interaction) -> None:
        """Into the deferred answer of a command, or the message of a component."""
        await interaction.edit_original_response(content=self.content, embeds=self.embeds, view=self.view)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What `/feed add` was asked for besides the address, to be kept while somebody chooses."""

    channel_id: int
    style: StyleName
    role_id: int | None
    filter: str


async def follow(
    interaction: Interaction, url: str, wish: Wish, *, login: Login | None = None, private: bool = False
) -> Answer:
    """Subscribes, or asks which feed is meant. Raises what work.Follow.add raises."""
    guild = require_manager(interaction)
    result = await services_of(interaction).follow.add(
        guild_id=guild.id,
        channel_id=wish.channel_id,
        user_id=interaction.user.id,
        url=url,
        filter=wish.filter,
        style=wish.style,
        mention_role_id=wish.role_id,
        login=login,
        private=private,
    )
    return _choice(result, wish) if isinstance(result, Choice) else _added(result)


async def preview(interaction: Interaction, text: str) -> Answer:
    """Shows what the feed's newest posts would look like, or asks which feed is meant."""
    guild = require_manager(interaction)
    result = await services_of(interaction).show.preview(guild_id=guild.id, text=text)
    return _choice(result, None) if isinstance(result, Choice) else _preview(result)


def _added(added: Added) -> Answer:
    embeds = embeds_of([added.sample] if added.sample else [])
    words = feed_messages.following(
        added.subscription,
        entry_count=added.entry_count,
        has_sample=bool(embeds),
        problems=added.problems,
        filtered=added.filtered,
    )
    if added.feed.sealed is not None:
        words = f"{words}\n{login_messages.kept()}"
    view = row_of(PostNewest(added.subscription.id)) if added.sample_entry or embeds else row_of()
    return Answer(content=words, embeds=embeds, view=view)


def _preview(result: Preview) -> Answer:
    embeds = embeds_of(result.samples)
    words = feed_messages.previewed(
        result.facts, result.url, entry_count=result.entry_count, shown=len(embeds), problems=result.problems
    )
    return Answer(content=words, embeds=embeds, view=row_of())


def embeds_of(payloads: Iterable[Payload]) -> list[discord.Embed]:
    """The embeds of whole payloads, as many as one message takes."""
    embeds: list[discord.Embed] = []
    total = 0
    for payload in payloads:
        total += sum(limits.embed_units(embed) for embed in payload.embeds)
        if len(embeds) + len(payload.embeds) > limits.EMBEDS or total > limits.EMBEDS_TOTAL:
            break
        embeds.extend(discord.Embed.from_dict(dict(embed)) for embed in payload.embeds)
    return embeds


def _choice(choice: Choice, wish: Wish | None) -> Answer:
    embed = discord.Embed()
    if wish is not None and wish.filter:
        embed.set_footer(text=feed_messages.FILTER_NOTE + wish.filter)
    options: list[discord.SelectOption] = []
    for candidate in choice.candidates[: limits.SELECT_OPTIONS]:
        label = plain_line(candidate.title or candidate.kind, limits.SELECT_OPTION_TEXT)
        if not _add_address(embed, label, candidate.url):
            break
        about = plain_line(f"{candidate.kind} {candidate.url}", limits.SELECT_OPTION_TEXT)
        options.append(discord.SelectOption(label=label, value=str(len(options)), description=about))
    left_out = len(choice.candidates) - len(options)
    embed.description = feed_messages.choices_left_out(left_out) if left_out else None
    words = feed_messages.choose(choice.page_url, len(choice.candidates))
    return Answer(content=words, embeds=[embed], view=row_of(ChooseFeed.among(options, wish)) if options else row_of())


def _add_address(embed: discord.Embed, label: str, url: str) -> bool:
    """False if the message has no room for another one, or a field none for so long an address."""
    size = limits.units(label) + limits.units(url)
    if limits.units(url) > limits.EMBED_FIELD_VALUE or len(embed) + size > _ROOM:
        return False
    embed.add_field(name=label, value=url, inline=False)
    return True


class ChooseFeed(
    Pressed[discord.ui.Select[Any]],
    template=r"herald:choose:(?P<channel>[0-9]{1,20}):(?P<style>full|compact|title|digest):(?P<role>[0-9]{1,20})",
):
    """The menu of a page's feeds; channel 0 only previews. The filter is the embed's footer."""

    def __init__(self, item: discord.ui.Select[Any], channel_id: int, style: StyleName, role_id: int | None) -> None:
        super().__init__(item)
        self.channel_id, self.style, self.role_id = channel_id, style, role_id

    @classmethod
    def among(cls, options: list[discord.SelectOption], wish: Wish | None) -> Self:
        """The menu with these options; their values count the embed's fields."""
        style: StyleName = wish.style if wish else "full"
        channel_id, role_id = (wish.channel_id, wish.role_id) if wish else (0, None)
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"herald:choose:{channel_id}:{style}:{role_id or 0}",
            placeholder=feed_messages.choose_placeholder(),
            options=options,
        )
        return cls(select, channel_id, style, role_id)

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        select = cast("discord.ui.Select[Any]", item)
        return cls(select, int(match["channel"]), cast("StyleName", match["style"]), int(match["role"]) or None)

    async def pressed(self, interaction: Interaction) -> None:
        guild = require_manager(interaction)
        embed = first_embed(interaction)
        url = self._chosen(embed)
        if self.channel_id == 0:
            answer = await preview(interaction, url)
        else:
            place = place_by_id(guild, self.channel_id)  # its permissions may have changed since the command
            wish = Wish(
                channel_id=place.id,
                style=self.style,
                role_id=self.role_id,
                filter=(embed.footer.text or "").removeprefix(feed_messages.FILTER_NOTE),
            )
            answer = await follow(interaction, url, wish)
        await answer.give(interaction)

    def _chosen(self, embed: discord.Embed) -> str:
        number = self.item.values[0] if self.item.values else ""
        if not number.isdecimal() or int(number) >= len(embed.fields):
            raise UsageError(messages.message_outdated())
        return embed.fields[int(number)].value or ""
