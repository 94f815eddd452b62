"""A web server on 127.0.0.1 that says exactly the bytes a test wants, legal or not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Play = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    """One request as it came: `lines[0]` is the request line."""

    lines: tuple[bytes, ...]

    @property
    def path(self) -> str:
        return self.lines[0].split(b" ")[1].decode("ascii")

    def header(self, name: str) -> bytes | None:
        wanted = name.lower().encode() + b":"
        found = [line for line in self.lines[1:] if line.lower().startswith(wanted)]
        assert len(found) <= 1, f"{name} came twice"
        return found[0].split(b":", 1)[1].strip() if found else None


@dataclass
class Site:
    """`answers` by path, bytes to write and close, or a `Play`; `requests` in the order they came."""

    answers: dict[str, bytes | Play] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    open_connections: int = 0
    scheme: str = "http"
    port: int = 0

    def url(self, path: str = "/feed", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            request = Request(tuple(head[:-4].split(b"\r\n")))
            self.requests.append(request)
            answer = self.answers.get(request.path, answer_404)
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(request, writer)
        self.open_connections -= 1
        writer.close()


answer_404 = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def answer(body: bytes = b"<rss/>", *headers: str | bytes, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole answer that closes the connection; header lines without their line breaks."""
    lines = [line if isinstance(line, bytes) else line.encode("latin-1") for line in headers]
    size = b"Content-Length: %d" % (len(body) if length is None else length)
    return b"\r\n".join([b"HTTP/1.1 " + status.encode(), *lines, size, b"Connection: close", b"", body])


def redirect(to: str, status: int = 302, *headers: str) -> bytes:
    return answer(b"", f"Location: {to}", *headers, status=f"{status} Moved")


async def hang(_request: Request, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def serving(site: Site | None = None, ssl_context: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    """Runs `site` on a free port; ends every connection on leaving."""
    site = site or Site()
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(site._serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=ssl_context)
    site.port = server.sockets[0].getsockname()[1]
    site.scheme = "https" if ssl_context else "http"
    try:
        yield site
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
