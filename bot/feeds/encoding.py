"""Which encoding is it? Bytes of a document come in, the same text comes out as UTF-8.

What the bytes show counts more than what is said of them: servers say "charset=ISO-8859-1" of whatever they send, and
XML declarations are copied along with templates. A byte order mark and the zeros of UTF-16 cannot be mistaken; text
that is valid UTF-8 beyond ASCII is UTF-8 in practice. Only then do the header and the declaration have a say.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
NOT_AS_SAID = "the document is not in the encoding that it names; some characters may be wrong"

_SEARCHED = 400  # bytes, for the declaration
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)

# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A document begins with two ASCII characters; where the zeros between them lie tells how wide they are.
_FIRST = rb"[<{\[ \t\r\n]"
_ZEROS = (
    (re.compile(_FIRST + rb"\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"\x00\x00\x00" + _FIRST), "utf-32-be"),
    (re.compile(_FIRST + rb"\x00[^\x00]\x00"), "utf-16-le"),
    (re.compile(rb"\x00" + _FIRST + rb"\x00[^\x00]"), "utf-16-be"),
)

# What publishers call by the name of its older part, as browsers read it (encoding.spec.whatwg.org, 4.2).
_MEANT = {
    **dict.fromkeys(("ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gb_2312-80", "gbk", "x-gbk", "cp936"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "euckr", "ks_c_5601-1987", "ksc5601", "windows-949"), "cp949"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874"), "cp874"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("macintosh", "x-mac-roman"), "mac-roman"),
    **dict.fromkeys(("utf8mb4", "unicode-1-1-utf-8", "x-unicode20utf8"), "utf-8"),
}
# Python has codecs for more than text in bytes; and what has zeros in it was recognised by them.
_NO_ANSWER = re.compile(r"idna|punycode|.*unicode.?escape|undefined|mbcs|oem|utf-?(?:16|32)[-\w]*")
# ASCII bytes that stand for other characters.
_STATEFUL = re.compile(r"utf-?7|iso2022.*|hz")
_ESCAPE = b"\x1b"


class Recoded(NamedTuple):
    """A text as UTF-8 without a byte order mark. `problem` is one line for people, or ""."""

    text: bytes
    problem: str = ""


def recoded(body: bytes, content_type: str = "") -> Recoded:
    """The text of a document in whatever encoding; never raises. What no character is becomes U+FFFD."""
    if (wide := _wide(body)) is not None:
        return wide
    while body.startswith(codecs.BOM_UTF8):
        body = body.removeprefix(codecs.BOM_UTF8)
    found = DECLARED.search(body[:_SEARCHED])
    declared, header = _codec(found[1].decode("ascii") if found else ""), _codec(_charset(content_type))
    if body.isascii():
        return Recoded(_from_ascii(body, declared, header))
    if _is_utf_8(body):  # what others lost before it came stands in it as U+FFFD
        return Recoded(body)
    text = body.decode("utf-8", "replace")
    lost, kept = _lost_and_kept(text)
    # One bad byte (a summary cut in the middle of a character) does not make it another encoding. Texts in others
    # have few accidental characters of UTF-8: GB18030 most, one for four that are none.
    if lost * (2 if {declared, header} <= {"utf-8", ""} else 4) <= kept:
        return Recoded(text.encode(), NOT_AS_SAID)
    return _as_said(body, (declared, header) if header == "cp1252" else (header, declared))


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _wide(body: bytes) -> Recoded | None:
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return Recoded(body[len(mark) :].decode(codec, "replace").encode())
    for zeros, codec in _ZEROS:
        if zeros.match(body):
            return Recoded(body.decode(codec, "replace").encode())
    return None


def _from_ascii(body: bytes, declared: str, header: str) -> bytes:
    """A header alone is believed only where escapes bear it out: cut.py does not know of headers."""
    said = declared if _STATEFUL.fullmatch(declared) else header if _ESCAPE in body else ""
    return body.decode(said, "replace").encode("utf-8", "replace") if _STATEFUL.fullmatch(said) else body


def _as_said(body: bytes, said: tuple[str, ...]) -> Recoded:
    for codec in said:
        if codec in {"", "utf-8"}:
            continue
        text = body.decode(codec, "replace")
        lost, kept = _lost_and_kept(text)
        if lost * 10 <= kept:
            return Recoded(text.encode("utf-8", "replace"), NOT_AS_SAID if lost else "")
    return Recoded(body.decode("cp1252", "replace").encode(), NOT_AS_SAID)


def _lost_and_kept(text: str) -> tuple[int, int]:
    """How many characters beyond ASCII could not be read, and how many could."""
    lost = text.count("\ufffd")
    return lost, len(text) - len(text.encode("ascii", "ignore")) - lost


def _charset(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return found[1] if found else ""


def _codec(label: str) -> str:
    """Python's name of the codec that is meant by a label; "" if it is none that helps."""
    try:
        name = codecs.lookup(_MEANT.get(label.lower(), label)).name
        b"a".decode(name)  # LookupError: not a codec of text
    except (LookupError, ValueError):
        return ""
    return "" if _NO_ANSWER.fullmatch(name) else name
