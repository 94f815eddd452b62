"""Which page of which site has its feed where: a table to be added to.

Each rule is of the site's own documentation, or of what its pages link to. A site whose pages declare their feeds needs
none here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`host` (without "www." and "m.") and `path` (with or without a slash at the end, or the query too if `query`)
    are matched whole; their groups, the host's first, fill each feed's title and address."""

    host: re.Pattern[str]
    path: re.Pattern[str]
    feeds: tuple[tuple[str, str], ...]
    query: bool = False

    def fits(self, host: str, path: str, query: str) -> tuple[str | None, ...]:
        """The groups, and at least the host; empty if the rule is for other pages."""
        at = self.host.fullmatch(host)
        named = self.path.fullmatch((path.rstrip("/") or "/") + (f"?{query}" if self.query and query else ""))
        return (*at.groups(), *named.groups(), host) if at and named else ()


def _rule(host: str, path: str, *feeds: tuple[str, str], query: bool = False) -> Rule:
    return Rule(re.compile(host, re.IGNORECASE), re.compile(path), feeds, query)


_NAME = r"([^/?]+)"
_REST = r"(?:/.*)?"
# Of github.com's first path segment: what is no user's name.
_GITHUB = (
    r"(?!(?:orgs|topics|settings|sponsors|features|marketplace|apps|about|pricing|explore|trending|login|signup|join"
    r"|collections|search|notifications|issues|pulls|new|advisories|security|enterprise|team|readme|events|codespaces"
    r"|customer-stories|solutions|resources|site|contact|stars|dashboard|account|organizations)(?:/|$))"
)
_REPOSITORY = rf"/{_GITHUB}([^/]+)/([^/]+?)(?:\.git)?"
_AT_GITHUB = "https://github.com/{0}/{1}"
_EXCHANGE = (
    r"((?:[\w-]+\.)?(?:stackexchange|stackoverflow)\.com"
    r"|serverfault\.com|superuser\.com|askubuntu\.com|mathoverflow\.net|stackapps\.com)"
)
_BBC = r"bbc\.(?:com|co\.uk)"
_BBC_FEEDS = "https://feeds.bbci.co.uk"

