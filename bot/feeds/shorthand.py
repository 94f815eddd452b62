"""What people paste or type for an address although it is none yet: markdown, short names, links by way of others."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

_MARKDOWN = re.compile(r"\[[^\[\]]*\]\(\s*<?(?P<address>[^\s<>]+?)>?(?:\s+\"[^\"]*\")?\s*\)")
_AROUND = {"<": ">", '"': '"', "'": "'", "`": "`", "\u201c": "\u201d"}
_NAME = r"[\w.-]{1,64}"
_HOST = r"[\w-]+(?:\.[\w-]+)+"

# What is typed -> the page that is meant.
_SHORT = (
    (re.compile(rf"/?r/({_NAME})/?"), "https://www.reddit.com/r/{0}"),
    (re.compile(rf"/?u(?:ser)?/({_NAME})/?"), "https://www.reddit.com/user/{0}"),
    (re.compile(r"@?([\w-]+\.bsky\.social)"), "https://bsky.app/profile/{0}"),
    (re.compile(rf"(?:acct:|@)({_NAME})@({_HOST})"), "https://{1}/@{0}"),  # Mastodon and its kin
    (re.compile(rf"!({_NAME})@({_HOST})"), "https://{1}/c/{0}"),  # Lemmy
    (re.compile(rf"(?:ssh://)?git@({_HOST})[:/]([^\s:?#]+?)(?:\.git)?"), "https://{0}/{1}"),
)
_SCHEMES = re.compile(r"^(?:feeds?|rss|pcast|itpc|podcasts?|itms-podcasts?|web\+feed):(?://)?", re.IGNORECASE)
_BEFORE_A_SCHEME = re.compile(r"^(?:view-source|feeds?|web\+feed|read):(?://)?(?=https?:)", re.IGNORECASE)

# Who leads on to another address, and the argument that has it.
_LEADS_ON = {
    ("google.com", "/url"): ("q", "url"),
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
    ("l.instagram.com", "/"): ("u",),
    ("youtube.com", "/redirect"): ("q",),
    ("out.reddit.com", ""): ("url",),
    ("duckduckgo.com", "/l/"): ("uddg",),
    ("steamcommunity.com", "/linkfilter/"): ("url", "u"),
}
_WORD = re.compile(r"(?=.*[a-z])[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.IGNORECASE)


def expanded(typed: str) -> str:
    """The address that was meant, as far as the text alone tells; else the text without what is around it."""
    text = typed.strip()
    if markdown := _MARKDOWN.fullmatch(text):
        text = markdown["address"]
    while len(text) > 1 and _AROUND.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    for short, page in _SHORT:
        if meant := short.fullmatch(text):
            return page.format(*meant.groups())
    text = _SCHEMES.sub("https://", _BEFORE_A_SCHEME.sub("", text))
    while (further := _led_on(text)) is not None:  # each time shorter
        text = further
    return text


def word_of(typed: str) -> str | None:
    """What was typed, if it is one plain word such as a site's name; in lower case."""
    text = typed.strip()
    return text.lower() if _WORD.fullmatch(text) else None


def _led_on(text: str) -> str | None:
    """Where a link through a search engine or a network leads."""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    arguments = next(
        (named for (at, path), named in _LEADS_ON.items() if host == at and parts.path.startswith(path)), ()
    )
    given = parse_qs(parts.query)
    for name in arguments:
        if given.get(name, [""])[0].startswith(("http://", "https://")):
            return given[name][0]
    return _behind_amp(host, parts.path) or _behind_reader(host, parts.path)


def _behind_amp(host: str, path: str) -> str | None:
    """Google's two ways to show a publisher's AMP page."""
    shown = re.fullmatch(rf"/(?:amp|c|v|wp|i)/(s/)?({_HOST}/.*|{_HOST})", path)
    if shown and (host == "google.com" or host.endswith(".cdn.ampproject.org")):
        return f"http{'s' if shown[1] else ''}://{shown[2]}"
    return None


def _behind_reader(host: str, path: str) -> str | None:
    """A feed as other readers show it in their own address."""
    if host not in {"feedly.com", "inoreader.com"}:
        return None
    feed = re.search(r"/feed/(https?:/.*)", unquote(path))
    return feed[1] if feed else None
