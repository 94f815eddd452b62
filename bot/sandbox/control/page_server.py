"""The sandbox in a browser: static files, pictures and, through the same origin, the desk of a feed site.

The page gets everything from this one address. Its policy lets it run no other script, reach no other host and make
no markup out of text: what a bot or a feed wrote stays text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Protocol

from aiohttp import web

from bot.sandbox.box import Box
from bot.sandbox.records import Json
from bot.sandbox.site import FeedSite

CONTENT_TYPES = {
    "html": "text/html",
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' {sockets};"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
    " trusted-types 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class Surroundings(Protocol):
    """What there is beside the sandbox: who starts the bot and where its feeds come from. The demo has both."""

    site: FeedSite

    @property
    def bot_is_running(self) -> bool: ...

    async def start_bot(self) -> None:
        """Starts the bot's process; nothing if it runs."""

    async def kill_bot(self) -> None:
        """As a power cut would."""

    def tour(self) -> Json:
        """What the tour's steps say: {"guild", "channel", "feed_url", "feed", "word"}."""

    def bot_log(self) -> list[str]:
        """The last lines that the bot wrote, oldest first."""


class Page:
    """Adds the page's routes to the sandbox's server. `surroundings` come later, if at all."""

    def __init__(self, sandbox: Box) -> None:
        self._sandbox = sandbox
        self.surroundings: Surroundings | None = None
        self._root = files("bot.sandbox").joinpath("page")
        self._names = {each.name for each in self._root.iterdir()}
        router = sandbox.server.app.router
        router.add_get("/", self._index)
        router.add_get("/page/picture", self._picture)
        router.add_get("/page/{name}", self._file)
        router.add_get("/around/", self._look_around)
        router.add_post("/around/{act}", self._act)
        router.add_route("*", "/desk/{path:.*}", self._desk)

    @property
    def url(self) -> str:
        return f"{self._sandbox.world.base_url}/"

    # --- Files ----------------------------------------------------------------------------------------------

    async def _index(self, request: web.Request) -> web.Response:
        return self._serve("index.html", request)

    async def _file(self, request: web.Request) -> web.Response:
        return self._serve(request.match_info["name"], request)

    def _serve(self, name: str, request: web.Request) -> web.Response:
        kind = CONTENT_TYPES.get(name.rpartition(".")[2])
        if kind is None or name not in self._names:
            return web.Response(status=404, text="404: the page has no such file\n")
        # 'self' means the socket as well, but not in every browser yet.
        policy = POLICY.format(sockets=f"ws://{request.host}")
        headers = HEADERS | {"Content-Security-Policy": policy}
        body = self._root.joinpath(name).read_bytes()
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)

    async def _picture(self, request: web.Request) -> web.Response:
        """?url=...: a picture of the feed site, or 404: nothing is fetched from elsewhere."""
        around = self.surroundings
        png = around.site.picture(request.query.get("url", "")) if around else None
        if png is None:
            return web.Response(status=404, text="404: the sandbox fetches no pictures from elsewhere\n")
        headers = HEADERS | {"Cache-Control": "max-age=3600"}
        return web.Response(body=png, content_type="image/png", headers=headers)

    # --- What stands beside the sandbox ---------------------------------------------------------------------

    async def _look_around(self, _: web.Request) -> web.Response:
        around = self.surroundings
        if around is None:
            return web.json_response({"site": False, "bot_process": None, "tour": None})
        process = {"running": around.bot_is_running, "log": around.bot_log()}
        return web.json_response({"site": True, "bot_process": process, "tour": around.tour()})

    async def _act(self, request: web.Request) -> web.Response:
        around = self.surroundings
        acts: dict[str, Callable[[], Awaitable[None]]] = (
            {"start-bot": around.start_bot, "kill-bot": around.kill_bot} if around else {}
        )
        act = acts.get(request.match_info["act"])
        if act is None:
            return web.json_response({"error": "there is nothing here that could do so"}, status=404)
        if request.content_type != "application/json":
            return web.json_response({"error": "the body must be application/json"}, status=415)
        try:
            await act()
        except TimeoutError as error:
            return web.json_response({"error": str(error)}, status=504)
        return await self._look_around(request)

    async def _desk(self, request: web.Request) -> web.Response:
        if self.surroundings is None:
            return web.json_response({"error": "there is no feed site beside this sandbox"}, status=404)
        return await self.surroundings.site.desk(request)
