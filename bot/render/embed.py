"""A posting as one Discord message: up to ten entries, inside the limits that all of them share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from bot.model import Delivery, Note, Payload, Posting, StyleName
from bot.render import digest, limits
from bot.render.buttons import Component, below_alert, below_note
from bot.render.clip import clip
from bot.render.entry_embed import embed, plain_embed, title_of
from bot.render.escape import escape_line
from bot.render.forum import post_title, topics
from bot.render.gist import gist
from bot.render.inline import code
from bot.render.limits import embed_units, units
from bot.render.link import safe_link
from bot.render.readback import identity_of, same_message

__all__ = ["PLAINEST", "WITHOUT_LINKS", "embed", "identity_of", "message", "same_message"]

# The steps of `Posting.degraded`. The last is for what a server lets nobody say: a title with no way to anywhere.
WITHOUT_PICTURES, WITHOUT_EXTRAS, PLAINEST, WITHOUT_LINKS = 1, 2, 3, 4
_LONGEST_QUERY = 60
_LONGEST_REASON = 1000
_LONGEST_SERVER = 200  # Discord's names have up to 100 characters; some take two when they are escaped
_LEAST_TITLE = 40  # of an entry in a message without embeds


def message(posting: Posting) -> Payload:
    """The posting as Discord's JSON, as plain as `posting.degraded` asks. Every delivery is in it, in order.

    A silent one names its roles and pings none.
    Raises ValueError for no delivery or more than ten, unless it is the rest of a flood, a note or a digest.
    """
    payload = replace(_message(posting), title=post_title(posting), topics=topics(posting))
    return replace(payload, silent=True, allowed_role_ids=()) if posting.silent else payload


def _message(posting: Posting) -> Payload:
    if posting.note is not None:
        return _note(posting, posting.note)
    if posting.digest is not None:
        return digest.message(posting.digest, degraded=posting.degraded)
    if posting.gist:
        told = gist(posting)
        content = "\n".join(part for part in (_from(posting), told.content) if part)
        return replace(told, content=content, components=_buttons(posting))
    if not 1 <= len(posting.deliveries) <= limits.EMBEDS:
        raise ValueError(f"posting {posting.id} has {len(posting.deliveries)} deliveries")
    roles = _roles(posting)
    reason = _reason(posting)
    head = " ".join(part for part in (*(f"<@&{role}>" for role in roles), reason) if part)
    links = _distinct(safe_link(delivery.entry.entry.url) for delivery in posting.deliveries)
    if posting.degraded >= WITHOUT_LINKS:
        links = [None] * len(links)
    if posting.degraded >= PLAINEST:
        return Payload(content=_as_text(posting.deliveries, links, head), allowed_role_ids=roles)
    embeds = _embeds(posting.deliveries, posting.degraded)
    for made, link in zip(embeds, links, strict=True):
        made.pop("url", None)
        if link is not None:
            made["url"] = link
    return Payload(embeds=tuple(embeds), content=head, allowed_role_ids=roles, components=_buttons(posting))


def _note(posting: Posting, note: Note) -> Payload:
    """What the buttons would ask is said where there can be none."""
    elsewhere = ""
    if note.held_feed_id is not None and posting.destination.kind == "user":
        elsewhere = "\nThe buttons are in the server, below `/feed status`: here I cannot see who may press them."
    room = limits.CONTENT - units(elsewhere)
    return Payload(content=clip(note.text, room) + elsewhere, components=_buttons(posting))


def _buttons(posting: Posting) -> tuple[Component, ...]:
    if posting.degraded >= WITHOUT_EXTRAS:
        return ()
    return below_alert(posting) if posting.note is None else below_note(posting)


def _embeds(deliveries: Sequence[Delivery], degraded: int) -> list[dict[str, Any]]:
    if degraded >= WITHOUT_EXTRAS:
        return [plain_embed(delivery.entry, also=delivery.also) for delivery in deliveries]
    embeds = [embed(delivery.entry, _style(delivery), also=delivery.also) for delivery in deliveries]
    if sum(map(embed_units, embeds)) > limits.EMBEDS_TOTAL:
        wanted = [units(made.get("description", "")) for made in embeds]
        free = limits.EMBEDS_TOTAL - sum(map(embed_units, embeds)) + sum(wanted)
        rooms = _shares(wanted, free)
        embeds = [
            embed(one.entry, _style(one), room=room, also=one.also) for one, room in zip(deliveries, rooms, strict=True)
        ]
    if degraded >= WITHOUT_PICTURES:
        embeds = [{key: made[key] for key in made if key not in ("image", "thumbnail")} for made in embeds]
    return embeds


def _style(delivery: Delivery) -> StyleName:
    style = delivery.subscription.style if delivery.subscription else "full"
    return "full" if style == "digest" else style  # it was posted before it was kept for digests


def _shares(wanted: Sequence[int], free: int) -> list[int]:
    """What each gets of `free`: all it wants if that is little, else the same as the others."""
    shares = [0] * len(wanted)
    shortest_first = sorted(range(len(wanted)), key=lambda place: wanted[place])
    for served, place in enumerate(shortest_first):
        shares[place] = min(wanted[place], free // (len(wanted) - served))
        free -= shares[place]
    return shares


def _distinct(links: Iterable[str | None]) -> list[str | None]:
    """The links with no two the same: Discord's client merges embeds of one link into one."""
    distinct: list[str | None] = []
    for link in links:
        place = len(distinct) + 1
        if link in distinct and link is not None:
            longer = f"{link}#{place}"
            fits = not urlsplit(link).fragment and len(longer) <= limits.URL
            distinct.append(longer if fits else None)
        else:
            distinct.append(link)
    return distinct


