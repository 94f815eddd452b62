"""REST: threads and forum posts, who is in them, and the archived ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.sandbox.records import CHANNEL_KINDS, FORUM_KINDS, Channel, Json, Message
from bot.sandbox.rest.lookup import checked_name, guild_of, note, the_channel, the_message
from bot.sandbox.rest.routes import Call, Created, Routes
from bot.sandbox.rules.problems import ApiError, archived_thread, invalid_form, unknown
from bot.sandbox.rules.validate import bad_length
from bot.sandbox.state import audit, messages, wire
from bot.sandbox.state.messages import Draft
from bot.sandbox.state.permissions import BITS
from bot.sandbox.state.rights import needs
from bot.sandbox.state.threads import joined, left

route = Routes()
PRIVATE = CHANNEL_KINDS["private_thread"]
ANNOUNCEMENT = CHANNEL_KINDS["announcement"]
PARENTS = FORUM_KINDS | {CHANNEL_KINDS["text"], ANNOUNCEMENT}
KINDS = {10: "announcement_thread", 11: "thread", 12: "private_thread"}
ARCHIVE_AFTER_MIN = (60, 1440, 4320, 10080)
TAGS_OF_A_POST = 5


# --- Starting them ----------------------------------------------------------------------------------------------


@route("POST", "/channels/{channel_id}/threads", takes="thread")
def start(call: Call) -> Any:
    """A thread without a message, or a post in a forum, which begins with one."""
    channel, may = the_channel(call)
    _check_parent(call, channel)
    if channel.kind in FORUM_KINDS:
        return Created(_forum_post_by_bot(call, channel))
    kind = call.body.get("type") or PRIVATE
    if kind not in KINDS or (kind == KINDS_OF.get(channel.kind, 11)) == (kind == PRIVATE):
        raise invalid_form([(("type",), "BASE_TYPE_CHOICES", "This thread type cannot be created here.")])
    needs(may, "CREATE_PRIVATE_THREADS" if kind == PRIVATE else "CREATE_PUBLIC_THREADS")
    thread = call.world.add_thread(channel, checked_name(call.body.get("name")), call.world.bot.id, kind=KINDS[kind])
    _begin(call, thread)
    return Created(wire.channel_json(call.world, thread))


def _check_parent(call: Call, channel: Channel) -> None:
    """Raises 50003 and 50024 for where there are no threads."""
    guild_of(call, channel)
    if channel.kind not in PARENTS:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")


KINDS_OF = {ANNOUNCEMENT: 10}  # what a public thread of the channel is


def _begin(call: Call, thread: Channel) -> None:
    if call.body.get("auto_archive_duration") is not None:
        thread.archive_after_min = checked_duration(call.body["auto_archive_duration"])
    thread.slowmode_s = call.body.get("rate_limit_per_user") or 0
    note(call, guild_of(call, thread), audit.THREAD_CREATE, thread.id, after=audit.channel_facts(call.world, thread))


def checked_duration(minutes: Any) -> int:
    if minutes not in ARCHIVE_AFTER_MIN:
        text = f"Value must be one of {{{', '.join(map(str, ARCHIVE_AFTER_MIN))}}}."
        raise invalid_form([(("auto_archive_duration",), "BASE_TYPE_CHOICES", text)])
    return int(minutes)


@route("POST", "/channels/{channel_id}/messages/{message_id}/threads", takes="thread")
def start_from_message(call: Call) -> Any:
    channel, message, _ = the_message(call, "CREATE_PUBLIC_THREADS")
    _check_parent(call, channel)
    if message.thread_id:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    kind = KINDS[KINDS_OF.get(channel.kind, 11)]
    name = checked_name(call.body.get("name"))
    thread = call.world.add_thread(channel, name, call.world.bot.id, kind=kind, id=message.id)
    message.thread_id = thread.id
    _begin(call, thread)
    messages.announce(call.world, "MESSAGE_UPDATE", message)
    return Created(wire.channel_json(call.world, thread))


def _forum_post_by_bot(call: Call, forum: Channel) -> Json:
    needs(the_channel(call)[1], "SEND_MESSAGES")
    first = call.body.get("message")
    if first is None:
        raise invalid_form([(("message",), "BASE_TYPE_REQUIRED", "This field is required")])
    # A forum post knows no nonce (resources/channel: Start Thread in Forum).
    body = {key: value for key, value in first.items() if key not in ("nonce", "enforce_nonce")}
    thread, message = forum_post(call, forum, call.body.get("name"), call.world.bot.id, Draft(body, call.files))
    return wire.channel_json(call.world, thread) | {"message": wire.message_json(call.world, message)}


def forum_post(call: Call, forum: Channel, name: str | None, author_id: int, draft: Draft) -> tuple[Channel, Message]:
    """A new post, its tags from the call's body; its first message has the post's identifier."""
    world, name = call.world, checked_name(name)
    tags = checked_tags(forum, call.body.get("applied_tags"), manages=_manages(call, forum))
    # Checked before the thread is there: a refused message shall not leave an empty post behind.
    messages.check_form(draft.body)
    messages.build(world, forum, author_id, draft)
    thread = world.add_thread(forum, name, author_id if author_id in world.users else world.bot.id)
    thread.applied_tags = tags
    _begin(call, thread)
    first = Draft(draft.body, draft.files, webhook_id=draft.webhook_id, alias=draft.alias, id=thread.id)
    return thread, messages.post(world, call.backend.nonces, thread, author_id, first)


def _manages(call: Call, forum: Channel) -> bool:
    return bool(call.world.may(call.world.bot.id, forum) & BITS["MANAGE_THREADS"])


def checked_tags(forum: Channel, given: Any, *, manages: bool) -> list[int]:
    """The tags for a post; raises for too many, unknown, moderated or missing ones."""
    tags = [int(tag) for tag in given or ()]
    known = {int(tag["id"]): tag for tag in forum.tags}
    if len(tags) > TAGS_OF_A_POST:
        raise invalid_form([bad_length(("applied_tags",), 0, TAGS_OF_A_POST)])
    if not set(tags) <= set(known):
        raise ApiError(400, 40066, "One or more of the tags are invalid")
    if not manages and any(known[tag].get("moderated") for tag in tags):
        raise ApiError(403, 50013, "Missing Permissions")
    if forum.tag_required and not tags:
        raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
    return tags


# --- Who is in them ---------------------------------------------------------------------------------------------


def _thread(call: Call) -> tuple[Channel, int]:
    thread, may = the_channel(call)
    if not thread.is_thread:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    return thread, may


@route("PUT", "/channels/{channel_id}/thread-members/@me")
def join(call: Call) -> Any:
    thread, _ = _thread(call)
    if thread.archived:
        raise archived_thread()
    joined(call.world, thread, call.world.bot.id)


@route("DELETE", "/channels/{channel_id}/thread-members/@me")
def leave(call: Call) -> Any:
    left(call.world, _thread(call)[0], call.world.bot.id)


@route("PUT", "/channels/{channel_id}/thread-members/{user_id}")
def add(call: Call) -> Any:
    thread, may = _thread(call)
    needs(may, "SEND_MESSAGES_IN_THREADS")
    if thread.archived:
        raise archived_thread()
    if call.id("user_id") not in guild_of(call, thread).members:
        raise unknown("Member" if call.id("user_id") in call.world.users else "User")
    joined(call.world, thread, call.id("user_id"))


@route("DELETE", "/channels/{channel_id}/thread-members/{user_id}")
def remove(call: Call) -> Any:
    thread, may = _thread(call)
    if not (thread.kind == PRIVATE and thread.owner_id == call.world.bot.id):
        needs(may, "MANAGE_THREADS")
    left(call.world, thread, call.id("user_id"))


def _member_json(call: Call, thread: Channel, user_id: int) -> Json:
    data = wire.thread_member_json(thread, user_id)
    if call.query.get("with_member") not in ("true", "1"):
        return data
    return data | {"member": wire.member_json(call.world, guild_of(call, thread).members[user_id])}


@route("GET", "/channels/{channel_id}/thread-members/{user_id}")
def one_member(call: Call) -> Any:
    thread, _ = _thread(call)
    if call.id("user_id") not in thread.joined:
        raise unknown("Member")
    return _member_json(call, thread, call.id("user_id"))


@route("GET", "/channels/{channel_id}/thread-members")
def members(call: Call) -> Any:
    thread, _ = _thread(call)
    inside = guild_of(call, thread).members
    return [_member_json(call, thread, each) for each in thread.joined if each in inside]


# --- Lists ------------------------------------------------------------------------------------------------------


@route("GET", "/guilds/{guild_id}/threads/active")
def active(call: Call) -> Any:
    world = call.world
    guild = world.guild(call.id("guild_id"))
    may_view = [each for each in guild.channels.values() if world.may(world.bot.id, each) & BITS["VIEW_CHANNEL"]]
    return _list(call, [each for each in may_view if each.is_thread and not each.archived])


@route("GET", "/channels/{channel_id}/threads/archived/public")
def archived_public(call: Call) -> Any:
    channel, _ = the_channel(call, "READ_MESSAGE_HISTORY")
    return _archived(call, channel, lambda thread: thread.kind != PRIVATE)


@route("GET", "/channels/{channel_id}/threads/archived/private")
def archived_private(call: Call) -> Any:
    channel, _ = the_channel(call, "READ_MESSAGE_HISTORY", "MANAGE_THREADS")
    return _archived(call, channel, lambda thread: thread.kind == PRIVATE)


@route("GET", "/channels/{channel_id}/users/@me/threads/archived/private")
def archived_joined(call: Call) -> Any:
    channel, _ = the_channel(call, "READ_MESSAGE_HISTORY")
    return _archived(call, channel, lambda thread: thread.kind == PRIVATE and call.world.bot.id in thread.joined)


def _archived(call: Call, channel: Channel, wanted: Callable[[Channel], bool]) -> Any:
    """Those archived last come first; `before` is a time, or among the joined ones an identifier."""
    before, limit = call.query.get("before", ""), call.number("limit", 50, 2, 100)
    found = sorted(
        (
            each
            for each in guild_of(call, channel).channels.values()
            if each.is_thread and each.archived and each.parent_id == channel.id and wanted(each)
        ),
        key=lambda thread: thread.id,
        reverse=True,
    )
    if before.isdecimal():
        found = [each for each in found if each.id < int(before)]
    elif before:
        moment = datetime.fromisoformat(before)
        found = [each for each in found if wire.archived_at(each) < moment]
    return _list(call, found[:limit], has_more=len(found) > limit)


def _list(call: Call, threads: list[Channel], *, has_more: bool = False) -> Json:
    bot_id = call.world.bot.id
    return {
        "threads": [wire.channel_json(call.world, each) for each in threads],
        "members": [wire.thread_member_json(each, bot_id) for each in threads if bot_id in each.joined],
        "has_more": has_more,
    }
