"""The few Protocols where parts meet. The docstrings are the contract; `app.py` joins the real ones.

Whatever a method raises that is not named here is a defect.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from bot.feeds.age import Arrival
from bot.feeds.discover import Candidate
from bot.feeds.opml import FeedList
from bot.model import (
    Access,
    Backlog,
    Caught,
    Correction,
    DeliveryNote,
    Destination,
    Digest,
    DigestPage,
    Entry,
    Fate,
    Feed,
    FeedFacts,
    Fetched,
    ForgottenMember,
    Gathered,
    GuildKeywords,
    GuildSettings,
    Hold,
    HubLeaving,
    HubSubscription,
    KeptOfMember,
    Keyword,
    Login,
    Note,
    NotModified,
    Outcome,
    Owed,
    ParsedFeed,
    Payload,
    PollCommit,
    Posting,
    Pushed,
    Reading,
    Refused,
    Reissue,
    Sent,
    Sight,
    StoredEntry,
    Subscription,
    Unknown,
    Validators,
    Visit,
)
from bot.query.language import Query

NO_VALIDATORS = Validators()
NO_PICTURES: Mapping[int, str] = MappingProxyType({})


class Clock(Protocol):
    """The only source of the time of day."""

    def now(self) -> datetime:
        """Aware, UTC."""


class SteadyClock(Clock, Protocol):
    """A clock that also measures lengths of time."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back, whatever happens to the wall clock."""

    async def sleep(self, seconds: float) -> None:
        """Returns after so long by the same measure."""


class Fetcher(Protocol):
    """One conditional GET, polite and guarded."""

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        """Raises FetchError or AddressRefused. Redirects are followed, each hop under the guard.

        `login` is sent to the origin of `url` alone, and no more once a redirect has left it.
        """


class Vault(Protocol):
    """Keeps what it takes to read a private feed from whoever reads the disk."""

    def seal(self, access: Access) -> bytes:
        """Encrypts it. Raises UsageError if there is no key."""

    def open(self, sealed: bytes, *, name: str) -> Access:
        """Raises FetchError, about the feed called `name`, if there is no key or another one."""

    def mark(self, guild_id: int, url: str) -> str:
        """The same for the same address in the same guild, and tells nothing of it. Raises UsageError without a key."""


class Reader(Protocol):
    """Turns bytes into entries somewhere a hostile document can be killed."""

    async def read_unseen(self, body: bytes, recalled: bytes, *, url: str, content_type: str = "") -> Reading:
        """What `recalled` (an earlier Reading's; may be empty) does not know. Raises ParseError: no feed, or over the
        limits of time and memory."""


