"""The editor's desk: the site driven over HTTP under /desk/ (the calls are listed in `site`'s docstring).

Only programs and pages of this machine may use it: another site's page that reached it by a name pointing to
127.0.0.1 (DNS rebinding), or by a cross-site request, shows itself in Host or Origin.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox.site.feed import SiteFeed
from bot.sandbox.site.formats import SiteEntry
from bot.sandbox.site.stories import find_story
from bot.sandbox.site.written import WrittenFeed

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
REQUESTS_SHOWN = 50


def is_local(request: web.BaseRequest) -> bool:
    """Whether Host, and Origin if there is one, name this machine."""
    addresses = ["//" + request.headers.get("Host", "")]
    if "Origin" in request.headers:
        addresses.append(request.headers["Origin"])
    try:
        return all(urlsplit(address).hostname in LOOPBACK_NAMES for address in addresses)
    except ValueError:
        return False


def entry_facts(entry: SiteEntry) -> dict[str, Any]:
    return {
        "guid": entry.guid,
        "title": entry.title,
        "url": entry.url,
        "author": entry.author,
        "image_url": entry.image_url,
        "published_at": entry.published_at.isoformat(),
        "updated_at": entry.updated_at.isoformat(),
    }


def feed_facts(feed: SiteFeed) -> dict[str, Any]:
    """One line of the list of feeds."""
    return {
        "slug": feed.slug,
        "title": feed.title,
        "url": feed.url,
        "page_url": feed.page_url,
        "content_type": feed.content_type,
        "waiting": feed.waiting,
        "requests": len(feed.requests),
        "faults": [{"kind": fault.kind, "left": fault.left} for fault in feed.faults],
    }


def feed_state(feed: SiteFeed) -> dict[str, Any]:
    """All about one feed: entries newest first, its last requests oldest first."""
    entries = list(feed.entries.values())[::-1] if isinstance(feed, WrittenFeed) else []
    requests = [
        {"method": seen.method, "path": seen.path, "status": seen.status, "at": seen.at.isoformat()}
        | {"user_agent": seen.headers.get("User-Agent"), "if_none_match": seen.headers.get("If-None-Match")}
        for seen in list(feed.requests)[-REQUESTS_SHOWN:]
    ]
    return feed_facts(feed) | {"entries": [entry_facts(entry) for entry in entries], "log": requests}


def _publish(feed: SiteFeed, asked: dict[str, Any]) -> Any:
    if not asked:
        entry = feed.publish_next()
        if isinstance(entry, bytes):
            return {"published": True, "bytes": len(entry)}
        return entry_facts(entry) if entry else {"published": False}
    name = asked.pop("story", None)
    story = find_story(str(name)) if name is not None else None
    if name is not None and story is None:
        raise LookupError(f"there is no story {name!r}")
    if "published_at" in asked:
        asked["published_at"] = datetime.fromisoformat(asked["published_at"])
    return entry_facts(_written(feed).publish(story, **asked))


def _edit(feed: SiteFeed, asked: dict[str, Any]) -> Any:
    return entry_facts(_written(feed).edit(str(asked.pop("guid")), **asked))


def _withdraw(feed: SiteFeed, asked: dict[str, Any]) -> Any:
    return entry_facts(_written(feed).withdraw(str(asked["guid"])))


def _fault(feed: SiteFeed, asked: dict[str, Any]) -> Any:
    feed.fault(str(asked.pop("kind")), asked.pop("times", None), **asked)
    return feed_facts(feed)


def _heal(feed: SiteFeed, asked: dict[str, Any]) -> Any:
    feed.heal()
    return feed_facts(feed)


def _move(feed: SiteFeed, asked: dict[str, Any]) -> Any:
    feed.move_to(str(asked["path"]), permanent=bool(asked.get("permanent", True)))
    return feed_facts(feed)


ACTIONS: Mapping[str, Callable[[SiteFeed, dict[str, Any]], Any]] = {
    "publish": _publish,
    "edit": _edit,
    "withdraw": _withdraw,
    "fault": _fault,
    "heal": _heal,
    "move": _move,
}


def _written(feed: SiteFeed) -> WrittenFeed:
    if not isinstance(feed, WrittenFeed):
        raise TypeError(f"{feed.slug} serves a file, which stays as it is")
    return feed


async def asked_for(request: web.Request) -> dict[str, Any]:
    """The JSON object that came with the request; {} if nothing came. Raises ValueError for anything else."""
    text = await request.text()
    asked = json.loads(text) if text.strip() else {}
    if not isinstance(asked, dict):
        raise TypeError("a JSON object was expected")
    return asked
