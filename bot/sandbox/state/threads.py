"""Joining and leaving threads."""

from __future__ import annotations

from bot.sandbox.records import Channel, Json
from bot.sandbox.state import wire
from bot.sandbox.state.world import GUILD_MEMBERS, GUILDS, World


def joined(world: World, thread: Channel, user_id: int) -> None:
    if user_id not in thread.joined:
        thread.joined.append(user_id)
        _tell(world, thread, user_id, came=True)


def left(world: World, thread: Channel, user_id: int) -> None:
    if user_id in thread.joined:
        thread.joined.remove(user_id)
        _tell(world, thread, user_id, came=False)


def _tell(world: World, thread: Channel, user_id: int, *, came: bool) -> None:
    assert thread.guild_id
    member = world.guilds[thread.guild_id].members.get(user_id)
    added = [wire.thread_member_json(thread, user_id)] if came else []
    if added and member:
        added[0] |= {"member": wire.member_json(world, member), "presence": None}
    data: Json = {
        "id": str(thread.id),
        "guild_id": str(thread.guild_id),
        "member_count": len(thread.joined),
        "added_members": added,
        "removed_member_ids": [] if came else [str(user_id)],
    }
    # A bot is told of itself without the privileged intent (gateway events: Thread Members Update).
    intent = GUILDS if user_id == world.bot.id else GUILD_MEMBERS
    world.emit("THREAD_MEMBERS_UPDATE", data, intent=intent, guild=thread.guild_id, channel=thread.id)
