"""Sites whose feeds follow from a page's address by a rule, and where feeds usually are on others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urljoin, urlsplit

from bot.feeds.site_rules import NO_FEEDS, RULES, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that is likely a feed. `kind` says why: "rss", "atom", "json" as declared, "link", "site" by rule."""

    url: str
    title: str = ""
    kind: str = "link"


_YOUTUBE_FEED = "https://www.youtube.com/feeds/videos.xml?"
# Mixes, "watch later" and "liked" are one viewer's own and have no feed.
_PLAYLIST = re.compile(r"(?!RD|WL|LL)[\w-]{2,64}")
_IS_FEED = re.compile(r"\.(?:rss|atom|xml|json|rdf)$", re.IGNORECASE)
_AS_WRITTEN = "%@:+~!$&'()*,;=-._/?"
_YOUTUBE = {"youtube.com", "music.youtube.com"}


def known_sites(url: str) -> tuple[Candidate, ...]:
    """Feeds whose address follows from the page's, on sites that keep to a rule. Nothing is asked: they may be gone."""
    at = _place(url)
    if at is None or _IS_FEED.search(at.path):
        return ()
    if at.host in _YOUTUBE and (playlist := _playlist(at.query)):
        return (playlist,)
    return next((feeds for rule in RULES if (feeds := _filled(rule, at))), ())


def is_whole_answer(url: str) -> bool:
    """Whether `known_sites` says all that the page itself could say, so that it need not be asked."""
    at = _place(url)
    return at is not None and bool(known_sites(url)) and not (at.host in _YOUTUBE and at.path == "/watch")


def by_software(url: str) -> tuple[Candidate, ...]:
    """Feeds by the paths of software that runs on many hosts. Others have such paths too, so they must be tried."""
    at = _place(url)
    if at is None or at.host in _YOUTUBE or _IS_FEED.search(at.path):
        return ()
    parts = urlsplit(url)
    return tuple(_by_path(f"{parts.scheme}://{parts.netloc}", at.path.rstrip("/")))


def directory_entry(url: str) -> str | None:
    """Where a directory of podcasts says in JSON which feed the page is about."""
    at = _place(url)
    if at is None or at.host not in {"podcasts.apple.com", "itunes.apple.com"}:
        return None
    show = re.search(r"/id([0-9]{1,20})(?:/|$)", at.path)
    # "iTunes Search API", Lookup Examples
    return f"https://itunes.apple.com/lookup?id={show[1]}&entity=podcast" if show else None


def without_feeds(url: str) -> str | None:
    """The site's name, if it is one that offers no feeds at all."""
    at = _place(url)
    return next((site for site in NO_FEEDS if at and (at.host == site or at.host.endswith(f".{site}"))), None)


def youtube_channel(channel_id: str) -> Candidate:
    return Candidate(url=f"{_YOUTUBE_FEED}channel_id={channel_id}", title="Channel", kind="site")


def _playlist(query: str) -> Candidate | None:
    named = parse_qs(query).get("list", [""])[0]
    if not _PLAYLIST.fullmatch(named):
        return None
    return Candidate(url=f"{_YOUTUBE_FEED}playlist_id={named}", title="Playlist", kind="site")


@dataclass(frozen=True, slots=True)
class _Place:
    """Which site, and where there; `host` without "www." and "m."."""

    host: str
    path: str
    query: str


def _place(url: str) -> _Place | None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removesuffix(".").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return None
    return _Place(host, parts.path, parts.query)


def _filled(rule: Rule, at: _Place) -> tuple[Candidate, ...]:
    given = [quote(part or "", safe=_AS_WRITTEN) for part in rule.fits(at.host, at.path, at.query)]
    if not given:
        return ()
    return tuple(
        Candidate(url=there.format(*given), title=unquote(title.format(*given)), kind="site")
        for title, there in rule.feeds
    )


def _by_path(site: str, path: str) -> Iterator[Candidate]:
    if account := re.fullmatch(r"/(?:@|users/)(\w[\w.-]*)", path):  # Mastodon and its kin
        yield Candidate(url=f"{site}/@{account[1]}.rss", title=f"@{account[1]}", kind="site")
    elif elsewhere := re.fullmatch(r"/@(\w[\w.-]*)@([\w-]+(?:\.[\w-]+)+)", path):  # as another server shows it
        yield Candidate(url=f"https://{elsewhere[2]}/@{elsewhere[1]}.rss", title=f"@{elsewhere[1]}", kind="site")
    elif tag := re.fullmatch(r"/tags/(\w+)", path):
        yield Candidate(url=f"{site}/tags/{quote(tag[1])}.rss", title=f"#{tag[1]}", kind="site")
    elif community := re.fullmatch(r"/c/(\w+)", path):  # Lemmy
        yield Candidate(url=f"{site}/feeds/c/{quote(community[1])}.xml?sort=New", title=community[1], kind="site")
    elif gitlab := re.fullmatch(r"(/.+)/-/(releases|tags|(?:commits|tree)/(.+))(?:/.*)?", path):
        yield _of_gitlab(f"{site}{gitlab[1]}", gitlab[2], gitlab[3])
    elif branch := re.fullmatch(r"(/[^/]+/[^/]+)/(?:commits|src)/branch/(.+)", path):  # Forgejo, Gitea
        yield Candidate(url=f"{site}{branch[1]}/rss/branch/{branch[2]}", title="Commits", kind="site")


def _of_gitlab(project: str, what: str, branch: str | None) -> Candidate:
    if branch:
        return Candidate(url=f"{project}/-/commits/{branch}?format=atom", title="Commits", kind="site")
    there = f"{project}/-/{what}.atom" if what == "releases" else f"{project}/-/{what}?format=atom"
    return Candidate(url=there, title=what.capitalize(), kind="site")


# Each is a request to the host, a second apart.
_USUAL = (
    "feed", "rss", "atom.xml", "feed.xml", "index.xml", "rss.xml", "feed.json", "feeds/posts/default", "latest.rss",
    "blog/feed", "blog/index.xml",
)  # fmt: skip


def guesses(url: str) -> tuple[str, ...]:
    """A few addresses worth trying for a page that names no feed: beside the page first, then at the site's root."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    here = parts.path if parts.path.endswith("/") else parts.path.rpartition("/")[0] + "/"
    section = urljoin(root, here)
    tried = [urljoin(section, name) for name in _USUAL[:2]] if section != root else []
    tried += [urljoin(root, name) for name in _USUAL]
    return tuple(dict.fromkeys(address for address in tried if address != url))
