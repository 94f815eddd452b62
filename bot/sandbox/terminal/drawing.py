"""A Discord channel drawn in a terminal: messages as Discord's JSON has them, embeds, buttons, pictures and all.

    console.print(draw_header("Port Ellery", "news"))
    console.print(draw_command("mara", "/feed add url:https://sunward.example/feed.xml"))
    console.print(draw_message(message, picture=pictures.get))

It reads well without colours, in 80 columns, and with wide characters. Nothing in a message can control the
terminal (`terminal_markdown.plain`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import unquote, urlsplit

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bot.sandbox.site.pictures import Bitmap, decode_png
from bot.sandbox.terminal.markdown import MENTION, Names, Prefixed, inline, linked, markdown, moment, plain

Json = Mapping[str, Any]
Picture = Callable[[str], bytes | None]

BLURPLE = "#5865f2"
GREY = 0x4E5058  # an embed without a colour
EMBED_WIDTH = 74  # columns; Discord's embeds are narrower than its window too
PICTURE_WIDTH = 44
EPHEMERAL, LOADING, EMBEDS_SUPPRESSED, SILENT = (
    1 << 6,
    1 << 7,
    1 << 2,
    1 << 12,
)  # message flags (Discord: Message Object)
BUTTON_COLOURS = {1: BLURPLE, 2: "#4e5058", 3: "#248046", 4: "#da373c", 5: "#4e5058", 6: BLURPLE}


def no_picture(url: str) -> bytes | None:
    """For a reader who has no picture at hand: its file name is drawn."""
    return None


def draw_header(server: str, channel: str, topic: str = "") -> RenderableType:
    """The line at the top of the window."""
    line = Text.assemble((plain(server), "bold"), "  ", (f"# {plain(channel)}", Style(color=BLURPLE, bold=True)))
    if topic:
        line.append(f"  {plain(topic)}", "dim")
    return Drawn(line, Rule())


class Drawn:
    """What is printed in the end: a character that the terminal's encoding lacks becomes a question mark."""

    def __init__(self, *parts: RenderableType) -> None:
        self.parts = Group(*parts)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for text, style, control in console.render(self.parts, options):
            yield Segment(text.encode(options.encoding, "replace").decode(options.encoding), style, control)


class Rule:
    """A dim line as wide as there is room."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(("-" if options.ascii_only else "─") * options.max_width, "dim")


def draw_command(user: str, text: str) -> RenderableType:
    """A slash command as its user typed it, with the names of the options marked."""
    typed = Text(plain(text))
    if command := re.match(r"/[\w-]+(?: [\w-]+(?=\s|$))*", typed.plain):
        typed.stylize(MENTION, 0, command.end())
    for option in re.finditer(r"(?<=\s)[a-z][\w-]*:", typed.plain):
        typed.stylize("dim", option.start(), option.end())
    return Drawn(Prefixed(typed, f"{plain(user)} › ", style="bold"))


def draw_notice(text: str) -> RenderableType:
    """A line of the narrator's, which nobody in the channel said."""
    return Drawn(Prefixed(Text(plain(text), style="dim italic"), "· ", style="dim"))


def draw_message(
    message: Json,
    *,
    picture: Picture = no_picture,
    names: Mapping[str, str] | None = None,
    zone: tzinfo = UTC,
) -> RenderableType:
    """One message. `picture` gives a picture's bytes by its address (PNGs of ours are drawn, others named);
    `names` says what ids of users, roles and channels stand for, beside those the message brings itself.
    """
    known = {str(user["id"]): _name(user) for user in message.get("mentions", ()) if "id" in user}
    drawing = _Drawing(Names({**known, **(names or {})}, zone), picture)
    return Drawn(*drawing.message(message))


def _name(user: Json) -> str:
    return plain(user.get("global_name") or user.get("username") or "someone")


