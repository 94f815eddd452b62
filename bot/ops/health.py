"""/live, /ready and /metrics for whoever runs the bot. Nothing here is secret, so a container may listen openly."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Iterable, Mapping

from aiohttp import web

from bot.errors import SetupError, StoreError
from bot.ops.metrics import CONTENT_TYPE, Metrics
from bot.ports import BacklogStore

# In a container the probe comes from outside of it; the machine's firewall decides who else may ask.
EVERY_INTERFACE = "0.0.0.0"  # noqa: S104

# "" while all is well, else one line that says what is not. Never a token, an address or a feed.
Check = Callable[[], str]


class HealthServer:
    """Answers probes. `live`: should the process be restarted? `ready`: can it do its work now?"""

    def __init__(
        self,
        metrics: Metrics,
        *,
        live: Mapping[str, Check],
        ready: Mapping[str, Check],
        backlog: BacklogStore | None = None,
        also: Iterable[web.RouteDef] = (),
    ) -> None:
        """`backlog` is asked at each scrape. `also` are routes of others at the same port."""
        self._backlog, self._asking = backlog, asyncio.Lock()
        self._metrics, self._live, self._ready, self._also = metrics, dict(live), dict(ready), tuple(also)
        self._runner: web.AppRunner | None = None

    async def start(self, port: int, *, host: str = EVERY_INTERFACE) -> None:
        """Listens; 0 leaves it off. Raises SetupError if the port cannot be had."""
        if port == 0:
            return
        app = web.Application()
        app.router.add_get("/live", self._answer_live)
        app.router.add_get("/ready", self._answer_ready)
        app.router.add_get("/metrics", self._answer_metrics)
        app.router.add_routes(self._also)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            await runner.cleanup()
            raise _cannot_listen(port, error) from error
        self._runner = runner

    @property
    def port(self) -> int | None:
        """Where it listens; None while it does not."""
        return self._runner.addresses[0][1] if self._runner and self._runner.addresses else None

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer_live(self, _request: web.Request) -> web.Response:
        return _report(self._live)

    async def _answer_ready(self, _request: web.Request) -> web.Response:
        return _report({**self._live, **self._ready})

    async def _answer_metrics(self, _request: web.Request) -> web.Response:
        if self._backlog is not None:
            async with self._asking:  # however many scrape at once, the database is asked one thing at a time
                try:
                    self._metrics.backlog(await self._backlog.backlog())
                except StoreError:  # the other numbers are worth having, now more than ever
                    self._metrics.backlog(None)
        return web.Response(body=self._metrics.text(), headers={"Content-Type": CONTENT_TYPE})


def _report(checks: Mapping[str, Check]) -> web.Response:
    """Every check with what it says; 503 if one of them is not well."""
    said = {name: _ask(check) for name, check in checks.items()}
    well = not any(said.values())
    body = {"ok": well, "parts": {name: what or "ok" for name, what in said.items()}}
    return web.json_response(body, status=200 if well else 503)


def _ask(check: Check) -> str:
    try:
        return check()
    except Exception:  # a probe must be answered whatever state a part is in
        return "cannot tell"


def _cannot_listen(port: int, error: OSError) -> SetupError:
    otherwise = "Choose another: HERALD_OPS__HEALTH_PORT=8081 (or health_port in config/herald.toml); 0 does without."
    if error.errno == errno.EADDRINUSE:
        return SetupError(f"Port {port}, for health and metrics, is in use.", "Does Herald run already?", otherwise)
    return SetupError(f"Port {port}, for health and metrics, cannot be opened.", otherwise)
