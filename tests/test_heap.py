"""What is free goes back to the system, also from between what is in use."""

from __future__ import annotations

import platform

import pytest

from bot import heap

PIECES, PIECE_BYTES = 4_000, 10_000


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are left to themselves")
def test_holes_between_what_is_in_use_go_back_to_the_system() -> None:
    pieces = [bytes(PIECE_BYTES) for _ in range(PIECES)]
    in_use = pieces[::100]
    full = heap.resident_bytes()
    del pieces
    heap.give_back()
    assert full - heap.resident_bytes() > PIECES * PIECE_BYTES // 2
    assert len(in_use) == PIECES // 100
