"""What was found: pages of `/search`, with buttons to turn them, to share one, and to watch for the same words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Self

import discord

from bot.chat import messages, search_messages
from bot.chat.interaction import Interaction, guild_of, services_of
from bot.chat.sight import viewer_of
from bot.chat.views.keywords import AlertMe
from bot.chat.views.pressed import Pressed, button, first_embed, row_of
from bot.errors import NotAllowed, UsageError
from bot.model import StoredEntry
from bot.query.excerpt import excerpt
from bot.query.language import Query, parse
from bot.render import limits
from bot.render.clean import clean_line
from bot.render.clip import clip
from bot.render.escape import plain_line
from bot.work.answers import ResultPage

QUERY_LIMIT = 200
SINCE_LIMIT = 30
EXCERPT_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What was asked for. `text` stands in the embed's author line, the rest in the buttons' custom_ids."""

    text: str
    feed_id: int | None = None
    since: str = ""
    page: int = 0

    def __post_init__(self) -> None:
        if limits.units(self.text) > limits.EMBED_AUTHOR:
            raise UsageError(messages.query_too_long(QUERY_LIMIT))


async def look_up(interaction: Interaction, search: Search) -> ResultPage:
    """The page asked for, or the last one if there are fewer by now. Raises what work.Lookup.search raises."""
    return await services_of(interaction).lookup.search(
        guild_of(interaction).id,
        search.text,
        user_id=interaction.user.id,
        feed_id=search.feed_id,
        since=search.since,
        page=search.page,
        viewer=viewer_of(interaction),
    )


def result_embed(result: ResultPage, search: Search, guild_id: int) -> discord.Embed:
    """One page of what was found, or what to try instead."""
    if not result.hits:
        narrowed = bool(search.feed_id or search.since)
        embed = discord.Embed(
            description=search_messages.nothing_found(result.query, result.nearest, narrowed=narrowed)
        )
    else:
        query = parse(result.query)
        hits = [search_messages.hit(one, guild_id, excerpt=_excerpt(query, one)) for one in result.hits]
        if result.query != search.text:
            hits.insert(0, search_messages.understood_as(result.query))
        embed = discord.Embed(
            title=search_messages.found(result.total), description=messages.joined(hits, between="\n\n")
        )
    embed.set_author(name=search.text)
    if result.pages > 1:
        embed.set_footer(text=messages.page_note(result.page, result.pages))
    return embed


def _excerpt(query: Query, stored: StoredEntry) -> list[tuple[str, bool]]:
    return excerpt(query, clean_line(stored.entry.text), limit=EXCERPT_LIMIT)


def result_buttons(result: ResultPage, search: Search, *, shared: bool = False) -> discord.ui.View:
    """To the neighbouring pages, to share this one unless that has been done, and to be told of what comes."""
    view = row_of()
    if result.page > 0 and result.hits:
        view.add_item(ResultTurn(replace(search, page=result.page - 1), messages.PREVIOUS))
    if result.page + 1 < result.pages:
        view.add_item(ResultTurn(replace(search, page=result.page + 1), messages.NEXT))
    if result.hits and not shared:
        view.add_item(ShareResult(replace(search, page=result.page)))
    if result.nearest and SearchMeant.fits(meant := replace(search, text=result.nearest, page=0)):
        view.add_item(SearchMeant(meant))
    view.add_item(AlertMe(search.feed_id, primary=not result.hits))
    return view


_SEARCH = rf"(?P<page>[0-9]{{1,3}}):(?P<feed>[0-9]{{1,19}}):(?P<since>.{{0,{SINCE_LIMIT}}})"


def _id_of(kind: str, search: Search) -> str:
    return f"herald:{kind}:{search.page}:{search.feed_id or 0}:{search.since}"


def _search_from(interaction: Interaction, match: re.Match[str]) -> Search:
    feed_id = int(match["feed"]) or None
    text = first_embed(interaction).author.name or ""
    return Search(text=text, feed_id=feed_id, since=match["since"], page=int(match["page"]))


class ResultTurn(Pressed[discord.ui.Button[Any]], template=f"herald:found:{_SEARCH}"):
    """Turns to another page of the same search."""

    def __init__(self, search: Search, label: str) -> None:
        super().__init__(button(label, _id_of("found", search)))
        self.search = search

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(_search_from(interaction, match), messages.NEXT)

    async def pressed(self, interaction: Interaction) -> None:
        result = await look_up(interaction, self.search)
        embed = result_embed(result, self.search, guild_of(interaction).id)
        await interaction.edit_original_response(embed=embed, view=result_buttons(result, self.search))


def _meant_id(search: Search) -> str:
    return f"herald:meant:{search.feed_id or 0}:{search.since}:{search.text}"


class SearchMeant(
    Pressed[discord.ui.Button[Any]],
    template=rf"herald:meant:(?P<feed>[0-9]{{1,19}}):(?P<since>[^:]{{0,{SINCE_LIMIT}}}):(?P<text>.+)",
):
    """Searches for what was perhaps meant. The query is in the custom_id, for the message has the other one."""

    def __init__(self, search: Search) -> None:
        label = clip(plain_line(search_messages.search_instead(search.text), limits.BUTTON_LABEL), limits.BUTTON_LABEL)
        super().__init__(button(label, _meant_id(search), primary=True))
        self.search = search

    @classmethod
    def fits(cls, search: Search) -> bool:
        """False for a query that is too long for a custom_id; it can still be read and typed."""
        return limits.units(_meant_id(search)) <= limits.CUSTOM_ID

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(Search(text=match["text"], feed_id=int(match["feed"]) or None, since=match["since"]))

    async def pressed(self, interaction: Interaction) -> None:
        result = await look_up(interaction, self.search)
        embed = result_embed(result, self.search, guild_of(interaction).id)
        await interaction.edit_original_response(embed=embed, view=result_buttons(result, self.search))


class ShareResult(Pressed[discord.ui.Button[Any]], template=f"herald:share:{_SEARCH}"):
    """Posts the page where everybody in the channel sees it, without buttons, once."""

    def __init__(self, search: Search) -> None:
        super().__init__(button(search_messages.SHARE, _id_of("share", search), primary=True))
        self.search = search

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(_search_from(interaction, match))

    async def pressed(self, interaction: Interaction) -> None:
        if not _may_speak(interaction):
            raise NotAllowed(messages.may_not_speak())
        result = await look_up(interaction, self.search)
        embed = result_embed(result, self.search, guild_of(interaction).id)
        await interaction.edit_original_response(view=result_buttons(result, self.search, shared=True))
        await interaction.followup.send(search_messages.shared_by(interaction.user.id), embed=embed)


def _may_speak(interaction: Interaction) -> bool:
    """Whether the member could post here: a bot's answer is no way around a channel's rules."""
    if isinstance(interaction.channel, discord.Thread):
        return interaction.permissions.send_messages_in_threads
    return interaction.permissions.send_messages
