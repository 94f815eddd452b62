"""What Herald says of how a feed is doing, in `/feed status`: its state, its last deliveries, what is held and why.

How it is asked is in polling_messages.py.
"""

from __future__ import annotations

from datetime import datetime

from bot.chat.feed_messages import pause_note
from bot.chat.messages import LINE_LIMIT, literal, message_link
from bot.model import DeliveryNote, Hold, Reissue, Subscription
from bot.render.escape import escape_line
from bot.render.lines import plural, when
from bot.render.notices import remedy


def state(subscription: Subscription) -> str:
    if subscription.paused_at is None:
        return "running"
    return f"{pause_note(subscription)}, since {when(subscription.paused_at)}"


def last_poll(polled_at: datetime | None) -> str:
    return when(polled_at) if polled_at else "not yet"


def next_poll(next_due_at: datetime | None, *, is_paused: bool) -> str:
    return when(next_due_at) if next_due_at and not is_paused else "none while paused" if is_paused else "soon"


def failing(reason: str, failures: int, since: datetime | None) -> str:
    begun = f", since {when(since)}" if since else ""
    return f"{escape_line(reason, LINE_LIMIT)} ({plural(failures, 'failed poll')} in a row{begun}). I keep trying."


def waiting(count: int) -> str:
    return plural(count, "entry", "entries") if count else "nothing"


def note_line(note: DeliveryNote, guild_id: int, channel_id: int) -> str:
    """One delivery: what became of it, when, and the way to its message."""
    title = escape_line(note.title or "an entry without a title", 120)
    channel_id = note.channel_id or channel_id  # it may have been posted in a former channel
    if note.state == "sent" and note.message_id is not None:
        return f"posted {when(note.at)}: [{title}]({message_link(guild_id, channel_id, note.message_id)})"
    reason = f" ({escape_line(note.reason, 150)})" if note.reason else ""
    if note.state == "same story":
        there = f" in [this post]({message_link(guild_id, channel_id, note.message_id)})" if note.message_id else ""
        return f"told by another feed{there}: {title}"
    word = {"sent": "posted", "waiting": "waiting", "gave up": "**not posted**"}[note.state]
    return f"{word} {when(note.at)}: {title}{reason}"


STATUS_FIELDS = {
    "channel": "Channel",
    "state": "State",
    "last": "Last poll",
    "next": "Next poll",
    "waiting": "Waiting to be posted",
    "filter": "Filter",
    "private": "Who may read it",
    "style": "Style",
    "edits": "Corrections",
    "stories": "Same story in two feeds",
    "pictures": "Entries without a picture",
    "trouble": "Trouble",
    "access": "Cannot post",
    "hold": "Discord refuses",
    "polling": "How it is asked",
    "held": "Held back",
    "deliveries": "Last deliveries",
}


def hold(held: Hold) -> str:
    """Since when and why a channel takes no posts, and what to do."""
    again = f" I try again {when(held.until)}." if held.until is not None else ""
    return f"{literal(held.reason)}, since {when(held.since)}. {remedy(held.code)}{again}"


def held_back(one: Reissue) -> str:
    """What waits for an answer, below which there are two buttons."""
    count = plural(one.count, "entry", "entries")
    return (
        f"{count} came again {when(one.at)} as if new: known titles under new identities, as when a site moves. "
        "**Post them** posts the newest and tells of the rest in one message; **Forget them** posts nothing."
    )


def reissue_posted(count: int) -> str:
    if not count:
        return "They are taken in and can be searched. Nothing is posted: filters or a pause leave all of them out."
    return f"{plural(count, 'post')} to come: the newest by themselves, older ones in one message."


def reissue_forgotten(count: int) -> str:
    return f"{plural(count, 'entry', 'entries')} will not be posted here. What is new goes on coming."


def follows_edits(subscription: Subscription) -> str:
    return "edit the post" if subscription.follow_edits else "are not followed"


def merges_stories(subscription: Subscription) -> str:
    return "one post" if subscription.merge_stories else "a post each"


def takes_pictures(subscription: Subscription) -> str:
    return "take their page's" if subscription.page_images else "have none"


# (what, to be switched on) -> what the button says that does it
SWITCHES = {
    ("edits", True): "Follow corrections",
    ("edits", False): "Do not follow corrections",
    ("stories", True): "One post for a story",
    ("stories", False): "Post every feed's story",
    ("pictures", True): "Pictures from pages",
    ("pictures", False): "No pictures from pages",
}


def no_deliveries_yet() -> str:
    return "Nothing was posted yet."
