"""Every sentence Herald says to people, here and, of keywords and digests, in keyword_messages.py
and digest_messages.py, ready to be translated.

Short, exact, what happened and then what to do. Names of feeds and the like are strangers' texts and are escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.model import DeliveryNote, FeedFacts, Hold, Reissue, StoredEntry, Subscription
from bot.render.clip import clip
from bot.render.entry_embed import title_of
from bot.render.escape import escape_line, escape_piece, plain_line
from bot.render.limits import CONTENT, EMBED_DESCRIPTION, units
from bot.render.lines import code, entry_line, plural, when
from bot.render.link import host
from bot.render.notices import remedy
from bot.work.answers import FilterCheck, LeftOut

NAME_LIMIT = 100
LINE_LIMIT = 300
OUR_MENTION = re.compile(r"\\<([#@]&?\d{1,20})>")

# --- What went wrong (problems.py has what an error is told as) ----------------------------------------------


def my_fault(reference: str) -> str:
    return f"Something went wrong on my side (ref {reference}). Please try again; the ref finds it in my log."


def commands_changed() -> str:
    return "My commands have just changed. Please try again in a minute, or reload Discord."


def not_a_member() -> str:
    return "I work in servers that I have been invited to. Ask somebody with Manage Server to add me."


def managers_only() -> str:
    return "Only members with Manage Server can do that here."


def channel_not_here() -> str:
    return "I find no such channel in this server among those that you can see."


def channel_not_seen() -> str:
    return "I cannot see that channel. Give me View Channel there; if it is a thread, reopen it."


def channel_kind_unfit() -> str:
    return "I post in text channels, announcement channels, forums and threads. Please choose one of those."


def no_forum_here(mention: str) -> str:
    return f"{mention} is a forum. Feeds can be followed there, but this needs a text channel or a thread: name one."


def thread_closed(mention: str) -> str:
    return f"{mention} is archived or locked. Reopen it first."


def permissions_missing(mention: str, names: Sequence[str]) -> str:
    needs = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"In {mention} I lack {needs}. Allow me that in the channel's settings, then try again."


def option_unfit() -> str:
    return "One of the options has a value that I cannot use. Please choose it from Discord's list."


def role_is_everyone() -> str:
    return "I do not mention everyone. Please choose another role."


def role_not_mentionable(mention: str) -> str:
    return f"A post could not mention {mention}. Allow everybody to mention that role in its settings, then try again."


def query_too_long(limit: int) -> str:
    return f"That query is too long. {limit} characters are enough for most things; please shorten it."


def message_outdated() -> str:
    return "This message is too old for its buttons. Please use the command again."


def form_outdated() -> str:
    return "That form was open for too long, so nothing was changed. Please open it again."


def may_not_speak() -> str:
    return "You cannot post in this channel, so I do not post there for you."


# --- Feeds ---------------------------------------------------------------------------------------------------


def literal(text: str) -> str:
    """The line with strangers' words in it made literal; our own mentions of channels, roles and members stay."""
    return OUR_MENTION.sub(r"<\1>", escape_line(text, LINE_LIMIT))


def name(title: str, url: str) -> str:
    """What a feed is called: its title, or where it lives."""
    return escape_line(title or host(url) or "a feed without a name", NAME_LIMIT)


def feed_name(subscription: Subscription) -> str:
    return name(subscription.feed_title, subscription.feed_url)


def plain_feed_name(subscription: Subscription, limit: int) -> str:
    """As `feed_name`, for places without markdown, in at most `limit` units."""
    return plain_line(subscription.feed_title or host(subscription.feed_url) or f"feed {subscription.feed_id}", limit)


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


def joined(blocks: Iterable[str], *, between: str = "\n", limit: int = EMBED_DESCRIPTION) -> str:
    """Whole blocks below one another, as many as an embed's description takes."""
    text = ""
    for block in blocks:
        longer = f"{text}{between}{block}" if text else block
        if units(longer) > limit:
            break
        text = longer
    return text


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


def page_note(page: int, pages: int) -> str:
    """`page` from 0."""
    return f"Page {page + 1} of {pages}"


# --- Status and preview --------------------------------------------------------------------------------------


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


def message_link(guild_id: int, channel_id: int, message_id: int) -> str:
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


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


# --- Search --------------------------------------------------------------------------------------------------


