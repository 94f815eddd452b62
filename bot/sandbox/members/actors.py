"""The people, guilds and channels of a sandbox, as tests and the demo take them in hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.sandbox import records
from bot.sandbox.members.options import Upload, WrongUse
from bot.sandbox.members.reply import Modal, Reply
from bot.sandbox.records import FORUM_KINDS, LOADING, SILENT, Json, Message
from bot.sandbox.state import audit, command_permissions, commands, messages, moderation, polls
from bot.sandbox.state.command_permissions import set_overrides
from bot.sandbox.state.messages import Draft
from bot.sandbox.state.moderation import check_slow_mode
from bot.sandbox.state.permissions import BOT, bits
from bot.sandbox.state.reactions import react
from bot.sandbox.state.rights import check_may_edit, check_may_post, may_see, needs
from bot.sandbox.state.typing import typing_starts

if TYPE_CHECKING:
    from bot.sandbox.members.acting import Acting


class User:
    """A person (or the bot) with an account. `record.dms_open = False` closes their DMs to the bot."""

    def __init__(self, sandbox: Acting, record: records.User) -> None:
        self._sandbox, self.record = sandbox, record
        self.id, self.name, self.mention = record.id, record.name, f"<@{record.id}>"

    def __repr__(self) -> str:
        return f"<User {self.name} {self.id}>"

    @property
    def dm(self) -> Channel:
        """The DM channel with the bot."""
        return Channel(self._sandbox, self._sandbox.world.dm_with(self.record))

    def close_dms(self) -> None:
        """From now on the bot gets 50007."""
        self.record.dms_open = False

    def open_dms(self) -> None:
        self.record.dms_open = True

    async def command(self, path: str, /, *, force: bool = False, **options: object) -> Reply:
        """A slash command in the DM with the bot."""
        return await self._sandbox.command(self, self.dm, path, options, force=force)

    async def submit(self, modal: Modal, values: dict[str, object]) -> Reply:
        """Fills in a modal by custom_id or label and sends it; what is not named keeps its value."""
        return await self._sandbox.submit(self, modal, values)


class Role:
    """A role of a guild."""

    def __init__(self, sandbox: Acting, guild: records.Guild, record: records.Role) -> None:
        self._sandbox, self._guild, self.record = sandbox, guild, record
        self.id, self.name, self.mention = record.id, record.name, f"<@&{record.id}>"

    def set(self, *permissions: str, mentionable: bool | None = None) -> None:
        """Gives the role exactly these permissions."""
        self.record.permissions = bits(*permissions)
        if mentionable is not None:
            self.record.mentionable = mentionable
        self._sandbox.world.changed_role(self._guild, self.record)

    def delete(self) -> None:
        """The owner deletes it."""
        world = self._sandbox.world
        world.remove_role(self._guild, self.record)
        before, owner_id = audit.role_facts(self.record), self._guild.owner_id
        audit.note(world, self._guild, audit.ROLE_DELETE, self.id, by=owner_id, before=before)


class Channel:
    """A channel, thread or DM."""

    def __init__(self, sandbox: Acting, record: records.Channel) -> None:
        self._sandbox, self.record = sandbox, record
        self.id, self.name, self.mention = record.id, record.name, f"<#{record.id}>"

    def __repr__(self) -> str:
        return f"<Channel {self.name} {self.id}>"

    @property
    def messages(self) -> list[Message]:
        """What everybody in the channel sees, oldest first; without answers that are still being thought about."""
        return [message for message in self.record.messages.values() if not message.flags & LOADING]

    async def wait_for(
        self,
        condition: Callable[[list[Message]], object],
        timeout: float = 15.0,  # noqa: ASYNC109
    ) -> list[Message]:
        """The messages, once the condition holds for them; raises TimeoutError (real seconds)."""
        if not await self._sandbox.waiting.until(lambda: condition(self.messages), timeout):
            raise TimeoutError(f"#{self.name}: not so within {timeout} s; it has {len(self.messages)} messages")
        return self.messages

    def say(
        self,
        user: User,
        content: str,
        *,
        files: Sequence[Upload] = (),
        reply_to: Message | None = None,
        silent: bool = False,
    ) -> Message:
        """A person writes here; `silent` as with @silent before it."""
        world = self._sandbox.world
        body: Json = {"content": content, "flags": SILENT if silent else 0}
        if reply_to:
            body["message_reference"] = {"message_id": str(reply_to.id)}
        check_may_post(world, user.id, self.record, body, with_files=bool(files))
        check_slow_mode(world, user.id, self.record)
        draft = Draft(body, [upload.attached(world) for upload in files])
        return messages.post(world, self._sandbox.backend.nonces, self.record, user.id, draft)

    def edit(self, user: User, message: Message, content: str) -> Message:
        """A person changes what they wrote; raises 50005 for what somebody else did."""
        body: Json = {"content": content}
        check_may_edit(message, user.id, body)
        return messages.edit(self._sandbox.world, self.record, message, body)

    def start_thread(self, user: User, name: str, content: str) -> Channel:
        """A person starts a thread, or writes a forum's post, with its first message."""
        world = self._sandbox.world
        in_forum = self.record.kind in FORUM_KINDS
        needs(may_see(world, user.id, self.record), "SEND_MESSAGES" if in_forum else "CREATE_PUBLIC_THREADS")
        thread = world.add_thread(self.record, name, user.id)
        # A forum post's first message has the post's own identifier.
        draft = Draft({"content": content}, id=thread.id if in_forum else None)
        messages.post(world, self._sandbox.backend.nonces, thread, user.id, draft)
        return Channel(self._sandbox, thread)

    def react(self, user: User, message: Message, emoji: str, *, add: bool = True) -> None:
        react(self._sandbox.world, self.record, message, emoji, user.id, add=add)

    def vote(self, user: User, message: Message, *answers: int) -> None:
        """A person votes in the message's poll, for these answers (from 1) alone; for none to take it back."""
        may_see(self._sandbox.world, user.id, self.record)
        polls.vote(self._sandbox.world, self.record, message, user.id, list(answers))

    def types(self, user: User) -> None:
        """A person has begun to write."""
        typing_starts(self._sandbox.world, self.record, user.id)

    def remove(self, message: Message) -> None:
        """A moderator, the owner, deletes the message."""
        world = self._sandbox.world
        messages.delete(world, self.record, message)
        if guild := world.guilds.get(self.record.guild_id or 0):
            facts = {"channel_id": self.id, "count": 1}
            audit.note(world, guild, audit.MESSAGE_DELETE, message.author_id, by=guild.owner_id, options=facts)

    def allow(self, who: User | Role, *permissions: str) -> None:
        self._sandbox.world.overwrite(self.record, who.record, allow=bits(*permissions))

    def deny(self, who: User | Role, *permissions: str) -> None:
        self._sandbox.world.overwrite(self.record, who.record, deny=bits(*permissions))

    def reset(self, who: User | Role) -> None:
        """Takes back what the channel allows or denies to them."""
        self.record.overwrites.pop(who.id, None)
        self._sandbox.world.changed_channel(self.record)

    def delete(self) -> None:
        """The owner deletes it."""
        world, before = self._sandbox.world, audit.channel_facts(self._sandbox.world, self.record)
        world.remove_channel(self.record)
        guild, action = world.guilds[self.record.guild_id or 0], audit.CHANNEL_DELETE
        action = audit.THREAD_DELETE if self.record.is_thread else action
        audit.note(world, guild, action, self.id, by=guild.owner_id, before=before)

    def threads(self) -> list[Channel]:
        """The channel's threads, or the forum's posts, oldest first."""
        known = self._sandbox.world.channels.values()
        return [Channel(self._sandbox, each) for each in known if each.is_thread and each.parent_id == self.id]


