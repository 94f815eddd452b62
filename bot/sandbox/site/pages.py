"""The site's HTML: pages that announce feeds (or none), and a page for every story."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from aiohttp import web

from bot.sandbox.site.feed import SiteFeed
from bot.sandbox.site.formats import SiteEntry
from bot.sandbox.site.written import WrittenFeed

STYLE = """
:root { color-scheme: light dark; }
body { font: 18px/1.6 Georgia, serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
img { max-width: 100%; border-radius: 8px; } .by { opacity: .7; } a { color: #3a7d8c; }
"""
# Story bodies may be a test's hostile markup: nothing in a page runs or posts.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src *",
    "X-Content-Type-Options": "nosniff",
}


def page(title: str, body: str, announced: Iterable[SiteFeed] = (), *, image_url: str = "") -> web.Response:
    """A page that announces feeds with rel=alternate, as readers look for them (WHATWG HTML, 4.6.7.1).

    `image_url` is its picture for whoever links to it (og:image, ogp.me).
    """
    links = "\n".join(
        f'<link rel="alternate" type="{escape(feed.content_type)}" title="{escape(feed.title)}"'
        f' href="{escape(feed.path)}">'
        for feed in announced
    )
    if image_url:
        links += f'\n<meta property="og:image" content="{escape(image_url)}">'
    text = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n{links}\n<style>{STYLE}</style></head>\n'
        f"<body>{body}</body></html>\n"
    )
    return web.Response(text=text, content_type="text/html", headers=HEADERS)


def feeds_page(title: str, feeds: Iterable[SiteFeed]) -> web.Response:
    feeds = list(feeds)
    lines = "".join(
        f'<li><a href="/pages/{escape(feed.slug)}">{escape(feed.title)}</a>'
        f' · <a href="{escape(feed.path)}">{escape(feed.path)}</a></li>'
        for feed in feeds
    )
    return page(title, f"<h1>{escape(title)}</h1><ul>{lines}</ul>", feeds)


def story_page(entry: SiteEntry, feed: WrittenFeed) -> web.Response:
    named = entry.image_url or entry.page_image_url or ""
    image = named.replace(feed.pictures_url, "/pictures")  # here, whatever name the reader is told
    picture = f'<img src="{escape(image)}" alt="">' if image else ""
    day = f"{entry.published_at:%d %B %Y}"
    body = (
        f"<h1>{escape(entry.title)}</h1><p class=by>{escape(entry.author or feed.title)} · {day}</p>"
        f"{picture}{entry.body_html}"
        f'<p class=by><a href="/pages/{escape(feed.slug)}">{escape(feed.title)}</a></p>'
    )
    return page(entry.title, body, [feed], image_url=named)