class Discoverer(Protocol):
    """Reads a whole document, and looks for the feeds that a web page announces."""

    async def read(self, body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
        """Raises ParseError: no feed, or over the limits of time and memory."""

    async def discover(self, body: bytes, *, url: str, content_type: str = "") -> tuple[Candidate, ...]:
        """In the page's order, none twice; empty if it announces none."""


class ListReader(Protocol):
    """Reads lists of feeds somewhere a hostile one can be killed."""

    async def outlines(self, body: bytes) -> FeedList:
        """The feeds of an OPML file. Raises UsageError, with one line for the person, if it cannot be read."""


class StandingStore(Protocol):
    """Keywords, for who keeps them in memory."""

    async def standing(self, feed_id: int, known: Mapping[int, int]) -> tuple[Set[int], list[GuildKeywords]]:
        """The guilds that follow the feed and have had keywords, and the keywords of those of them whose stamp is not
        as `known` (guild -> stamp). The muted are among them, and those of other feeds."""


class PollStore(StandingStore, Protocol):
    """What the poller needs."""

    async def due(
        self, now: datetime, limit: int, *, busy: frozenset[int] = frozenset(), full: frozenset[str] = frozenset()
    ) -> list[Feed]:
        """Feeds with a running subscription or keyword whose time has come, longest overdue first, none of `busy`, and
        none of the sites (links.site_of) that are `full`."""

    async def next_due(self, after: datetime) -> datetime | None:
        """When the first feed that is not due at `after` will be; None if there is none."""

    async def seen(self, feed_id: int) -> bytes:
        """All aliases ever seen in the feed, packed (feeds/identity). Empty before the first poll."""

    async def recalled(self, feed_id: int) -> bytes:
        """The last document's `Reading.recalled`."""

    async def subscriptions_of(self, feed_id: int) -> list[Subscription]:
        """The feed's running subscriptions, of every guild."""

    async def arrivals(self, feed_id: int, limit: int) -> list[Arrival]:
        """The last polls that brought dated entries, the latest first."""

    async def wordings(self, feed_id: int, keys: Sequence[int]) -> dict[int, int]:
        """Entry.key -> feeds/story.wording of those that are stored."""

    async def commit_poll(self, commit: PollCommit) -> int:
        """Feed state, entries, search index and deliveries in one transaction. Returns the deliveries made.

        An entry already stored is left alone and owes nothing, unless it is corrected: then each message that
        showed it owes an edit. (destination, entry) stays unique. A subscription that is gone or paused by now owes
        nothing. What tells the story of another feed's entry of the last day is named in that one's message.
        """

    async def record_visits(self, visits: Sequence[Visit]) -> None:
        """Bookkeeping of polls that brought nothing, many in one transaction."""

    async def move_feed(self, feed_id: int, to: str, now: datetime, *, busy: frozenset[int] = frozenset()) -> bool:
        """The feed lives at `to` from now on. Where another feed is polled there, it becomes one with that: its
        subscriptions, keywords, entries and what they owe go over, each channel follows it once.

        False if the two do not hold the same document yet, or the other is busy: both are due now, try again then.
        """

    async def logins_refused_untold(self, now: datetime) -> list[tuple[Feed, list[Subscription]]]:
        """Private feeds that do not take their login, each once, with their followers."""

    async def end_feed(self, feed_id: int, reason: str, now: datetime) -> list[Subscription]:
        """Polls it no more, and pauses its running subscriptions, which are returned. It goes on if one is resumed."""


class ReissueStore(Protocol):
    """Re-issued entries that are held back, by guild."""

    async def reissues_untold(self) -> list[Reissue]:
        """Those whose guild does not know of them yet."""

    async def tell_of_reissue(self, one: Reissue, where: Destination, note: Note, now: datetime) -> None:
        """Owes the note, and counts the guild as told, in one transaction; unless it was told already."""

    async def reissue(self, guild_id: int, feed_id: int) -> Reissue | None:
        """What is held back of a feed that the guild follows, and waits for its answer."""

    async def reissued_entries(self, one: Reissue) -> list[Entry]:
        """Oldest first."""

    async def post_reissue(self, one: Reissue, owed: Sequence[Owed], now: datetime) -> int | None:
        """Owes them to the guild of `one`, which finds them from now on. None if that was answered already, else how
        many deliveries that made."""

    async def forget_reissue(self, one: Reissue, now: datetime) -> bool:
        """They will not be posted in that guild. False if that was answered already."""

    async def subscriptions_of(self, feed_id: int) -> list[Subscription]:
        """As PollStore's."""

    async def keywords_for(self, feed_id: int) -> list[Keyword]:
        """Standing queries that this feed's entries may match: those of guilds that follow it."""


class PushStore(Protocol):
    """What push (WebSub) needs. Which hub serves a feed is written with its polls."""

    async def hubs_due(self, now: datetime, limit: int) -> list[HubSubscription]:
        """Those of polled feeds that are to be asked now."""

    async def next_hub_due(self, after: datetime) -> datetime | None:
        """When a hub is to be asked next, whether to begin or to stop."""

    async def hub_subscription(self, token: str) -> HubSubscription | None:
        """None as well if nobody wants the feed any more."""

    async def save_hub(self, changed: HubSubscription) -> None:
        """Unless it was replaced meanwhile: its token tells."""

    async def leave_unwanted(self, now: datetime) -> None:
        """Hubs of feeds that nobody wants any more are to be left. Their feeds begin anew, with another token, when
        somebody wants them again. That a feed names another hub, its poll sees to."""

    async def hubs_to_leave(self, now: datetime, limit: int) -> list[HubLeaving]:
        """Those that are to be asked now."""

    async def hub_to_leave(self, token: str) -> HubLeaving | None: ...

    async def save_leaving(self, changed: HubLeaving) -> None: ...

    async def drop_leaving(self, token: str) -> None: ...

    async def keep_push(self, token: str, pushed: Pushed, now: datetime) -> int | None:
        """On disk when this returns; its id. None if it is not kept: nobody wants it, or so much waits of this feed
        that the feed is due now instead."""

    async def kept_pushes(self) -> list[tuple[int, datetime]]:
        """Ids, and when they came, the oldest first."""

    async def kept_push(self, push_id: int) -> tuple[Feed, Pushed, datetime] | None:
        """The feed, what came of it, and until when its hub will tell. None if nobody wants it any more."""

    async def drop_push(self, push_id: int) -> None: ...


class Hubs(Protocol):
    """The way to a hub."""

    async def subscribe(self, asked: HubSubscription, callback: str, lease: timedelta) -> None:
        """Raises FetchError or AddressRefused unless the hub takes the request. It may verify it meanwhile."""

    async def unsubscribe(self, leaving: HubLeaving, callback: str) -> None:
        """As `subscribe`."""


class PushService(Protocol):
    """What hubs' requests become."""

    async def verified(self, token: str, topic: str, mode: str, lease: timedelta | None) -> bool:
        """Whether we asked for this."""

    async def denied(self, token: str, topic: str, reason: str) -> bool:
        """Whether it concerns us."""

    async def secret(self, token: str) -> str | None:
        """None if nothing may be pushed there, now and for ever."""

    async def received(self, token: str, pushed: Pushed) -> None:
        """It is on disk when this returns; what it means is worked out after. Raises StoreError."""


class Outbox(Protocol):
    """What the deliverer needs. Order within a destination is the order in which deliveries were made."""

    async def lease(self, now: datetime, limit: int, *, window: timedelta = timedelta(0)) -> list[Posting]:
        """Postings to send now, at most one a destination. Each, and its nonce, is on disk when this returns.

        A destination that took a message within `window` waits for what else comes in it, to share a message.

        A posting stays leased until it is settled or put off; a restart frees every lease (one process a database).
        """

    async def next_ready(self, after: datetime, *, window: timedelta = timedelta(0)) -> datetime | None:
        """When `lease` may have something that it had not at `after`; None if nothing waits for a time to come."""

    async def begin_attempt(
        self,
        posting_id: int,
        now: datetime,
        *,
        silent: bool = False,
        server: str = "",
        pictures: Mapping[int, str] = NO_PICTURES,
    ) -> None:
        """Writes down that a send begins: before it nothing can have been posted, from here on it may have.

        `silent`, `server` and the `pictures` (delivery id -> address) are kept, so that a later attempt sends the same
        message.
        """

    async def settle(self, posting_id: int, outcome: Sent, now: datetime) -> None:
        """Delivered: every delivery of the posting is done and knows its message."""

    async def put_off(self, posting_id: int, until: datetime, reason: str) -> None:
        """Not delivered, or not known: the same posting with the same nonce again at `until`."""

    async def degrade(self, posting_id: int, refusal: Refused, until: datetime, *, to: int | None = None) -> None:
        """Refused for what is in it: again at `until`, one step plainer, or as plain as `to`."""

    async def split(self, posting_id: int, refusal: Refused, guilty: Sequence[int]) -> None:
        """Refused for some of what is in it. The `guilty` deliveries (ids) are sent one by one, one step plainer, the
        others in their order without them. None: nobody knows which, so each is sent by itself as it is."""

    async def give_up(self, posting_id: int, refusal: Refused, now: datetime) -> None:
        """Refused as plain as can be: its deliveries end with the reason, visible in `/feed status`."""

    async def hold(self, where: Destination, refusal: Refused, now: datetime, until: datetime) -> bool:
        """The place refused: nothing is leased for it until then. True if that is news, so that somebody is told.

        What it refused is not there, so whether that is silent is decided anew.
        """

    async def post_note(self, where: Destination, note: Note, now: datetime) -> None:
        """Herald's own word, owed like an entry."""

    async def free_leases(self) -> int:
        """At start: whatever a former process had leased may be sent again. Returns how many there were."""


class PageReader(Protocol):
    """Looks for a web page's picture somewhere a hostile page can be killed."""

    async def picture(self, body: bytes, *, url: str, content_type: str = "") -> str | None:
        """What the page names for itself, if that can be shown. Raises ParseError."""


class PictureStore(Protocol):
    """What was found out of entries' pages, for whoever posts them next."""

    async def page_images(self, entry_ids: Collection[int]) -> dict[int, str | None]:
        """Of those whose pages were asked: the picture to show; None if the page names none, or the site's logo, which
        is the feed's own picture or one that 3 entries of the feed have."""

    async def note_page_image(self, entry_id: int, url: str | None, now: datetime) -> None:
        """The entry's page was asked and names this as its picture; None: nothing."""


class Corrections(Protocol):
    """Messages to be edited because their entries were corrected. A repeated edit does no harm."""

    async def lease_corrections(self, now: datetime, limit: int) -> list[Correction]:
        """What to edit now, the newest messages first, one a destination. A message too old to be edited is let be."""

    async def next_correction(self, after: datetime) -> datetime | None:
        """When `lease_corrections` may have something that it had not at `after`."""

    async def settle_correction(self, done: Correction) -> None:
        """Edited. What was asked for meanwhile stays to be done."""

    async def put_off_correction(self, again: Correction, until: datetime) -> None: ...

    async def put_off_corrections(self, where: Destination, until: datetime) -> None:
        """The place refused: no edit there until then."""

    async def drop_correction(self, posting_id: int) -> None:
        """The message stays as it is."""


class Sender(Protocol):
    """The one door to Discord for postings."""

    async def send(self, posting: Posting, payload: Payload) -> Outcome:
        """Post it. Discord's refusals are outcomes, not exceptions. Must never be cancelled (see chat/sender)."""

    async def edit(self, correction: Correction, payload: Payload) -> Outcome:
        """Make its message say what the payload says. Sent also if nothing had to change. Never cancelled either."""

    async def find(self, posting: Posting, payload: Payload) -> Sent | Refused | Unknown | None:
        """Looks in the destination's history for a posting whose nonce Discord has forgotten. None: it is not there."""


class GuildStore(Protocol):
    """What the commands need. Every query is by guild; nothing of another guild is found, counted or suggested."""

    async def feed_by_url(self, url: str) -> Feed | None:
        """The public feed polled at exactly this URL, whoever follows it. For joining a poll, never for display."""

    async def add_feed(
        self,
        url: str,
        facts: FeedFacts,
        commit: PollCommit | None,
        now: datetime,
        *,
        owner_guild_id: int | None = None,
        sealed: bytes | None = None,
    ) -> Feed:
        """Creates the feed, with the entries of its first document if given (`commit.feed_id` is ignored).

        With an owner it is private: no other guild's, and `sealed` replaces what was kept of it.
        """

    async def reseal_feed(self, guild_id: int, feed_id: int, sealed: bytes, now: datetime) -> bool:
        """Another login for a private feed of this guild, which is due at once. False if it has none of this id."""

    async def add_subscription(self, new: Subscription, *, at_most: int | None = None) -> Subscription:
        """`new.id` is ignored. Raises AlreadyThere for the same (channel, feed), and QuotaReached if the guild has
        `at_most` subscriptions."""

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]:
        """By feed title, then channel."""

    async def subscription(self, guild_id: int, subscription_id: int) -> Subscription | None: ...

    async def move_subscription(self, guild_id: int, subscription_id: int, channel_id: int, now: datetime) -> None:
        """To another channel. What is owed and not begun goes with it, none twice; what was begun stays where it was.

        Raises AlreadyThere if that channel follows the feed.
        """

    async def remove_subscription(self, guild_id: int, subscription_id: int) -> None:
        """Ends it; what it still owes is dropped, entries stay searchable while another follows the feed."""

    async def pause_subscription(
        self, guild_id: int, subscription_id: int, reason: str, now: datetime, *, catch_up: bool = False
    ) -> None:
        """With `catch_up` what comes meanwhile is kept, and told when it resumes; else it is skipped."""

    async def resume_subscription(self, guild_id: int, subscription_id: int, now: datetime) -> None: ...

    async def feed(self, guild_id: int, feed_id: int) -> Feed | None:
        """None unless this guild follows it."""

    async def owe(self, owed: Sequence[tuple[int, Subscription]], now: datetime) -> int:
        """(entry id, subscription): post these although they are not new ("post the newest now"). Returns how many."""

    async def update_subscription(self, changed: Subscription, *, only: Collection[str] = ...) -> None:
        """Takes filter, style, mention and switches of `changed` for the one with its id and guild, or `only` these
        fields: then somebody who changes another at the same time has their way, too."""

    async def find_entry(self, guild_id: int, feed_id: int, text: str) -> StoredEntry | None:
        """The newest entry of the feed that is meant by its id, its link, or its title or a part of it."""

    async def fate(self, guild_id: int, subscription_id: int, entry_id: int) -> Fate: ...

    async def recent_deliveries(self, guild_id: int, subscription_id: int, limit: int) -> list[DeliveryNote]: ...

    async def holds(self, guild_id: int) -> list[Hold]:
        """What of this guild refuses messages, the longest first."""

    async def waiting(self, guild_id: int, subscription_id: int) -> int:
        """Deliveries owed and not yet settled."""

    async def reissue(self, guild_id: int, feed_id: int) -> Reissue | None:
        """As ReissueStore's."""

    async def count_old(self, guild_id: int, feed_id: int, since: datetime) -> int:
        """Entries first seen from then on that were told to nobody, for they came long after their date."""

    async def hub_of(self, guild_id: int, feed_id: int) -> HubSubscription | None:
        """The hub that a feed of this guild names, and how we stand with it."""