def found(total: int) -> str:
    if total >= 1000:
        return "1,000 entries or more"
    return f"{plural(total, 'entry', 'entries')} found"


def since_choice(text: str, moment: datetime) -> str:
    """For autocomplete: what was written, and the day that it means."""
    return text if text == f"{moment:%Y-%m-%d}" else f"{text} (since {moment.day} {moment:%B %Y})"


def understood_as(query: str) -> str:
    return f"-# understood as {code(query)}"


def nothing_found(understood: str, nearest: str | None, *, narrowed: bool = False) -> str:
    """`narrowed`: only one feed, or only a part of the time, was searched."""
    lines = [f"Nothing found for {code(understood)}."]
    if nearest:
        lines.append(f"Did you mean {code(nearest)}?")
    elif narrowed:
        lines.append("There may be something without `feed` and `since`.")
    else:
        lines.append("Fewer words find more; `word*` finds beginnings; `a OR b` finds either.")
    lines.append("**Alert me** tells you when it is published.")
    return "\n".join(lines)


def search_instead(query: str) -> str:
    """A button's label."""
    return f"Search for {query}"


def shared_by(user_id: int) -> str:
    return f"<@{user_id}> shares a search:"


def hit(stored: StoredEntry, guild_id: int, *, excerpt: Sequence[tuple[str, bool]] = ()) -> str:
    """One entry found: title, feed, time, the way to the message that announced it, and where the words stand in it.

    `excerpt` is in pieces that say whether they are what was looked for; those are bold.
    """
    line = entry_line(stored)
    if stored.channel_id is not None and stored.message_id is not None:
        line += f" · [the post]({message_link(guild_id, stored.channel_id, stored.message_id)})"
    shown = "".join(_piece(text, is_hit, starts_line=not place) for place, (text, is_hit) in enumerate(excerpt))
    return f"{line}\n{shown}".rstrip()


def _piece(text: str, is_hit: bool, *, starts_line: bool) -> str:
    literal_text = escape_piece(text, starts_line=starts_line)
    return f"**{literal_text}**" if is_hit and literal_text.strip() else literal_text


def latest_title(feed: str | None) -> str:
    return f"Newest from {feed}" if feed else "Newest entries"


def nothing_published() -> str:
    return "Nothing has been published yet in the feeds followed here."


PREVIOUS, NEXT, SHARE = "Previous", "Next", "Share here"

# --- About ---------------------------------------------------------------------------------------------------


def help_text() -> str:
    return (
        "I watch feeds and post what is new, once, within seconds of seeing it.\n\n"
        "**For everyone**\n"
        '`/search` finds what was published: `rust`, `"exact phrase"`, `a OR b`, `-without`, `start*`, '
        "`title:word`, `author:name`, `feed:name`.\n"
        "`/latest` shows the newest entries.\n"
        "`/keyword add` tells you of new entries that match, with the same words; `/keyword list` · `mute` · `remove`. "
        "**More like this**, in the menu of one of my posts under Apps, finds the words for you.\n"
        "`/privacy` says what I keep of you, sends it to you, or deletes it.\n\n"
        "**With Manage Server**\n"
        "`/feed add` follows a feed, or the feed of any web page, in a channel; `filter` takes the same words as "
        "`/search`.\n"
        "`/keyword add` with a `channel` posts what matches there.\n"
        "`/digest set` posts what came in one message, at times like `daily 9:00` or `mon,thu 18:00`; `/digest list` · "
        "`remove`. With the style `digest`, `/feed add` keeps a feed for digests alone.\n"
        "`/feed import` follows the feeds of another reader's OPML file; `/feed export` gives you one.\n"
        "`/feed list` · `status` · `edit` · `preview` · `pause` · `resume` · `remove` do what they say; `/feed status` "
        "with an `entry` says why that was not posted.\n"
        "`/settings` has the time zone, quiet hours, and the channel where I tell of trouble."
    )


def about_text(version: str, guilds: int, invite: str | None) -> str:
    lines = [
        f"**Herald {version}** is a feed notifier: RSS, Atom, RDF and JSON Feed.",
        f"It serves {plural(guilds, 'server')}. It reads no messages: it knows its commands and the feeds it follows.",
    ]
    if invite:
        lines.append(f"[Add it to a server]({invite})")
    return "\n".join(lines)
