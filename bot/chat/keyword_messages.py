"""What Herald says of keywords: adding and listing them, finding more like a post, and alerts that cannot arrive.

As messages.py: short, exact, what happened and then what to do; strangers' texts are escaped here.
"""

from __future__ import annotations

from datetime import datetime

from bot.chat.messages import LINE_LIMIT, NAME_LIMIT, joined
from bot.model import Caught, Keyword
from bot.render.entry_embed import title_of
from bot.render.escape import escape_line, plain_line
from bot.render.inline import code_block
from bot.render.limits import units
from bot.render.lines import code, entry_line, plural, when
from bot.work.answers import AddedKeyword, Proposal, StandingQuery


def watching(standing: StandingQuery) -> str:
    """The first lines of the answer to a new keyword."""
    keyword = standing.keyword
    feed = f"in **{escape_line(standing.feed_title, NAME_LIMIT)}**" if standing.feed_title else "in every feed here"
    first = f"Watching for {code(keyword.query)} {feed}."
    if keyword.channel_id is None:
        return f"{first} You get a direct message for each new entry that matches."
    mention = f" and mention <@&{keyword.mention_role_id}>" if keyword.mention_role_id else ""
    return f"{first} I post each new entry that matches in <#{keyword.channel_id}>{mention}."


def would_have_caught(caught: Caught, days: int) -> str:
    """What a query would have brought, before the entries themselves."""
    if not caught.total:
        return f"In the last {days} days it would have caught nothing."
    number = "1,000 entries or more" if caught.total >= 1000 else plural(caught.total, "entry", "entries")
    newest = ":" if caught.total <= len(caught.newest) else ", the newest of them:"
    return f"In the last {days} days it would have caught {number}{newest}"


def too_noisy(per_day: float) -> str:
    return (
        f"That is about {round(per_day)} a day. Another word, a phrase in quotes or `-word` makes it calmer; "
        "`/keyword remove` ends it."
    )


def nothing_to_watch() -> str:
    return "This server follows no feed yet, so nothing can match. `/feed add` begins."


def dms_needed() -> str:
    return "-# Your privacy settings must allow direct messages from this server."


def keyword_added(added: AddedKeyword) -> str:
    """The whole answer to a new keyword."""
    blocks = [watching(added.standing)]
    if added.follows_nothing:
        blocks.append(nothing_to_watch())
    else:
        blocks.append(would_have_caught(added.caught, added.days))
        blocks.extend(f"- {entry_line(one)}" for one in added.caught.newest)
    if added.noisy:
        blocks.append(f"⚠️ {too_noisy(added.per_day)}")
    if added.standing.keyword.channel_id is None:
        blocks.append(dms_needed())
    return joined(blocks)


def keywords_title(total: int) -> str:
    return plural(total, "keyword")


def no_keywords() -> str:
    return "You have no keywords here. `/keyword add` watches for words in new entries; `/search` tries them out."


def keyword_line(standing: StandingQuery, user_id: int, now: datetime) -> str:
    """One keyword: its query, and below it where it looks and whom it tells. Of another's it says whose it is."""
    keyword = standing.keyword
    where = escape_line(standing.feed_title, NAME_LIMIT) if standing.feed_title else "every feed"
    parts = [where, f"<#{keyword.channel_id}>" if keyword.channel_id else "direct message"]
    if keyword.mention_role_id:
        parts.append(f"mentions <@&{keyword.mention_role_id}>")
    if keyword.user_id and keyword.user_id != user_id:
        parts.append(f"by <@{keyword.user_id}>")
    if keyword.muted_until is not None and keyword.muted_until > now:
        parts.append(f"muted, ends {when(keyword.muted_until)}")
    return f"{code(keyword.query)}\n-# {' · '.join(parts)}"


def plain_keyword(standing: StandingQuery, channel: str, limit: int) -> str:
    """For autocomplete: the query, and the channel's name or the feed's."""
    tail = plain_line(" · ".join(part for part in (f"#{channel}" if channel else "", standing.feed_title) if part), 40)
    room = limit - units(tail) - 3 if tail else limit
    query = plain_line(standing.keyword.query, room)
    return f"{query} · {tail}" if tail else query


def keyword_removed(keyword: Keyword) -> str:
    return f"{code(keyword.query)} is removed. Nothing more comes for it."


def keyword_muted(keyword: Keyword, until: datetime | None) -> str:
    if until is None:
        return f"{code(keyword.query)} is heard again, from the next new entry on."
    return f"{code(keyword.query)} is muted; that ends {when(until)}. What is published meanwhile is not told later."


def alert_label() -> str:
    return "Alert me"


# --- More like this ------------------------------------------------------------------------------------------


def proposal(found: Proposal) -> str:
    """What would find the entry again, and how often it would have fired."""
    blocks = [f"Like **{escape_line(title_of(found.entry), LINE_LIMIT)}**:", code_block(found.query)]
    blocks.append(would_have_caught(found.caught, found.days))
    blocks.extend(f"- {entry_line(one)}" for one in found.caught.newest)
    return joined(blocks)


def more_title() -> str:
    return "More like this"


def choose_entry() -> str:
    return "Another entry of that post"


def edit_label() -> str:
    return "Change it first"


def keyword_form() -> tuple[str, str]:
    """Title of the form, and label of its one field."""
    return "New keyword", "Tell me of new entries that match"


# --- Closed direct messages ----------------------------------------------------------------------------------


def dms_closed(waiting: int) -> str:
    what = f"{plural(waiting, 'alert')}" if waiting else "your alerts"
    return (
        f"I could not send you {what}, because your direct messages are closed to me. Allow them in this server's "
        "privacy settings, then press Try again. Until then they wait."
    )


def try_again_label() -> str:
    return "Try again"


def trying_again() -> str:
    return "What waited for you is on its way. If your direct messages are still closed, I tell you here once more."


def nothing_waits() -> str:
    return "Nothing is held back for you."
