"""The words of the trade as frozen records. No behaviour beyond what a value knows about itself.

Times are aware UTC `datetime`s, lengths of time `timedelta`s. Ids of Discord are ints (snowflakes), ids of ours
are the database's. `frozen` so that a value can be handed anywhere, also to a worker process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

# --- What a feed holds -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """An enclosure or media object that is no picture: the audio of a podcast, a video."""

    url: str
    type: str = ""
    length_bytes: int | None = None
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed, cleaned and bounded, ready to be stored, searched and shown.

    `guid` is the identity as written in the document, None if it has none. `aliases` are 64-bit hashes
    of everything that identifies the entry (feeds/identity), the strongest first; `key` is that first one.
    `title` and `author` are plain text. `summary` is Discord markdown, `text` plain text for the search.
    """

    guid: str | None
    aliases: tuple[int, ...] = ()
    title: str = ""
    url: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    image_url: str | None = None
    summary: str = ""
    text: str = ""
    categories: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    source_title: str | None = None  # a planet's entry names the feed it came from

    @property
    def key(self) -> int:
        """What makes the entry unique in its feed; signed 64 bits, so that SQLite keeps it as an INTEGER."""
        return self.aliases[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What a document says of the feed itself. `format` is e.g. "rss2.0", "atom1.0", "jsonfeed1.1"."""

    title: str = ""
    link: str | None = None
    format: str = ""
    language: str | None = None
    author: str | None = None
    image_url: str | None = None
    ttl: timedelta | None = None  # RSS ttl, sy:updatePeriod and -Frequency: the publisher's wish
    skip_hours: frozenset[int] = frozenset()  # 0..23, UTC
    skip_days: frozenset[int] = frozenset()  # 0 = Monday, UTC
    hub_url: str | None = None
    self_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A document read: entries in the order of the document, all of them."""

    facts: FeedFacts
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()  # what was odd but survivable, one line each


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document holds beyond the one before it.

    `feed` is the whole document, or, if `partial`, has only the entries that were not in the last one; None: there
    are none. `recalled` is to be given back with the next document; empty if nothing can be told from it.
    """

    feed: ParsedFeed | None
    document_size: int  # entries in the whole document
    partial: bool = False
    recalled: bytes = b""


# --- What the network gave ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """ETag and Last-Modified as the bytes that came, to be sent back as such (RFC 9110 13.1)."""

    etag: bytes | None = None
    last_modified: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Fetched:
    """A 200 with a whole body, decoded from its Content-Encoding and within the cap.

    `url` is where it was found in the end; `moved_to` is set only if every hop on the way was permanent (301, 308).
    `max_age` is the freshness that Cache-Control or Expires grant, never negative.
    """

    url: str
    body: bytes
    content_type: str = ""
    validators: Validators = field(default_factory=Validators)
    moved_to: str | None = None
    moved_for: timedelta | None = None  # how long `moved_to` may be asked directly; None: nobody said
    max_age: timedelta | None = None
    links: Mapping[str, str] = field(default_factory=dict)  # Link header: rel -> absolute URL (hub, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304. Validators on it replace the stored ones (RFC 9111 4.3.4)."""

    url: str
    validators: Validators = field(default_factory=Validators)
    moved_to: str | None = None
    moved_for: timedelta | None = None
    max_age: timedelta | None = None


# --- What is asked for with a login -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A header that opens a feed, such as Authorization. Its value never shows in `repr`."""

    header: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """All that it takes to read a private feed: its real address, without a login in it, and the login, if any."""

    url: str = field(repr=False)
    login: Login | None = None


# --- What the store keeps ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A feed's address says that the feed lives elsewhere for good, and how often it said so in a row.

    Until `ask_again_at` the new address is asked directly, as HTTP allows for what it lets us remember.
    """

    to: str
    since: datetime
    confirmed: int
    ask_again_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Detour:
    """Where a feed's address leads for the time being: a redirect that says nothing of for good."""

    to: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that somebody follows, and where its polling stands.

    `polled_at` is None until a first poll succeeded. `failures` counts failed polls since the last good one;
    `failing_since` is None as well while the server only asks for patience (429, 503).

    A private feed is its `owner_guild_id`'s alone: `sealed` is its Access, encrypted, and `url` only names it.
    """

    id: int
    url: str
    title: str = ""
    link: str | None = None
    format: str = ""
    validators: Validators = field(default_factory=Validators)
    body_hash: bytes | None = None
    polled_at: datetime | None = None
    changed_at: datetime | None = None  # the last poll that brought an entry
    next_due_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    last_error: str | None = None
    document_size: int = 0  # entries in the last good document
    facts: FeedFacts = field(default_factory=FeedFacts)
    entry_times: tuple[datetime, ...] = ()  # when its newest entries appeared, oldest first: its rhythm
    move: Move | None = None
    detour: Detour | None = None
    gone_since: datetime | None = None  # the first of the 410s in a row
    ended_at: datetime | None = None  # it was gone for good
    pushed_until: datetime | None = None  # a hub tells of new entries until then
    owner_guild_id: int | None = None
    sealed: bytes | None = field(default=None, repr=False)


# "digest": no posts of its own, its entries come in the guild's digests alone.
StyleName = Literal["full", "compact", "title", "digest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """feed -> channel, with filter and style. `paused_reason` is "" while it runs."""

    id: int
    guild_id: int
    channel_id: int
    feed_id: int
    feed_url: str = ""
    feed_title: str = ""
    filter: str = ""
    style: StyleName = "full"
    mention_role_id: int | None = None
    created_by: int | None = None
    created_at: datetime | None = None
    paused_at: datetime | None = None
    paused_reason: str = ""
    catch_up: bool = False  # while it is paused: what comes is kept, and told when it resumes
    follow_edits: bool = True  # a corrected entry edits its message
    merge_stories: bool = True  # what another feed told in the channel already is named there, not posted again
    page_images: bool = True  # an entry without a picture takes the one that its page names


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """A standing query of a member (`channel_id` None: told in a DM) or of a channel.

    `user_id` 0: a channel's, whose maker asked to be forgotten.
    """

    id: int
    guild_id: int
    user_id: int
    query: str
    channel_id: int | None = None
    feed_id: int | None = None
    mention_role_id: int | None = None
    muted_until: datetime | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildKeywords:
    """All keywords of a guild. Whenever one of them changes the guild gets another `stamp`."""

    guild_id: int
    stamp: int
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A standing order: at these times, a message in the channel that lists what came since the last one.

    `schedule` and `filter` are as schedule/parse and query/language print them. What comes next tells of the entries
    after `after_entry_id`, which came `since` then.
    """

    id: int
    guild_id: int
    channel_id: int
    schedule: str
    since: datetime
    filter: str = ""
    time_zone: str = "UTC"  # the guild's
    created_by: int | None = None
    after_entry_id: int = 0
    last_due_at: datetime | None = None  # the last time of its schedule that is dealt with
    next_due_at: datetime | None = None  # None: to be planned, for it is new, or a zone or the clock was changed
    unsent: bool = False  # a message of an earlier one waits still


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came since a digest's last one, up to `until_entry_id`: newest first, at most the newest 1,000."""

    entries: tuple[StoredEntry, ...]
    until_entry_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """What a guild chose; None: the default holds. Quiet hours are minutes after midnight in `time_zone`."""

    guild_id: int
    notice_channel_id: int | None = None
    language: str | None = None
    time_zone: str | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry with its place in the database, its feed, and, if one was sent, the message that announced it here."""

    id: int
    feed_id: int
    feed_title: str
    feed_url: str
    entry: Entry
    first_seen_at: datetime
    feed_author: str | None = None  # FeedFacts.author: shown where the entry names nobody
    channel_id: int | None = None
    message_id: int | None = None

    def with_picture(self, url: str | None) -> StoredEntry:
        """The same with this picture, unless it has one of its own."""
        if url is None or self.entry.image_url is not None:
            return self
        return replace(self, entry=replace(self.entry, image_url=url))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reissue:
    """Known entries of a feed that came again under new identities: held back from a guild until that says what to do.

    `id` is the event's, the same for every guild.
    """

    id: int
    guild_id: int
    feed_id: int
    feed_title: str
    at: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What of a guild's feeds a member may find: those posted to a channel that they see, and links to posts there."""

    feed_ids: frozenset[int]
    channel_ids: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """What a query would have caught of late: how many (counted to 1,000), the newest of them, and since when."""

    total: int = 0
    newest: tuple[StoredEntry, ...] = ()
    oldest_at: datetime | None = None  # of those counted


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSubscription:
    """That a hub shall tell us of a feed (WebSub). `token` ends the callback's address; nobody can guess it.

    `pending` while the hub was asked and has not verified it; `lease_until` is when it stops telling us.
    """

    feed_id: int
    hub_url: str
    topic: str
    token: str
    secret: str
    ask_at: datetime
    pending: bool = False
    lease_until: datetime | None = None
    failures: int = 0
    reason: str = ""  # of the last refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLeaving:
    """That a hub shall tell us no more. `token` ended the callback's address; it is no other subscription's."""

    token: str
    hub_url: str
    topic: str
    ask_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What a hub brought, its signature checked."""

    body: bytes
    content_type: str = ""


# --- What goes out -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a posting goes: a channel or thread of a guild, or a member's DM (`kind` "user", `id` the member's)."""

    kind: Literal["channel", "user"]
    id: int
    guild_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A place that refused a message. What is for it waits; `until` is when it is tried again, None: at once."""

    destination: Destination
    since: datetime
    until: datetime | None
    code: int  # Discord's JSON error code
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One entry owed to one destination, before it has an id. `entry_key` names an entry of the same commit."""

    entry_key: int
    destination: Destination
    subscription_id: int | None = None
    keyword_ids: tuple[int, ...] = ()
    gist: bool = False  # part of a flood: told in one message with the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One entry owed to one destination, and why: a subscription, keywords, or both."""

    id: int
    entry: StoredEntry
    subscription: Subscription | None = None
    keywords: tuple[Keyword, ...] = ()
    gist: bool = False
    also: tuple[str, ...] = ()  # names of other feeds that told the same story in this place, and are named with it
    also_feed_ids: tuple[int, ...] = ()  # whose names those are
    alone: int | None = None  # in a message of its own, so many steps plainer: Discord refused one that it was in


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that the people of a guild should know. `otherwise` are the places to try if this one refuses."""

    text: str  # Discord markdown, at most 2,000 characters; nothing in it pings
    otherwise: tuple[Destination, ...] = ()
    held_feed_id: int | None = None  # asks what to do with this feed's re-issued entries


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One entry in a digest, as it was when that was made."""

    title: str  # as it came, not escaped
    url: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSection:
    """What a digest, or a page of it, tells of one feed, newest first."""

    feed_title: str
    lines: tuple[DigestLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPage:
    """One message of a digest. The counts are the whole digest's; `left_out` entries are in no message of it."""

    sections: tuple[DigestSection, ...]
    since: datetime
    entries: int
    feeds: int
    filter: str = ""
    page: int = 1
    pages: int = 1
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One Discord message in the making: 1 to 10 deliveries, oldest first, one nonce that is on disk already.

    The rest of a flood is one message too (`gist`): it stands for `total` deliveries, of which the newest are here.
    A `note` is Herald's own word to the people of a guild, a `digest` one page of a digest; both have no deliveries.
    `attempts` counts sends begun before this one; `first_attempt_at` is None until there was one.
    `silent` is decided when a send begins, and None while it is open. With it goes `server`: the name of the guild that
    a direct message comes from, "" if nobody knows it, and for channels.
    """

    id: int
    destination: Destination
    nonce: str  # at most 25 characters (Discord: Create Message)
    deliveries: tuple[Delivery, ...]
    attempts: int = 0
    first_attempt_at: datetime | None = None
    degraded: int = 0  # 0 as rendered; each step leaves more out after a 400
    total: int = 0  # deliveries it stands for, if more than are here
    after_message_id: int | None = None  # the place's last message before it: its own is newer
    note: Note | None = None
    digest: DigestPage | None = None
    settings: GuildSettings | None = None  # of its guild
    silent: bool | None = None
    server: str = ""

    @property
    def gist(self) -> bool:
        """Whether it tells of a flood's rest."""
        return bool(self.deliveries) and self.deliveries[0].gist


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A message that does not say any more what its entries say. `posting` is all of it, as its entries are now.

    `asked` tells this correction from one that is asked for while it is under way.
    """

    posting: Posting
    channel_id: int
    message_id: int
    asked: int
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What one message consists of, in Discord's own JSON. Nothing pings but `allowed_role_ids`.

    A `silent` one notifies nobody: it is there when they look.
    `title` and `topics` are for forums: what a post is called, and what its tags may be called.
    """

    embeds: tuple[Mapping[str, Any], ...] = ()
    content: str = ""
    allowed_role_ids: tuple[int, ...] = ()
    components: tuple[Mapping[str, Any], ...] = ()
    silent: bool = False
    title: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Discord has it. `message_id` is None if it was taken and a moderator removed it at once."""

    channel_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Discord said no in its own words (a 4xx with a code), so it was not posted. `code` is Discord's JSON code.

    `embeds` are the places of the embeds at fault, from 0, if Discord names them.
    """

    status: int
    code: int
    reason: str
    embeds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody knows whether it was posted: the same nonce again, and after its window a look into the history."""

    reason: str
    retry_after: timedelta | None = None


Outcome = Sent | Refused | Unknown


DeliveryState = Literal["waiting", "sent", "gave up", "same story"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNote:
    """One line of `/feed status`: what became of a delivery. Of the "same story" the message is another feed's post."""

    title: str
    url: str | None
    state: DeliveryState
    reason: str
    at: datetime
    channel_id: int | None = None  # where its message is
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of an entry in a subscription's channel. `state` None: it was never owed there.

    The message is where it is told, if it is: for the "same story" another feed's post, by `told_by`.
    """

    state: DeliveryState | None = None
    gist: bool = False  # told with others in one message
    reason: str = ""
    at: datetime | None = None
    again_at: datetime | None = None  # when it is tried again
    not_before: datetime | None = None  # its feed has had its posts of this hour: told then
    channel_id: int | None = None
    message_id: int | None = None
    told_by: str = ""
    backlog: bool = False  # it was in the feed when that was first read
    skipped_from: datetime | None = None  # the subscription's last pause that is over, if what came then was skipped
    skipped_until: datetime | None = None
    held: bool = False  # held back: a known entry under a new identity
    old: bool = False  # it appeared long after its date


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much is left to do: deliveries not sent yet, whoever they wait for, and feeds whose last poll failed."""

    waiting: int
    failing: int


PollOutcome = Literal["new", "unchanged", "not modified", "failed"]


# --- What is kept of a person ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessage:
    """One entry that a member was owed or sent in a direct message."""

    guild_id: int
    title: str
    url: str | None
    state: DeliveryState
    reason: str
    owed_at: datetime
    done_at: datetime | None
    channel_id: int | None
    message_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOfMember:
    """All that is kept of a member, in every guild. `messages` are the newest of `message_count`."""

    user_id: int
    keywords: tuple[Keyword, ...] = ()
    feed_titles: Mapping[int, str] = field(default_factory=dict)  # of the feeds that keywords are bound to
    closed: tuple[Hold, ...] = ()  # their direct messages refuse
    lanes: tuple[int, ...] = ()  # guilds whose direct messages to them are, or were, owed
    messages: tuple[KeptMessage, ...] = ()
    message_count: int = 0
    named_on: tuple[Subscription, ...] = ()  # followed or paused by them
    digests: tuple[Digest, ...] = ()  # set by them


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgottenMember:
    """What was erased: keywords told in direct messages, and these. From the others the name was taken."""

    keywords: int
    messages: int
    channel_keywords: int
    subscriptions: int
    digests: int


# --- One poll's result, for the one transaction ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCommit:
    """Everything one poll changed. The store writes all of it or nothing.

    `entries` are the new ones, oldest first; `seen` the feed's whole set of aliases (identity.pack).
    """

    feed_id: int
    facts: FeedFacts
    validators: Validators
    body_hash: bytes
    seen: bytes
    entries: Sequence[Entry]
    owed: Sequence[Owed]
    polled_at: datetime
    next_due_at: datetime
    backlog: bool = False  # the entries were there when the feed was first read: history, not news
    corrected: Sequence[Entry] = ()  # known ones, whose text or picture is another now
    document_size: int = 0  # entries in the document, for status and the flood guard
    held: Sequence[Entry] = ()  # known ones under new identities, oldest first: stored, and owed to nobody
    old: Sequence[Entry] = ()  # they appeared long after their date, oldest first: stored, and owed to nobody
    move: Move | None = None
    detour: Detour | None = None
    pushed_until: datetime | None = None
    recalled: bytes | None = b""  # Reading.recalled; None: keep what is stored
    entry_times: tuple[datetime, ...] = ()  # Feed.entry_times from now on
    hourly_limit: int | None = None  # posts of the feed in a channel an hour; what is more is told when that is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A poll that changed no entry: a 304, the same body, or a failure. Written in batches.

    With an `error`, `counted` says whether it makes the next pause longer, `blamed` whether it speaks against the feed.
    """

    feed_id: int
    at: datetime
    next_due_at: datetime
    validators: Validators | None = None  # None: keep the stored ones
    body_hash: bytes | None = None  # None: keep the stored one
    recalled: bytes | None = None  # None: keep what is stored
    error: str | None = None  # None: it went well
    counted: bool = True
    blamed: bool = True
    move: Move | None = None
    detour: Detour | None = None
    gone_since: datetime | None = None
    pushed_until: datetime | None = None