class Viewer(Protocol):
    """A member who looks."""

    def sees(self, channel_id: int) -> bool:
        """Whether they may view the guild's channel or thread."""


class SubscriptionStore(Protocol):
    """Which feed posts where."""

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]: ...


class SearchStore(Protocol):
    """Looking back. Only feeds that the guild follows, and with `sight` of these only what a member may find."""

    async def search(
        self,
        guild_id: int,
        query: Query,
        *,
        feed_id: int | None = None,
        since: datetime | None = None,
        sight: Sight | None = None,
        offset: int = 0,
        limit: int = 5,
    ) -> tuple[list[StoredEntry], int]:
        """Hits, best first, and how many there are in all (counted to 1,000)."""

    async def latest(
        self, guild_id: int, *, feed_id: int | None = None, sight: Sight | None = None, limit: int = 5
    ) -> list[StoredEntry]:
        """Newest first."""

    async def entry(self, guild_id: int, entry_id: int) -> StoredEntry | None: ...

    async def titles(self, guild_id: int, *, sight: Sight | None = None) -> list[str]:
        """The newest 2,000 titles that the guild could find: what query/spelling and query/rare know of its words."""


class FollowStore(GuildStore, SearchStore, Protocol):
    """What following feeds needs of the store."""


class TenancyStore(Protocol):
    """Guilds that come and go, channels that refuse and relent."""

    async def guild_ids(self) -> list[int]:
        """Guilds that are there, as far as the store knows."""

    async def restore_guild(self, guild_id: int) -> bool:
        """The guild is there again, with all it had. False if it was never gone."""

    async def forget_guild(self, guild_id: int, now: datetime) -> None:
        """The guild removed the bot at `now`."""

    async def release_channel(self, channel_id: int, now: datetime) -> bool:
        """Whatever waits for this channel is due now. False if nothing did."""


