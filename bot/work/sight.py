"""What of a guild's feeds a member may find: no search, keyword or suggestion tells of a channel hidden from them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import Sight, Subscription
from bot.ports import SubscriptionStore, Viewer


def seen(subscriptions: Sequence[Subscription], viewer: Viewer | None) -> list[Subscription]:
    """Those that post to a channel which the viewer sees; all for nobody in particular (None)."""
    if viewer is None:
        return list(subscriptions)
    sees = {channel_id: viewer.sees(channel_id) for channel_id in {one.channel_id for one in subscriptions}}
    return [one for one in subscriptions if sees[one.channel_id]]


async def sight_of(store: SubscriptionStore, guild_id: int, viewer: Viewer | None) -> Sight | None:
    """None: everything that the guild follows."""
    if viewer is None:
        return None
    visible = seen(await store.subscriptions(guild_id), viewer)
    return Sight(
        feed_ids=frozenset(one.feed_id for one in visible), channel_ids=frozenset(one.channel_id for one in visible)
    )
