"""Herald's presence on Discord: who it is, what it hears, which commands it offers."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

import discord
import structlog
import yarl
from discord import app_commands
from discord.ext import commands

from bot.chat.cogs.about import AboutCog
from bot.chat.cogs.digest import DigestCog
from bot.chat.cogs.feed import FeedCog
from bot.chat.cogs.keyword import KeywordCog
from bot.chat.cogs.more import MoreCog
from bot.chat.cogs.privacy import PrivacyCog
from bot.chat.cogs.search import SearchCog
from bot.chat.cogs.settings import SettingsCog
from bot.chat.interaction import Interaction, answer_if_dropped
from bot.chat.permissions import invite_url
from bot.chat.places import can_post_in
from bot.chat.refusals import CONNECTION_ERRORS, no_token, setup_error
from bot.chat.services import Services
from bot.chat.tree import HeraldTree
from bot.chat.tries import Tries
from bot.chat.views import BUTTONS
from bot.chat.views.alerts import tell_of_closed_dms
from bot.errors import BotError

log = structlog.get_logger(__name__)

# Where discord.py goes by itself, read before anybody changes it. The default of ours is in settings.
OWN_API_BASE = discord.http.Route.BASE

# discord.py waits out a 429 by itself, inside the send, up to this many seconds; for a longer pause it raises, and the
# outbox keeps the posting. It must not wait without a bound: one 429 of an hour would sit in the bucket for an hour.
LONGEST_PAUSE = 60.0


def command_fingerprint(tree: app_commands.CommandTree[Any]) -> str:
    """A hash of everything that Discord is told of the commands; another one when any of it changes."""
    told = [command.to_dict(tree) for command in tree.get_commands()]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


class SyncMemory(Protocol):
    """Remembers over restarts which commands Discord was told of."""

    async def recall(self) -> str | None:
        """The fingerprint last given to `remember`; None if there is none."""

    async def remember(self, fingerprint: str) -> None:
        """Called when Discord has taken the commands."""


class HeraldClient(commands.AutoShardedBot):
    """discord.py's client with the one intent Herald needs, and no caches it does not.

    `api_base` replaces the address of Discord's REST API (a proxy, the sandbox). discord.py keeps that address on the
    class `Route`, so it is the one thing here that is global: two clients with different bases cannot live in
    one process at the same time. The gateway's address is asked there.
    """

    def __init__(
        self,
        services: Services,
        *,
        api_base: str = OWN_API_BASE,
        sync_memory: SyncMemory | None = None,
        max_ratelimit_timeout: float = LONGEST_PAUSE,
        guild_ready_timeout: float = 2.0,
    ) -> None:
        """`guild_ready_timeout`, in seconds: guilds that come this soon after the last one were there at the start."""
        # Herald does not speak: discord.py need not warn of what speaking would take.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        self.tries = Tries()
        super().__init__(
            command_prefix=commands.when_mentioned,  # none are defined: Herald reads no messages
            help_command=None,
            tree_cls=HeraldTree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=max_ratelimit_timeout,
            guild_ready_timeout=guild_ready_timeout,
            http_trace=self.tries.trace,
        )
        self.services = services
        self.api_base = api_base.rstrip("/")
        self._sync_memory = sync_memory
        self._background: set[asyncio.Task[None]] = set()
        self.commands_synced = asyncio.Event()
        self._closed_down = asyncio.Event()

    @property
    def invite_url(self) -> str | None:
        """The link that adds this bot to a server; None before login."""
        return invite_url(self.application_id) if self.application_id else None

    async def login(self, token: str) -> None:
        """Checks the token at `api_base` and loads the commands; sending works from here on. Raises SetupError."""
        if not token.strip():
            raise no_token()
        discord.http.Route.BASE = self.api_base
        try:
            await super().login(token.strip())
            if self.api_base != OWN_API_BASE:
                # discord.py falls back to its own address of the gateway when a session cannot be resumed.
                _, gateway_url, _ = await self.http.get_bot_gateway()
                discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
        except CONNECTION_ERRORS as error:
            await self.close()
            raise setup_error(error, self.api_base) from error

    async def stay_connected(self) -> None:
        """Keeps the gateway open until `close`. Raises SetupError for what no reconnecting can mend."""
        # discord.py, closed while it cannot reach the gateway, goes on trying for ever; hence the cancelling.
        connection = asyncio.create_task(self.connect())
        closed = asyncio.create_task(self._closed_down.wait())
        try:
            await asyncio.wait({connection, closed}, return_when=asyncio.FIRST_COMPLETED)
            if connection.done():
                connection.result()
        except CONNECTION_ERRORS as error:
            raise setup_error(error, self.api_base) from error
        finally:
            closed.cancel()
            connection.cancel()
            await asyncio.gather(connection, closed, return_exceptions=True)

    def guild_of(self, channel_id: int) -> int | None:
        """The guild of a channel or open thread that the bot is told of; None if it is not."""
        channel = self.get_channel(channel_id)
        guild = getattr(channel, "guild", None)
        return guild.id if guild is not None else None

    async def setup_hook(self) -> None:
        """Loads cogs and buttons. Commands are synced beside, so that deliveries need not wait for it."""
        await self.add_cog(FeedCog(self.services))
        await self.add_cog(SearchCog(self.services))
        await self.add_cog(KeywordCog(self.services))
        await self.add_cog(DigestCog(self.services))
        await self.add_cog(MoreCog(self, self.services))
        await self.add_cog(SettingsCog(self.services))
        await self.add_cog(PrivacyCog())
        await self.add_cog(AboutCog(self))
        self.add_dynamic_items(*BUTTONS)
        self._in_background(self.sync_commands())

    async def close(self) -> None:
        """As discord.py's, with the background work ended first."""
        for task in self._background:
            task.cancel()
        await super().close()
        self._closed_down.set()

    # --- Commands -------------------------------------------------------------------------------------------

    async def sync_commands(self) -> None:
        """Tells Discord of the commands, unless it is known to know them. A failure is logged; the old ones stay."""
        fingerprint = command_fingerprint(self.tree)
        if self._sync_memory is None or await self._sync_memory.recall() != fingerprint:
            try:
                await self.tree.sync()
            except (discord.DiscordException, OSError) as error:
                log.error("commands not synced", error=str(error))
                return
            if self._sync_memory is not None:
                await self._sync_memory.remember(fingerprint)
        self.commands_synced.set()

    async def on_interaction(self, interaction: Interaction) -> None:
        # discord.py calls this after it has begun whatever component or form it found for it.
        await answer_if_dropped(interaction)

    async def on_app_command_completion(self, interaction: Interaction, _command: object) -> None:
        """Every command passes here once it is answered."""
        if self.is_closed():
            return
        try:
            await tell_of_closed_dms(interaction)
        except (BotError, *CONNECTION_ERRORS) as error:  # the command's own answer is there already
            log.warning("closed dms not told", error=type(error).__name__)

    # --- Guilds ---------------------------------------------------------------------------------------------
    # An unavailable guild is an outage of Discord's and no farewell: `on_guild_remove` is not called for it.

    async def on_ready(self) -> None:
        # What came and went while nobody listened is told by no event of its own.
        await self.services.guilds.present(frozenset(guild.id for guild in self.guilds))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        log.info("joined", guild=guild.id)
        await self.services.guilds.joined(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        log.info("left", guild=guild.id)
        await self.services.guilds.left(guild.id)

    async def on_guild_channel_update(self, _before: object, channel: discord.abc.GuildChannel) -> None:
        threads = channel.threads if isinstance(channel, discord.TextChannel | discord.ForumChannel) else []
        await self._channels_back([channel, *threads])

    async def on_thread_update(self, _before: object, thread: discord.Thread) -> None:
        await self._channels_back([thread])

    async def on_guild_role_update(self, before: discord.Role, role: discord.Role) -> None:
        if before.permissions != role.permissions:
            await self._channels_back(_places(role.guild))

    async def on_member_update(self, _before: object, member: discord.Member) -> None:
        # Discord tells a bot of its own roles whatever the intents (Gateway: Guild Member Update).
        if member == member.guild.me:
            await self._channels_back(_places(member.guild))

    async def _channels_back(self, channels: Sequence[discord.abc.GuildChannel | discord.Thread]) -> None:
        for channel in channels:
            if can_post_in(channel):
                await self.services.guilds.channel_back(channel.id)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _places(guild: discord.Guild) -> list[discord.abc.GuildChannel | discord.Thread]:
    return [*guild.text_channels, *guild.forums, *guild.threads]