class Membership(Protocol):
    """Who belongs to a guild, and what they see there."""

    async def is_member(self, guild_id: int, user_id: int) -> bool | None:
        """None: Discord does not say now. What it said may be some hours old."""

    async def hidden(self, guild_id: int, user_id: int, channel_ids: Collection[int]) -> frozenset[int] | None:
        """Those of the guild's channels and threads that the member cannot see as they are now; none for who has
        Manage Server. None: it cannot be told now."""


class PrivacyStore(Protocol):
    """What a member may know and have forgotten. In every guild: for the member who asks, and for nobody else."""

    async def kept_of_member(self, user_id: int, *, messages: int = 0) -> KeptOfMember:
        """With the newest so many of the direct messages."""

    async def forget_member(self, user_id: int) -> ForgottenMember:
        """All of it, in one transaction. What was made for a guild's channels stays there without the name."""


class MemberStore(SubscriptionStore, Protocol):
    """Forgetting who left, and what a member may not be told."""

    async def forget_member_of(self, guild_id: int, user_id: int) -> int:
        """Erases the member's DM keywords in this guild and the DMs owed and sent. Returns the keywords there were."""

    async def leave_out(self, posting_id: int, feed_ids: Collection[int]) -> None:
        """What the posting was to tell of these feeds is owed no more, as if it never had been; a story of theirs that
        another feed told too is owed as that one's. It ends if nothing is left in it."""


