"""A 304 has no body, and some servers send one all the same. aiohttp's parser fails on it; here it is cut off."""

from __future__ import annotations

from typing import Any

from aiohttp.client_proto import ResponseHandler

_END_OF_HEAD = b"\r\n\r\n"


class TolerantAnswers(ResponseHandler):
    """aiohttp's handler, which overlooks what follows the head of a 304. Such a connection is not used again."""

    __slots__ = ("_first_bytes",)

    def set_response_params(self, **params: Any) -> None:
        self._first_bytes = True
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        # The head nearly always comes in one piece. Where it does not, the answer fails as it would without us.
        if data and getattr(self, "_first_bytes", False):
            self._first_bytes = False
            end = data.find(_END_OF_HEAD) + len(_END_OF_HEAD)
            if data.startswith((b"HTTP/1.1 304", b"HTTP/1.0 304")) and len(_END_OF_HEAD) <= end < len(data):
                self._should_close = True
                data = data[:end]
        super().data_received(data)
