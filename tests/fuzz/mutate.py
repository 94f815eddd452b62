"""Documents made from real ones: broken at random, or rewritten as a publisher's software might rewrite them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from bot.feeds.cut import Cut, cut

SCRAPS = (
    *b"<item> </item> <entry/> </channel> <![CDATA[ ]]> <!-- --> <?x ?> < > &".split(),
    *b"&#0; &#xD800; &#x110000; &nbsp; &lt;".split(),
    *b"<a:b> <html> <script> <guid> </title> <svg> <div> -1 NaN null { [a]( \\u0000 \\ud800 \" '".split(),
    *(b"\x00", b"\x1b$B", b"\xff\xfe", b"\xef\xbb\xbf", b" xml:base='http://[x'", b" xmlns:a='b'"),
    *(b"9" * 400, b"[" * 50, b"a" * 3_000, b"<b>" * 300, b"[a](" * 200),
)
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "windows-1252", "shift_jis", "gb18030", "utf-8-sig")


def broken(body: bytes, chance: random.Random) -> bytes:
    """The document with up to a dozen things wrong with it, or in another encoding."""
    changed = bytearray(body)
    for _ in range(chance.randrange(1, 13)):
        place, length = chance.randrange(len(changed) + 1), chance.choice((1, 3, 30, 300, 3_000))
        match chance.randrange(6):
            case 0:
                del changed[place : place + length]
            case 1:
                changed[place : place + 1] = chance.randbytes(chance.randrange(1, 4))
            case 2:
                start = chance.randrange(len(changed) + 1)
                changed[place:place] = changed[start : start + length]
            case 3:
                changed[place:place] = chance.choice(SCRAPS) * chance.choice((1, 1, 1, 50))
            case 4 if chance.random() < 0.2:
                del changed[place:]
            case _ if changed:
                at = chance.randrange(len(changed))
                changed[at] ^= 1 << chance.randrange(8)
    if chance.random() < 0.1:
        return bytes(changed).decode("utf-8", "replace").encode(chance.choice(ENCODINGS), "replace")
    return bytes(changed)


# --- Rewritten, so that the short way through it may still be taken ---------------------------------------------------

Rewriting = Callable[[Cut, list[bytes], random.Random], tuple[bytes, list[bytes], bytes]]

IN_ITEMS = b"""\
<!-- <item> -->
<![CDATA[ <guid>x</guid> ]]>
<?php x ?>
<guid>1</guid>
<id>1</id>
<link>http://a.b/1</link>
<link href='rel/1'/>
<link xml:base='http://e.f/' href='1'/>
<title>Again</title>
<description>&amp;lt;b&amp;gt; more</description>
<category>new</category>
<pubDate>Wed, 13 May 2026 10:57:52 GMT</pubDate>
<updated>2026-05-13T10:57:52Z</updated>
<x:y xmlns:x='urn:x'>z</x:y>
<a:item xmlns:a='urn:a'/>
<item/>
<source url='http://c.d/'>S</source>
<source><id>1</id><title>S</title></source>
<author>A</author>
<image><url>i.png</url></image>
<enclosure url='/a.mp3' type='audio/mpeg' length='1'/>
<textInput><link>/t</link></textInput>""".splitlines()
IN_TAGS = (
    b" xml:base='http://g.h/i/'",
    b" xml:lang='de'",
    b" x='y'",
    b" xmlns:q='urn:q'",
    b" xmlns='urn:other'",
    b"\n",
)
BETWEEN = (b"\n", b"<!-- x -->", b"<?x y?>", b"text", b"<title>Late</title>", b"<link>http://late.example/</link>")
IN_HEADS = b"""\
<!-- made at 10:57 -->
<!-- <!ENTITY x 'y'> -->
<?xml-stylesheet href='x'?>
<![CDATA[ text ]]>
<lastBuildDate>now</lastBuildDate>
<pubDate>Wed, 13 May 2026 10:57:52 GMT</pubDate>
<updated>2026-05-13T10:57:52Z</updated>
<date>2026</date>
<language>fr</language>
<ttl>5</ttl>
<link>http://moved.example/</link>
<title>Renamed</title>
<image><url>/i.png</url><link>/l</link></image>
<author><name>Ed</name></author>""".splitlines()
IN_TAILS = (b"<!-- served -->", b"<title>Tail</title>", b"<link>http://tail.example/</link>")
_WORD = re.compile(rb"(?<=[>\s])[A-Za-z]{3,9}(?=[<\s])")
_END_OF_TAG = re.compile(rb"(?<=[\w'\"])>")


def _edited(item: bytes, chance: random.Random) -> bytes:
    start = item.find(b">") + 1
    match chance.randrange(5):
        case 0:
            return item[:start] + chance.choice(IN_ITEMS) + item[start:]
        case 1:
            end = item.rfind(b"</")
            return item[:end] + chance.choice(IN_ITEMS) + item[end:]
        case 2:
            return item[: start - 1] + chance.choice(IN_TAGS) + item[start - 1 :]
        case 3:
            words = list(_WORD.finditer(item))
            return item if not words else _replaced(item, chance.choice(words), b"other")
        case _:
            ends = list(_END_OF_TAG.finditer(item))
            return item if not ends else _replaced(item, chance.choice(ends), chance.choice(IN_TAGS) + b">")


def _replaced(text: bytes, found: re.Match[bytes], by: bytes) -> bytes:
    return text[: found.start()] + by + text[found.end() :]


def _head(head: bytes, chance: random.Random) -> bytes:
    places = [found.end() for found in re.finditer(rb"<(?:channel|feed)[^<>]*>", head)] or [len(head)]
    place = chance.choice((*places, len(head)))
    match chance.randrange(4):
        case 0:
            return head[: places[0] - 1] + chance.choice(IN_TAGS) + head[places[0] - 1 :]
        case 1:
            return re.sub(
                rb"encoding=(['\"]).*?\1",
                b"encoding='" + chance.choice((b"utf-8", b"iso-8859-1", b"us-ascii")) + b"'",
                head,
            )
        case _:
            return head[:place] + chance.choice(IN_HEADS) + head[place:]


def history(body: bytes, chance: random.Random) -> list[bytes] | None:
    """Two to five documents as they may follow one another; None if the document cannot be cut."""
    pieces = cut(body)
    if pieces is None:
        return None
    head, items, tail = pieces.head, list(pieces.items), pieces.tail
    followed, gone = [], [items.pop(chance.randrange(len(items))) for _ in range(min(3, len(items) - 1))]
    for _ in range(chance.randrange(2, 6)):
        for _ in range(chance.choice((0, 1, 1, 2))):
            match chance.randrange(8):
                case 0:
                    items.insert(chance.choice((0, len(items))), gone.pop() if gone else chance.choice(pieces.items))
                case 1 if len(items) > 1:
                    gone.append(items.pop(chance.randrange(len(items))))
                case 2:
                    chance.shuffle(items)
                case 3:
                    items.append(chance.choice(items))
                case 4:
                    head = _head(head, chance)
                case 5:
                    tail = (
                        chance.choice(
                            (b"<!-- served -->", b"<title>Tail</title>", b"<link>http://tail.example/</link>")
                        )
                        + tail
                    )
                case _:
                    at = chance.randrange(len(items))
                    items[at] = _edited(items[at], chance)
        between = chance.choice((b"", b"", b"\n", chance.choice(BETWEEN)))
        followed.append(head + between.join(items) + tail)
    return followed