class KeywordStore(Protocol):
    """What `/keyword` needs. Every query is by guild, but for the member's own question what is kept of them."""

    async def add_keyword(self, new: Keyword, *, at_most: int | None = None) -> Keyword:
        """`new.id` is ignored. Raises AlreadyThere for the same query, feed and receiver, and QuotaReached if the
        member has `at_most` keywords in the guild."""

    async def keywords(self, guild_id: int, user_id: int | None = None, *, channels: bool = False) -> list[Keyword]:
        """The member's, with `channels` those of channels too; with None the whole guild's. By query."""

    async def keyword(self, guild_id: int, keyword_id: int) -> Keyword | None: ...

    async def keywords_of_member(self, user_id: int) -> list[Keyword]:
        """In every guild: for the member who asks, and for nobody else."""

    async def remove_keyword(self, guild_id: int, keyword_id: int) -> None:
        """What only this keyword still wanted is dropped."""

    async def mute_keyword(self, guild_id: int, keyword_id: int, until: datetime | None) -> None: ...

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]: ...

    async def caught(
        self,
        guild_id: int,
        query: Query,
        *,
        feed_id: int | None = None,
        since: datetime,
        sight: Sight | None = None,
        limit: int = 3,
    ) -> Caught:
        """What the query finds from then on, the newest first."""