def _time(text: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _file_name(url: str) -> str:
    path = plain(unquote(urlsplit(url).path)).replace("\n", "")
    return path.rstrip("/").rpartition("/")[2] or "picture"


class _Drawing:
    """The parts of one message, each as what can be printed."""

    def __init__(self, names: Names, picture: Picture) -> None:
        self.names, self.picture = names, picture

    def message(self, message: Json) -> Iterator[RenderableType]:
        flags = int(message.get("flags") or 0)
        if (interaction := message.get("interaction")) and interaction.get("name"):
            yield Text(f"╭ {_name(interaction.get('user', {}))} used /{plain(interaction['name'])}", "dim")
        yield self._author(message)
        if flags & LOADING:
            yield Text(f"{_name(message.get('author', {}))} is thinking…", "dim italic")
        if message.get("content"):
            yield markdown(message["content"], self.names)
        for attachment in message.get("attachments", ()):
            yield Text(f"📎 {plain(attachment.get('filename', 'file'))} ({attachment.get('size', 0):,} bytes)")
        if not flags & EMBEDS_SUPPRESSED:
            for embed in message.get("embeds", ()):
                yield Barred(Group(*self.embed(embed)), embed.get("color"))
        yield from self.components(message.get("components", ()))
        if flags & EPHEMERAL:
            yield Text("Only you can see this", "dim italic")

    def _author(self, message: Json) -> Text:
        author = message.get("author", {})
        line = Text(_name(author), "bold")
        if author.get("bot") or message.get("webhook_id"):
            line.append(" ")
            line.append("[APP]", Style(color="#ffffff", bgcolor=BLURPLE, bold=False))
        if when := _time(message.get("timestamp")):
            line.append(f"  {moment(when, self.names.zone)}", Style(dim=True, bold=False))
        if message.get("edited_timestamp"):
            line.append(" (edited)", Style(dim=True, bold=False))
        if int(message.get("flags") or 0) & SILENT:
            line.append(" 🔕", Style(dim=True, bold=False))
        return line

    # --- Embeds ----------------------------------------------------------------------------------------------------

    def embed(self, embed: Json) -> Iterator[RenderableType]:
        if provider := (embed.get("provider") or {}).get("name"):
            yield Text(plain(provider), "dim")
        if author := (embed.get("author") or {}).get("name"):
            yield Text(plain(author), "bold")
        if title := embed.get("title"):
            link = linked(embed["url"]) if embed.get("url") else Style()
            yield inline(title, self.names, style=link + Style(bold=True))
        if description := embed.get("description"):
            yield markdown(description, self.names)
        yield from self._fields(embed.get("fields", ()))
        for kind in ("thumbnail", "image"):
            if url := (embed.get(kind) or {}).get("url"):
                yield self._picture(str(url), embed.get("color"), small=kind == "thumbnail")
        yield from self._footer(embed)

    def _fields(self, fields: Iterable[Json]) -> Iterator[RenderableType]:
        """Inline fields stand side by side, three to a row, as Discord sets them."""
        row: list[RenderableType] = []
        for one in fields:
            drawn = Group(inline(one.get("name", ""), self.names, style="bold"), markdown(one.get("value", "")))
            if row and (not one.get("inline") or len(row) == 3):
                yield _side_by_side(row)
                row = []
            if one.get("inline"):
                row.append(drawn)
            else:
                yield drawn
        if row:
            yield _side_by_side(row)

    def _picture(self, url: str, colour: int | None, *, small: bool = False) -> RenderableType:
        data = self.picture(url)
        try:
            bitmap = decode_png(data) if data else None
        except ValueError:
            bitmap = None
        return PictureBlock(_file_name(url), bitmap, colour, PICTURE_WIDTH // 4 if small else PICTURE_WIDTH)

    def _footer(self, embed: Json) -> Iterator[RenderableType]:
        parts = [plain((embed.get("footer") or {}).get("text") or "")]
        if when := _time(embed.get("timestamp")):
            parts.append(moment(when, self.names.zone))
        if line := " • ".join(part for part in parts if part):
            yield Text(line, "dim")

    # --- Components ------------------------------------------------------------------------------------------------

    def components(self, components: Iterable[Json]) -> Iterator[RenderableType]:
        """Rows of buttons and menus, and the blocks of a message that consists of components alone (version 2)."""
        for one in components:
            match one.get("type"):
                case 1:
                    yield _row(one.get("components", ()))
                case 9:
                    yield from self.components(one.get("components", ()))
                    if accessory := one.get("accessory"):
                        yield from self.components([accessory])
                case 10:
                    yield markdown(one.get("content", ""), self.names)
                case 11:
                    yield self._picture(str((one.get("media") or {}).get("url", "")), None, small=True)
                case 12:
                    for item in one.get("items", ()):
                        yield self._picture(str((item.get("media") or {}).get("url", "")), None)
                case 14:
                    yield Rule() if one.get("divider", True) else Text()
                case 17:
                    inner = Group(*self.components(one.get("components", ())))
                    yield Barred(inner, one.get("accent_color"))
                case _:
                    yield _row([one])


def _row(components: Iterable[Json]) -> Text:
    return Text(" ").join(_button(one) for one in components)


def _button(component: Json) -> Text:
    """`[ label ]`; a menu has a ▾, a link an ↗, and what cannot be pressed is dim."""
    emoji = plain((component.get("emoji") or {}).get("name") or "")
    words = [emoji, plain(component.get("label") or component.get("placeholder") or "")]
    if component.get("type") != 2:
        chosen = [plain(one.get("label", "")) for one in component.get("options", ()) if one.get("default")]
        words = [", ".join(chosen) or words[1] or "Make a selection", "▾"]
    elif component.get("url"):
        words.append("↗")
    label = " ".join(word for word in words if word).replace("\n", " ")
    if component.get("disabled"):
        return Text(f"[ {label} ]", "dim")
    return Text(
        f"[ {label} ]", Style(color="#ffffff", bgcolor=BUTTON_COLOURS.get(component.get("style", 2), "#4e5058"))
    )


def _side_by_side(cells: list[RenderableType]) -> Table:
    grid = Table.grid(padding=(0, 2), expand=True)
    for _ in cells:
        grid.add_column(ratio=1, overflow="fold")
    grid.add_row(*cells)
    return grid


class Barred:
    """What stands in an embed: a bar of the embed's colour at its left, and a width to be read at ease."""

    def __init__(self, inner: RenderableType, colour: int | None) -> None:
        self.inner, self.colour = inner, GREY if colour is None else colour & 0xFFFFFF

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        bar = "| " if options.ascii_only else "▌ "
        inner = Prefixed(self.inner, bar, bar, style=Style(color=f"#{self.colour:06x}"))
        yield from inner.__rich_console__(console, options.update(width=min(options.max_width, EMBED_WIDTH)))


class PictureBlock:
    """A picture of ours in half blocks, two pixels to a character, and its name; without colours the name alone."""

    def __init__(self, name: str, bitmap: Bitmap | None, colour: int | None, width: int) -> None:
        self.name, self.bitmap, self.width = name, bitmap, width
        self.colour = GREY if colour is None else colour & 0xFFFFFF

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        coloured = console.color_system in {"truecolor", "256"} and not console.no_color and not options.ascii_only
        if coloured and self.bitmap:
            yield from self._half_blocks(self.bitmap, min(self.width, options.max_width))
        block = Text("  ", Style(bgcolor=f"#{self.colour:06x}")) if coloured and not self.bitmap else Text("▣")
        yield Text.assemble(block, (f" {self.name}", "dim"))

    def _half_blocks(self, bitmap: Bitmap, columns: int) -> Iterator[Segment]:
        rows = max(1, round(columns * bitmap.height / bitmap.width / 2))
        for row in range(rows):
            for column in range(columns):
                upper, lower = (_average(bitmap, column, columns, 2 * row + half, 2 * rows) for half in (0, 1))
                yield Segment("▀", Style(color=upper, bgcolor=lower))
            yield Segment.line()


def _average(bitmap: Bitmap, column: int, columns: int, row: int, rows: int) -> str:
    """The colour of one of `columns` x `rows` tiles, from nine points of it."""
    points = [
        bitmap.at(
            int((column + across) * bitmap.width / columns),
            int((row + down) * bitmap.height / rows),
        )
        for across in (0.2, 0.5, 0.8)
        for down in (0.2, 0.5, 0.8)
    ]
    red, green, blue = (sum(part) // len(points) for part in zip(*points, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"