def _roles(posting: Posting) -> tuple[int, ...]:
    """The roles that were asked for, each once. In a direct message there are none."""
    if posting.destination.kind == "user":
        return ()
    wanted = [
        asker.mention_role_id
        for delivery in posting.deliveries
        for asker in (delivery.subscription, *delivery.keywords)
        if asker is not None and asker.mention_role_id is not None
    ]
    return tuple(dict.fromkeys(wanted))


def _reason(posting: Posting) -> str:
    """Which standing queries matched: "🔔 matches `rust`, `gc`", in a direct message "🔔 in **Reading room**: matches
    `rust`"; "" if the message comes from subscriptions only."""
    queries = dict.fromkeys(clip(word.query, _LONGEST_QUERY) for one in posting.deliveries for word in one.keywords)
    head = f"{_from(posting)}: matches" if posting.server else "🔔 matches"
    named = ""
    for count, query in enumerate(queries):
        longer = f"{named}, {code(query)}" if named else code(query)
        if units(longer) > _LONGEST_REASON:
            return f"{head} {named} and {len(queries) - count} more"
        named = longer
    return f"{head} {named}" if named else ""


def _from(posting: Posting) -> str:
    """Which server a direct message comes from, whose people chose its name."""
    return f"🔔 in **{escape_line(posting.server, _LONGEST_SERVER)}**" if posting.server else ""


def _as_text(deliveries: Sequence[Delivery], links: Sequence[str | None], head: str) -> str:
    """Titles with bare links, without a preview; links that do not fit are left out before titles suffer."""
    count = len(deliveries)
    left = limits.CONTENT - units(head) - 1 - count * (_LEAST_TITLE + 5)  # stars and line end
    tails = []
    for link in links:
        tail = f" <{link}>" if link and units(link) + 3 <= left else ""
        left -= units(tail)
        tails.append(tail)
    room = min(_LEAST_TITLE + left // count, limits.EMBED_TITLE)
    titles = [escape_line(title_of(delivery.entry), room) for delivery in deliveries]
    lines = [f"**{title}**{tail}" for title, tail in zip(titles, tails, strict=True)]
    return "\n".join([head, *lines] if head else lines)
