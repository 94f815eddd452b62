"""Posting, editing and deleting messages as Discord does it: limits, permissions, pings, nonces, events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox import components, mentions, wire
from bot.sandbox.permissions import BITS
from bot.sandbox.problems import (
    ApiError,
    empty_message,
    invalid_form,
    missing_access,
    missing_permissions,
    not_yours,
    unknown,
)
from bot.sandbox.records import (
    COMPONENTS_V2,
    EPHEMERAL,
    FORUM_KINDS,
    LOADING,
    Attachment,
    Channel,
    Json,
    Message,
    Pings,
)
from bot.sandbox.validate import message_mistakes
from bot.sandbox.world import World

GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
GUILD_REACTIONS, DIRECT_REACTIONS = 1 << 10, 1 << 13
NONCE_WINDOW = timedelta(minutes=3)  # "the past few minutes" (Create Message, enforce_nonce)
SETTABLE_FLAGS = 1 << 2 | 1 << 12 | COMPONENTS_V2  # suppress embeds, suppress notifications
CATEGORY = 4


class Nonces:
    """Remembers for a while which message an author's nonce has made."""

    def __init__(self, window: timedelta = NONCE_WINDOW) -> None:
        self.window = window
        self._made: dict[tuple[int, str], tuple[datetime, Channel, int]] = {}

    def first(self, author_id: int, nonce: str, now: datetime) -> Message | None:
        """The message made with it before; None if there was none. Raises 10008 if that one was deleted since."""
        made = self._made.get((author_id, nonce))
        if made is None or now - made[0] >= self.window:
            return None
        message = made[1].messages.get(made[2])
        if message is None:
            raise unknown("Message")
        return message

    def remember(self, message: Message, channel: Channel) -> None:
        self._made[message.author_id, str(message.nonce)] = message.created_at, channel, message.id


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be posted. `body` is Discord's JSON; the rest is what only the sandbox may say."""

    body: Json
    files: Sequence[Attachment] = ()
    webhook_id: int | None = None
    kind: int = 0
    interaction: Json | None = None
    visible_to: int | None = None
    extra_flags: int = 0
    id: int | None = None  # a forum post's first message has its thread's


def may_see(world: World, user_id: int, channel: Channel) -> int:
    """The user's permissions in the channel; raises 50001 for who cannot see it."""
    may = world.may(user_id, channel)
    if not may & BITS["VIEW_CHANNEL"]:
        raise missing_access()
    return may


def needs(may: int, *names: str) -> None:
    """Raises 50013 unless `may` has all of the named permissions."""
    if any(not may & BITS[name] for name in names):
        raise missing_permissions()


def check_may_post(world: World, author_id: int, channel: Channel, draft: Draft) -> None:
    """Raises what Discord answers to who may not post this here."""
    may = may_see(world, author_id, channel)
    if channel.kind in FORUM_KINDS or channel.kind == CATEGORY:
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    needs(may, "SEND_MESSAGES_IN_THREADS" if channel.is_thread else "SEND_MESSAGES")
    if draft.body.get("embeds"):
        needs(may, "EMBED_LINKS")
    if draft.files:
        needs(may, "ATTACH_FILES")
    if draft.body.get("message_reference"):
        needs(may, "READ_MESSAGE_HISTORY")
    if channel.locked and not may & BITS["MANAGE_THREADS"]:
        raise ApiError(400, 160005, "Thread is locked")


def check_form(body: Json) -> None:
    """Raises 50035 with every mistake in a message's JSON."""
    v2 = bool((body.get("flags") or 0) & COMPONENTS_V2)
    found = [*message_mistakes(body), *components.component_mistakes(body.get("components") or [], v2=v2)]
    if found:
        raise invalid_form(found)


