"""Logins for private feeds: a button, and a form whose values go to the service and nowhere else.

They are in no custom_id, no message and no log. The address stands in the question's embed, unless it is a key itself.
"""

from __future__ import annotations

import re
from typing import Any, Self, cast

import discord

from bot.chat import feed_messages
from bot.chat import login_messages as words
from bot.chat.interaction import Interaction, explain, require_manager, services_of
from bot.chat.places import place_by_id
from bot.chat.views import following
from bot.chat.views.following import Answer, Wish
from bot.chat.views.form import Form
from bot.chat.views.pressed import Pressed, button, first_embed, row_of
from bot.errors import FetchError, UsageError
from bot.model import StyleName
from bot.work.private import LOGIN_REFUSED, LONGEST_LOGIN, Login, login_of, without_key

LONGEST_ADDRESS = 2_000  # characters, as in /feed add
ASKS_FOR_LOGIN = 401  # 403 may mean bots: RFC 9110 15.5.2, 15.5.4


async def follow(interaction: Interaction, url: str, wish: Wish) -> Answer:
    """Subscribes; if the site wants a login, asks for one. Raises what work.Follow.add raises."""
    try:
        return await following.follow(interaction, url, wish)
    except FetchError as error:
        if error.status not in LOGIN_REFUSED:
            raise
        if not services_of(interaction).follow.keeps_logins:
            if error.status == ASKS_FOR_LOGIN:
                raise UsageError(words.cannot_keep_for_it()) from error
            raise
        return _question(words.asks_for_login(url, error.status), url, wish)


def ask(interaction: Interaction, url: str, wish: Wish) -> Answer:
    """Asks for the login, or for an address that is a key, at once. Raises UsageError if there is no place for it."""
    if not services_of(interaction).follow.keeps_logins:
        raise UsageError(words.cannot_keep())
    return _question(words.ask(url), url, wish)


def _question(content: str, url: str, wish: Wish) -> Answer:
    embed = discord.Embed()
    embed.add_field(name=words.ADDRESS, value=without_key(url)[:1024], inline=False)
    if wish.filter:
        embed.set_footer(text=feed_messages.FILTER_NOTE + wish.filter)
    return Answer(content=content, embeds=[embed], view=row_of(GiveLogin(wish)))


class GiveLogin(
    Pressed["discord.ui.Button[Any]"],
    template=r"herald:login:(?P<channel>[0-9]{1,20}):(?P<style>full|compact|title|digest):(?P<role>[0-9]{1,20})",
):
    """Opens the form for a feed that is to be followed."""

    def __init__(self, wish: Wish) -> None:
        id_ = f"herald:login:{wish.channel_id}:{wish.style}:{wish.role_id or 0}"
        super().__init__(button(words.BUTTON, id_, primary=True))
        self.wish = wish

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        style, role_id = cast("StyleName", match["style"]), int(match["role"]) or None
        return cls(Wish(channel_id=int(match["channel"]), style=style, role_id=role_id, filter=""))

    async def callback(self, interaction: Interaction) -> None:
        try:  # a form is the first answer or none at all, so nothing is deferred before it
            require_manager(interaction)
            embed = first_embed(interaction)
            filter = (embed.footer.text or "").removeprefix(feed_messages.FILTER_NOTE)
            wish = Wish(
                channel_id=self.wish.channel_id, style=self.wish.style, role_id=self.wish.role_id, filter=filter
            )
            await interaction.response.send_modal(FollowForm(wish, embed.fields[0].value or "" if embed.fields else ""))
        except Exception as error:
            await explain(interaction, error)


class NewLogin(Pressed["discord.ui.Button[Any]"], template=r"herald:login:feed:(?P<subscription>[0-9]{1,19})"):
    """Opens the form for a private feed that is followed."""

    def __init__(self, subscription_id: int) -> None:
        super().__init__(button(words.BUTTON, f"herald:login:feed:{subscription_id}"))
        self.subscription_id = subscription_id

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(int(match["subscription"]))

    async def callback(self, interaction: Interaction) -> None:
        try:
            require_manager(interaction)
            await interaction.response.send_modal(NewLoginForm(self.subscription_id))
        except Exception as error:
            await explain(interaction, error)


class _LoginForm(Form):
    """A login is a name and password, or a header. Kept in memory until it is sent."""

    def __init__(self, *names: str, address: str = "") -> None:
        super().__init__(words.FORM_TITLE)
        self._fields: dict[str, discord.ui.TextInput[Any]] = {}
        for name in names:
            label, about = words.FIELDS[name]
            is_address = name == "address"
            field: discord.ui.TextInput[Any] = discord.ui.TextInput(
                custom_id=name,
                default=address if is_address else None,
                required=is_address,
                max_length=LONGEST_ADDRESS if is_address else LONGEST_LOGIN,
            )
            self._fields[name] = field
            self.add_item(discord.ui.Label(text=label, description=about, component=field))

    def written(self, name: str) -> str:
        """What was written into the field."""
        return self._fields[name].value

    def login(self) -> Login | None:
        """None if the fields were left empty. Raises UsageError."""
        return login_of(
            user=self.written("user"),
            password=self.written("password"),
            header=self.written("header"),
            value=self.written("value"),
        )

    async def on_submit(self, interaction: Interaction, /) -> None:
        await interaction.response.defer()
        await self.sent(interaction)

    async def sent(self, interaction: Interaction) -> None:
        """What it is for. Raises UsageError and the other BotErrors."""
        raise NotImplementedError


class FollowForm(_LoginForm):
    """Follows a feed privately: with the login, or, without one, by an address that is a key."""

    def __init__(self, wish: Wish, address: str) -> None:
        super().__init__("address", "user", "password", "header", "value", address=address)
        self._wish = wish

    async def sent(self, interaction: Interaction) -> None:
        place_by_id(require_manager(interaction), self._wish.channel_id)  # permissions may have changed since
        url = self.written("address")
        try:
            answer = await following.follow(interaction, url, self._wish, login=self.login(), private=True)
        except FetchError as error:
            if error.status not in LOGIN_REFUSED:
                raise
            answer = _question(words.login_refused(url, error.status), url, self._wish)
        await answer.give(interaction)


class NewLoginForm(_LoginForm):
    """Another login for a private feed."""

    def __init__(self, subscription_id: int) -> None:
        super().__init__("user", "password", "header", "value")
        self._subscription_id = subscription_id

    async def sent(self, interaction: Interaction) -> None:
        guild, login = require_manager(interaction), self.login()
        if login is None:
            raise UsageError(words.no_login_given())
        follow = services_of(interaction).follow
        try:
            changed = await follow.give_login(guild.id, self._subscription_id, login)
        except FetchError as error:
            if error.status not in LOGIN_REFUSED:
                raise
            raise UsageError(words.login_refused(error.url, error.status).replace("*", "")) from error
        await interaction.followup.send(words.new_login(changed), ephemeral=True)