class Guild:
    """A guild; the bot is in it from the start."""

    def __init__(self, sandbox: Acting, record: records.Guild) -> None:
        self._sandbox, self.record = sandbox, record
        self.id, self.name = record.id, record.name

    @property
    def owner(self) -> User:
        return User(self._sandbox, self._sandbox.world.users[self.record.owner_id])

    @property
    def everyone(self) -> Role:
        return Role(self._sandbox, self.record, self.record.roles[self.id])

    @property
    def bot_role(self) -> Role:
        """The bot's own managed role."""
        bot_id = self._sandbox.world.bot.id
        return Role(self._sandbox, self.record, next(r for r in self.record.roles.values() if r.bot_id == bot_id))

    @property
    def channels(self) -> list[Channel]:
        return [Channel(self._sandbox, each) for each in self.record.channels.values() if not each.is_thread]

    def add_member(self, name: str | User, *, permissions: Sequence[str] = (), roles: Sequence[Role] = ()) -> User:
        """A new person, or one of another guild, joins; `permissions` come as a role of their own."""
        world = self._sandbox.world
        user = world.add_user(name) if isinstance(name, str) else name.record
        member = world.add_member(self.record, user)
        member.role_ids += [role.id for role in roles]
        if permissions:
            member.role_ids.append(self.add_role(f"{user.name}'s", *permissions).id)
        return User(self._sandbox, user)

    def remove_member(self, user: User) -> None:
        """They leave."""
        self._sandbox.world.remove_member(self.record, user.id)

    def ban(self, user: User, reason: str | None = None) -> None:
        """The owner bans them."""
        world = self._sandbox.world
        moderation.ban(world, self.record, user.id, reason)
        audit.note(world, self.record, audit.MEMBER_BAN, user.id, by=self.record.owner_id, reason=reason)

    def allow_command(self, name: str, allowed: dict[User | Role | Channel, bool]) -> None:
        """The owner's word on who may use the slash command and where, in place of what was said before."""
        backend = self._sandbox.backend
        command = backend.commands.find(name, commands.SLASH, self.id)
        if command is None:
            raise WrongUse(f"there is no command /{name} here")
        given = [{"id": who.id, "type": _override_kind(who), "permission": may} for who, may in allowed.items()]
        command_id, owner_id = int(command["id"]), self.record.owner_id
        set_overrides(backend.world, backend.commands, self.record, command_id, given, by=owner_id)

    def add_role(self, name: str, *permissions: str, mentionable: bool = False) -> Role:
        """The owner makes one, below all others."""
        world = self._sandbox.world
        made = world.add_role(self.record, name, permissions=bits(*permissions), mentionable=mentionable)
        after, owner_id = audit.role_facts(made), self.record.owner_id
        audit.note(world, self.record, audit.ROLE_CREATE, made.id, by=owner_id, after=after)
        return Role(self._sandbox, self.record, made)

    def add_channel(self, name: str, kind: str = "text", *, parent: Channel | None = None) -> Channel:
        """Kinds: text, announcement, forum, media, voice, category; see records.CHANNEL_KINDS. The owner makes it."""
        world = self._sandbox.world
        made = world.add_channel(self.record, name, kind=kind, parent=parent.record if parent else None)
        after, owner_id = audit.channel_facts(world, made), self.record.owner_id
        audit.note(world, self.record, audit.CHANNEL_CREATE, made.id, by=owner_id, after=after)
        return Channel(self._sandbox, made)

    def add_thread(self, parent: Channel, name: str, *, owner: User | None = None) -> Channel:
        made = self._sandbox.world.add_thread(parent.record, name, (owner or self.owner).id)
        return Channel(self._sandbox, made)

    def kick_bot(self) -> None:
        self._sandbox.world.kick_bot(self.record)

    def invite_bot(self, *, permissions: int = BOT) -> None:
        self._sandbox.world.invite_bot(self.record, bot_permissions=permissions)

    def set_available(self, available: bool) -> None:
        """An outage of this guild begins or ends."""
        self._sandbox.world.set_available(self.record, available)

    async def command(
        self, user: User, channel: Channel, path: str, /, *, force: bool = False, **options: object
    ) -> Reply:
        """`user` runs the slash command `path` ("feed add") with its options, and waits for the answer.

        Options are str, int, float, bool, or a User, Role, Channel or Upload. What a real client would not let the
        member do raises WrongUse, lacking permissions too, unless `force` sends it all the same.
        (An option of the name `force` can be given through `Sandbox.command` only.)
        """
        return await self._sandbox.command(user, channel, path, options, force=force)

    async def autocomplete(
        self, user: User, channel: Channel, path: str, /, *, option: str, typed: str = "", **options: object
    ) -> list[Json]:
        """The choices ({name, value}) that the bot offers for `option` when `typed` is written in it."""
        return await self._sandbox.autocomplete(user, channel, path, options, focused=option, typed=typed)

    async def message_command(
        self, user: User, channel: Channel, name: str, message: Message, *, force: bool = False
    ) -> Reply:
        """`user` picks the command `name` in the message's menu."""
        return await self._sandbox.context_command(user, channel, name, message, force=force)

    async def user_command(
        self, user: User, channel: Channel, name: str, target: User, *, force: bool = False
    ) -> Reply:
        """`user` picks the command `name` in a member's menu."""
        return await self._sandbox.context_command(user, channel, name, target, force=force)


def _override_kind(who: User | Role | Channel) -> int:
    if isinstance(who, Role):
        return command_permissions.ROLE
    return command_permissions.USER if isinstance(who, User) else command_permissions.CHANNEL
