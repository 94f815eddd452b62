"""Private feeds: an address that is a key, or one that asks for a login. One guild's alone, and sealed on the disk.

A private feed is stored under a name that gives away its host and nothing else; the rest is the vault's. Its redirects
are followed each time and never remembered, its hub is never asked: what is not kept cannot get out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from bot.errors import FeedError, FetchError, UsageError
from bot.feeds.login import LONGEST_LOGIN, login_of
from bot.feeds.private import is_private, stand_in, without_keys
from bot.feeds.secrets import without_secrets
from bot.model import Access, Feed, FeedFacts, Fetched, Login, NotModified, PollCommit
from bot.ports import Fetcher, GuildStore, Vault

__all__ = [
    "LOGIN_REFUSED",
    "LONGEST_LOGIN",
    "Locked",
    "Login",  # this, LONGEST_LOGIN and login_of are for chat/
    "add_private",
    "ask",
    "discreet_facts",
    "login_of",
    "name_of",
    "without_key",
]

NO_KEY = (
    "That needs a place where logins are kept encrypted, and I have none: whoever runs me has to set "
    "HERALD_SECRET_KEY first. Nothing was kept of what you gave me."
)
LOGIN_REFUSED = frozenset({401, 403})

AnswerT = TypeVar("AnswerT", Fetched, NotModified)


class Locked:
    """The vault of a Herald that has no key: takes nothing, opens nothing."""

    def seal(self, access: Access) -> bytes:
        raise UsageError(NO_KEY)

    def open(self, sealed: bytes, *, name: str) -> Access:
        raise FetchError(name, "its login cannot be read: HERALD_SECRET_KEY is not set")

    def mark(self, guild_id: int, url: str) -> str:
        raise UsageError(NO_KEY)


def without_key(url: str) -> str:
    """The address as it may be shown: without anything that may be a key."""
    return without_keys(url) if is_private(url) else url


def name_of(access: Access, guild_id: int, vault: Vault) -> str:
    """What the guild's feed is stored as. Raises UsageError if there is no key."""
    return stand_in(access.url, vault.mark(guild_id, access.url))


async def add_private(
    store: GuildStore,
    vault: Vault,
    guild_id: int,
    access: Access,
    *,
    facts: FeedFacts,
    now: datetime,
    commit: PollCommit | None = None,
) -> Feed:
    """The guild's feed at this address, from now on with this login. Raises UsageError if there is no key."""
    name, sealed = name_of(access, guild_id, vault), vault.seal(access)
    if commit is not None:
        commit = replace(commit, facts=discreet_facts(commit.facts))
    return await store.add_feed(name, discreet_facts(facts), commit, now, owner_guild_id=guild_id, sealed=sealed)


async def ask(fetcher: Fetcher, vault: Vault, feed: Feed) -> Fetched | NotModified:
    """A private feed's answer, without what it says of addresses. Raises FeedError kinds, which name no address."""
    assert feed.sealed is not None
    access = vault.open(feed.sealed, name=feed.url)
    try:
        answer = await fetcher.fetch(access.url, feed.validators, login=access.login)
    except FeedError as error:
        error.url = feed.url
        raise
    if isinstance(answer, Fetched):
        return replace(discreet(answer), links={}, body=without_secrets(answer.body, access))
    return discreet(answer)


def discreet(answer: AnswerT) -> AnswerT:
    """The answer without keys in its address, and without where else the feed may live."""
    return replace(answer, url=without_key(answer.url), moved_to=None, moved_for=None)


def discreet_facts(facts: FeedFacts) -> FeedFacts:
    """The facts without addresses of the feed itself: they are the key, or lead a hub to it."""
    link = facts.link if facts.link and not is_private(facts.link) else None
    return replace(facts, self_url=None, hub_url=None, link=link)
