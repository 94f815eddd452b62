"""REST: channels, forums' tags, and who may do what in them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.records import CHANNEL_KINDS, FORUM_KINDS, Channel, Guild, Json, Overwrite
from bot.sandbox.rest.lookup import checked_name, guild_of, may_in, note, the_channel, the_guild
from bot.sandbox.rest.routes import Call, Created, Routes
from bot.sandbox.rest.threads import checked_duration, checked_tags
from bot.sandbox.rules.problems import ApiError, invalid_form, unknown
from bot.sandbox.rules.validate import bad_length, too_long
from bot.sandbox.state import audit, wire
from bot.sandbox.state.permissions import BITS
from bot.sandbox.state.rights import check_may_grant, needs

route = Routes()
KIND_NAMES = {number: name for name, number in CHANNEL_KINDS.items()}
NOT_IN_A_GUILD = frozenset({1, 10, 11, 12})  # DMs and threads are made otherwise
CHANNELS = 500
SLOWMODE_S = 21600
TAGS, TAG_NAME = 20, 50
TOPIC, FORUM_TOPIC = 1024, 4096
REQUIRE_TAG = 1 << 4  # channel flag


@route("GET", "/channels/{channel_id}")
def one(call: Call) -> Any:
    return wire.channel_json(call.world, the_channel(call)[0])


@route("GET", "/guilds/{guild_id}/channels")
def of_guild(call: Call) -> Any:
    found = the_guild(call)
    return [wire.channel_json(call.world, each) for each in found.channels.values() if not each.is_thread]


@route("POST", "/guilds/{guild_id}/channels", takes="channel")
def create(call: Call) -> Any:
    world, guild, body = call.world, the_guild(call, "MANAGE_CHANNELS"), call.body
    kind = body.get("type") or 0
    if kind not in KIND_NAMES or kind in NOT_IN_A_GUILD:
        raise invalid_form([(("type",), "BASE_TYPE_CHOICES", "This channel type cannot be created.")])
    if sum(not each.is_thread for each in guild.channels.values()) >= CHANNELS:
        raise ApiError(400, 30013, f"Maximum number of guild channels reached ({CHANNELS})")
    name = checked_name(body.get("name"))
    wanted = Channel(0, kind, name, guild_id=guild.id)
    _take(call, guild, wanted)
    channel = world.add_channel(guild, name, kind=KIND_NAMES[kind], like=wanted)
    note(call, guild, audit.CHANNEL_CREATE, channel.id, after=audit.channel_facts(world, channel))
    return Created(wire.channel_json(world, channel))


@route("PATCH", "/channels/{channel_id}", takes="channel or thread")
def change(call: Call) -> Any:
    channel, may = the_channel(call)
    guild, before = guild_of(call, channel), audit.channel_facts(call.world, channel)
    if channel.is_thread:
        _check_may_change_thread(call, channel, may)
    else:
        needs(may, "MANAGE_CHANNELS")
    if "permission_overwrites" in call.body:
        needs(may, "MANAGE_ROLES")
    name = checked_name(call.body["name"]) if "name" in call.body else channel.name
    _take(call, guild, channel)
    channel.name = name
    call.world.changed_channel(channel)
    action = audit.THREAD_UPDATE if channel.is_thread else audit.CHANNEL_UPDATE
    note(call, guild, action, channel.id, before=before, after=audit.channel_facts(call.world, channel))
    return wire.channel_json(call.world, channel)


def _check_may_change_thread(call: Call, thread: Channel, may: int) -> None:
    """Its maker may change it, but for locking; an archived one first has to come out of the archive."""
    if not may & BITS["MANAGE_THREADS"] and (thread.owner_id != call.world.bot.id or "locked" in call.body):
        # Everybody who may write in it can take it out of the archive (threads: Unarchiving a thread).
        needs(may, "SEND_MESSAGES_IN_THREADS" if call.body == {"archived": False} else "MANAGE_THREADS")
    if thread.archived and call.body.get("archived") is not False:
        raise ApiError(400, 50083, "Thread is archived")


def _take(call: Call, guild: Guild, channel: Channel) -> None:
    """Changes what the body names, after all of it was looked at."""
    body = call.body
    new: Json = {}
    if (topic := body.get("topic")) is not None and len(topic) > (longest := _topic_limit(channel)):
        raise invalid_form([too_long(("topic",), longest)])
    if not 0 <= (body.get("rate_limit_per_user") or 0) <= SLOWMODE_S:
        raise invalid_form([(("rate_limit_per_user",), "NUMBER_TYPE_MAX", f"Must be between 0 and {SLOWMODE_S}.")])
    if body.get("auto_archive_duration") is not None:
        new["archive_after_min"] = checked_duration(body["auto_archive_duration"])
    if "parent_id" in body and not channel.is_thread:
        new["parent_id"] = _parent(guild, body["parent_id"])
    if "permission_overwrites" in body:
        new["overwrites"] = {each.id: each for each in _overwrites(call, guild, channel, body["permission_overwrites"])}
    if channel.kind in FORUM_KINDS and body.get("available_tags") is not None:
        new["tags"] = _tags(call, body["available_tags"])
    if channel.kind in FORUM_KINDS and body.get("flags") is not None:
        new["tag_required"] = bool(body["flags"] & REQUIRE_TAG)
    if "applied_tags" in body and channel.parent_id:
        forum = guild.channels[channel.parent_id]
        manages = bool(call.world.may(call.world.bot.id, channel) & BITS["MANAGE_THREADS"])
        new["applied_tags"] = checked_tags(forum, body["applied_tags"], manages=manages)
    if body.get("type") is not None and body["type"] != channel.kind:
        new["kind"] = _converted(channel, body["type"])
    if body.get("archived") is not None and body["archived"] != channel.archived:
        new |= {"archived": bool(body["archived"]), "archived_at": call.world.clock.now()}
    plain = {"topic": "topic", "nsfw": "nsfw", "rate_limit_per_user": "slowmode_s", "position": "position"}
    plain |= {"locked": "locked", "invitable": "invitable"}
    new |= {attribute: body[key] for key, attribute in plain.items() if key in body and body[key] is not None}
    if "topic" in body:
        new["topic"] = body["topic"]
    for attribute, value in new.items():
        setattr(channel, attribute, value)


def _topic_limit(channel: Channel) -> int:
    return FORUM_TOPIC if channel.kind in FORUM_KINDS else TOPIC


def _parent(guild: Guild, given: Any) -> int | None:
    if given is None:
        return None
    parent = guild.channels.get(int(given))
    if parent is None or parent.kind != CHANNEL_KINDS["category"]:
        raise invalid_form([(("parent_id",), "CHANNEL_PARENT_INVALID", "Category does not exist")])
    return parent.id


def _converted(channel: Channel, kind: int) -> int:
    """Text and announcement channels can be turned into each other."""
    if {channel.kind, kind} != {CHANNEL_KINDS["text"], CHANNEL_KINDS["announcement"]}:
        raise invalid_form([(("type",), "BASE_TYPE_CHOICES", "Value must be one of {0, 5}.")])
    return kind


def _tags(call: Call, given: list[Json]) -> list[Json]:
    if len(given) > TAGS:
        raise invalid_form([bad_length(("available_tags",), 0, TAGS)])
    for number, tag in enumerate(given):
        if not 1 <= len(tag.get("name") or "") <= TAG_NAME:
            raise invalid_form([bad_length(("available_tags", number, "name"), 1, TAG_NAME)])
    return [
        {
            "id": str(tag.get("id") or call.world.new_id()),
            "name": tag["name"],
            "moderated": bool(tag.get("moderated")),
            "emoji_id": tag.get("emoji_id"),
            "emoji_name": tag.get("emoji_name"),
        }
        for tag in given
    ]


@route("PATCH", "/guilds/{guild_id}/channels", takes=["place"])
def move(call: Call) -> Any:
    """New positions and parents of several channels."""
    guild = the_guild(call, "MANAGE_CHANNELS")
    for each in call.body:
        if int(each["id"]) not in guild.channels:
            raise unknown("Channel")
    for each in call.body:
        channel = guild.channels[int(each["id"])]
        before = audit.channel_facts(call.world, channel)
        if each.get("position") is not None:
            channel.position = each["position"]
        if "parent_id" in each:
            channel.parent_id = _parent(guild, each["parent_id"])
        after = audit.channel_facts(call.world, channel)
        if after != before:
            call.world.changed_channel(channel)
            note(call, guild, audit.CHANNEL_UPDATE, channel.id, before=before, after=after)


@route("DELETE", "/channels/{channel_id}")
def delete(call: Call) -> Any:
    channel, may = the_channel(call)
    if not channel.is_dm:
        needs(may, "MANAGE_THREADS" if channel.is_thread else "MANAGE_CHANNELS")
        action = audit.THREAD_DELETE if channel.is_thread else audit.CHANNEL_DELETE
        before = audit.channel_facts(call.world, channel)
        call.world.remove_channel(channel)
        note(call, guild_of(call, channel), action, channel.id, before=before)
    return wire.channel_json(call.world, channel)


# --- Overwrites -------------------------------------------------------------------------------------------------


def _overwrites(call: Call, guild: Guild, channel: Channel, given: list[Json] | None) -> list[Overwrite]:
    made = [
        Overwrite(int(each["id"]), each.get("type") or 0, int(each.get("allow") or 0), int(each.get("deny") or 0))
        for each in given or ()
    ]
    for each in made:
        known = channel.overwrites.get(each.id) or Overwrite(each.id, each.kind)
        check_may_grant(may_in(call, guild), known.allow ^ each.allow, known.deny ^ each.deny)
    return made


@route("PUT", "/channels/{channel_id}/permissions/{overwrite_id}", takes="overwrite")
def overwrite(call: Call) -> Any:
    channel, _ = the_channel(call, "MANAGE_ROLES")
    guild, target = guild_of(call, channel), call.id("overwrite_id")
    [made] = _overwrites(call, guild, channel, [{**call.body, "id": target}])
    known = channel.overwrites.get(target)
    channel.overwrites[target] = made
    call.world.changed_channel(channel)
    action = audit.OVERWRITE_UPDATE if known else audit.OVERWRITE_CREATE
    before = _overwrite_facts(known) if known else None
    options = _overwrite_options(guild, made)
    note(call, guild, action, channel.id, before=before, after=_overwrite_facts(made), **options)


@route("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}")
def remove_overwrite(call: Call) -> Any:
    channel, _ = the_channel(call, "MANAGE_ROLES")
    guild, gone = guild_of(call, channel), channel.overwrites.pop(call.id("overwrite_id"), None)
    if gone is None:
        raise unknown("Overwrite")
    call.world.changed_channel(channel)
    options = _overwrite_options(guild, gone)
    note(call, guild, audit.OVERWRITE_DELETE, channel.id, before=_overwrite_facts(gone), **options)


def _overwrite_facts(each: Overwrite) -> Json:
    return {"id": str(each.id), "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}


def _overwrite_options(guild: Guild, each: Overwrite) -> Json:
    role = guild.roles.get(each.id)
    return {"id": each.id, "type": each.kind} | ({"role_name": role.name} if role else {})
