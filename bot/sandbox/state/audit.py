"""The audit log: who did what, to what, and why (resources/audit-log)."""

from __future__ import annotations

from typing import Any

from bot.sandbox.records import AuditEntry, Channel, Guild, Json, Member, Role
from bot.sandbox.state import wire
from bot.sandbox.state.permissions import BITS, in_guild
from bot.sandbox.state.world import World

GUILD_UPDATE = 1
CHANNEL_CREATE, CHANNEL_UPDATE, CHANNEL_DELETE = 10, 11, 12
OVERWRITE_CREATE, OVERWRITE_UPDATE, OVERWRITE_DELETE = 13, 14, 15
MEMBER_KICK, MEMBER_BAN, MEMBER_UNBAN, MEMBER_UPDATE, MEMBER_ROLE_UPDATE = 20, 22, 23, 24, 25
ROLE_CREATE, ROLE_UPDATE, ROLE_DELETE = 30, 31, 32
INVITE_CREATE, INVITE_DELETE = 40, 42
WEBHOOK_CREATE, WEBHOOK_UPDATE, WEBHOOK_DELETE = 50, 51, 52
MESSAGE_DELETE, MESSAGE_BULK_DELETE, MESSAGE_PIN, MESSAGE_UNPIN = 72, 73, 74, 75
THREAD_CREATE, THREAD_UPDATE, THREAD_DELETE = 110, 111, 112
COMMAND_PERMISSIONS_UPDATE = 121
GUILD_MODERATION = 1 << 2  # intent
KEPT = 2000  # Discord keeps 45 days


def note(
    world: World,
    guild: Guild,
    action: int,
    target_id: int | None,
    *,
    by: int,
    before: Json | None = None,
    after: Json | None = None,
    reason: str | None = None,
    options: Json | None = None,
) -> None:
    """Writes an entry and tells a bot that may read the log. `before` and `after` are facts, below."""
    told = {key: str(value) for key, value in (options or {}).items()}
    entry = AuditEntry(world.new_id(), by, action, target_id, _changes(before or {}, after or {}), told, reason or None)
    guild.audit.append(entry)
    del guild.audit[:-KEPT]
    if guild.bot_inside and in_guild(guild, guild.members[world.bot.id]) & BITS["VIEW_AUDIT_LOG"]:
        data = entry_json(entry) | {"guild_id": str(guild.id)}
        world.emit("GUILD_AUDIT_LOG_ENTRY_CREATE", data, intent=GUILD_MODERATION, guild=guild.id)


def _changes(before: Json, after: Json) -> list[Json]:
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return [{"key": key} | _value("old_value", before, key) | _value("new_value", after, key) for key in changed]


def _value(name: str, facts: Json, key: str) -> dict[str, Any]:
    return {} if facts.get(key) is None else {name: facts[key]}


def entry_json(entry: AuditEntry) -> Json:
    data: Json = {
        "id": str(entry.id),
        "user_id": str(entry.actor_id),
        "action_type": entry.action,
        "target_id": None if entry.target_id is None else str(entry.target_id),
    }
    if entry.changes:
        data["changes"] = entry.changes
    if entry.options:
        data["options"] = entry.options
    return {**data, "reason": entry.reason} if entry.reason else data


# --- What of a thing the log tells ------------------------------------------------------------------------------


def role_facts(role: Role) -> Json:
    told = ("name", "permissions", "color", "hoist", "mentionable", "position")
    return {key: value for key, value in wire.role_json(role).items() if key in told}


def member_facts(member: Member) -> Json:
    return {"nick": member.nick, "communication_disabled_until": wire.stamp(member.timed_out_until)}


def channel_facts(world: World, channel: Channel) -> Json:
    told = (
        "name", "type", "topic", "nsfw", "position", "parent_id", "rate_limit_per_user", "permission_overwrites",
        "available_tags", "applied_tags",
    )  # fmt: skip
    data = wire.channel_json(world, channel)
    facts = {key: value for key, value in data.items() if key in told}
    metadata = data.get("thread_metadata", {})
    return facts | {key: metadata[key] for key in ("archived", "locked", "auto_archive_duration") if key in metadata}
