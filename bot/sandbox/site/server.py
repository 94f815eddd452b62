"""A web site on the loopback whose feeds publish, edit and misbehave: where the demo and the tests get their news.

    async with FeedSite() as site:
        feed = site.add_feed("chips", format="atom", title="Chip news")
        entry = feed.publish(title="A chip is made", body_html="<p>At last.</p>")
        feed.fault("503", times=2, retry_after=30)
        ...                                     # a reader polls feed.url
        assert [seen.status for seen in feed.requests] == [503, 503, 200, 304]

Addresses: `/feeds/<slug>.xml` (or `.json`) a feed · `/pages/<slug>` a page that announces it · `/` one that announces
all · `/about` one that announces none · `/stories/<slug>` an entry's page · `/pictures/<name>.png` a painted picture.

The editor's desk, for another process or a web page of this machine (Host and Origin must be loopback; JSON both ways;
an error is `{"error": "..."}` with status 400, 403, 404 or 405):

    GET  /desk/feeds                   every feed: slug, title, url, page_url, waiting, requests, faults
    POST /desk/feeds                   {"slug", "title"?, "format"?}            a new feed
    GET  /desk/feeds/<slug>            the same for one, with its entries and its last requests ("log")
    POST /desk/feeds/<slug>/publish    {}                                       the next entry that waits
                                       {"story": slug} or {"title", "body_html"?, "author"?, "image"?, ...}
    POST /desk/feeds/<slug>/edit       {"guid", "title"?, "body_html"?, ...}
    POST /desk/feeds/<slug>/withdraw   {"guid"}
    POST /desk/feeds/<slug>/fault      {"kind", "times"?, and the kind's options} (kinds: SiteFeed.fault)
    POST /desk/feeds/<slug>/heal       {}
    POST /desk/feeds/<slug>/move       {"path", "permanent"?}
    GET  /desk/stories                 slugs and titles of all stories
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from aiohttp import web

from bot.sandbox.site.desk import ACTIONS, asked_for, feed_facts, feed_state, is_local
from bot.sandbox.site.feed import REQUESTS_KEPT, SiteFeed, SiteRequest
from bot.sandbox.site.file import FileFeed, content_type_of, slug_of
from bot.sandbox.site.formats import FeedFormat
from bot.sandbox.site.pages import feeds_page, page, story_page
from bot.sandbox.site.pictures import MOTIFS, colour_for, picture_png
from bot.sandbox.site.serve import FeedAnswers
from bot.sandbox.site.stories import StoryFeed, find_story, load_stories
from bot.sandbox.site.written import WrittenFeed
from bot.sandbox.snowflakes import Clock, SystemClock

STORY_SPACING = timedelta(hours=7)  # between the past stories of a feed, so that days and nights both have some


AnyFeed = TypeVar("AnyFeed", bound=SiteFeed)


class FeedSite:
    """The site. `port` 0 takes a free one; `host` must be a loopback address.

    `pictures_url` is where feeds say their pictures are, the site itself unless told. A reader that refuses pictures
    on the loopback, as it should, is told a public name such as "https://pictures.example" (RFC 2606: nobody's), and
    whoever draws them asks `picture`.

    Feeds are added once it runs, since their addresses hold the port.
    """

    def __init__(
        self, port: int = 0, *, clock: Clock | None = None, host: str = "127.0.0.1", pictures_url: str = ""
    ) -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"the site is for this machine alone: {host} is not a loopback address")
        self.feeds: dict[str, SiteFeed] = {}
        self.requests: deque[SiteRequest] = deque(maxlen=REQUESTS_KEPT)  # to pages, pictures and unknown addresses
        self._clock = clock or SystemClock()
        self._host, self._port = host, port
        self._pictures_url = pictures_url.rstrip("/")
        self._pages: dict[str, list[SiteFeed]] = {}
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    # --- Life ------------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/desk/{path:.*}", self.desk)
        app.router.add_route("*", "/{path:.*}", self._serve)
        # A reader that gives up ends its handler: nothing may hang on after a test.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def pictures_url(self) -> str:
        """Without a slash at the end."""
        return self._pictures_url or f"{self.url}/pictures"

    @property
    def all_feeds_url(self) -> str:
        """A page that announces every feed."""
        return self.url + "/"

    @property
    def no_feed_url(self) -> str:
        """A page that announces none."""
        return self.url + "/about"

    # --- What it serves --------------------------------------------------------------------------------------------

    def add_feed(self, slug: str, *, format: FeedFormat = "rss", title: str = "", **more: Any) -> WrittenFeed:
        """A feed to publish in. `more`: `validating` ("both", "etag", "last-modified", "none"), `window` (entries
        shown, 50), `guids` (False: the document has none), `motif`, `pictures_on_pages` (True: only an entry's page
        names its picture, as og:image; the document has none), and what Channel knows: `description`, `author`,
        `language`, `icon_url`, `hub_url`, `ttl_minutes`.
        """
        path = f"/feeds/{slug}.{'json' if format == 'json' else 'xml'}"
        common: dict[str, Any] = {"base_url": self.url, "path": path, "clock": self._clock, "title": title or slug}
        return self._add(WrittenFeed(slug, form=format, pictures_url=self.pictures_url, **common, **more))

    def add_story_feed(self, source: StoryFeed, *, hold_back: int = 3, **more: Any) -> WrittenFeed:
        """A feed with all its stories in the past but the newest `hold_back`, which wait for `publish_next`.

        `more` as for `add_feed`.
        """
        feed = self.add_feed(
            source.slug,
            format=cast(FeedFormat, source.format),
            title=source.title,
            description=source.description,
            author=source.author,
            motif=source.motif,
            **more,
        )
        past = source.stories[: len(source.stories) - hold_back]
        for age, story in zip(range(len(past), 0, -1), past, strict=True):
            feed.publish(story, published_at=self._clock.now() - STORY_SPACING * age)
        feed.hold(source.stories[len(past) :])
        return feed

    def add_file_feed(self, path: str | Path, *, slug: str = "", **more: Any) -> FileFeed:
        """A document from disk, byte for byte; `more` as for `add_bytes_feed`."""
        return self.add_bytes_feed(slug or slug_of(path), Path(path).read_bytes(), **more)

    def add_bytes_feed(
        self, slug: str, document: bytes, *, content_type: str = "", hold_back: int = 0, title: str = ""
    ) -> FileFeed:
        """A document served byte for byte; its newest `hold_back` entries wait for `publish_next`.

        `content_type` is told by the document's beginning unless given; `title` is only for pages and the desk.
        """
        kind = content_type or content_type_of(document)
        path = f"/feeds/{slug}.{'json' if 'json' in kind else 'xml'}"
        common: dict[str, Any] = {"base_url": self.url, "path": path, "clock": self._clock, "title": title or slug}
        return self._add(FileFeed(slug, document, hold_back=hold_back, content_type=kind, **common))

    def add_page(self, path: str, feeds: Sequence[SiteFeed]) -> str:
        """A page at `path` that announces these feeds; its address."""
        self._pages[path] = list(feeds)
        return self.url + path

    def picture(self, url: str) -> bytes | None:
        """The PNG behind an address under `pictures_url`: the story's of that name, or one made up for it."""
        base, _, name = url.rpartition("/")
        if base != self.pictures_url or not name.endswith(".png"):
            return None
        name = name.removesuffix(".png")
        story = find_story(name)
        if story is not None:
            return picture_png(name, story.colour, story.motif)
        return picture_png(name, colour_for(name), sorted(MOTIFS)[len(name) % len(MOTIFS)])

    def _add(self, feed: AnyFeed) -> AnyFeed:
        if feed.slug in self.feeds:
            raise ValueError(f"there is a feed {feed.slug!r} already")
        self.feeds[feed.slug] = feed
        return feed

    # --- Requests --------------------------------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        seen = SiteRequest(request.method, request.path_qs, dict(request.headers), self._clock.now())
        feed = self._feed_at(request.path)
        if feed is not None:
            feed.requests.append(seen)
            return await FeedAnswers(self._closing).answer(feed, request, seen)
        self.requests.append(seen)
        response = self._page(request.path) if request.method in {"GET", "HEAD"} else web.Response(status=405)
        seen.status = response.status
        return response

    def _feed_at(self, path: str) -> SiteFeed | None:
        """The feed that is, was, or stands behind this path."""
        likely = self.feeds.get(PurePosixPath(path).stem)
        if likely is not None and likely.answers_at(path):
            return likely
        return next((feed for feed in self.feeds.values() if feed.answers_at(path)), None)

    def _page(self, path: str) -> web.Response:
        announced = self._pages.get(path)
        match path.strip("/").split("/"):
            case _ if announced is not None:
                answer = feeds_page("Feeds", announced)
            case [""]:
                answer = feeds_page("All our feeds", self.feeds.values())
            case ["about"]:
                answer = page("About", "<h1>About</h1><p>A page like any other: nothing here can be followed.</p>")
            case ["pages", slug] if slug in self.feeds:
                answer = feeds_page(self.feeds[slug].title, [self.feeds[slug]])
            case ["stories", _]:
                answer = self._story(path)
            case ["pictures", name] if name.endswith(".png"):
                png = self.picture(f"{self.pictures_url}/{name}")
                answer = web.Response(body=png, content_type="image/png")
            case _:
                answer = web.Response(status=404, text="404: nothing here")
        return answer

    def _story(self, path: str) -> web.Response:
        for feed in [feed for feed in self.feeds.values() if isinstance(feed, WrittenFeed)]:
            for entry in feed.entries.values():
                if entry.url == self.url + path:
                    return story_page(entry, feed)
        return web.Response(status=404, text="404: not published yet")

    # --- The editor's desk -----------------------------------------------------------------------------------------

    async def desk(self, request: web.Request) -> web.Response:
        """One call to the desk; `path` of the request is what follows /desk/. Also for who serves it elsewhere."""
        if not is_local(request):
            return _json({"error": "only this machine may sit here"}, 403)
        try:
            answer = self._desk_answer(request, await asked_for(request))
        except LookupError as error:
            answer = _json({"error": str(error.args[0]) if error.args else "not found"}, 404)
        except (TypeError, ValueError) as error:
            answer = _json({"error": str(error)}, 400)
        if "Origin" in request.headers:
            # A page of this machine lives on another port, which is another origin.
            answer.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            answer.headers["Access-Control-Allow-Headers"] = "Content-Type"
        return answer

    def _desk_answer(self, request: web.Request, asked: dict[str, Any]) -> web.Response:
        match request.method, request.match_info["path"].strip("/").split("/"):
            case "GET", ["feeds"]:
                answer: Any = [feed_facts(feed) for feed in self.feeds.values()]
            case "GET", ["stories"]:
                stories = (story for source in load_stories() for story in source.stories)
                answer = [{"slug": story.slug, "title": story.title} for story in stories]
            case "POST", ["feeds"]:
                answer = feed_facts(self.add_feed(slug_of(str(asked.pop("slug"))), **asked))
            case "GET", ["feeds", slug]:
                answer = feed_state(self._known(slug))
            case "POST", ["feeds", slug, action] if action in ACTIONS:
                answer = ACTIONS[action](self._known(slug), asked)
            case "GET" | "POST", _:
                raise LookupError("no such call; see the docstring of bot.sandbox.site.server")
            case _:
                return web.Response(status=204 if request.method == "OPTIONS" else 405)
        return _json(answer)

    def _known(self, slug: str) -> SiteFeed:
        if slug not in self.feeds:
            raise LookupError(f"there is no feed {slug!r}")
        return self.feeds[slug]


def _json(value: Any, status: int = 200) -> web.Response:
    text = json.dumps(value, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json")