class Audiences(Protocol):
    """Who sees what is posted where."""

    def sees_all(self, guild_id: int, place_id: int, channel_id: int) -> bool | None:
        """Whether everybody who sees the place sees the channel too; None: Discord has not told us of the guild."""


class DigestStore(Protocol):
    """What digests need. What people ask for is by guild."""

    async def set_digest(self, new: Digest, *, at_most: int) -> tuple[Digest, bool]:
        """`new.id` is ignored. The same channel and filter again takes the times of `new` and is the one it was: True.
        Raises QuotaReached if it would be one more than `at_most` in the guild."""

    async def digests(self, guild_id: int) -> list[Digest]:
        """By channel."""

    async def digest(self, guild_id: int, digest_id: int) -> Digest | None: ...

    async def remove_digest(self, guild_id: int, digest_id: int) -> None:
        """What of it is not sent yet is not sent any more."""

    async def guild_settings(self, guild_id: int) -> GuildSettings: ...

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]: ...

    async def digests_due(self, now: datetime, limit: int) -> list[Digest]:
        """Those whose time has come, and those to be planned, of guilds that are there."""

    async def next_digest_due(self, after: datetime) -> datetime | None: ...

    async def plan_digest(self, planned: Digest) -> None:
        """Takes its times, unless the digest was told or changed since it was read."""

    async def gather(self, wanted: Digest, channel_ids: Collection[int]) -> Gathered:
        """What it would tell of now: what running subscriptions into these channels brought that their and its filters
        pass."""

    async def commit_digest(
        self, told: Digest, until_entry_id: int, pages: Sequence[DigestPage], now: datetime
    ) -> bool:
        """Owes these messages and counts everything up to that entry as told, with the times of `told`: all or nothing.
        False, and nothing, if the digest was told or changed since it was read."""


