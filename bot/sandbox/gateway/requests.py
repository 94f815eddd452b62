"""What a bot asks for over the gateway: members of a guild, its own presence."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from bot.sandbox.gateway.sessions import Session
from bot.sandbox.records import Guild, Json, Member
from bot.sandbox.state import wire
from bot.sandbox.state.world import GUILD_MEMBERS, World

log = logging.getLogger(__name__)

CHUNK = 1000  # gateway-events: Guild Members Chunk
ASKED_FOR = 100  # user_ids, and members found by the beginning of a name
NONCE_BYTES = 32  # a longer one is ignored
STATUSES = frozenset({"online", "dnd", "idle", "invisible", "offline"})


def member_chunks(world: World, session: Session, data: Json) -> Iterator[Json]:
    """The chunks with the members asked for. Raises for data of the wrong shape."""
    guild = world.guilds.get(int(data["guild_id"]))
    if guild is None or not guild.bot_inside:
        return
    wanted = data.get("user_ids")
    if wanted is None:
        chosen, missing = _by_name(world, guild, session, str(data["query"]), int(data["limit"])), None
    else:
        listed = [int(each) for each in (wanted if isinstance(wanted, list) else [wanted])][:ASKED_FOR]
        chosen = [guild.members[each] for each in listed if each in guild.members]
        missing = [str(each) for each in listed if each not in guild.members]
    chunks = [chosen[start : start + CHUNK] for start in range(0, len(chosen), CHUNK)] or [[]]
    for number, members in enumerate(chunks):
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": [wire.member_json(world, member) for member in members],
            "chunk_index": number,
            "chunk_count": len(chunks),
        }
        if missing:
            chunk["not_found"] = missing
        if data.get("presences"):
            chunk["presences"] = []
        if (nonce := data.get("nonce")) and len(str(nonce).encode()) <= NONCE_BYTES:
            chunk["nonce"] = nonce
        yield chunk


def _by_name(world: World, guild: Guild, session: Session, start: str, limit: int) -> list[Member]:
    """By the beginning of their names; all of them if it is empty and there is no limit."""
    if not start and not limit:
        if not session.intents & GUILD_MEMBERS:
            log.warning("sandbox: all members of a guild were asked for without the GUILD_MEMBERS intent")
            return []
        return list(guild.members.values())
    found = [member for member in guild.members.values() if _is_called(world, member, start.lower())]
    return found[: min(max(limit, 0), ASKED_FOR) or ASKED_FOR]


def _is_called(world: World, member: Member, start: str) -> bool:
    return any((name or "").lower().startswith(start) for name in (member.nick, world.users[member.user_id].name))


def presence(data: Any) -> Json:
    """The presence that a bot gives itself; raises ValueError for what is none."""
    if data["status"] not in STATUSES or not isinstance(data["activities"], list):
        raise ValueError("no presence")
    return {"status": data["status"], "activities": data["activities"]}
