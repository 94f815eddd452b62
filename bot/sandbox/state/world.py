"""The sandbox's Discord as it is now: who and what exists, and every change to guilds, roles, members and channels.

Each change emits the event that Discord's gateway would send. Messages have their own module.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

from bot.sandbox.records import (
    CHANNEL_KINDS,
    Attachment,
    Channel,
    Event,
    Guild,
    Json,
    Member,
    Message,
    Overwrite,
    Role,
    User,
    Webhook,
)
from bot.sandbox.rules.problems import unknown
from bot.sandbox.snowflakes import Clock, Snowflakes, SystemClock
from bot.sandbox.state import permissions, wire

GUILDS = 1 << 0  # intents (gateway: List of Intents)
GUILD_MEMBERS = 1 << 1


class World:
    """All of the state, and the one door to changing it. `base_url` is where attachments can be fetched."""

    def __init__(self, clock: Clock | None = None, *, bot_name: str = "bot") -> None:
        self.clock = clock or SystemClock()
        self.new_id = Snowflakes(self.clock)
        self.base_url = ""
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}  # of every guild, and DMs
        self.webhooks: dict[int, Webhook] = {}
        self.ephemeral: dict[int, Message] = {}
        self.uploads: dict[int, Attachment] = {}
        self.listeners: list[Callable[[Event], None]] = []
        self.operator = self.add_user("operator")
        self.bot = self.add_user(bot_name, bot=True)
        self.token = f"{secrets.token_urlsafe(18)}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"

    def emit(
        self, name: str, data: Json, *, intent: int = 0, guild: int | None = None, channel: int | None = None
    ) -> None:
        event = Event(name, data, intent, guild, channel)
        for listener in tuple(self.listeners):
            listener(event)

    # --- Looking up ---------------------------------------------------------------------------------------

    def guild(self, guild_id: int) -> Guild:
        """A guild the bot is in; raises 10004."""
        guild = self.guilds.get(guild_id)
        if guild is None or not guild.bot_inside:
            raise unknown("Guild")
        return guild

    def channel(self, channel_id: int) -> Channel:
        """A channel in a guild the bot is in, or a DM; raises 10003."""
        channel = self.channels.get(channel_id)
        if channel is None or (channel.guild_id and not self.guilds[channel.guild_id].bot_inside):
            raise unknown("Channel")
        return channel

    def may(self, user_id: int, channel: Channel) -> int:
        """What the user may in the channel; 0 for who is not in the guild or the DM."""
        if channel.guild_id is None:
            taking_part = user_id == self.bot.id or user_id in channel.recipient_ids
            return permissions.IN_A_DM if taking_part else 0
        guild = self.guilds[channel.guild_id]
        member = guild.members.get(user_id)
        if member is None:
            return 0
        granted = permissions.in_channel(guild, member, channel)
        silenced = self.timed_out(member) and not granted & permissions.BITS["ADMINISTRATOR"]
        return granted & permissions.WHILE_TIMED_OUT if silenced else granted

    def timed_out(self, member: Member) -> bool:
        return member.timed_out_until is not None and member.timed_out_until > self.clock.now()

    # --- People and guilds --------------------------------------------------------------------------------

    def add_user(self, name: str, *, bot: bool = False) -> User:
        user = User(self.new_id(), name, bot=bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, *, bot_permissions: int = permissions.BOT, owner: User | None = None) -> Guild:
        """A guild with an owner and the bot, which comes with a managed role of its own name."""
        owner = owner or self.add_user(f"{name.lower().replace(' ', '-')}-owner")
        guild = Guild(self.new_id(), name, owner.id)
        guild.roles[guild.id] = Role(guild.id, "@everyone", permissions.EVERYONE, position=0)
        guild.members[owner.id] = Member(owner.id, self.clock.now())
        self.guilds[guild.id] = guild
        self._let_bot_in(guild, bot_permissions)
        return guild

    def _let_bot_in(self, guild: Guild, bot_permissions: int) -> None:
        role = Role(self.new_id(), self.bot.name, bot_permissions, bot_id=self.bot.id)
        guild.roles[role.id] = role
        guild.members[self.bot.id] = Member(self.bot.id, self.clock.now(), [role.id])
        guild.bot_inside = True
        self.emit("GUILD_CREATE", wire.guild_create_json(self, guild, joined=True), intent=GUILDS, guild=guild.id)

    def kick_bot(self, guild: Guild) -> None:
        """The bot is thrown out: its role and membership go, and it is told so."""
        guild.bot_inside = False
        guild.members.pop(self.bot.id, None)
        for role in [role for role in guild.roles.values() if role.bot_id == self.bot.id]:
            del guild.roles[role.id]
        self.emit("GUILD_DELETE", {"id": str(guild.id)}, intent=GUILDS, guild=guild.id)

    def invite_bot(self, guild: Guild, *, bot_permissions: int = permissions.BOT) -> None:
        """The bot comes (back) in."""
        if not guild.bot_inside:
            self._let_bot_in(guild, bot_permissions)

    def set_available(self, guild: Guild, available: bool) -> None:
        """An outage of the guild begins or ends; the bot stays a member."""
        guild.available = available
        if available:
            self.emit("GUILD_CREATE", wire.guild_create_json(self, guild), intent=GUILDS, guild=guild.id)
        else:
            self.emit("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, intent=GUILDS, guild=guild.id)

    def changed_guild(self, guild: Guild) -> None:
        self.emit("GUILD_UPDATE", wire.guild_json(guild), intent=GUILDS, guild=guild.id)

    def add_member(self, guild: Guild, user: User) -> Member:
        member = guild.members[user.id] = Member(user.id, self.clock.now())
        data = wire.member_json(self, member) | {"guild_id": str(guild.id)}
        self.emit("GUILD_MEMBER_ADD", data, intent=GUILD_MEMBERS, guild=guild.id)
        return member

    def changed_member(self, guild: Guild, member: Member) -> None:
        data = wire.member_json(self, member) | {"guild_id": str(guild.id)}
        # A bot is told of its own changes whatever it asked for (gateway: Guild Member Update).
        intent = 0 if member.user_id == self.bot.id else GUILD_MEMBERS
        self.emit("GUILD_MEMBER_UPDATE", data, intent=intent, guild=guild.id)

    def remove_member(self, guild: Guild, user_id: int) -> None:
        del guild.members[user_id]
        data = {"guild_id": str(guild.id), "user": wire.user_json(self.users[user_id])}
        self.emit("GUILD_MEMBER_REMOVE", data, intent=GUILD_MEMBERS, guild=guild.id)

    # --- Roles --------------------------------------------------------------------------------------------

    def add_role(
        self,
        guild: Guild,
        name: str,
        *,
        permissions: int = 0,
        mentionable: bool = False,
        color: int = 0,
        hoist: bool = False,
    ) -> Role:
        """A new role, below all others but @everyone."""
        role = Role(self.new_id(), name, permissions, color=color, mentionable=mentionable, hoist=hoist)
        guild.roles[role.id] = role
        self._role_event("GUILD_ROLE_CREATE", guild, role)
        return role

    def changed_role(self, guild: Guild, role: Role) -> None:
        self._role_event("GUILD_ROLE_UPDATE", guild, role)

    def _role_event(self, name: str, guild: Guild, role: Role) -> None:
        data = {"guild_id": str(guild.id), "role": wire.role_json(role)}
        self.emit(name, data, intent=GUILDS, guild=guild.id)

    def remove_role(self, guild: Guild, role: Role) -> None:
        del guild.roles[role.id]
        for member in guild.members.values():
            member.role_ids = [role_id for role_id in member.role_ids if role_id != role.id]
        data = {"guild_id": str(guild.id), "role_id": str(role.id)}
        self.emit("GUILD_ROLE_DELETE", data, intent=GUILDS, guild=guild.id)

    # --- Channels -----------------------------------------------------------------------------------------

    def add_channel(
        self,
        guild: Guild,
        name: str,
        *,
        kind: str = "text",
        parent: Channel | None = None,
        like: Channel | None = None,
    ) -> Channel:
        """A new channel, the last one; with all that `like` has, but for its identifier."""
        channel = replace(like) if like else Channel(0, CHANNEL_KINDS[kind], guild_id=guild.id)
        channel.id, channel.name = self.new_id(), name
        channel.parent_id = parent.id if parent else channel.parent_id
        channel.position = channel.position or len(guild.channels)
        self.channels[channel.id] = guild.channels[channel.id] = channel
        self._channel_event("CHANNEL_CREATE", channel)
        return channel

    def add_thread(
        self, parent: Channel, name: str, owner_id: int, *, kind: str = "thread", id: int | None = None
    ) -> Channel:
        """A thread; one that starts from a message has that message's `id`."""
        assert parent.guild_id is not None
        thread = Channel(id or self.new_id(), CHANNEL_KINDS[kind], name, guild_id=parent.guild_id, parent_id=parent.id)
        thread.owner_id, thread.joined = owner_id, [owner_id]
        self.channels[thread.id] = self.guilds[parent.guild_id].channels[thread.id] = thread
        data = wire.channel_json(self, thread) | {"newly_created": True}
        self.emit("THREAD_CREATE", data, intent=GUILDS, guild=parent.guild_id, channel=thread.id)
        return thread

    def changed_channel(self, channel: Channel) -> None:
        self._channel_event("THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE", channel)

    def archive(self, thread: Channel, *, archived: bool) -> None:
        """Into the archive or out of it."""
        thread.archived, thread.archived_at = archived, self.clock.now()
        self.changed_channel(thread)

    def remove_channel(self, channel: Channel) -> None:
        """It is gone, and its threads with it."""
        assert channel.guild_id is not None
        guild = self.guilds[channel.guild_id]
        for thread in [each for each in guild.channels.values() if each.is_thread and each.parent_id == channel.id]:
            self.remove_channel(thread)
        del guild.channels[channel.id], self.channels[channel.id]
        self._channel_event("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel)

    def _channel_event(self, name: str, channel: Channel) -> None:
        data = wire.channel_json(self, channel)
        self.emit(name, data, intent=GUILDS, guild=channel.guild_id, channel=channel.id)

    def overwrite(self, channel: Channel, target: Role | User, *, allow: int = 0, deny: int = 0) -> None:
        """Adds to what the channel allows or denies to a role or a member; the later word wins."""
        kind = 0 if isinstance(target, Role) else 1
        known = channel.overwrites.setdefault(target.id, Overwrite(target.id, kind))  # type: ignore[arg-type]
        known.allow, known.deny = known.allow & ~deny | allow, known.deny & ~allow | deny
        self.changed_channel(channel)

    def dm_with(self, user: User) -> Channel:
        """The one DM channel between the user and the bot."""
        for channel in self.channels.values():
            if channel.recipient_ids == (user.id,):
                return channel
        channel = Channel(self.new_id(), CHANNEL_KINDS["dm"], recipient_ids=(user.id,))
        self.channels[channel.id] = channel
        return channel
