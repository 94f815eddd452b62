"""The gateway's transport compression: one stream for a whole connection, flushed for each payload.

Protocol: docs "Gateway", Transport Compression.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable

log = logging.getLogger(__name__)

Compress = Callable[[bytes], bytes]


def compressor(name: str) -> Compress | None:
    """What packs the payloads of a connection that asked for `name`; None for plain text.

    Whoever asks for zstd where no library for it is installed gets text, which every client reads, and the log says so.
    """
    if name == "zlib-stream":
        return _zlib()
    if name == "zstd-stream":
        stream = _zstd()
        if stream is None:
            log.warning("sandbox: zstd-stream was asked for and is not here (pip install zstandard): sending text")
        return stream
    if name:
        log.warning("sandbox: compression %r is unknown: sending text", name)
    return None


def _zlib() -> Compress:
    stream = zlib.compressobj()
    return lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)


def _zstd() -> Compress | None:
    """From Python's own library (3.14) or from `zstandard`, whichever there is."""
    try:
        from compression.zstd import ZstdCompressor  # noqa: PLC0415

        own = ZstdCompressor()
        return lambda data: bytes(own.compress(data, own.FLUSH_BLOCK))
    except ImportError:
        pass
    try:
        import zstandard  # noqa: PLC0415
    except ImportError:
        return None
    stream = zstandard.ZstdCompressor().compressobj()
    return lambda data: bytes(stream.compress(data) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
