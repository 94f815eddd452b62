"""Pictures made by code: real PNGs that other programs accept, and that can be read back."""

from __future__ import annotations

import pytest

from bot.sandbox.site.pictures import MOTIFS, colour_for, colour_from, decode_png, encode_png, paint, picture_png


@pytest.mark.parametrize("motif", sorted(MOTIFS))
def test_a_picture_survives_being_written_and_read(motif: str) -> None:
    bitmap = paint("a story", (60, 90, 120), motif, width=64, height=36)
    assert decode_png(encode_png(bitmap)) == bitmap
    assert len(set(bitmap.rows)) > 10  # it is no plain area


def test_a_name_decides_the_picture() -> None:
    assert picture_png("one", (60, 90, 120), "sun") == encode_png(paint("one", (60, 90, 120), "sun"))
    assert picture_png("one", (60, 90, 120), "sun") != picture_png("two", (60, 90, 120), "sun")


@pytest.mark.parametrize("damage", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", encode_png(paint("x", (1, 2, 3)))[:-4000]])
def test_what_is_not_such_a_png_is_refused(damage: bytes) -> None:
    with pytest.raises(ValueError, match="PNG"):
        decode_png(damage)


def test_a_png_that_claims_to_be_vast_is_refused() -> None:
    small = encode_png(paint("x", (1, 2, 3), width=8, height=8))
    with pytest.raises(ValueError, match="our PNGs"):
        decode_png(small.replace(b"IHDR\0\0\0\x08\0\0\0\x08", b"IHDR\0\xff\xff\xff\0\xff\xff\xff"))


def test_colours_are_read_strictly() -> None:
    assert colour_from("#3a7d44") == (0x3A, 0x7D, 0x44)
    assert all(0 <= part <= 255 for name in map(str, range(200)) for part in colour_for(name))
    for wrong in ("3a7d44", "#fff", "#gggggg"):
        with pytest.raises(ValueError, match=r"colour|base 16"):
            colour_from(wrong)
