"""What Herald says when something is in the way, and the pieces that all its sentences are made of.

Of everything else there is a file for each command's sentences beside this one. Short, exact, what happened and then
what to do. Names of feeds and the like are strangers' texts and are escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.model import Subscription
from bot.render.escape import escape_line, plain_line
from bot.render.limits import EMBED_DESCRIPTION, units
from bot.render.link import host

NAME_LIMIT = 100
LINE_LIMIT = 300
OUR_MENTION = re.compile(r"\\<([#@]&?\d{1,20})>")

# --- Pieces --------------------------------------------------------------------------------------------------


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


def joined(blocks: Iterable[str], *, between: str = "\n", limit: int = EMBED_DESCRIPTION) -> str:
    """Whole blocks below one another, as many as an embed's description takes."""
    text = ""
    for block in blocks:
        longer = f"{text}{between}{block}" if text else block
        if units(longer) > limit:
            break
        text = longer
    return text


def message_link(guild_id: int, channel_id: int, message_id: int) -> str:
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def page_note(page: int, pages: int) -> str:
    """`page` from 0."""
    return f"Page {page + 1} of {pages}"


PREVIOUS, NEXT = "Previous", "Next"


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
