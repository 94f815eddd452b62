"""REST: changing, kicking and banning members, and the audit log that tells of it all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.records import Guild, Member
from bot.sandbox.rest.lookup import may_in, note, the_guild, the_member
from bot.sandbox.rest.roles import set_roles
from bot.sandbox.rest.routes import Call, Routes
from bot.sandbox.rules.problems import ApiError, invalid_form, missing_permissions, not_implemented, unknown
from bot.sandbox.rules.shapes import Identifier
from bot.sandbox.rules.validate import bad_length, too_long
from bot.sandbox.state import audit, wire
from bot.sandbox.state.moderation import ban, unban
from bot.sandbox.state.permissions import BITS, in_guild
from bot.sandbox.state.rights import check_above, needs

route = Routes()
TIMEOUT = timedelta(days=28)  # resources/guild: Modify Guild Member
NICK = 32
BULK = 200


@route("PATCH", "/guilds/{guild_id}/members/@me", takes="member")
def change_myself(call: Call) -> Any:
    guild = the_guild(call, "CHANGE_NICKNAME")
    return _rename(call, guild, guild.members[call.world.bot.id])


@route("PATCH", "/guilds/{guild_id}/members/{user_id}", takes="member")
def change(call: Call) -> Any:
    guild, body = the_guild(call), call.body
    member, may = the_member(call, guild), may_in(call, guild)
    if voice := {"mute", "deaf", "channel_id"} & {key for key, value in body.items() if value is not None}:
        raise not_implemented(f"{', '.join(sorted(voice))} of a member: there is no voice")
    needs(may, *(name for key, name in CHANGES.items() if key in body))
    if member.user_id != call.world.bot.id and {"nick", "communication_disabled_until"} & set(body):
        check_above(guild, call.world.bot.id, member)
    if "roles" in body:
        set_roles(call, guild, member, [int(each) for each in body["roles"] or ()])
    if "communication_disabled_until" in body:
        _time_out(call, guild, member)
    return _rename(call, guild, member)


CHANGES = {"nick": "MANAGE_NICKNAMES", "roles": "MANAGE_ROLES", "communication_disabled_until": "MODERATE_MEMBERS"}


def _rename(call: Call, guild: Guild, member: Member) -> Any:
    if "nick" in call.body:
        before, nick = audit.member_facts(member), call.body["nick"] or None
        if len(nick or "") > NICK:
            raise invalid_form([too_long(("nick",), NICK)])
        member.nick = nick
        _changed(call, guild, member, before)
    return wire.member_json(call.world, member)


def _time_out(call: Call, guild: Guild, member: Member) -> None:
    before, text = audit.member_facts(member), call.body["communication_disabled_until"]
    until = datetime.fromisoformat(text) if text else None
    if until and until > call.world.clock.now() + TIMEOUT:
        raise invalid_form([(("communication_disabled_until",), "INVALID_DATE", "Must be within 28 days.")])
    if in_guild(guild, member) & BITS["ADMINISTRATOR"]:
        raise missing_permissions()
    member.timed_out_until = until
    _changed(call, guild, member, before)


def _changed(call: Call, guild: Guild, member: Member, before: dict[str, Any]) -> None:
    after = audit.member_facts(member)
    if after != before:
        call.world.changed_member(guild, member)
        note(call, guild, audit.MEMBER_UPDATE, member.user_id, before=before, after=after)


@route("DELETE", "/guilds/{guild_id}/members/{user_id}")
def kick(call: Call) -> Any:
    guild = the_guild(call, "KICK_MEMBERS")
    member = the_member(call, guild)
    check_above(guild, call.world.bot.id, member)
    call.world.remove_member(guild, member.user_id)
    note(call, guild, audit.MEMBER_KICK, member.user_id)


# --- Bans -------------------------------------------------------------------------------------------------------


def _ban_json(call: Call, guild: Guild, user_id: int) -> Any:
    return {"user": wire.user_json(call.world.users[user_id]), "reason": guild.bans[user_id]}


@route("GET", "/guilds/{guild_id}/bans")
def bans(call: Call) -> Any:
    guild = the_guild(call, "BAN_MEMBERS")
    limit, after = call.number("limit", 1000, 1, 1000), call.number("after", 0, 0, 1 << 63)
    before = call.number("before", 1 << 63, 0, 1 << 63)
    banned = [each for each in sorted(guild.bans) if after < each < before]
    chosen = banned[-limit:] if "before" in call.query else banned[:limit]
    return [_ban_json(call, guild, user_id) for user_id in chosen]


@route("GET", "/guilds/{guild_id}/bans/{user_id}")
def one_ban(call: Call) -> Any:
    guild = the_guild(call, "BAN_MEMBERS")
    if call.id("user_id") not in guild.bans:
        raise unknown("Ban")
    return _ban_json(call, guild, call.id("user_id"))


@route("PUT", "/guilds/{guild_id}/bans/{user_id}", takes={"delete_message_seconds": int})
def ban_one(call: Call) -> Any:
    guild = the_guild(call, "BAN_MEMBERS")
    if call.id("user_id") not in call.world.users:
        raise unknown("User")
    _ban(call, guild, call.id("user_id"))


def _ban(call: Call, guild: Guild, user_id: int) -> None:
    if member := guild.members.get(user_id):
        check_above(guild, call.world.bot.id, member)
    # discord.py says it in the address.
    seconds = int(call.body.get("delete_message_seconds") or call.query.get("delete_message_seconds") or 0)
    if not 0 <= seconds <= 7 * 86400:
        raise invalid_form([bad_length(("delete_message_seconds",), 0, 7 * 86400)])
    ban(call.world, guild, user_id, call.reason, delete_s=seconds)
    note(call, guild, audit.MEMBER_BAN, user_id)


@route("DELETE", "/guilds/{guild_id}/bans/{user_id}")
def unban_one(call: Call) -> Any:
    guild = the_guild(call, "BAN_MEMBERS")
    if call.id("user_id") not in guild.bans:
        raise unknown("Ban")
    unban(call.world, guild, call.id("user_id"))
    note(call, guild, audit.MEMBER_UNBAN, call.id("user_id"))


@route("POST", "/guilds/{guild_id}/bulk-ban", takes={"user_ids": [Identifier], "delete_message_seconds": int})
def ban_many(call: Call) -> Any:
    guild = the_guild(call, "BAN_MEMBERS", "MANAGE_GUILD")
    wanted = [int(each) for each in call.body.get("user_ids") or ()]
    if not 1 <= len(wanted) <= BULK:
        raise invalid_form([bad_length(("user_ids",), 1, BULK)])
    failed = []
    for user_id in wanted:
        try:
            if user_id not in call.world.users or user_id in guild.bans:
                raise unknown("User")
            _ban(call, guild, user_id)
        except ApiError:
            failed.append(user_id)
    if len(failed) == len(wanted):
        raise ApiError(400, 500000, "Failed to ban users")
    banned = [each for each in wanted if each not in failed]
    return {"banned_users": [str(each) for each in banned], "failed_users": [str(each) for each in failed]}


# --- The audit log ----------------------------------------------------------------------------------------------


@route("GET", "/guilds/{guild_id}/audit-logs")
def audit_log(call: Call) -> Any:
    guild = the_guild(call, "VIEW_AUDIT_LOG")
    limit, action = call.number("limit", 50, 1, 100), call.number("action_type", 0, 0, 999)
    by, target = call.number("user_id", 0, 0, 1 << 63), call.number("target_id", 0, 0, 1 << 63)
    before, after = call.number("before", 1 << 63, 0, 1 << 63), call.number("after", 0, 0, 1 << 63)
    found = [
        each
        for each in guild.audit
        if before > each.id > after
        and (not action or each.action == action)
        and (not by or each.actor_id == by)
        and (not target or each.target_id == target)
    ]
    # Newest first; from `after` on it is told oldest first.
    chosen = found[:limit] if "after" in call.query else found[::-1][:limit]
    named = {each.actor_id for each in chosen} | {each.target_id for each in chosen}
    nothing: list[Any] = []
    return {
        "audit_log_entries": [audit.entry_json(each) for each in chosen],
        "users": [wire.user_json(user) for user in call.world.users.values() if user.id in named],
        "threads": [
            wire.channel_json(call.world, each)
            for each in guild.channels.values()
            if each.is_thread and each.id in named
        ],
        "application_commands": [each for each in call.backend.commands.all(None) if int(each["id"]) in named],
        "webhooks": nothing,
        "integrations": nothing,
        "guild_scheduled_events": nothing,
        "auto_moderation_rules": nothing,
    }
