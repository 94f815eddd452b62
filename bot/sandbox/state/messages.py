"""Posting, editing and deleting messages as Discord does it: limits, pings, nonces, events. Rights are rights.py's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta

from bot.sandbox.records import (
    COMPONENTS_V2,
    EMBEDS_SUPPRESSED,
    EPHEMERAL,
    LOADING,
    SILENT,
    Attachment,
    Channel,
    Json,
    Message,
    Pings,
    Poll,
)
from bot.sandbox.rules import components
from bot.sandbox.rules.polls import poll_mistakes
from bot.sandbox.rules.problems import ApiError, empty_message, invalid_form, not_implemented
from bot.sandbox.rules.shapes import shape_mistakes
from bot.sandbox.rules.uploads import FILES, missing_attachments
from bot.sandbox.rules.validate import message_mistakes
from bot.sandbox.state import mentions, wire
from bot.sandbox.state.embeds import UPLOADED, embeds_as_shown
from bot.sandbox.state.nonces import Nonces
from bot.sandbox.state.world import World

GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12  # intents
CHANGEABLE_FLAGS = EMBEDS_SUPPRESSED | COMPONENTS_V2  # by an edit (Edit Message, "flags")
SETTABLE_FLAGS = CHANGEABLE_FLAGS | SILENT  # by its author (Create Message, "flags")
FORWARD = 1  # a message reference's type


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
    alias: str | None = None  # the name that a webhook gives itself for this message


def check_form(body: Json) -> None:
    """Raises 50035 with every mistake in a message's JSON."""
    if misshapen := list(shape_mistakes(body, "message")):
        raise invalid_form(misshapen)
    v2 = bool((body.get("flags") or 0) & COMPONENTS_V2)
    polled = poll_mistakes(body["poll"]) if body.get("poll") else ()
    found = [*message_mistakes(body), *polled, *components.component_mistakes(body.get("components") or [], v2=v2)]
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
        world.archive(channel, archived=False)
    channel.messages[message.id] = message
    if nonce is not None:
        nonces.remember(message, channel)
    announce(world, "MESSAGE_CREATE", message)
    return message


def build(world: World, channel: Channel, author_id: int, draft: Draft) -> Message:
    """The message that the draft makes, not yet in the channel; raises 50006 if there is nothing in it."""
    body = draft.body
    if (body.get("message_reference") or {}).get("type") == FORWARD:
        raise not_implemented("forwarding a message")
    if body.get("sticker_ids"):
        raise ApiError(400, 50081, "Invalid sticker sent")  # there are none here
    _check_attachments(body, {each.number for each in draft.files})
    embeds = embeds_as_shown(body.get("embeds") or [], _addresses(world, channel, draft.files))
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
        alias=draft.alias,
        tts=bool(body.get("tts")),
        poll=_poll(world, body["poll"]) if body.get("poll") else None,
    )


def _check_attachments(body: Json, present: set[str]) -> None:
    """Raises 50035 for attachments that the body lists and that are not there."""
    if mistakes := list(missing_attachments(body.get("attachments") or [], present)):
        raise invalid_form(mistakes)


def _poll(world: World, asked: Json) -> Poll:
    ends_at = world.clock.now() + timedelta(hours=asked.get("duration") or 24)
    answers = [{key: value for key, value in each["poll_media"].items() if value} for each in asked["answers"]]
    return Poll(asked["question"]["text"], answers, ends_at, multiple=bool(asked.get("allow_multiselect")))


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
        replied_to=_quoted_author(world, channel, reply_to),
    )


def _quoted_author(world: World, channel: Channel, reply_to: tuple[int, int] | None) -> int | None:
    """Who wrote what is replied to; None for a webhook, which nobody can ping."""
    author_id = channel.messages[reply_to[1]].author_id if reply_to else None
    return author_id if author_id in world.users else None


def _addresses(world: World, channel: Channel, files: Sequence[Attachment]) -> Callable[[str], str]:
    """Gives the address of an uploaded file by its name; the name itself for one that is not there."""
    known = {each.filename: wire.attachment_url(world, channel.id, each) for each in files}
    return lambda name: known.get(name, f"{UPLOADED}{name}")


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
    if message.poll and not finishing and set(body) & {"content", "embeds", "attachments"}:
        raise ApiError(400, 520003, "Cannot edit a poll message")
    edited = replace(message)
    if "content" in body:
        edited.content = (body["content"] or "").strip()
    if "attachments" in body or files:
        # What is not named goes, but without a list all stay.
        present = {str(each.id) for each in message.attachments} | {each.number for each in files}
        _check_attachments(body, present)
        named = {int(each["id"]) for each in body.get("attachments") or () if "id" in each}
        kept = [each for each in message.attachments if "attachments" not in body or each.id in named]
        if len(kept) + len(files) > FILES:
            raise ApiError(400, 30015, f"Maximum number of attachments in a message reached ({FILES})")
        edited.attachments = [*kept, *files]
    if "embeds" in body:
        address_of = _addresses(world, channel, edited.attachments)
        edited.embeds = embeds_as_shown(body["embeds"] or [], address_of)
    if "components" in body:
        edited.components = components.as_shown(body["components"] or [])
    if body.get("flags") is not None:
        edited.flags = message.flags & ~CHANGEABLE_FLAGS | body["flags"] & CHANGEABLE_FLAGS
    if not (edited.content or edited.embeds or edited.components or edited.attachments or edited.poll):
        raise empty_message()
    if finishing:
        edited.flags &= ~LOADING
        edited.pings = pings_of(world, channel, message.author_id, edited.content, body, reply_to=None)
    else:
        edited.edited_at = world.clock.now()
    # Only now, so that an edit which is refused has changed nothing; and in place, for whoever holds the message.
    for each in fields(message):
        setattr(message, each.name, getattr(edited, each.name))
    announce(world, "MESSAGE_UPDATE", message)
    return message


def delete(world: World, channel: Channel, message: Message) -> None:
    channel.messages.pop(message.id, None)
    world.ephemeral.pop(message.id, None)
    data: Json = {"id": str(message.id), "channel_id": str(channel.id)}
    _emit(world, "MESSAGE_DELETE", channel, data, hidden=bool(message.flags & EPHEMERAL))


def delete_many(world: World, channel: Channel, message_ids: Sequence[int]) -> int:
    """All of them with one event; how many there were."""
    for message_id in message_ids:
        del channel.messages[message_id]
    data: Json = {"ids": [str(each) for each in message_ids], "channel_id": str(channel.id)}
    _emit(world, "MESSAGE_DELETE_BULK", channel, data, hidden=False)
    return len(message_ids)


def announce(world: World, name: str, message: Message) -> None:
    """Tells of a message. One that only its reader may see is told to the sandbox's own listeners alone."""
    channel = world.channels[message.channel_id]
    data = wire.message_json(world, message)
    guild = world.guilds.get(channel.guild_id or 0)
    if guild and (member := guild.members.get(message.author_id)) and not message.webhook_id:
        data["member"] = wire.member_json(world, member, with_user=False)
    if message.visible_to:
        data["sandbox_visible_to"] = str(message.visible_to)
    _emit(world, name, channel, data, hidden=bool(message.flags & EPHEMERAL))


def _emit(world: World, name: str, channel: Channel, data: Json, *, hidden: bool) -> None:
    if channel.guild_id:
        data["guild_id"] = str(channel.guild_id)
    intent = DIRECT_MESSAGES if channel.is_dm else GUILD_MESSAGES
    name = f"SANDBOX_EPHEMERAL_{name}" if hidden else name
    world.emit(name, data, intent=intent, guild=channel.guild_id, channel=channel.id)
