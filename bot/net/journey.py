"""The way from the address asked for to the one that answers: who may see the login, and what moved for good. Pure."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import timedelta

from yarl import URL

from bot.errors import FetchError
from bot.model import Login

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Journey:
    """From the address asked for to the one that answers. `login` is for the first address's origin alone, and gone
    once that was left: whoever answers elsewhere must not lead it back to a place of their choice."""

    asked: str
    at: URL
    login: Login | None
    hops: int = 0
    permanent: bool = True
    kept_for: timedelta | None = None  # how long the redirects may be remembered: the shortest that one of them allows

    @classmethod
    def begin(cls, asked: str, url: URL, login: Login | None = None) -> Journey:
        """Without a `login`, a name and password in the address are one."""
        if login is None and (url.user or url.password):
            packed = base64.b64encode(f"{url.user or ''}:{url.password or ''}".encode()).decode()
            login = Login(header="Authorization", value=f"Basic {packed}")
        return cls(asked=asked, at=url.with_user(None).with_fragment(None), login=login)

    @property
    def moved_to(self) -> str | None:
        """Where the feed lives for good: every hop said so, and none gave up encryption."""
        return str(self.at) if self.hops and self.permanent else None

    def onward(self, to: URL, status: int, kept_for: timedelta | None = None) -> Journey:
        """`kept_for` is what the redirect's own header says, None if nothing."""
        downgraded = self.at.scheme == "https" and to.scheme == "http"
        lasting = self.permanent and status in PERMANENT and not downgraded
        bare = to.with_user(None).with_fragment(None)
        shortest = min((one for one in (self.kept_for, kept_for) if one is not None), default=None)
        login = self.login if bare.origin() == self.at.origin() else None
        return replace(self, at=bare, login=login, hops=self.hops + 1, permanent=lasting, kept_for=shortest)

    def failed(self, reason: str, *, status: int | None = None, retry_after: timedelta | None = None) -> FetchError:
        return FetchError(self.asked, reason, status=status, retry_after=retry_after, origin=str(self.at.origin()))
