"""HTML as Discord shows it, and as a search reads it. Feed text stays text: no markup of a stranger gets through."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.render import limits
from bot.render.clean import clean, clean_line
from bot.render.clip import clip, cut
from bot.render.clip_markdown import clip_markdown
from bot.render.escape import escape
from bot.render.html import Close, Open, Text, events
from bot.render.inline import Run, code, code_block, line_of
from bot.render.link import safe_link

__all__ = ["clip", "clip_markdown", "code", "escape", "to_markdown", "to_text"]

# Not read aloud by anyone: pictures, players, forms, and what a page shows only without scripts.
_DROPPED = frozenset(
    """audio button canvas datalist embed head img input map math noscript object picture select script style svg
    template textarea title video""".split()  # noqa: SIM905
)
_PARAGRAPHS = frozenset(
    ("blockquote", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul")
)
_LINES = frozenset(
    """address article aside caption center dd details dir div dt fieldset figcaption footer form header legend li main
    menu nav section summary tbody tfoot thead tr""".split()  # noqa: SIM905
)
_CELLS = frozenset(("td", "th"))
_STYLES = {
    **dict.fromkeys(("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"), "**"),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), "*"),
    **dict.fromkeys(("u", "ins"), "__"),
    **dict.fromkeys(("s", "strike", "del"), "~~"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "`"),
}
_DEEPEST_LIST = 3


def to_markdown(html: str, *, base_url: str | None = None, limit: int = limits.EMBED_DESCRIPTION) -> str:
    """The HTML as Discord markdown of at most `limit` units; plain text is HTML too.

    Relative links are resolved against `base_url`. A link keeps its text, and its address if that can be trusted to
    be what it seems. Pictures, players, forms, scripts and styles are left out; a row of a table is a line.
    """
    page = _Page(base_url, limit)
    for event in events(html):
        match event:
            case Text(text):
                page.text(text)
            case Open(tag, href):
                page.open(tag, href)
            case Close(tag):
                page.close(tag)
        if page.is_full:
            break
    page.end_line()
    return clip_markdown("\n".join(page.lines), limit)


def to_text(html: str, *, limit: int) -> str:
    """The words of the HTML on one line, at most `limit` units: blocks part words, inline markup does not."""
    parts: list[str] = []
    dropped = size = 0
    for event in events(html):
        if isinstance(event, Text):
            if not dropped:
                parts.append(event.text)
                size += len(event.text.strip())
        elif event.tag in _DROPPED:
            dropped += 1 if isinstance(event, Open) else -1
        elif event.tag in _PARAGRAPHS | _LINES | _CELLS or event.tag == "br":
            parts.append(" ")
        if size > limit:
            break
    return cut(clean_line("".join(parts)), limit).rstrip()


@dataclass(slots=True)
class _Page:
    """Lines of markdown in the making."""

    base_url: str | None
    limit: int
    lines: list[str] = field(default_factory=list)
    size: int = 0  # of the text taken in; markup only adds to it
    _runs: list[Run] = field(default_factory=list)
    _styles: list[str] = field(default_factory=list)
    _links: list[str | None] = field(default_factory=list)
    _lists: list[int | None] = field(default_factory=list)  # the next number, None in a bulleted list
    _marker: str = ""  # of the list entry whose first line is still to come
    _gap: int = 0  # line ends owed before the next line
    _quotes: int = 0
    _preformatted: int = 0
    _dropped: int = 0
    _was_quoted: bool = False

    @property
    def is_full(self) -> bool:
        return self.size > self.limit

    def text(self, text: str) -> None:
        if self._dropped:
            return
        text = clean(text[: self.limit * 16])
        if not self._preformatted:
            text = re.sub(r"\s+", " ", text)
        self.size += len(text if self._preformatted else text.strip())
        self._runs.append(Run(text, frozenset(self._styles), self._links[-1] if self._links else None))

    def open(self, tag: str, href: str | None) -> None:
        if tag in _DROPPED:
            self._dropped += 1
        elif tag == "br":
            self._break()
        elif tag in _CELLS:
            self._next_cell()
        elif tag == "a":
            self._links.append(self._target(href))
        elif tag == "q":
            self.text("“")
        elif tag in _PARAGRAPHS or tag in _LINES:
            self.end_line()
            self._part(tag)
            self._enter(tag)
        if tag in _STYLES:
            self._styles.append(_STYLES[tag])

    def close(self, tag: str) -> None:
        if tag in _DROPPED:
            self._dropped -= 1
        elif tag == "a":
            self._links.pop()
        elif tag == "q":
            self.text("”")
        elif tag in _PARAGRAPHS or tag in _LINES:
            self.end_line()
            self._leave(tag)
            self._part(tag)
        if tag in _STYLES:
            self._styles.remove(_STYLES[tag])

    def end_line(self) -> None:
        """Writes the line in the making, if there is anything in it."""
        runs, self._runs = self._runs, []
        if self._preformatted:
            line = code_block("".join(run.text for run in runs))
        else:
            line = line_of(runs)
        if not line:
            return
        if self._gap > 1 and self.lines:
            self.lines.append("> " if self._quotes and self._was_quoted else "")
        indent = "  " * (min(len(self._lists), _DEEPEST_LIST) - (1 if self._marker else 0))
        prefix = ("> " if self._quotes else "") + indent + self._marker
        self.lines.extend((prefix + line).replace("\n", "\n> " if self._quotes else "\n").split("\n"))
        self._marker, self._gap, self._was_quoted = "", 0, self._quotes > 0

    def _target(self, href: str | None) -> str | None:
        # A place in the page is no use to who is not on that page.
        return None if href is None or href.startswith("#") else safe_link(href, self.base_url)

    def _break(self) -> None:
        if self._preformatted:
            self.text("\n")
        else:
            self._gap = max(self._gap, 1 if self._has_words() else 2)
            self.end_line()
            self._gap = max(self._gap, 1)

    def _next_cell(self) -> None:
        if self._has_words():
            ends_with_colon = "".join(run.text for run in self._runs[-8:]).rstrip().endswith(":")
            self._runs.append(Run(" " if ends_with_colon else " · ", frozenset(), None))

    def _has_words(self) -> bool:
        return any(not run.text.isspace() for run in self._runs)

    def _part(self, tag: str) -> None:
        """A blank line between paragraphs, none in a list."""
        self._gap = max(self._gap, 2 if tag in _PARAGRAPHS and not self._lists else 1)

    def _enter(self, tag: str) -> None:
        if tag == "li":
            number = self._lists[-1] if self._lists else None
            self._marker = "- " if number is None else f"{number}. "
            if number is not None:
                self._lists[-1] = number + 1
        elif tag in ("ul", "ol", "menu", "dir"):
            self._lists.append(1 if tag == "ol" else None)
        self._quotes += tag == "blockquote"
        self._preformatted += tag == "pre"

    def _leave(self, tag: str) -> None:
        if tag == "li":
            self._marker = ""
        elif tag in ("ul", "ol", "menu", "dir"):
            self._lists.pop()
        self._quotes -= tag == "blockquote"
        self._preformatted -= tag == "pre"
