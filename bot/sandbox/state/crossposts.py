"""Publishing an announcement: it comes to every channel that follows (resources/message: Crosspost Message)."""

from __future__ import annotations

from dataclasses import replace

from bot.sandbox.records import Channel, Message, Pings, Webhook
from bot.sandbox.state import messages
from bot.sandbox.state.world import World

PUBLISHED, IS_CROSSPOST = 1 << 0, 1 << 1  # message flags
FOLLOWER = 2  # webhook type


def publish(world: World, channel: Channel, message: Message) -> None:
    message.flags |= PUBLISHED
    messages.announce(world, "MESSAGE_UPDATE", message)
    for hook in [each for each in world.webhooks.values() if each.kind == FOLLOWER and each.source_id == channel.id]:
        _bring(world, hook, channel, message)


def _bring(world: World, hook: Webhook, source: Channel, message: Message) -> None:
    target = world.channels.get(hook.channel_id)
    if target is None:
        return
    copy = replace(
        message, id=world.new_id(), channel_id=target.id, author_id=hook.id, created_at=world.clock.now(),
        flags=message.flags & ~PUBLISHED | IS_CROSSPOST, kind=0, nonce=None, pings=Pings(), webhook_id=hook.id,
        alias=hook.name, pinned_at=None, reactions={}, thread_id=None, interaction=None, components=[],
        reply_to=(source.id, message.id),
    )  # fmt: skip
    target.messages[copy.id] = copy
    messages.announce(world, "MESSAGE_CREATE", copy)
