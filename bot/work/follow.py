"""Following feeds: what `/feed` does, for a guild, whoever asked. The commands translate, the rules are here."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from bot.errors import AlreadyThere, NotFound, ParseError, QuotaReached, UsageError
from bot.feeds import cadence, decide
from bot.feeds.discover import Candidate, guesses, normalise
from bot.model import (
    Delivery,
    Destination,
    Entry,
    Feed,
    Fetched,
    ParsedFeed,
    Payload,
    PollCommit,
    Posting,
    StoredEntry,
    StyleName,
    Subscription,
)
from bot.ports import Clock, Discoverer, Fetcher, GuildStore, SearchStore
from bot.query.language import parse
from bot.render import embed
from bot.work.answers import Added, Choice, Preview, Status
from bot.work.finding import FoundFeed, find_feed

PREVIEWED_ENTRIES = 3
NOTES_SHOWN = 8
