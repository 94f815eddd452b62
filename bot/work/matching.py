"""Who is owed which entry: subscriptions by their filter, keywords by their query. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from bot.model import Destination, Entry, Keyword, Owed, Subscription
from bot.query.language import Query, parse_filter
from bot.query.match import Document, matches

# Filters and keywords are parsed when they are saved, so here they always parse; the cache holds the compiled form.
_compiled = lru_cache(maxsize=4096)(parse_filter)


def owed(
    entries: Sequence[Entry],
    subscriptions: Iterable[Subscription],
    matching: Callable[[Document], Sequence[Keyword]],
    *,
    feed_title: str,
    feed_url: str,
    flood_limit: int = 10,
) -> list[Owed]:
    """What the new entries owe, in their order; the store merges what goes to one destination."""
    found = claims(entries, subscriptions, matching, feed_title=feed_title, feed_url=feed_url)
    return without_floods(found, flood_limit)


def claims(
    entries: Sequence[Entry],
    subscriptions: Iterable[Subscription],
    matching: Callable[[Document], Sequence[Keyword]],
    *,
    feed_title: str,
    feed_url: str,
) -> list[Owed]:
    """`owed` of some of the new entries, before it is known whether all of them are a flood.

    A feed that is kept for digests owes no posts. `matching` gives the keywords that find an entry: from an index of
    many (work/standing), or `each_of` few.
    """
    subscriptions = [one for one in subscriptions if one.style != "digest"]
    result: list[Owed] = []
    for entry in entries:
        document = Document.of(entry, feed_title, feed_url)
        for subscription in subscriptions:
            if not subscription.filter or _fits(subscription.filter, document):
                channel = Destination(kind="channel", id=subscription.channel_id, guild_id=subscription.guild_id)
                result.append(Owed(entry_key=entry.key, destination=channel, subscription_id=subscription.id))
        for keyword in matching(document):
            result.append(Owed(entry_key=entry.key, destination=_destination(keyword), keyword_ids=(keyword.id,)))
    return result


def each_of(keywords: Iterable[Keyword], now: datetime) -> Callable[[Document], list[Keyword]]:
    """Tries each keyword that is not muted at `now`, in their order."""
    heard = [one for one in keywords if one.muted_until is None or one.muted_until <= now]
    return lambda document: [keyword for keyword in heard if _fits(keyword.query, document)]


def without_floods(owed: Sequence[Owed], limit: int) -> list[Owed]:
    """The same, but of more than `limit` entries for one destination only the gist of the older ones is told."""
    places: defaultdict[Destination, dict[int, None]] = defaultdict(dict)
    for one in owed:
        places[one.destination][one.entry_key] = None
    posts = {where: set(list(keys)[-limit:]) for where, keys in places.items()}
    return [one if one.entry_key in posts[one.destination] else replace(one, gist=True) for one in owed]


def _fits(text: str, document: Document) -> bool:
    query: Query = _compiled(text)
    return matches(query, document)


def _destination(keyword: Keyword) -> Destination:
    if keyword.channel_id is not None:
        return Destination(kind="channel", id=keyword.channel_id, guild_id=keyword.guild_id)
    return Destination(kind="user", id=keyword.user_id, guild_id=keyword.guild_id)
