"""Discord's markdown as rich text, as far as messages of bots use it (Discord support article 210298617).

Text is a stranger's text: `plain` takes out whatever could move the cursor, recolour the screen or reorder a line,
and every character that is drawn has been through it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

LINK_COLOUR = "#00a8fc"
MENTION = Style(color="#7a88f0", bold=True)
CODE = Style(color="#e6e6e6", bgcolor="#2b2d31")
DEEPEST = 8  # marks within marks; deeper ones stay as they are written
LONGEST = 8_000  # characters; a message has 2,000 and its embeds 6,000 together

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor (ECMA-48, 5.4)
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS and kin: titles, links
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_ADDRESS = re.compile(r"https?://[\x21-\x7e]+")


def plain(text: object) -> str:
    """`text` without escape sequences, control characters and direction marks; line breaks stay."""
    cleaned = str(text).replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", "    ")
    return _CONTROLS.sub("", _ESCAPES.sub("", cleaned))


def linked(address: object) -> Style:
    """The style of a link; a terminal makes it clickable if the address is a plain one of the web."""
    text = str(address)
    return Style(color=LINK_COLOUR, link=text if _ADDRESS.fullmatch(text) else None)


@dataclass(frozen=True, slots=True)
class Names:
    """What numbers stand for: ids of users, roles and channels to names; `zone` is for points in time."""

    known: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC

    def mention(self, sign: str, number: str) -> str:
        kind = "#" if sign == "#" else "@"
        return kind + plain(self.known.get(number, {"#": "unknown", "@&": "unknown-role"}.get(sign, "unknown-user")))

    def time(self, seconds: str) -> str:
        try:
            return moment(datetime.fromtimestamp(int(seconds), UTC), self.zone)
        except (ValueError, OverflowError, OSError):
            return "Invalid Date"  # Discord's own words


def moment(when: datetime, zone: tzinfo) -> str:
    local = when.astimezone(zone)
    return f"{local.day} {local:%b %Y %H:%M}"


class Prefixed:
    """Something drawn with a mark before its first line and another (or as much room) before the following ones."""

    def __init__(self, inner: RenderableType, first: str, rest: str | None = None, *, style: Style | str = "") -> None:
        self.inner, self.first, self.style = inner, first, style
        self.rest = " " * cell_len(first) if rest is None else rest

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        style = console.get_style(self.style)
        room = max(1, options.max_width - cell_len(self.first))
        for number, line in enumerate(console.render_lines(self.inner, options.update(width=room), pad=False)):
            mark = self.rest if number else self.first
            yield Segment(mark, style)
            yield from line
            yield Segment.line()


_INLINE = re.compile(
    r"""
      \\(?P<escaped>[^\w\s])
    | (?P<fence>`{1,2})(?P<code>.+?)(?<!`)(?P=fence)(?!`)
    | \[(?P<label>(?:[^\[\]\\]|\\.)+)\]
      \(<?(?P<target>https?://[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\ "[^"]*")?\)
    | <(?P<address>https?://[^\s<>]+)>
    | (?P<bare>https?://[^\s<>]*[^\s<>.,:;!?"')\]])
    | <(?P<sign>@!?|@&|\#)(?P<number>\d{1,20})>
    | </(?P<slash>[^:<>\n]+):\d{1,20}>
    | <t:(?P<time>-?\d{1,13})(?::[tTdDfFR])?>
    | <a?:(?P<emoji>\w{2,32}):\d{1,20}>
    | \*\*(?P<bold>(?:\\.|[^\\])+?)\*\*(?!\*)
    | __(?P<underline>(?:\\.|[^\\])+?)__(?!_)
    | \*(?=\S)(?P<italic>(?:\\.|\*\*(?:\\.|[^\\*])+\*\*|[^\\*])+?)(?<!\s)\*(?!\*)
    | (?<!\w)_(?P<slanted>(?:\\.|[^\\_])+)_(?!\w)
    | ~~(?P<strike>(?:\\.|[^\\])+?)~~
    | \|\|(?P<spoiler>(?:\\.|[^\\])+?)\|\|
    """,
    re.VERBOSE | re.DOTALL,
)

_WRAPPED = {
    "bold": Style(bold=True),
    "underline": Style(underline=True),
    "italic": Style(italic=True),
    "slanted": Style(italic=True),
    "strike": Style(strike=True),
    "spoiler": Style(reverse=True),
}


def inline(text: str, names: Names | None = None, *, style: Style | str = "") -> Text:
    """One run of text with its marks turned into styles."""
    drawn = Text(style=style)
    _append(drawn, plain(text)[:LONGEST], names or Names(), Style(), 0)
    return drawn


def _append(drawn: Text, text: str, names: Names, style: Style, depth: int) -> None:
    at = 0
    for found in _INLINE.finditer(text) if depth < DEEPEST else ():
        drawn.append(text[at : found.start()], style)
        at = found.end()
        kind = next(name for name in _DRAW if found[name] is not None)
        _DRAW[kind](drawn, found, names, style, depth)
    drawn.append(text[at:], style)


_Draw = Callable[[Text, "re.Match[str]", Names, Style, int], None]


def _wrapped(kind: str) -> _Draw:
    def draw(drawn: Text, found: re.Match[str], names: Names, style: Style, depth: int) -> None:
        _append(drawn, found[kind], names, style + _WRAPPED[kind], depth + 1)

    return draw


def _link(drawn: Text, found: re.Match[str], names: Names, style: Style, depth: int) -> None:
    _append(drawn, found["label"], names, style + linked(found["target"]), depth + 1)


def _just(make: Callable[[re.Match[str], Names], tuple[str, Style]]) -> _Draw:
    def draw(drawn: Text, found: re.Match[str], names: Names, style: Style, depth: int) -> None:
        text, own = make(found, names)
        drawn.append(text, style + own)

    return draw


# In the order of the expression: a link's label is set whenever its target is, so `target` needs no line of its own.
_DRAW: dict[str, _Draw] = {
    "escaped": _just(lambda found, names: (found["escaped"], Style())),
    "code": _just(lambda found, names: (found["code"], CODE)),
    "label": _link,
    "address": _just(lambda found, names: (found["address"], linked(found["address"]))),
    "bare": _just(lambda found, names: (found["bare"], linked(found["bare"]))),
    "number": _just(lambda found, names: (names.mention(found["sign"], found["number"]), MENTION)),
    "slash": _just(lambda found, names: ("/" + found["slash"], MENTION)),
    "time": _just(lambda found, names: (names.time(found["time"]), Style(underline=True))),
    "emoji": _just(lambda found, names: (f":{found['emoji']}:", Style())),
    **{kind: _wrapped(kind) for kind in _WRAPPED},
}

_FENCE = re.compile(r"```(?:[\w+#-]*\n)?(?P<code>.*?)\n?```", re.DOTALL)
_HEADING = re.compile(r"(?P<level>#{1,3}) +(?P<text>.+)")
_LIST = re.compile(r"(?P<indent> *)(?P<mark>[-*]|\d{1,3}\.) +(?P<text>.+)")


def markdown(text: str, names: Names | None = None) -> RenderableType:
    """A message's or an embed's text, block by block."""
    names = names or Names()
    cleaned = plain(text)[:LONGEST]
    blocks: list[RenderableType] = []
    at = 0
    for found in _FENCE.finditer(cleaned):
        blocks += _lines(cleaned[at : found.start()].removesuffix("\n"), names) if found.start() > at else []
        blocks.append(Prefixed(Text(found["code"], style=CODE), "  "))
        at = found.end() + (cleaned[found.end() : found.end() + 1] == "\n")
    if at < len(cleaned):
        blocks += _lines(cleaned[at:], names)
    return Group(*blocks)


def _lines(text: str, names: Names, *, quoted: bool = False) -> Iterator[RenderableType]:
    """Line by line; quotes do not nest, neither here nor in Discord."""
    lines = iter(text.split("\n"))
    for line in lines:
        if line.startswith((">>> ", "> ")) and not quoted:
            inner = "\n".join([line[4:], *lines]) if line.startswith(">>>") else line[2:]
            yield Prefixed(Group(*_lines(inner, names, quoted=True)), "▎ ", "▎ ", style="dim")
        elif line.startswith("-# "):
            yield inline(line[3:], names, style="dim")
        elif heading := _HEADING.fullmatch(line):
            yield inline(heading["text"], names, style="bold underline" if len(heading["level"]) == 1 else "bold")
        elif found := _LIST.fullmatch(line):
            mark = "•" if found["mark"] in "-*" else found["mark"]
            yield Prefixed(inline(found["text"], names), f"{found['indent'][:8]} {mark} ")
        else:
            yield inline(line, names)