RULES = (
    _rule(
        r"(?:music\.)?youtube\.com",
        rf"/channel/(UC[\w-]{{22}}){_REST}",
        ("Channel", "https://www.youtube.com/feeds/videos.xml?channel_id={0}"),
    ),
    _rule(r"youtube\.com", rf"/user/{_NAME}{_REST}", ("{0}", "https://www.youtube.com/feeds/videos.xml?user={0}")),
    # Reddit: whatever page of a community, a post or a user, with ".rss" behind it
    _rule(
        r"(?:[a-z]+\.)?reddit\.com",
        r"(/r/[^/?]+/top)\?(?:.*&)?(t=[a-z]+)(?:&.*)?",
        ("The best of {0}", "https://www.reddit.com{0}/.rss?{1}"),
        query=True,
    ),
    _rule(r"(?:[a-z]+\.)?reddit\.com", r"/(?:u|user)/([^/]+.*)", ("u/{0}", "https://www.reddit.com/user/{0}/.rss")),
    _rule(r"(?:[a-z]+\.)?reddit\.com", r"/r/((?!.*/s/)[^/]+.*)", ("r/{0}", "https://www.reddit.com/r/{0}/.rss")),
    # GitHub
    _rule(r"github\.com", rf"{_REPOSITORY}/releases{_REST}", ("Releases", f"{_AT_GITHUB}/releases.atom")),
    _rule(r"github\.com", rf"{_REPOSITORY}/tags{_REST}", ("Tags", f"{_AT_GITHUB}/tags.atom")),
    _rule(r"github\.com", rf"{_REPOSITORY}/commits", ("Commits", f"{_AT_GITHUB}/commits.atom")),
    _rule(
        r"github\.com",
        rf"{_REPOSITORY}/(?:commits|tree|blob|blame)/(.+)",
        ("Commits", f"{_AT_GITHUB}/commits/{{2}}.atom"),
    ),
    _rule(r"github\.com", rf"{_REPOSITORY}/discussions{_REST}", ("Discussions", f"{_AT_GITHUB}/discussions.atom")),
    _rule(
        r"github\.com",
        rf"/orgs/{_NAME}/discussions{_REST}",
        ("Discussions", "https://github.com/orgs/{0}/discussions.atom"),
    ),
    _rule(r"github\.com", rf"{_REPOSITORY}/wiki{_REST}", ("Wiki", f"{_AT_GITHUB}/wiki.atom")),
    _rule(
        r"github\.com",
        rf"{_REPOSITORY}{_REST}",
        ("Releases", f"{_AT_GITHUB}/releases.atom"),
        ("Tags", f"{_AT_GITHUB}/tags.atom"),
        ("Commits", f"{_AT_GITHUB}/commits.atom"),
    ),
    _rule(r"github\.com", rf"/{_GITHUB}([^/]+)", ("What {0} does in public", "https://github.com/{0}.atom")),
    _rule(r"gist\.github\.com", rf"/{_NAME}", ("Gists of {0}", "https://gist.github.com/{0}.atom")),
    # GitLab's and Forgejo's largest hosts; for others sites.known_sites goes by the path
    _rule(
        r"gitlab\.com",
        r"/((?!explore/|users/|groups/|dashboard/|help/|-/)[^/]+/[^/]+)",
        ("Releases", "https://gitlab.com/{0}/-/releases.atom"),
        ("Tags", "https://gitlab.com/{0}/-/tags?format=atom"),
        ("Commits", "https://gitlab.com/{0}/-/commits/HEAD?format=atom"),
        ("Activity", "https://gitlab.com/{0}.atom"),
    ),
    _rule(r"codeberg\.org", rf"/([^/]+/[^/]+)/releases{_REST}", ("Releases", "https://codeberg.org/{0}/releases.rss")),
    _rule(r"codeberg\.org", rf"/([^/]+/[^/]+)/tags{_REST}", ("Tags", "https://codeberg.org/{0}/tags.rss")),
    _rule(
        r"codeberg\.org",
        r"/(?!explore/|user/|org/)([^/]+/[^/]+)",
        ("Releases", "https://codeberg.org/{0}/releases.rss"),
        ("Tags", "https://codeberg.org/{0}/tags.rss"),
        ("Activity", "https://codeberg.org/{0}.rss"),
    ),
    # Packages
    _rule(r"pypi\.org", rf"/project/{_NAME}{_REST}", ("{0}", "https://pypi.org/rss/project/{0}/releases.xml")),
    _rule(r"crates\.io", rf"/crates/{_NAME}{_REST}", ("{0}", "https://static.crates.io/rss/crates/{0}.xml")),
    _rule(r"rubygems\.org", rf"/gems/{_NAME}{_REST}", ("{0}", "https://rubygems.org/gems/{0}/versions.atom")),
    _rule(r"packagist\.org", r"/packages/([^/]+/[^/]+)", ("{0}", "https://packagist.org/feeds/package.{0}.rss")),
    # People who write
    _rule(r"bsky\.app", rf"/profile/{_NAME}(?:/post/.*)?", ("{0}", "https://bsky.app/profile/{0}/rss")),
    _rule(r"([\w-]+\.bsky\.social)", r"/", ("{0}", "https://bsky.app/profile/{0}/rss")),
    _rule(r"medium\.com", rf"/(?!feed/|m/|_/)tag/{_NAME}{_REST}", ("{0}", "https://medium.com/feed/tag/{0}")),
    _rule(
        r"medium\.com",
        r"/(?!(?:feed|m|_|tag|search|me|about)(?:/|$))([^/]+)(?:/.*)?",
        ("{0}", "https://medium.com/feed/{0}"),
    ),
    _rule(r"([\w-]+)\.medium\.com", r"/(?!feed$).*", ("{0}", "https://{0}.medium.com/feed")),
    _rule(r"([\w-]+)\.substack\.com", r"/(?!feed$).*", ("{0}", "https://{0}.substack.com/feed")),
    _rule(r"substack\.com", rf"/@([\w-]+){_REST}", ("{0}", "https://{0}.substack.com/feed")),
    _rule(
        r"tumblr\.com",
        rf"/(?:blog/(?:view/)?)?((?!tagged|search|explore|dashboard)[\w-]+){_REST}",
        ("{0}", "https://{0}.tumblr.com/rss"),
    ),
    _rule(r"([\w-]+)\.tumblr\.com", r"(/tagged/[^/]+)", ("{0}", "https://{0}.tumblr.com{1}/rss")),
    _rule(r"([\w-]+)\.tumblr\.com", r"/(?!rss$|tagged/.*/rss$).*", ("{0}", "https://{0}.tumblr.com/rss")),
    _rule(r"([\w-]+\.blogspot\.[a-z.]{2,6})", r"/(?!feeds/).*", ("{0}", "https://{0}/feeds/posts/default")),
    _rule(r"([\w-]+\.wordpress\.com)", r"/(?!feed$|.*/feed$).*", ("{0}", "https://{0}/feed/")),
    _rule(r"dev\.to", rf"/t/{_NAME}{_REST}", ("#{0}", "https://dev.to/feed/tag/{0}")),
    _rule(
        r"dev\.to",
        r"/(?!(?:feed|t|search|about|top|latest|tags|pod|videos)(?:/|$))([^/]+)(?:/.*)?",
        ("{0}", "https://dev.to/feed/{0}"),
    ),
    _rule(
        r"letterboxd\.com",
        r"/(?!(?:films|lists|members|journal|film|about|search|rss)(?:/|$))([^/]+)",
        ("{0}", "https://letterboxd.com/{0}/rss/"),
    ),
    # Questions, answers and links
    _rule(_EXCHANGE, rf"/questions/tagged/{_NAME}", ("{1}", "https://{0}/feeds/tag?tagnames={1}&sort=newest")),
    _rule(_EXCHANGE, rf"/questions/([0-9]+){_REST}", ("Answers", "https://{0}/feeds/question/{1}")),
    _rule(_EXCHANGE, rf"/users/([0-9]+){_REST}", ("User", "https://{0}/feeds/user/{1}")),
    _rule(_EXCHANGE, r"/(?:questions)?", ("Newest questions", "https://{0}/feeds")),
    _rule(r"news\.ycombinator\.com", r"/(?:news|newest|front)?", ("Front page", "https://news.ycombinator.com/rss")),
    _rule(r"news\.ycombinator\.com", r"/(?:show|shownew)", ("Show HN", "https://news.ycombinator.com/showrss")),
    _rule(r"lobste\.rs", r"/(?:newest)?", ("Lobsters", "https://lobste.rs/rss")),
    _rule(r"lobste\.rs", rf"/t/{_NAME}", ("{0}", "https://lobste.rs/t/{0}.rss")),
    # Papers, games, films, news
    _rule(r"arxiv\.org", rf"/(?:list|archive)/{_NAME}{_REST}", ("{0}", "https://rss.arxiv.org/rss/{0}")),
    _rule(
        r"(?:store\.steampowered|steamcommunity)\.com",
        rf"/(?:agecheck/)?(?:news/)?app/([0-9]+){_REST}",
        ("News", "https://store.steampowered.com/feeds/news/app/{0}"),
    ),
    _rule(
        r"steamcommunity\.com", rf"/(games|groups)/{_NAME}{_REST}", ("{1}", "https://steamcommunity.com/{0}/{1}/rss/")
    ),
    _rule(r"vimeo\.com", rf"/channels/{_NAME}{_REST}", ("{0}", "https://vimeo.com/channels/{0}/videos/rss")),
    _rule(
        r"vimeo\.com",
        r"/((?!(?:watch|features|search|blog|about|categories)$)[A-Za-z][\w-]*)(?:/videos)?",
        ("{0}", "https://vimeo.com/{0}/videos/rss"),
    ),
    _rule(
        r"dailymotion\.com",
        r"/(?!(?:video|rss|playlist|search)(?:/|$))([^/]+)",
        ("{0}", "https://www.dailymotion.com/rss/user/{0}"),
    ),
    _rule(
        r"(news\.google\.com)",
        r"/((?:topics|publications|search)(?:/[^?]+)?(?:\?.*)?)",
        ("Google News", "https://{0}/rss/{1}"),
        query=True,
    ),
    _rule(_BBC, r"/news/([a-z_]+)", ("{0}", f"{_BBC_FEEDS}/news/{{0}}/rss.xml")),
    _rule(_BBC, r"/news", ("News", f"{_BBC_FEEDS}/news/rss.xml")),
    _rule(_BBC, r"/sport", ("Sport", f"{_BBC_FEEDS}/sport/rss.xml")),
    _rule(
        _BBC,
        r"/",
        ("News", f"{_BBC_FEEDS}/news/rss.xml"),
        ("World", f"{_BBC_FEEDS}/news/world/rss.xml"),
        ("Sport", f"{_BBC_FEEDS}/sport/rss.xml"),
    ),
)

NO_FEEDS = (
    "x.com", "twitter.com", "instagram.com", "facebook.com", "threads.net", "threads.com", "tiktok.com", "linkedin.com",
    "twitch.tv", "open.spotify.com", "t.me",
)  # fmt: skip
