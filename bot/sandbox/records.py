"""What exists on the sandbox's Discord: plain records, changed only through world.py and messages.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]

CHANNEL_KINDS = {
    "text": 0, "dm": 1, "voice": 2, "category": 4, "announcement": 5,
    "announcement_thread": 10, "thread": 11, "private_thread": 12, "forum": 15, "media": 16,
}  # fmt: skip
THREAD_KINDS = frozenset({10, 11, 12})
FORUM_KINDS = frozenset({15, 16})
EPHEMERAL = 1 << 6  # message flag: only the member who asked sees it
LOADING = 1 << 7  # message flag: "the bot is thinking"
EMBEDS_SUPPRESSED = 1 << 2  # message flag: its embeds are not shown
SILENT = 1 << 12  # message flag: it notifies nobody
COMPONENTS_V2 = 1 << 15  # message flag: components are the whole message


@dataclass(slots=True)
class User:
    id: int
    name: str
    display_name: str | None = None
    bot: bool = False
    dms_open: bool = True
    locale: str = "en-US"


@dataclass(slots=True)
class Role:
    id: int
    name: str
    permissions: int = 0
    position: int = 1
    color: int = 0
    mentionable: bool = False
    hoist: bool = False
    bot_id: int | None = None  # a managed role: it came with this bot


@dataclass(slots=True)
class Member:
    user_id: int
    joined_at: datetime
    role_ids: list[int] = field(default_factory=list)
    nick: str | None = None
    timed_out_until: datetime | None = None


@dataclass(slots=True)
class Overwrite:
    id: int
    kind: Literal[0, 1]  # a role, a member
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Attachment:
    id: int
    filename: str
    content_type: str
    data: bytes
    description: str | None = None
    number: str = ""  # of `files[number]`, which the request names it by


@dataclass(frozen=True, slots=True)
class Pings:
    """Whom a message would make a sound for, after allowed_mentions and the author's permissions."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)


@dataclass(slots=True)
class Poll:
    """Answers are numbered from 1; `votes` has the voters of each."""

    question: str
    answers: list[Json]  # {text?, emoji?}
    ends_at: datetime
    multiple: bool = False
    votes: dict[int, list[int]] = field(default_factory=dict)

    def over(self, now: datetime) -> bool:
        return now >= self.ends_at


@dataclass(slots=True)
class Message:
    """`embeds` and `components` are Discord's JSON as a client would get it."""

    id: int
    channel_id: int
    author_id: int
    created_at: datetime
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    edited_at: datetime | None = None
    flags: int = 0
    kind: int = 0  # 0 ordinary, 19 reply, 20 slash command, 23 message command
    nonce: str | int | None = None
    pings: Pings = Pings()
    reply_to: tuple[int, int] | None = None  # channel, message
    interaction: Json | None = None  # Discord's interaction_metadata
    visible_to: int | None = None  # an ephemeral message's only reader
    webhook_id: int | None = None
    alias: str | None = None  # its author's name, if a webhook gave another than its own
    pinned_at: datetime | None = None
    tts: bool = False
    reactions: dict[str, list[int]] = field(default_factory=dict)  # emoji, who
    thread_id: int | None = None
    poll: Poll | None = None

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def silent(self) -> bool:
        """Nobody's device makes a sound or shows a notification for it; whom it mentions is marked all the same."""
        return bool(self.flags & SILENT)


@dataclass(slots=True)
class Channel:
    """A guild's channel, a thread or a DM. `messages` are in the order of their making."""

    id: int
    kind: int
    name: str = ""
    guild_id: int | None = None
    parent_id: int | None = None
    position: int = 0
    topic: str | None = None
    nsfw: bool = False
    slowmode_s: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    recipient_ids: tuple[int, ...] = ()  # of a DM, without the bot
    owner_id: int | None = None  # of a thread
    archived: bool = False
    archived_at: datetime | None = None  # when that last changed
    locked: bool = False
    invitable: bool = True
    archive_after_min: int = 4320
    joined: list[int] = field(default_factory=list)  # a thread's members
    tags: list[Json] = field(default_factory=list)  # a forum's
    applied_tags: list[int] = field(default_factory=list)  # a forum post's
    tag_required: bool = False

    @property
    def is_thread(self) -> bool:
        return self.kind in THREAD_KINDS

    @property
    def is_dm(self) -> bool:
        return self.guild_id is None

    @property
    def last_message_id(self) -> int | None:
        return next(reversed(self.messages), None)


@dataclass(slots=True)
class Webhook:
    """A channel's webhook: incoming (kind 1), or one that follows an announcement channel (kind 2)."""

    id: int
    token: str
    channel_id: int
    guild_id: int
    name: str
    kind: int = 1
    source_id: int | None = None  # the channel followed
    owner_id: int | None = None


@dataclass(slots=True)
class Invite:
    """A way into a guild; 0 is for ever, and for any number of uses."""

    code: str
    channel_id: int
    inviter_id: int
    created_at: datetime
    max_age_s: int = 86400
    max_uses: int = 0
    temporary: bool = False
    uses: int = 0


@dataclass(slots=True)
class AuditEntry:
    """Who did what to what. `changes` are Discord's: {key, old_value?, new_value?}."""

    id: int
    actor_id: int
    action: int
    target_id: int | None
    changes: list[Json] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    reason: str | None = None


@dataclass(slots=True)
class Guild:
    """`channels` holds threads too. `bot_inside` is False after a kick: the bot then cannot see that it exists."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    bans: dict[int, str | None] = field(default_factory=dict)  # whom, why
    invites: dict[str, Invite] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)  # oldest first
    locale: str = "en-US"
    bot_inside: bool = True
    available: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened: `name` and `data` as the gateway dispatches them.

    `intent` is the intent's bit that a bot must have asked for, 0 for none.
    """

    name: str
    data: Json
    intent: int = 0
    guild_id: int | None = None
    channel_id: int | None = None
