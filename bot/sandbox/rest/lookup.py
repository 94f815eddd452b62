"""What a request's path names, and whether the bot may do there what it asks for."""

from __future__ import annotations

from bot.sandbox.records import Channel, Guild, Json, Member, Message, Role
from bot.sandbox.rest.routes import Call
from bot.sandbox.rules.problems import ApiError, invalid_form, unknown
from bot.sandbox.rules.validate import bad_length
from bot.sandbox.state import audit
from bot.sandbox.state.permissions import in_guild
from bot.sandbox.state.rights import may_see, needs


def check_application(call: Call) -> None:
    """Raises 20012 unless the path's application is the bot's own."""
    if call.id("application_id") != call.world.bot.id:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")


def the_guild(call: Call, *names: str) -> Guild:
    """The path's guild; raises 50013 unless the bot has the named permissions in it."""
    guild = call.world.guild(call.id("guild_id"))
    needs(may_in(call, guild), *names)
    return guild


def may_in(call: Call, guild: Guild) -> int:
    """What the bot may in the whole guild."""
    return in_guild(guild, guild.members[call.world.bot.id])


def the_member(call: Call, guild: Guild) -> Member:
    member = guild.members.get(call.id("user_id"))
    if member is None:
        raise unknown("Member" if call.id("user_id") in call.world.users else "User")
    return member


def the_role(call: Call, guild: Guild) -> Role:
    role = guild.roles.get(call.id("role_id"))
    if role is None:
        raise unknown("Role")
    return role


def the_channel(call: Call, *names: str) -> tuple[Channel, int]:
    """The path's channel and what the bot may in it, which has to include `names`."""
    channel = call.world.channel(call.id("channel_id"))
    may = may_see(call.world, call.world.bot.id, channel)
    needs(may, *names)
    return channel, may


def the_message(call: Call, *names: str) -> tuple[Channel, Message, int]:
    channel, may = the_channel(call, *names)
    found = channel.messages.get(call.id("message_id"))
    if found is None:
        raise unknown("Message")
    return channel, found, may


def guild_of(call: Call, channel: Channel) -> Guild:
    """The guild of a channel that is no DM; raises 50003 for one that is."""
    if channel.guild_id is None:
        raise ApiError(400, 50003, "Cannot execute action on a DM channel")
    return call.world.guild(channel.guild_id)


def checked_name(name: str | None, longest: int = 100) -> str:
    if not name or len(name) > longest:
        raise invalid_form([bad_length(("name",), 1, longest)])
    return name


def note(
    call: Call,
    guild: Guild,
    action: int,
    target_id: int | None,
    *,
    before: Json | None = None,
    after: Json | None = None,
    **options: object,
) -> None:
    """Writes what the bot did in the guild's audit log, with the reason that the request gives."""
    by = call.world.bot.id
    audit.note(
        call.world, guild, action, target_id, by=by, before=before, after=after, reason=call.reason, options=options
    )