def post(world: World, nonces: Nonces, channel: Channel, author_id: int, draft: Draft) -> Message:
    """Makes the message and tells everybody; an enforced nonce that is known gives the first message again."""
    body = draft.body
    check_form(body)
    nonce = body.get("nonce")
    if nonce is not None and body.get("enforce_nonce"):
        first = nonces.first(author_id, str(nonce), world.clock.now())
        if first is not None:
            return first
    message = build(world, channel, author_id, draft)
    if channel.archived:
        channel.archived = False
        world.changed_channel(channel)
    channel.messages[message.id] = message
    if nonce is not None:
        nonces.remember(message, channel)
    announce(world, "MESSAGE_CREATE", message)
    return message


def build(world: World, channel: Channel, author_id: int, draft: Draft) -> Message:
    """The message that the draft makes, not yet in the channel; raises 50006 if there is nothing in it."""
    body = draft.body
    embeds = [embed for embed in (as_shown(embed, draft.files) for embed in body.get("embeds") or []) if len(embed) > 1]
    content = (body.get("content") or "").strip()
    if not (
        content or embeds or draft.files or body.get("components") or body.get("poll") or draft.extra_flags & LOADING
    ):
        raise empty_message()
    reply_to = _reply_target(world, channel, body)
    flags = (body.get("flags") or 0) & SETTABLE_FLAGS | draft.extra_flags
    return Message(
        id=draft.id or world.new_id(),
        channel_id=channel.id,
        author_id=author_id,
        created_at=world.clock.now(),
        content=content,
        embeds=embeds,
        components=components.as_shown(body.get("components") or []),
        attachments=list(draft.files),
        flags=flags,
        kind=19 if reply_to and not draft.kind else draft.kind,
        nonce=body.get("nonce"),
        pings=pings_of(world, channel, author_id, content, body, reply_to=reply_to),
        reply_to=reply_to,
        interaction=draft.interaction,
        visible_to=draft.visible_to,
        webhook_id=draft.webhook_id,
        tts=bool(body.get("tts")),
    )


