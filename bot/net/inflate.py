"""Content-Encoding undone, never to more bytes than allowed: 1 MB of gzip can hold 1 GB."""

from __future__ import annotations

import zlib

GZIP_MAGIC = b"\x1f\x8b\x08"
ACCEPTED = "gzip, deflate"

# Some servers pack twice; more layers than this are an attack.
_MOST_LAYERS = 3
# RFC 1952 allows members one after the other, and real servers send a few. Each costs a copy of what is left.
_MOST_MEMBERS = 64


class TooLarge(Exception):
    """More bytes than allowed."""


class Broken(Exception):
    """The bytes are not what their encoding says, or end too early."""


def inflate(body: bytes, encoding: str, limit_bytes: int) -> bytes:
    """`body` without its Content-Encoding, and without gzip that no header admits to (some servers forget).

    Raises TooLarge or Broken. A body sent plain under a header that says otherwise counts as Broken.
    """
    layers = [name.strip().lower() for name in encoding.split(",")]
    layers = [name for name in layers if name and name != "identity"]
    if len(layers) > _MOST_LAYERS:
        raise Broken("packed too often")
    for name in reversed(layers):  # RFC 9110 8.4: listed in the order in which they were applied
        body = _layer(body, name, limit_bytes)
    for _ in range(_MOST_LAYERS - len(layers)):
        if not body.startswith(GZIP_MAGIC):
            break
        body = _layer(body, "gzip", limit_bytes)
    if len(body) > limit_bytes:
        raise TooLarge
    return body


def _layer(body: bytes, name: str, limit_bytes: int) -> bytes:
    try:
        if name in {"gzip", "x-gzip"}:
            return _members(body, limit_bytes)
        if name == "deflate":
            # RFC 9110 8.4.1.2 means zlib's format; some servers send the bare stream.
            is_zlib = len(body) >= 2 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
            return _stream(body, zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS, limit_bytes)[0]
    except zlib.error as error:
        raise Broken(str(error)) from error
    raise Broken("an encoding nobody asked for")


def _members(body: bytes, limit_bytes: int) -> bytes:
    whole = b""
    for _ in range(_MOST_MEMBERS):
        part, body = _stream(body, 16 + zlib.MAX_WBITS, limit_bytes - len(whole))
        whole += part
        if not body.startswith(GZIP_MAGIC):
            return whole  # RFC 1952 2.2 knows no padding, but zeros after the end are common and harmless
    raise Broken("too many parts")


class Beginning:
    """What comes of a body, without its Content-Encoding, up to a limit: for who needs only how a document begins."""

    def __init__(self, encoding: str, limit_bytes: int) -> None:
        """Raises Broken for an encoding that nobody asked for, or more than one."""
        self.plain, self._limit_bytes = bytearray(), limit_bytes
        name = encoding.strip().lower()
        if name not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise Broken("an encoding nobody asked for")
        self._bare = name == "deflate"
        self._unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32) if name in {"gzip", "x-gzip", "deflate"} else None

    @property
    def is_whole(self) -> bool:
        """No more is wanted."""
        return len(self.plain) >= self._limit_bytes or (self._unpacker is not None and self._unpacker.eof)

    def take(self, chunk: bytes) -> None:
        """Raises Broken."""
        left = self._limit_bytes - len(self.plain)
        if left > 0:
            self.plain += self._unpacked(chunk, left) if self._unpacker else chunk[:left]

    def _unpacked(self, chunk: bytes, left: int) -> bytes:
        assert self._unpacker is not None
        try:
            return self._unpacker.decompress(chunk, left)
        except zlib.error as error:
            if not self._bare or self.plain:
                raise Broken(str(error)) from error
        self._bare, self._unpacker = False, zlib.decompressobj(-zlib.MAX_WBITS)  # as in _layer
        return self._unpacked(chunk, left)


def _stream(body: bytes, window_bits: int, limit_bytes: int) -> tuple[bytes, bytes]:
    """One compressed stream, and what came after it."""
    unpacker = zlib.decompressobj(window_bits)
    # One byte more than allowed, for zlib takes 0 as "no limit" and would stop at the very end unnoticed.
    plain = unpacker.decompress(body, limit_bytes + 1)
    if len(plain) > limit_bytes:
        raise TooLarge
    if not unpacker.eof:
        raise Broken("ends too early")
    return plain, unpacker.unused_data
