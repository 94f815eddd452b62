from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.net.inflate import Broken, TooLarge, inflate

gzipped = partial(gzip.compress, mtime=0)  # the time of day would be part of a test's name

TEXT = b"<rss>" + b"<item/>" * 100 + b"</rss>"
PACKED = gzipped(TEXT)
BARE_DEFLATE = zlib.compressobj(wbits=-15)
BARE = BARE_DEFLATE.compress(TEXT) + BARE_DEFLATE.flush()
MIB = 1 << 20


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (PACKED, "gzip"),
        (PACKED, "X-GZip"),
        (PACKED, " GZIP , identity"),
        (PACKED, ""),  # 22: gzip that no header admits to
        (gzipped(PACKED), ""),
        (gzipped(PACKED), "gzip"),
        (gzipped(PACKED), "gzip, gzip"),
        (zlib.compress(TEXT), "deflate"),
        (BARE, "deflate"),
        (gzipped(zlib.compress(TEXT)), "deflate, gzip"),
        (gzipped(TEXT[:50]) + gzipped(TEXT[50:]), "gzip"),
        (PACKED + b"\0" * 512, "gzip"),
    ],
)
def test_a_body_comes_out_as_it_was_before_it_was_packed(body: bytes, encoding: str) -> None:
    assert inflate(body, encoding, MIB) == TEXT


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT, "gzip"),  # 22: plain text under a header that says otherwise
        (TEXT, "deflate"),
        (TEXT, "br"),
        (TEXT, "zstd"),
        (TEXT, "aes128gcm"),
        (PACKED[:-9], "gzip"),
        (PACKED[:30], ""),
        (b"", "gzip"),
        (zlib.compress(TEXT)[:-5], "deflate"),
        (PACKED[:20] + b"\xff" * 8 + PACKED[28:], "gzip"),
        (gzipped(PACKED), "gzip, gzip, gzip"),
        (PACKED, ",".join(["gzip"] * 100)),
        (gzipped(b"a") * 1000, "gzip"),
    ],
)
def test_a_body_that_is_not_what_it_says_or_ends_too_early_is_broken(body: bytes, encoding: str) -> None:
    with pytest.raises(Broken):
        inflate(body, encoding, MIB)


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("told", [True, False])
def test_a21_a_bomb_is_cut_at_the_cap_whatever_it_is_packed_in(layers: int, told: bool) -> None:
    bomb = b"\0" * (64 * MIB)
    for _ in range(layers):
        bomb = gzipped(bomb, 1)
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(TooLarge):
        inflate(bomb, ",".join(["gzip"] * layers) if told else "", 10 * MIB)
    assert time.process_time() - began < 1
    assert tracemalloc.get_traced_memory()[1] < 30 * MIB
    tracemalloc.stop()


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=300))
def test_nothing_over_the_cap_comes_out_and_nothing_under_it_is_cut(body: bytes, limit: int) -> None:
    for packed, encoding in ((gzipped(body), "gzip"), (zlib.compress(body), "deflate")):
        if len(body) > limit:
            with pytest.raises(TooLarge):
                inflate(packed, encoding, limit)
        elif not body.startswith(b"\x1f\x8b\x08"):
            assert inflate(packed, encoding, limit) == body


@given(st.binary(max_size=300), st.sampled_from(["", "gzip", "deflate", "gzip, deflate"]))
def test_any_bytes_come_out_or_are_broken_or_too_large(body: bytes, encoding: str) -> None:
    with suppress(Broken, TooLarge):
        assert len(inflate(body, encoding, 1000)) <= 1000