def _reply_target(world: World, channel: Channel, body: Json) -> tuple[int, int] | None:
    reference = body.get("message_reference")
    if not reference or reference.get("message_id") is None:
        return None
    target = int(reference["message_id"])
    if target not in channel.messages:
        if reference.get("fail_if_not_exists", True):
            raise invalid_form([(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")])
        return None
    return channel.id, target


def pings_of(
    world: World, channel: Channel, author_id: int, content: str, body: Json, *, reply_to: tuple[int, int] | None
) -> Pings:
    """Whom the text would ping, as the author and under the body's allowed_mentions."""
    found = mentions.find(content)
    known = tuple(each for each in found.users if each in world.users)
    return mentions.pings(
        mentions.Mentions(known, found.roles, found.everyone),
        body.get("allowed_mentions"),
        guild=world.guilds.get(channel.guild_id or 0),
        may=world.may(author_id, channel),
        replied_to=channel.messages[reply_to[1]].author_id if reply_to else None,
    )


def as_shown(embed: Json, files: Sequence[Attachment] = ()) -> Json:
    """An embed as a client gets it: known keys only, empty ones left out, media with a proxy address."""
    shown: Json = {"type": "rich"}
    for key in ("title", "description", "url", "timestamp", "color"):
        if embed.get(key) not in (None, ""):
            shown[key] = embed[key]
    for key in ("image", "thumbnail"):
        if url := (embed.get(key) or {}).get("url"):
            shown[key] = {"url": url, "proxy_url": url, "width": 0, "height": 0}
    for key, text in (("author", "name"), ("footer", "text")):
        part = {k: v for k, v in (embed.get(key) or {}).items() if k in (text, "url", "icon_url") and v}
        if part.get(text):
            shown[key] = part
    if fields := embed.get("fields"):
        shown["fields"] = [{**field, "inline": bool(field.get("inline"))} for field in fields]
    return shown


def edit(
    world: World,
    channel: Channel,
    message: Message,
    body: Json,
    files: Sequence[Attachment] = (),
    *,
    finishing: bool = False,
) -> Message:
    """Changes what the body names. An edit pings nobody, but for the one that is `finishing` a deferred answer."""
    check_form(body)
    if "content" in body:
        message.content = (body["content"] or "").strip()
    if "embeds" in body:
        message.embeds = [each for each in (as_shown(embed, files) for embed in body["embeds"] or []) if len(each) > 1]
    if "components" in body:
        message.components = components.as_shown(body["components"] or [])
    if "attachments" in body or files:
        kept = {int(each["id"]) for each in body.get("attachments") or () if "id" in each}
        message.attachments = [each for each in message.attachments if each.id in kept] + list(files)
    if body.get("flags") is not None:
        message.flags = message.flags & ~SETTABLE_FLAGS | body["flags"] & SETTABLE_FLAGS
    if not (message.content or message.embeds or message.components or message.attachments):
        raise empty_message()
    if finishing:
        message.flags &= ~LOADING
        message.pings = pings_of(world, channel, message.author_id, message.content, body, reply_to=None)
    else:
        message.edited_at = world.clock.now()
    announce(world, "MESSAGE_UPDATE", message)
    return message


def check_may_edit(message: Message, editor_id: int, body: Json) -> None:
    """Raises 50005 unless it is the editor's own, or only the embeds' suppression is changed."""
    if message.author_id != editor_id and set(body) - {"flags"}:
        raise not_yours()


def delete(world: World, channel: Channel, message: Message) -> None:
    channel.messages.pop(message.id, None)
    world.ephemeral.pop(message.id, None)
    data: Json = {"id": str(message.id), "channel_id": str(channel.id)}
    _emit(world, "MESSAGE_DELETE", channel, data, hidden=bool(message.flags & EPHEMERAL))


def announce(world: World, name: str, message: Message) -> None:
    """Tells of a message. One that only its reader may see is told to the sandbox's own listeners alone."""
    channel = world.channels[message.channel_id]
    data = wire.message_json(world, message)
    guild = world.guilds.get(channel.guild_id or 0)
    if guild and (member := guild.members.get(message.author_id)) and not message.webhook_id:
        data["member"] = wire.member_json(world, member, with_user=False)
    _emit(world, name, channel, data, hidden=bool(message.flags & EPHEMERAL))


def _emit(world: World, name: str, channel: Channel, data: Json, *, hidden: bool) -> None:
    if channel.guild_id:
        data["guild_id"] = str(channel.guild_id)
    intent = DIRECT_MESSAGES if channel.is_dm else GUILD_MESSAGES
    name = f"SANDBOX_EPHEMERAL_{name}" if hidden else name
    world.emit(name, data, intent=intent, guild=channel.guild_id, channel=channel.id)


def react(world: World, channel: Channel, message: Message, emoji: str, user_id: int, *, add: bool) -> None:
    """Puts the user's reaction on or takes it off."""
    who = message.reactions.setdefault(emoji, [])
    if (user_id in who) == add:
        return
    who.append(user_id) if add else who.remove(user_id)
    if not who:
        del message.reactions[emoji]
    name, _, emoji_id = emoji.partition(":")
    data: Json = {
        "user_id": str(user_id),
        "channel_id": str(channel.id),
        "message_id": str(message.id),
        "emoji": {"id": emoji_id or None, "name": name},
        "burst": False,
        "type": 0,
    }
    if channel.guild_id:
        data["guild_id"] = str(channel.guild_id)
        if add:
            member = world.guilds[channel.guild_id].members[user_id]
            data |= {"member": wire.member_json(world, member), "message_author_id": str(message.author_id)}
    world.emit(
        "MESSAGE_REACTION_ADD" if add else "MESSAGE_REACTION_REMOVE",
        data,
        intent=DIRECT_REACTIONS if channel.is_dm else GUILD_REACTIONS,
        guild=channel.guild_id,
        channel=channel.id,
    )
