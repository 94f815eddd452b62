"""The control interface under /sandbox/: what a page, a demo or a test in another process does as the members.

JSON both ways; identifiers are strings, as in Discord's API. A mistake is answered `{"error": "..."}`: 400 for a bad
request, 404 for what is not there, 409 for what a real client would not let the member do. GET /sandbox/ lists the
routes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.box import Box
from bot.sandbox.control import person_view, views
from bot.sandbox.control.acts import Acts
from bot.sandbox.control.things import NotThere, Things
from bot.sandbox.members.options import WrongUse
from bot.sandbox.records import Event, Json
from bot.sandbox.rules.problems import ApiError

WAITING_EVENTS = 1000  # a listener that falls this far behind is cut off


class Control:
    """Adds the routes to the sandbox's server."""

    def __init__(self, sandbox: Box) -> None:
        self._sandbox, self._world = sandbox, sandbox.world
        self._things = Things(sandbox)
        self._acts = Acts(sandbox, self._things).by_name
        self._looks: dict[str, Callable[[web.Request], Any]] = {
            "state": lambda _: views.state(sandbox),
            "view": self._view,
            "messages": self._messages,
            "commands": self._commands,
            "faults": lambda _: views.faults(sandbox),
            "log": lambda request: views.log(sandbox, after=int(request.query.get("after", 0))),
        }
        router = sandbox.server.app.router
        router.add_get("/sandbox/", self._index)
        router.add_get("/sandbox/events", self._events)
        router.add_delete("/sandbox/faults", self._clear_faults)
        router.add_get("/sandbox/{look}", self._look)
        router.add_post("/sandbox/{act}", self._act)

    # --- Requests -----------------------------------------------------------------------------------------

    async def _index(self, _: web.Request) -> web.Response:
        gets = [f"GET /sandbox/{name}" for name in self._looks]
        posts = [f"POST /sandbox/{name}: {(act.__doc__ or '').strip()}" for name, act in self._acts.items()]
        return web.json_response(
            {"routes": [*gets, "GET /sandbox/events (WebSocket)", "DELETE /sandbox/faults", *posts]}
        )

    async def _look(self, request: web.Request) -> web.Response:
        look = self._looks.get(request.match_info["look"])
        if look is None:
            return _error(404, "no such route; GET /sandbox/ lists them")
        return await self._guarded(lambda: _ready(look(request)))

    async def _act(self, request: web.Request) -> web.Response:
        act = self._acts.get(request.match_info["act"])
        if act is None:
            return _error(404, "no such route; GET /sandbox/ lists them")
        # A form of another site can post text/plain without asking; JSON it cannot.
        if request.content_type != "application/json":
            return _error(415, "the body must be application/json")
        body = await request.json()
        return await self._guarded(lambda: act(body))

    async def _guarded(self, work: Callable[[], Awaitable[Any]]) -> web.Response:
        try:
            return web.json_response(await work())
        except NotThere as error:
            return _error(404, str(error))
        except WrongUse as error:
            return _error(409, str(error))
        except ApiError as error:
            return web.json_response({"error": error.message, **error.body()}, status=error.status)
        except KeyError as error:
            return _error(400, f"missing or unknown: {error}")
        except (ValueError, TypeError) as error:
            return _error(400, str(error))

    async def _clear_faults(self, _: web.Request) -> web.Response:
        self._sandbox.faults.clear()
        return web.json_response({})

    async def _events(self, request: web.Request) -> web.WebSocketResponse:
        """Every event from now on: {"name", "data", "guild_id", "channel_id"}.

        The gateway's own, and: SANDBOX_EPHEMERAL_MESSAGE_CREATE, _UPDATE and _DELETE (`data.sandbox_visible_to` is the
        only reader), SANDBOX_INTERACTION_UPDATE (answered, edited), SANDBOX_TYPING, SANDBOX_GATEWAY (a shard came or
        went).
        """
        stream = web.WebSocketResponse(heartbeat=30)
        await stream.prepare(request)
        queue: asyncio.Queue[Event] = asyncio.Queue(WAITING_EVENTS)

        def tell(event: Event) -> None:
            if queue.full():
                self._world.listeners.remove(tell)
            else:
                queue.put_nowait(event)

        self._world.listeners.append(tell)
        writer = asyncio.create_task(_pour(queue, stream))
        self._sandbox.server.streams.add(stream)
        try:
            async for message in stream:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            writer.cancel()
            self._sandbox.server.streams.discard(stream)
            if tell in self._world.listeners:
                self._world.listeners.remove(tell)
        return stream

    # --- Looking ------------------------------------------------------------------------------------------

    def _messages(self, request: web.Request) -> Json:
        """?channel=ID[&user=ID][&before=ID][&limit=N] -> {messages, more}: the newest `limit` older than `before`.

        With `user`, the ephemeral ones that only they see are there too.
        """
        channel = self._things.channel(request.query["channel"])
        user = self._things.user(request.query["user"]) if "user" in request.query else None
        limit, before = (int(request.query[key]) if key in request.query else None for key in ("limit", "before"))
        return views.messages(self._world, channel.record, user.id if user else None, before=before, limit=limit)

    def _view(self, request: web.Request) -> Json:
        """[?user=ID]: everything but the messages as one person sees it; without `user`, as the first owner."""
        user = self._things.user(request.query["user"]) if "user" in request.query else None
        return person_view.view(self._sandbox, user.record if user else None)

    def _commands(self, request: web.Request) -> Json:
        guild = self._things.guild(request.query["guild"]) if "guild" in request.query else None
        return {"commands": self._sandbox.commands(guild)}


async def _ready(value: Any) -> Any:
    return value


async def _pour(queue: asyncio.Queue[Event], stream: web.WebSocketResponse) -> None:
    while True:
        event = await queue.get()
        await stream.send_str(json.dumps(views.event(event)))


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)
