"""The few Protocols where parts meet. The docstrings are the contract; `app.py` joins the real ones.

Whatever a method raises that is not named here is a defect.
"""

from __future__ import annotations

from bot.ports.delivering import (
    NO_PICTURES,
    BacklogStore,
    ClosedDmStore,
    Corrections,
    LatePictureStore,
    NoticeStore,
    Outbox,
    PictureStore,
    SweepStore,
    TroubleStore,
)
from bot.ports.guilds import (
    DigestStore,
    GuildStore,
    KeywordStore,
    MemberStore,
    PrivacyStore,
    SettingsStore,
    SubscriptionStore,
    TenancyStore,
)
from bot.ports.outside import (
    NO_VALIDATORS,
    Audiences,
    Clock,
    Discoverer,
    Fetcher,
    Hubs,
    ListReader,
    Membership,
    PageReader,
    Places,
    Reader,
    Sender,
    SteadyClock,
    Vault,
    Viewer,
)
from bot.ports.polling import PlanStore, PollStore, PushService, PushStore, ReissueStore, StandingStore
from bot.ports.searching import FollowStore, LookupStore, MoreStore, SearchStore

__all__ = [
    "NO_PICTURES",
    "NO_VALIDATORS",
    "Audiences",
    "BacklogStore",
    "Clock",
    "ClosedDmStore",
    "Corrections",
    "DigestStore",
    "Discoverer",
    "Fetcher",
    "FollowStore",
    "GuildStore",
    "Hubs",
    "KeywordStore",
    "LatePictureStore",
    "ListReader",
    "LookupStore",
    "MemberStore",
    "Membership",
    "MoreStore",
    "NoticeStore",
    "Outbox",
    "PageReader",
    "PictureStore",
    "Places",
    "PlanStore",
    "PollStore",
    "PrivacyStore",
    "PushService",
    "PushStore",
    "Reader",
    "ReissueStore",
    "SearchStore",
    "Sender",
    "SettingsStore",
    "StandingStore",
    "SteadyClock",
    "SubscriptionStore",
    "SweepStore",
    "TenancyStore",
    "TroubleStore",
    "Vault",
    "Viewer",
]
