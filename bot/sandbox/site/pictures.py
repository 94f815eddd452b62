"""Pictures for stories, made by code: a sky in the story's colour and a drawing of its subject, as PNG.

`paint` draws, `encode_png` and `decode_png` write and read the one kind of PNG that is needed: 8-bit RGB, not
interlaced, filter 0 (PNG specification, third edition, 9.2). Everything is drawn in horizontal runs of one
colour, so that a 640x360 picture takes a few milliseconds in plain Python.
"""

from __future__ import annotations

import binascii
import math
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

Colour = tuple[int, int, int]

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
WHITE: Colour = (255, 255, 255)
INK: Colour = (24, 26, 36)


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Rows of RGB triples, top first; each row holds `3 * width` bytes."""

    width: int
    height: int
    rows: tuple[bytes, ...]

    def at(self, x: int, y: int) -> Colour:
        red, green, blue = self.rows[y][3 * x : 3 * x + 3]
        return red, green, blue


class Canvas:
    """A picture in the making. Coordinates count from 0 to 1, so that a drawing fits any size."""

    def __init__(self, width: int, height: int, top: Colour, bottom: Colour) -> None:
        self.width, self.height = width, height
        shades = [mix(top, bottom, y / max(1, height - 1)) for y in range(height)]
        self._rows = [bytearray(bytes(shade) * width) for shade in shades]

    def bitmap(self) -> Bitmap:
        return Bitmap(self.width, self.height, tuple(bytes(row) for row in self._rows))

    def run(self, y: int, left: float, right: float, colour: Colour) -> None:
        """Colours one row from `left` to `right`, in pixels; what lies outside is cut off."""
        start, stop = max(0, round(left)), min(self.width, round(right))
        if 0 <= y < self.height and start < stop:
            self._rows[y][3 * start : 3 * stop] = bytes(colour) * (stop - start)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        for y in range(round(top * self.height), round(bottom * self.height)):
            self.run(y, left * self.width, right * self.width, colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """`radius` is a part of the height, so that a disc is round."""
        centre_x, centre_y, reach = x * self.width, y * self.height, radius * self.height
        for row in range(math.floor(centre_y - reach), math.ceil(centre_y + reach)):
            half = math.sqrt(max(0.0, reach**2 - (row + 0.5 - centre_y) ** 2))
            self.run(row, centre_x - half, centre_x + half, colour)

    def ring(self, x: float, y: float, radius: float, thickness: float, colour: Colour) -> None:
        centre_x, centre_y = x * self.width, y * self.height
        outer, inner = radius * self.height, (radius - thickness) * self.height
        for row in range(math.floor(centre_y - outer), math.ceil(centre_y + outer)):
            away = (row + 0.5 - centre_y) ** 2
            far, near = math.sqrt(max(0.0, outer**2 - away)), math.sqrt(max(0.0, inner**2 - away))
            self.run(row, centre_x - far, centre_x - near, colour)
            self.run(row, centre_x + near, centre_x + far, colour)

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: Colour) -> None:
        """A stroke of one eightieth of the height."""
        reach = max(1.0, self.height / 160)
        (x1, y1), (x2, y2) = ((x * self.width, y * self.height) for x, y in (start, end))
        steps = max(1, math.ceil(max(abs(x2 - x1), abs(y2 - y1))))
        for step in range(steps + 1):
            x, y = x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps
            for row in range(round(y - reach), round(y + reach)):
                self.run(row, x - reach, x + reach, colour)

    def hills(self, level: float, swing: float, phase: float, colour: Colour) -> None:
        """Everything below a wave around `level`."""
        edge = [
            (level + swing * math.sin(phase + 7 * x / self.width)) * self.height  # a bit more than one wave
            for x in range(self.width)
        ]
        for y in range(max(0, math.floor(min(edge))), self.height):
            start: int | None = None
            for x, top in enumerate([*edge, math.inf]):
                if top <= y and start is None:
                    start = x
                elif top > y and start is not None:
                    self.run(y, start, x, colour)
                    start = None


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of 0 is the first colour, of 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def colour_from(text: str) -> Colour:
    """The colour "#rrggbb" names. Raises ValueError for anything else."""
    if len(text) != 7 or text[0] != "#":
        raise ValueError(f"not a colour like #3a7d44: {text!r}")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def colour_for(name: str) -> Colour:
    """A calm colour that stays the same for a name."""
    turn = binascii.crc32(name.encode()) / 2**32 * math.tau
    red, green, blue = (round(125 + 65 * math.cos(turn + shift)) for shift in (0.0, 2.1, 4.2))
    return red, green, blue


def _chip(canvas: Canvas, colour: Colour, turn: float) -> None:
    pale, dark = mix(colour, WHITE, 0.72), mix(colour, INK, 0.7)
    for lane in range(7):
        at = 0.26 + lane * 0.08
        canvas.box(0.2, at - 0.012, 0.8, at + 0.012, pale)
        across = 0.365 + lane * 0.045
        canvas.box(across - 0.006, 0.06, across + 0.006, 0.94, pale)
    canvas.box(0.32, 0.18, 0.68, 0.82, dark)
    for cell in range(16):
        x, y = 0.36 + cell % 4 * 0.072, 0.25 + cell // 4 * 0.13
        lit = (cell * 7 + round(turn * 9)) % 5 < 2
        canvas.box(x, y, x + 0.055, y + 0.1, pale if lit else mix(colour, INK, 0.25))


def _sun(canvas: Canvas, colour: Colour, turn: float) -> None:
    for star in range(40):
        x, y = (star * 0.618 + turn / 7) % 1, (star * 0.377 + turn / 11) % 0.8
        canvas.disc(x, y, 0.005 + star % 3 * 0.002, mix(colour, WHITE, 0.8))
    x = 0.25 + 0.5 * (turn % 1)
    for step in range(5):
        canvas.ring(x, 0.42, 0.62 - step * 0.09, 0.012, mix(colour, WHITE, 0.15 + step * 0.1))
    canvas.disc(x, 0.42, 0.17, mix((255, 214, 120), colour, 0.15))
    canvas.hills(0.88, 0.03, turn, mix(colour, INK, 0.85))


def _wheel(canvas: Canvas, colour: Colour, turn: float) -> None:
    canvas.hills(0.8, 0.02, turn, mix(colour, INK, 0.55))
    dark, pale = mix(colour, INK, 0.8), mix(colour, WHITE, 0.75)
    hubs = ((0.34, 0.62), (0.66, 0.62))
    for x, y in hubs:
        canvas.ring(x, y, 0.24, 0.03, dark)
        for spoke in range(12):
            angle = turn + spoke * math.tau / 12
            rim = (x + 0.21 * math.cos(angle) * canvas.height / canvas.width, y + 0.21 * math.sin(angle))
            canvas.line((x, y), rim, pale)
        canvas.disc(x, y, 0.025, dark)
    frame = (hubs[0], (0.43, 0.34), (0.6, 0.34), (0.49, 0.62), (0.43, 0.34), (0.49, 0.62), hubs[0])
    for start, end in pairwise(frame):
        canvas.line(start, end, dark)
    canvas.line((0.59, 0.26), hubs[1], dark)
    canvas.line((0.57, 0.26), (0.62, 0.25), dark)
    canvas.line((0.41, 0.31), (0.46, 0.31), dark)


def _tea(canvas: Canvas, colour: Colour, turn: float) -> None:
    canvas.disc(0.2 + 0.6 * (turn % 1), 0.24, 0.1, mix((255, 236, 190), colour, 0.1))
    for step in range(6):
        shade = mix(mix(colour, WHITE, 0.45), mix(colour, INK, 0.7), step / 5)
        canvas.hills(0.42 + step * 0.1, 0.05 - step * 0.005, turn + step * 1.7, shade)


def _book(canvas: Canvas, colour: Colour, turn: float) -> None:
    canvas.box(0, 0.84, 1, 1, mix(colour, INK, 0.75))
    left = 0.14
    for volume in range(11):
        wide = 0.045 + (volume * 5 + round(turn * 3)) % 4 * 0.01
        top = 0.2 + (volume * 3 + round(turn * 5)) % 5 * 0.05
        cover = mix(mix(colour, INK, 0.15 + volume % 4 * 0.18), WHITE, 0.3 if volume % 3 == 0 else 0.0)
        canvas.box(left, top, left + wide, 0.84, cover)
        for band in (top + 0.08, top + 0.11, 0.78):
            canvas.box(left, band, left + wide, band + 0.012, mix(cover, (240, 210, 140), 0.7))
        left += wide + 0.008


MOTIFS: dict[str, Callable[[Canvas, Colour, float], None]] = {
    "chip": _chip,
    "sun": _sun,
    "wheel": _wheel,
    "tea": _tea,
    "book": _book,
}


def paint(name: str, colour: Colour, motif: str = "tea", *, width: int = 640, height: int = 360) -> Bitmap:
    """The picture of one story: the same for the same arguments, a little different for every name."""
    canvas = Canvas(width, height, mix(colour, INK, 0.25), mix(colour, WHITE, 0.35))
    MOTIFS[motif](canvas, colour, binascii.crc32(name.encode()) % 1000 / 160)
    return canvas.bitmap()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", binascii.crc32(kind + data))


def encode_png(bitmap: Bitmap) -> bytes:
    header = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, 2, 0, 0, 0)  # 8 bits, RGB
    pixels = zlib.compress(b"".join(b"\0" + row for row in bitmap.rows), 6)
    return PNG_SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def decode_png(data: bytes, *, max_pixels: int = 4_000_000) -> Bitmap:
    """The bitmap of a PNG as `encode_png` writes it. Raises ValueError for any other kind, or a larger one."""
    if not data.startswith(PNG_SIGNATURE):
        raise ValueError("not a PNG")
    chunks = dict(_chunks(data))
    try:
        width, height, *kind = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
        packed = chunks[b"IDAT"]
    except (KeyError, struct.error) as error:
        raise ValueError("not a whole PNG") from error
    if kind != [8, 2, 0, 0, 0] or width * height > max_pixels:
        raise ValueError("not one of our PNGs")
    stride = 3 * width + 1
    try:
        raw = zlib.decompressobj().decompress(packed, stride * height)
    except zlib.error as error:
        raise ValueError("damaged PNG") from error
    rows = [raw[stride * y : stride * (y + 1)] for y in range(height)]
    if any(len(row) != stride or row[0] for row in rows):
        raise ValueError("not one of our PNGs")
    return Bitmap(width, height, tuple(row[1:] for row in rows))


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], len(PNG_SIGNATURE)
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


@lru_cache(maxsize=128)
def picture_png(name: str, colour: Colour, motif: str = "tea") -> bytes:
    """The PNG of `paint`, remembered."""
    return encode_png(paint(name, colour, motif))
