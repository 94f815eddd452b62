"""The answers to "why was this not posted?": what decided, and what to do if that is not what was wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.chat.feed_messages import left_out_for
from bot.chat.messages import feed_name, literal, message_link
from bot.chat.status_messages import failing, next_poll
from bot.chat.status_messages import hold as hold_words
from bot.render.entry_embed import title_of
from bot.render.escape import escape_line
from bot.render.lines import code, when
from bot.work.answers import Why, WhyKind


def why(answer: Why) -> str:
    """Two or three sentences."""
    return WORDS[answer.kind](answer)


def _title(answer: Why) -> str:
    return f"**{escape_line(title_of(answer.entry), 120)}**" if answer.entry is not None else "That entry"


def _link(answer: Why) -> str:
    """Where it is told; "" if nowhere yet."""
    fate = answer.fate
    if fate.message_id is None:
        return ""
    return message_link(
        answer.subscription.guild_id, fate.channel_id or answer.subscription.channel_id, fate.message_id
    )


def _at(answer: Why) -> str:
    return f" {when(answer.fate.at)}" if answer.fate.at is not None else ""


def _posted(answer: Why) -> str:
    if link := _link(answer):
        return f"{_title(answer)} was posted{_at(answer)}: [the post]({link})."
    return f"{_title(answer)} was posted{_at(answer)}, and a moderator or AutoMod removed it at once."


def _flood(answer: Why) -> str:
    came = f"{_title(answer)} came with many others within a short time, and not all get posts of their own"
    if link := _link(answer):
        return f"{came}: the rest is told in [one message]({link})."
    if (at := answer.fate.not_before) is not None:
        return f"{came}: the rest will be told in one message when the hour is over, {when(at)}."
    return f"{came}: the rest will be told in one message. {_waits(answer)}"


def _same_story(answer: Why) -> str:
    other = escape_line(answer.fate.told_by or "Another feed", 80)
    told = f"[its post]({_link(answer)})" if _link(answer) else "its post, which is about to come,"
    return (
        f"{_title(answer)} is a story that **{other}** told here first; {told} names both feeds. "
        "The button below `/feed status` gives each feed a post of its own."
    )


def _refused(answer: Why) -> str:
    return f"{_title(answer)} was not posted: {literal(answer.fate.reason or 'Discord refused it')}."


def _waiting(answer: Why) -> str:
    return f"{_title(answer)} waits to be posted. {_waits(answer)}"


def _waits(answer: Why) -> str:
    subscription, fate = answer.subscription, answer.fate
    if answer.hold is not None:
        return f"Discord refuses this channel: {hold_words(answer.hold)}"
    if subscription.paused_at is not None:
        return "The feed is paused here; `/feed resume` lets it come."
    if fate.reason:
        again = f" The next try is {when(fate.again_at)}." if fate.again_at is not None else ""
        return f"The last try: {literal(fate.reason)}.{again}"
    return "It comes within moments, unless others are in line before it."


def _filtered(answer: Why) -> str:
    assert answer.left_out is not None
    reason = left_out_for(answer.left_out)
    return f"{_title(answer)} is held back by the filter {code(answer.subscription.filter)}: it {reason}."


def _skipped(answer: Why) -> str:
    since = f"since {when(answer.skipped_from)}" if answer.skipped_from is not None else ""
    if answer.skipped_from is not None and answer.skipped_until is not None:
        since = f"from {_exactly(answer.skipped_from)} to {_exactly(answer.skipped_until)}"
    return (
        f"{_title(answer)} appeared while the feed was paused here ({since}), and such entries are skipped. "
        "`/feed pause` with `meanwhile: keep` keeps them for later."
    )


def _older(answer: Why) -> str:
    begun = answer.subscription.created_at
    since = f" ({when(begun)})" if begun is not None else ""
    return f"{_title(answer)} was there already when the feed was followed here{since}. Only what is new is posted."


def _held(answer: Why) -> str:
    return (
        f"{_title(answer)} is held back: it came with many known titles under new identities, as when a site moves. "
        "`/feed status` says what waits, and its buttons post or forget it."
    )


def _old(answer: Why) -> str:
    dated = answer.entry.entry.published_at if answer.entry is not None else None
    date = f" ({when(dated)})" if dated is not None else ""
    return (
        f"{_title(answer)} appeared in the feed more than 30 days after its date{date}, as when a site fills "
        "in its archive. Such entries are kept, and not posted: `/search` finds them."
    )


def _digest(answer: Why) -> str:
    return (
        f"{_title(answer)} comes in this server's digests: the feed has the style `digest` here, and no posts of its "
        "own. `/digest list` says when they come."
    )


def _not_seen(answer: Why) -> str:
    feed = answer.feed
    last = f"I asked it {when(feed.polled_at)}" if feed.polled_at is not None else "I have not read it yet"
    following = next_poll(feed.next_due_at, is_paused=answer.subscription.paused_at is not None)
    lines = [
        f"I have not seen such an entry in **{feed_name(answer.subscription)}**.",
        f"{last}; the next time: {following}.",
    ]
    if feed.last_error:
        lines.append(failing(feed.last_error, feed.failures, feed.failing_since))
    return "\n".join(lines)


def _unknown(answer: Why) -> str:
    seen = f" I first saw it {when(answer.entry.first_seen_at)}." if answer.entry is not None else ""
    return (
        f"{_title(answer)} was never owed to this channel: it came with a poll that looked back, "
        f"or the filter was another one then.{seen}"
    )


def _exactly(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:f>"


WORDS: Mapping[WhyKind, Callable[[Why], str]] = {
    "posted": _posted,
    "flood": _flood,
    "same story": _same_story,
    "refused": _refused,
    "waiting": _waiting,
    "filtered": _filtered,
    "skipped": _skipped,
    "held": _held,
    "old": _old,
    "older": _older,
    "digest": _digest,
    "not seen": _not_seen,
    "unknown": _unknown,
}
