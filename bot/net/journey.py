"""The way from the address asked for to the one that answers: who may see the login, and what moved for good. Pure."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import timedelta

from yarl import URL

from bot.errors import FetchError

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Journey:
    """From the address asked for to the one that answers. `login` is for the first address's origin alone."""

    asked: str
    at: URL
    login: tuple[str, str] | None
    home: URL
    hops: int = 0
    permanent: bool = True
    kept_for: timedelta | None = None  # how long the redirects may be remembered: the shortest that one of them allows

    @classmethod
    def begin(cls, asked: str, url: URL) -> Journey:
        login = (url.user or "", url.password or "") if url.user or url.password else None
        bare = url.with_user(None).with_fragment(None)
        return cls(asked=asked, at=bare, login=login, home=bare.origin())

    @property
    def authorization(self) -> str | None:
        if self.login is None or self.at.origin() != self.home:
            return None
        return "Basic " + base64.b64encode(":".join(self.login).encode()).decode()

    @property
    def moved_to(self) -> str | None:
        """Where the feed lives for good: every hop said so, and none gave up encryption."""
        if not self.hops or not self.permanent:
            return None
        if self.login is None or self.at.origin() != self.home:
            return str(self.at)
        user, password = self.login
        return str(self.at.with_user(user).with_password(password or None))

    def onward(self, to: URL, status: int, kept_for: timedelta | None = None) -> Journey:
        """`kept_for` is what the redirect's own header says, None if nothing."""
        downgraded = self.at.scheme == "https" and to.scheme == "http"
        lasting = self.permanent and status in PERMANENT and not downgraded
        bare = to.with_user(None).with_fragment(None)
        shortest = min((one for one in (self.kept_for, kept_for) if one is not None), default=None)
        return replace(self, at=bare, hops=self.hops + 1, permanent=lasting, kept_for=shortest)

    def failed(self, reason: str, *, status: int | None = None, retry_after: timedelta | None = None) -> FetchError:
        return FetchError(self.asked, reason, status=status, retry_after=retry_after, origin=str(self.at.origin()))
