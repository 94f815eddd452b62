"""Records as Discord's JSON: what REST answers and the gateway dispatches."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.sandbox.records import (
    EPHEMERAL,
    FORUM_KINDS,
    Attachment,
    Channel,
    Guild,
    Json,
    Member,
    Message,
    Poll,
    Role,
    User,
)
from bot.sandbox.snowflakes import created_at

if TYPE_CHECKING:
    from bot.sandbox.state.world import World


PRIVATE_THREAD = 12
IS_CROSSPOST = 1 << 1  # message flag


def stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="milliseconds")


def _id(identifier: int | None) -> str | None:
    return None if identifier is None else str(identifier)


def user_json(user: User) -> Json:
    data: Json = {
        "id": str(user.id), "username": user.name, "global_name": user.display_name, "discriminator": "0",
        "avatar": None, "public_flags": 0, "flags": 0, "banner": None, "accent_color": None,
        "avatar_decoration_data": None, "collectibles": None, "primary_guild": None,
    }  # fmt: skip
    return {**data, "bot": True} if user.bot else data


def member_json(world: World, member: Member, *, with_user: bool = True) -> Json:
    data: Json = {
        "avatar": None, "banner": None, "communication_disabled_until": stamp(member.timed_out_until), "flags": 0,
        "joined_at": stamp(member.joined_at), "nick": member.nick, "pending": False, "premium_since": None,
        "roles": [str(role_id) for role_id in member.role_ids], "mute": False, "deaf": False,
    }  # fmt: skip
    return {**data, "user": user_json(world.users[member.user_id])} if with_user else data


def role_json(role: Role) -> Json:
    data: Json = {
        "id": str(role.id), "name": role.name, "permissions": str(role.permissions), "position": role.position,
        "color": role.color, "hoist": role.hoist, "managed": role.bot_id is not None, "mentionable": role.mentionable,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "icon": None, "unicode_emoji": None, "flags": 0,
    }  # fmt: skip
    return {**data, "tags": {"bot_id": str(role.bot_id)}} if role.bot_id else data


def channel_json(world: World, channel: Channel) -> Json:
    base: Json = {
        "id": str(channel.id),
        "type": channel.kind,
        "flags": 0,
        "last_message_id": _id(channel.last_message_id),
    }
    if channel.is_dm:
        return {**base, "recipients": [user_json(world.users[user_id]) for user_id in channel.recipient_ids]}
    base |= {
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "parent_id": _id(channel.parent_id),
        "rate_limit_per_user": channel.slowmode_s,
    }
    return base | (_thread_fields(channel) if channel.is_thread else _guild_channel_fields(channel))


def _guild_channel_fields(channel: Channel) -> Json:
    data: Json = {
        "topic": channel.topic,
        "position": channel.position,
        "nsfw": channel.nsfw,
        "permission_overwrites": [
            {"id": str(each.id), "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
            for each in channel.overwrites.values()
        ],
    }
    if channel.kind in FORUM_KINDS:
        data |= {
            "flags": 1 << 4 if channel.tag_required else 0,
            "available_tags": channel.tags,
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    if channel.kind == 2:
        data |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    return data


def archived_at(thread: Channel) -> datetime:
    """When it was last archived or taken out of the archive; its making, if never."""
    return thread.archived_at or created_at(thread.id)


def _thread_fields(thread: Channel) -> Json:
    return {
        "owner_id": str(thread.owner_id),
        "message_count": len(thread.messages),
        "total_message_sent": len(thread.messages),
        "member_count": len(thread.joined),
        "applied_tags": [str(tag) for tag in thread.applied_tags],
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": stamp(archived_at(thread)),
            "auto_archive_duration": thread.archive_after_min,
            "locked": thread.locked,
            "create_timestamp": stamp(created_at(thread.id)),
        }
        | ({"invitable": thread.invitable} if thread.kind == PRIVATE_THREAD else {}),
    }


def thread_member_json(thread: Channel, user_id: int) -> Json:
    joined = stamp(created_at(thread.id))
    return {"id": str(thread.id), "user_id": str(user_id), "join_timestamp": joined, "flags": 1}


def partial_channel_json(world: World, channel: Channel, user_id: int) -> Json:
    """As an interaction resolves it: with the permissions of who chose it."""
    data = channel_json(world, channel)
    kept = (
        "id", "name", "type", "parent_id", "thread_metadata", "last_message_id", "guild_id", "flags", "position",
        "topic", "nsfw", "rate_limit_per_user", "recipients", "owner_id", "member_count", "message_count",
    )  # fmt: skip
    return {**{k: data[k] for k in kept if k in data}, "permissions": str(world.may(user_id, channel))}


def guild_json(guild: Guild) -> Json:
    return {
        "id": str(guild.id), "name": guild.name, "owner_id": str(guild.owner_id), "icon": None, "description": None,
        "home_header": None, "splash": None, "discovery_splash": None, "banner": None, "features": [],
        "application_id": None, "region": "deprecated", "afk_channel_id": None, "afk_timeout": 300,
        "system_channel_id": None, "system_channel_flags": 0, "widget_enabled": False, "widget_channel_id": None,
        "verification_level": 0, "default_message_notifications": 1, "mfa_level": 0, "explicit_content_filter": 0,
        "max_presences": None, "max_members": 500000, "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25, "vanity_url_code": None, "premium_tier": 0, "premium_subscription_count": 0,
        "preferred_locale": guild.locale, "rules_channel_id": None, "safety_alerts_channel_id": None,
        "public_updates_channel_id": None, "premium_progress_bar_enabled": False, "nsfw": False, "nsfw_level": 0,
        "emojis": [], "stickers": [], "incidents_data": None,
        "roles": [role_json(role) for role in guild.roles.values()],
    }  # fmt: skip


def guild_create_json(world: World, guild: Guild, *, joined: bool = False) -> Json:
    """The gateway's GUILD_CREATE: the guild with all that is in it. Private channels are in it too, as on Discord.

    `joined`: the bot was let in just now. Then `unavailable` is absent, which tells it from an outage's end.
    """
    channels = [channel for channel in guild.channels.values() if not channel.is_thread]
    threads = [channel for channel in guild.channels.values() if channel.is_thread and not channel.archived]
    availability: Json = {} if joined else {"unavailable": False}
    return (
        guild_json(guild)
        | availability
        | {
            "joined_at": stamp(guild.members[world.bot.id].joined_at),
            "large": False,
            "member_count": len(guild.members),
            "members": [member_json(world, member) for member in guild.members.values()],
            "channels": [channel_json(world, channel) for channel in channels],
            "threads": [channel_json(world, thread) for thread in threads],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
    )


def attachment_url(world: World, channel_id: int, attachment: Attachment) -> str:
    return f"{world.base_url}/attachments/{channel_id}/{attachment.id}/{quote(attachment.filename, safe='')}"


def attachment_json(world: World, message: Message | None, attachment: Attachment) -> Json:
    url = attachment_url(world, message.channel_id if message else 0, attachment)
    data: Json = {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": len(attachment.data),
        "url": url,
        "proxy_url": url,
        "content_type": attachment.content_type,
    }
    if message is None or message.flags & EPHEMERAL:
        data["ephemeral"] = True
    return {**data, "description": attachment.description} if attachment.description else data


def message_json(world: World, message: Message, *, nested: bool = False) -> Json:
    """A message as REST answers it. `nested`: it is quoted in another, and quotes none itself."""
    data: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "type": message.kind,
        "author": _author_json(world, message),
        "content": message.content,
        "timestamp": stamp(message.created_at),
        "edited_timestamp": stamp(message.edited_at),
        "tts": message.tts,
        "pinned": message.pinned_at is not None,
        "flags": message.flags | (1 << 5 if message.thread_id else 0),
        "embeds": message.embeds,
        "components": message.components,
        "attachments": [attachment_json(world, message, each) for each in message.attachments],
        "mentions": [user_json(world.users[user_id]) for user_id in message.pings.users],
        "mention_roles": [str(role_id) for role_id in message.pings.roles],
        "mention_everyone": message.pings.everyone,
    }
    if message.nonce is not None:
        data["nonce"] = message.nonce
    if message.reactions:
        data["reactions"] = [_reaction_json(world, emoji, who) for emoji, who in message.reactions.items()]
    if message.interaction:
        data |= {"interaction_metadata": message.interaction, "application_id": str(world.bot.id)}
    if message.webhook_id:
        data["webhook_id"] = str(message.webhook_id)
    if message.poll:
        data["poll"] = _poll_json(world, message.poll)
    if message.thread_id and (thread := world.channels.get(message.thread_id)):
        data["thread"] = channel_json(world, thread)
    return data if nested else data | _quotation(world, message)


def _poll_json(world: World, poll: Poll) -> Json:
    numbers = range(1, len(poll.answers) + 1)
    return {
        "question": {"text": poll.question},
        "answers": [{"answer_id": n, "poll_media": poll.answers[n - 1]} for n in numbers],
        "expiry": stamp(poll.ends_at),
        "allow_multiselect": poll.multiple,
        "layout_type": 1,
        "results": {
            "is_finalized": poll.over(world.clock.now()),
            "answer_counts": [
                {"id": n, "count": len(poll.votes[n]), "me_voted": world.bot.id in poll.votes[n]}
                for n in numbers
                if poll.votes.get(n)
            ],
        },
    }


def _author_json(world: World, message: Message) -> Json:
    if message.webhook_id:
        # The name it had when it wrote; the webhook may be gone.
        return user_json(User(message.webhook_id, message.alias or "webhook", bot=True)) | {"discriminator": "0000"}
    return user_json(world.users[message.author_id])


def _quotation(world: World, message: Message) -> Json:
    if message.reply_to is None:
        return {}
    channel_id, message_id = message.reply_to
    quoted = world.channels[channel_id].messages.get(message_id) if channel_id in world.channels else None
    reference: Json = {"type": 0, "channel_id": str(channel_id), "message_id": str(message_id)}
    if channel := world.channels.get(channel_id):
        reference |= {"guild_id": str(channel.guild_id)} if channel.guild_id else {}
    if message.flags & IS_CROSSPOST:
        return {"message_reference": reference}
    return {
        "message_reference": reference,
        "referenced_message": message_json(world, quoted, nested=True) if quoted else None,
    }


def _reaction_json(world: World, emoji: str, who: list[int]) -> Json:
    name, _, emoji_id = emoji.partition(":")
    return {
        "emoji": {"id": emoji_id or None, "name": name},
        "count": len(who),
        "count_details": {"burst": 0, "normal": len(who)},
        "burst_colors": [],
        "me_burst": False,
        "me": world.bot.id in who,
    }
