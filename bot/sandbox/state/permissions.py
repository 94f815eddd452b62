"""Who may do what where: Discord's permission bits and how roles and overwrites make them up (topics: Permissions)."""

from __future__ import annotations

from bot.sandbox.records import Channel, Guild, Member, Role

NAMES = [
    "CREATE_INSTANT_INVITE",
    "KICK_MEMBERS",
    "BAN_MEMBERS",
    "ADMINISTRATOR",
    "MANAGE_CHANNELS",
    "MANAGE_GUILD",
    "ADD_REACTIONS",
    "VIEW_AUDIT_LOG",
    "PRIORITY_SPEAKER",
    "STREAM",
    "VIEW_CHANNEL",
    "SEND_MESSAGES",
    "SEND_TTS_MESSAGES",
    "MANAGE_MESSAGES",
    "EMBED_LINKS",
    "ATTACH_FILES",
    "READ_MESSAGE_HISTORY",
    "MENTION_EVERYONE",
    "USE_EXTERNAL_EMOJIS",
    "VIEW_GUILD_INSIGHTS",
    "CONNECT",
    "SPEAK",
    "MUTE_MEMBERS",
    "DEAFEN_MEMBERS",
    "MOVE_MEMBERS",
    "USE_VAD",
    "CHANGE_NICKNAME",
    "MANAGE_NICKNAMES",
    "MANAGE_ROLES",
    "MANAGE_WEBHOOKS",
    "MANAGE_GUILD_EXPRESSIONS",
    "USE_APPLICATION_COMMANDS",
    "REQUEST_TO_SPEAK",
    "MANAGE_EVENTS",
    "MANAGE_THREADS",
    "CREATE_PUBLIC_THREADS",
    "CREATE_PRIVATE_THREADS",
    "USE_EXTERNAL_STICKERS",
    "SEND_MESSAGES_IN_THREADS",
    "USE_EMBEDDED_ACTIVITIES",
    "MODERATE_MEMBERS",
    "VIEW_CREATOR_MONETIZATION_ANALYTICS",
    "USE_SOUNDBOARD",
    "CREATE_GUILD_EXPRESSIONS",
    "CREATE_EVENTS",
    "USE_EXTERNAL_SOUNDS",
    "SEND_VOICE_MESSAGES",
    "USE_CLYDE_AI",  # gone, but its place is kept
    "SET_VOICE_CHANNEL_STATUS",
    "SEND_POLLS",
    "USE_EXTERNAL_APPS",
    "PIN_MESSAGES",
    "BYPASS_SLOWMODE",
]
BITS = {name: 1 << place for place, name in enumerate(NAMES)}
ALL = (1 << len(NAMES)) - 1


def bits(*names: str) -> int:
    """The sum of the named permissions; raises KeyError for a name that Discord has not."""
    return sum(BITS[name] for name in set(names))


EVERYONE = bits(
    "CREATE_INSTANT_INVITE", "ADD_REACTIONS", "STREAM", "VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS", "ATTACH_FILES",
    "READ_MESSAGE_HISTORY", "USE_EXTERNAL_EMOJIS", "CONNECT", "SPEAK", "USE_VAD", "CHANGE_NICKNAME",
    "USE_APPLICATION_COMMANDS", "CREATE_PUBLIC_THREADS", "SEND_MESSAGES_IN_THREADS", "USE_EXTERNAL_STICKERS",
    "SEND_POLLS", "USE_EXTERNAL_APPS",
)  # fmt: skip
BOT = bits(
    "VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS", "ATTACH_FILES", "READ_MESSAGE_HISTORY", "ADD_REACTIONS",
    "SEND_MESSAGES_IN_THREADS", "CREATE_PUBLIC_THREADS",
)  # fmt: skip
IN_A_DM = bits(
    "VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS", "ATTACH_FILES", "READ_MESSAGE_HISTORY", "ADD_REACTIONS",
    "USE_EXTERNAL_EMOJIS", "MENTION_EVERYONE", "SEND_POLLS",
)  # fmt: skip


def in_guild(guild: Guild, member: Member) -> int:
    """What the member's roles allow in the whole guild; its owner and administrators may everything."""
    if member.user_id == guild.owner_id:
        return ALL
    granted = guild.roles[guild.id].permissions
    for role_id in member.role_ids:
        granted |= guild.roles[role_id].permissions
    return ALL if granted & BITS["ADMINISTRATOR"] else granted


def in_channel(guild: Guild, member: Member, channel: Channel) -> int:
    """What the member may in the channel: everyone's overwrite, then the roles' together, then the member's own.

    A thread has its parent's overwrites. Whoever cannot see a channel can do nothing in it.
    """
    granted = in_guild(guild, member)
    if granted == ALL:
        return ALL
    place = guild.channels[channel.parent_id] if channel.is_thread and channel.parent_id else channel
    overwrites = place.overwrites
    if everyone := overwrites.get(guild.id):
        granted = granted & ~everyone.deny | everyone.allow
    of_roles = [overwrites[role_id] for role_id in member.role_ids if role_id in overwrites]
    for overwrite in of_roles:
        granted &= ~overwrite.deny
    for overwrite in of_roles:
        granted |= overwrite.allow
    if own := overwrites.get(member.user_id):
        granted = granted & ~own.deny | own.allow
    if not granted & BITS["VIEW_CHANNEL"]:
        return 0
    speaking = BITS["SEND_MESSAGES_IN_THREADS" if channel.is_thread else "SEND_MESSAGES"]
    if not granted & speaking:
        granted &= ~bits("MENTION_EVERYONE", "SEND_TTS_MESSAGES", "ATTACH_FILES", "EMBED_LINKS", "SEND_POLLS")
    return granted


WHILE_TIMED_OUT = bits("VIEW_CHANNEL", "READ_MESSAGE_HISTORY")


def rank(guild: Guild, member: Member) -> tuple[float, int]:
    """How high the member stands: by their highest role; of two at one place the older is higher."""
    if member.user_id == guild.owner_id:
        return float("inf"), 0
    roles = [guild.roles[guild.id], *(guild.roles[role_id] for role_id in member.role_ids)]
    return max(role_rank(role) for role in roles)


def role_rank(role: Role) -> tuple[float, int]:
    return role.position, -role.id
