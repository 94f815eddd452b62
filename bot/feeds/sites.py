"""Sites whose feeds follow from a page's address by a rule, and where feeds usually are on others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urljoin, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that is likely a feed. `kind` says why: "rss", "atom", "json" as declared, "link", "site" by rule."""

    url: str
    title: str = ""
    kind: str = "link"


_CHANNEL_ID = re.compile(r"UC[\w-]{22}")
_YOUTUBE_FEED = "https://www.youtube.com/feeds/videos.xml?"


def known_sites(url: str) -> tuple[Candidate, ...]:
    """Feeds whose address follows from the page's: YouTube, Reddit, GitHub, Medium, profiles on Mastodon."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ()
    host = re.sub(r"^(?:www|m|old|new)\.", "", parts.hostname or "")
    steps = [step for step in parts.path.split("/") if step]
    if host == "youtube.com":
        return _youtube(steps, parse_qs(parts.query))
    rule = {"reddit.com": _reddit, "github.com": _github, "medium.com": _medium}.get(host)
    return rule(steps) if rule else _mastodon(steps, parts.netloc)


def youtube_channel(channel_id: str) -> Candidate:
    return Candidate(url=f"{_YOUTUBE_FEED}channel_id={channel_id}", kind="site")


def _youtube(steps: list[str], query: dict[str, list[str]]) -> tuple[Candidate, ...]:
    if len(steps) >= 2 and steps[0] == "channel" and _CHANNEL_ID.fullmatch(steps[1]):
        return (youtube_channel(steps[1]),)
    if playlist := query.get("list", [""])[0]:
        return (Candidate(url=f"{_YOUTUBE_FEED}playlist_id={quote(playlist)}", kind="site"),)
    if len(steps) == 2 and steps[0] == "user":
        return (Candidate(url=f"{_YOUTUBE_FEED}user={quote(steps[1])}", kind="site"),)
    return ()


def _reddit(steps: list[str]) -> tuple[Candidate, ...]:
    if len(steps) < 2 or steps[0] not in {"r", "u", "user"} or steps[-1].endswith(".rss"):
        return ()
    path = "/".join(quote(step) for step in steps)
    return (Candidate(url=f"https://www.reddit.com/{path}/.rss", kind="site"),)


def _github(steps: list[str]) -> tuple[Candidate, ...]:
    if len(steps) < 2 or steps[0] in {"orgs", "topics", "settings", "sponsors", "features", "marketplace", "apps"}:
        return ()
    if steps[-1].endswith(".atom"):
        return ()
    repository = f"https://github.com/{quote(steps[0])}/{quote(steps[1].removesuffix('.git'))}"
    kinds = ["releases", "tags", "commits"]
    if len(steps) > 2 and steps[2] in kinds:
        kinds.sort(key=lambda kind: kind != steps[2])
    return tuple(Candidate(url=f"{repository}/{kind}.atom", title=kind.capitalize(), kind="site") for kind in kinds)


def _medium(steps: list[str]) -> tuple[Candidate, ...]:
    if not steps or steps[0] in {"feed", "m", "_", "tag"}:
        return ()
    return (Candidate(url=f"https://medium.com/feed/{quote(steps[0], safe='@')}", title=steps[0], kind="site"),)


def _mastodon(steps: list[str], host: str) -> tuple[Candidate, ...]:
    """Other sites have /@name pages too, so this is a guess that the caller must try."""
    if len(steps) != 1 or not re.fullmatch(r"@\w[\w.-]*", steps[0]) or steps[0].endswith(".rss"):
        return ()
    return (Candidate(url=f"https://{host}/{steps[0]}.rss", title=steps[0], kind="site"),)


_USUAL = ("feed", "rss", "atom.xml", "feed.xml", "index.xml", "rss.xml", "feed.json")


def guesses(url: str) -> tuple[str, ...]:
    """A few addresses worth trying for a page that names no feed: beside the page first, then at the site's root."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    here = parts.path if parts.path.endswith("/") else parts.path.rpartition("/")[0] + "/"
    section = urljoin(root, here)
    tried = [urljoin(section, name) for name in _USUAL[:2]] if section != root else []
    tried += [urljoin(root, name) for name in _USUAL]
    return tuple(dict.fromkeys(address for address in tried if address != url))