class MoreStore(SubscriptionStore, Protocol):
    """What "more like this" needs."""

    async def entries_announced(self, guild_id: int, channel_id: int, message_id: int) -> list[StoredEntry]:
        """What this message of the guild announced, as it stands in it; empty if it is none of Herald's."""

    async def entry(self, guild_id: int, entry_id: int) -> StoredEntry | None: ...

    async def titles(self, guild_id: int, *, sight: Sight | None = None) -> list[str]:
        """As SearchStore's."""

    async def caught(
        self,
        guild_id: int,
        query: Query,
        *,
        feed_id: int | None = None,
        since: datetime,
        sight: Sight | None = None,
        limit: int = 3,
    ) -> Caught:
        """As KeywordStore's."""


class ClosedDmStore(Protocol):
    """Members who cannot be written to."""

    async def closed_dms(self, user_id: int) -> tuple[list[Hold], int]:
        """The member's DMs that are held, of every guild where they have a keyword, and how many entries wait there."""

    async def clear_hold(self, where: Destination) -> None:
        """What waits there is due now."""


class SettingsStore(Protocol):
    """What `/settings` needs."""

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        """As shipped for a guild that never set any."""

    async def change_guild_settings(
        self, guild_id: int, change: Callable[[GuildSettings], GuildSettings]
    ) -> GuildSettings:
        """What `change` makes of them, in one transaction: two managers at once both have their way."""


class LookupStore(FollowStore, SettingsStore, Protocol):
    """What looking back needs: a day begins at midnight where the guild is."""


class NoticeStore(Protocol):
    """What telling people needs of the store."""

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        """As shipped for a guild that never set any."""

    async def subscriptions(
        self, guild_id: int, *, feed_id: int | None = None, channel_id: int | None = None
    ) -> list[Subscription]: ...

    async def post_note(self, where: Destination, note: Note, now: datetime) -> None: ...


class Places(Protocol):
    """What Discord's gateway told of a guild. Guesses: a channel may refuse all the same."""

    def writable_channels(self, guild_id: int) -> list[int]:
        """Where Herald may post, the guild's own system channel first."""

    def owner_of(self, guild_id: int) -> int | None:
        """The guild's owner."""


class SweepStore(Protocol):
    """What is cleaned up."""

    async def prune(self, now: datetime, older_than: timedelta) -> int:
        """Entries first seen longer ago, and feeds that nobody follows any more. Returns how many entries went."""

    async def erase_guilds(self, left_before: datetime) -> int:
        """All of guilds that removed the bot before then. Returns how many."""

    async def failing_untold(self, before: datetime, now: datetime) -> list[tuple[Feed, list[Subscription]]]:
        """Feeds that have failed since before then and whose followers do not know; from now on they count as told."""

    async def drop_gone_channels(self, held_before: datetime) -> int:
        """Subscriptions of channels that Discord has not known since before then. Returns how many."""


class BacklogStore(Protocol):
    """What whoever watches over the bot asks."""

    async def backlog(self) -> Backlog:
        """Cheap enough for every scrape, however much is stored."""


class PlanStore(Protocol):
    """What was planned by the clock."""

    async def latest_poll(self) -> datetime | None:
        """The newest time at which a poll went well."""

    async def pull_in(self, now: datetime, by: timedelta) -> None:
        """The wall clock was set back by `by`: what was planned after `now` is due that much earlier."""
