"""What Herald says of following feeds: adding, listing, pausing, ending and previewing them.

As messages.py: short, exact, what happened and then what to do; strangers' texts are escaped here.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.messages import LINE_LIMIT, NAME_LIMIT, feed_name, joined, literal, name
from bot.model import FeedFacts, Subscription
from bot.render.clip import clip
from bot.render.entry_embed import title_of
from bot.render.escape import escape_line
from bot.render.limits import CONTENT
from bot.render.lines import code, plural
from bot.render.link import host
from bot.work.answers import FilterCheck, LeftOut


def following(
    subscription: Subscription,
    *,
    entry_count: int,
    has_sample: bool,
    problems: Sequence[str],
    filtered: FilterCheck | None = None,
) -> str:
    """The answer to `/feed add`."""
    if subscription.style == "digest":
        first = f"Following **{feed_name(subscription)}** for this server's digests, without posts of its own."
        lines = [f"{first} `/digest set` says where and when they come."]
    else:
        lines = [f"Following **{feed_name(subscription)}** in <#{subscription.channel_id}>. New entries appear there."]
    if subscription.filter:
        lines.append(f"Only entries that match {code(subscription.filter)}.")
    if filtered is not None and filtered.total:
        lines.extend(filter_lines(filtered))
    if subscription.mention_role_id and subscription.style != "digest":
        lines.append(f"Each post mentions <@&{subscription.mention_role_id}>.")
    if entry_count == 0 and subscription.style != "digest":
        lines.append("The feed is empty at the moment; its first entry will be posted.")
    elif has_sample:
        lines.append("A post will look like this:")
    lines.extend(oddities(problems))
    return joined(lines, limit=CONTENT)


def filter_lines(check: FilterCheck) -> list[str]:
    """What the filter does with the entries that are there now, with examples of what it holds back and why."""
    count = plural(check.total, "entry", "entries")
    if check.passed == check.total:
        return [f"All of the feed's {count} match it." if check.total > 1 else "The feed's one entry matches it."]
    lines = [f"Of the feed's {count}, {check.passed or 'none'} would have passed. Held back, for example:"]
    return lines + [f"- {escape_line(title_of(one.entry), 120)}: {left_out_for(one)}" for one in check.left_out]


def left_out_for(one: LeftOut) -> str:
    """What a filter decided by: "has `x`", "lacks `y`"."""
    has = [f"has {_named(one.has)}"] if one.has else []
    lacks = [f"lacks {_named(one.lacks)}"] if one.lacks else []
    return " and ".join(has + lacks)


def _named(words: Sequence[str]) -> str:
    return " and ".join(code(clip(word, 60)) for word in words[:4])


def oddities(problems: Sequence[str]) -> list[str]:
    """What is odd in a feed's document, at most three lines."""
    return [f"-# {escape_line(one, LINE_LIMIT)}" for one in problems[:3]]


def choose(page_url: str, count: int) -> str:
    return f"**{escape_line(host(page_url) or page_url, NAME_LIMIT)}** offers {plural(count, 'feed')}. Which one?"


def choices_left_out(count: int) -> str:
    return f"{plural(count, 'more feed')} did not fit. Give me the feed's own link instead."


FILTER_NOTE = "Filter: "


def choose_placeholder() -> str:
    return "Choose a feed"


def removed(subscription: Subscription) -> str:
    return (
        f"**{feed_name(subscription)}** is no longer followed in <#{subscription.channel_id}>. "
        "What was posted stays, and stays searchable while the feed is followed elsewhere in this server."
    )


def paused(subscription: Subscription) -> str:
    meanwhile = (
        "Entries that appear meanwhile are kept; `/feed resume` posts the newest, and tells of the rest in one message."
        if subscription.catch_up
        else "Entries that appear meanwhile are not posted. `/feed resume` goes on."
    )
    return f"**{feed_name(subscription)}** is paused in <#{subscription.channel_id}>. {meanwhile}"


def resumed(subscription: Subscription) -> str:
    return f"**{feed_name(subscription)}** posts in <#{subscription.channel_id}> again, from its next new entry on."


def newest_comes() -> str:
    return "The newest entry is on its way."


def no_entry_yet() -> str:
    return "The feed has no entry yet, so there is nothing to post."


def post_newest_label() -> str:
    return "Post the newest now"


def nothing_followed(channel_id: int | None) -> str:
    where = f"in <#{channel_id}>" if channel_id else "in this server"
    return f"No feed is followed {where} yet. `/feed add` with the link of a feed or of any page begins."


def list_title(total: int) -> str:
    return f"{plural(total, 'feed')} followed"


def list_line(subscription: Subscription) -> str:
    """One subscription: name and channel, and below it what is special."""
    extras = []
    if subscription.filter:
        extras.append(f"filter {code(subscription.filter)}")
    if subscription.style != "full":
        extras.append(f"style {subscription.style}")
    if subscription.mention_role_id:
        extras.append(f"mentions <@&{subscription.mention_role_id}>")
    if subscription.paused_at is not None:
        extras.append(pause_note(subscription))
    below = f"\n-# {' · '.join(extras)}" if extras else ""
    return f"**{feed_name(subscription)}** · <#{subscription.channel_id}>{below}"


def pause_note(subscription: Subscription) -> str:
    return f"paused {literal(subscription.paused_reason)}".rstrip()


def previewed(facts: FeedFacts, url: str, *, entry_count: int, shown: int, problems: Sequence[str]) -> str:
    """The answer to `/feed preview`."""
    if entry_count == 0:
        first = f"**{name(facts.title, url)}** is a feed, and empty at the moment."
    else:
        count = plural(entry_count, "entry", "entries")
        first = f"**{name(facts.title, url)}** holds {count}. The newest would be posted like this:"
        if shown == 0:
            first = f"**{name(facts.title, url)}** holds {count}."
    return "\n".join([first, *oddities(problems), "-# Nothing was stored or posted."])
