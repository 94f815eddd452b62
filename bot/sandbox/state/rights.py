"""Who may post, edit or see: Discord's refusals for the lack of a permission."""

from __future__ import annotations

from bot.sandbox.records import FORUM_KINDS, Channel, Guild, Json, Member, Message, Role
from bot.sandbox.rules.problems import ApiError, missing_access, missing_permissions, not_yours
from bot.sandbox.state.permissions import BITS, rank, role_rank
from bot.sandbox.state.world import World

CATEGORY = 4


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


def check_above(guild: Guild, actor_id: int, other: Member | Role) -> None:
    """Raises 50013 unless the actor stands above the other member, or above the role."""
    own = rank(guild, guild.members[actor_id])
    if actor_id != guild.owner_id and own <= (role_rank(other) if isinstance(other, Role) else rank(guild, other)):
        raise missing_permissions()


def check_may_grant(may: int, *bits: int) -> None:
    """Raises 50013 for permissions that the actor has not got themself."""
    if any(each & ~may for each in bits):
        raise missing_permissions()


def check_may_post(world: World, author_id: int, channel: Channel, body: Json, *, with_files: bool) -> None:
    """Raises what Discord answers to who may not post this here."""
    may = may_see(world, author_id, channel)
    if channel.kind in FORUM_KINDS or channel.kind == CATEGORY:
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    needs(may, "SEND_MESSAGES_IN_THREADS" if channel.is_thread else "SEND_MESSAGES")
    if body.get("embeds"):
        needs(may, "EMBED_LINKS")
    if body.get("poll"):
        needs(may, "SEND_POLLS")
    if with_files:
        needs(may, "ATTACH_FILES")
    if body.get("message_reference") and not may & BITS["READ_MESSAGE_HISTORY"]:
        raise ApiError(403, 160002, "Cannot reply without permission to read message history")
    if channel.locked and not may & BITS["MANAGE_THREADS"]:
        raise ApiError(400, 160005, "Thread is locked")


def check_may_edit(message: Message, editor_id: int, body: Json) -> None:
    """Raises 50005 unless it is the editor's own, or only the embeds' suppression is changed."""
    if message.author_id != editor_id and set(body) - {"flags"}:
        raise not_yours()
