"""The tables, the same for SQLite and PostgreSQL. `migrations/` makes them; a test checks that the two agree.

What goes when something goes:

    guild         -> its subscriptions, keywords, digests, destinations and their deliveries
    feed          -> its entries, its seen aliases, subscriptions, and keywords bound to it
    entry         -> its deliveries
    re-issue      -> the entries held back with it
    posting       -> its correction
    subscription  -> its deliveries stay and forget it (history; and a keyword may still want one)
    keyword       -> its share of a delivery
    digest        -> its postings stay and forget it

A feed that nobody follows stays for a while, is not polled, and goes in a sweep (retention.py).
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    column,
    false,
    table,
    text,
    true,
)

from bot.store.columns import Int64, Json, PlainText, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

guild = Table(
    "guild",
    metadata,
    Column("id", Int64, primary_key=True, autoincrement=False),
    Column("notice_channel_id", Int64),
    Column("time_zone", Text),
    Column("quiet_from", Integer),  # minutes after midnight in time_zone; NULL: no quiet hours
    Column("quiet_until", Integer),
    Column("keywords_stamp", Int64),  # another random number whenever its keywords change; NULL: it never had any
    Column("left_at", UtcTime),  # the bot was removed: nothing is polled or sent for it; erased after a grace
)

feed = Table(
    "feed",
    metadata,
    Column("id", Int64, primary_key=True),
    Column("url", PlainText, nullable=False),  # of a private feed only a name: feeds/private.stand_in
    Column("owner_guild_id", Int64),  # private: no other guild's; NULL: everybody's
    Column("sealed", LargeBinary),  # of a private feed: address and login, encrypted (vault.py)
    Column("site", Text, nullable=False, server_default=""),  # links.site_of the url
    Column("title", PlainText, nullable=False, server_default=""),
    Column("link", Text),
    Column("format", Text, nullable=False, server_default=""),
    Column("facts", Json, nullable=False, server_default="{}"),
    Column("etag", LargeBinary),
    Column("last_modified", LargeBinary),
    Column("body_hash", LargeBinary),
    Column("document_size", Integer, nullable=False, server_default="0"),
    Column("polled_at", UtcTime),  # the last poll that went well
    Column("changed_at", UtcTime),
    Column("entry_times", LargeBinary),  # columns.packed_times
    Column("next_due_at", UtcTime, index=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", UtcTime),
    Column("failing_told_at", UtcTime),  # when its followers were told of it
    Column("last_error", Text),
    Column("moving", Json),  # as_json.move_of
    Column("detour", Json),  # as_json.detour_of
    Column("gone_since", UtcTime),  # the first 410 in a row
    Column("ended_at", UtcTime),  # gone for good: polled only if somebody resumes it
    Column("pushed_until", UtcTime),  # a hub tells reliably until then, so that polls may be rare
    Column("unfollowed_at", UtcTime),  # when a sweep first saw that nobody follows it
    Column("site_image_url", Text),  # what its own page names as its picture: no entry's
    Column("site_looked_at", UtcTime),  # NULL: its own page was not asked
    CheckConstraint("(owner_guild_id IS NULL) = (sealed IS NULL)", name="private"),
    Index(
        "uq_feed_public_url",
        "url",
        unique=True,
        sqlite_where=text("owner_guild_id IS NULL"),
        postgresql_where=text("owner_guild_id IS NULL"),
    ),
    Index(
        "uq_feed_private_url",
        "owner_guild_id",
        "url",
        unique=True,
        sqlite_where=text("owner_guild_id IS NOT NULL"),
        postgresql_where=text("owner_guild_id IS NOT NULL"),
    ),
    Index("ix_feed_failing", "id", sqlite_where=text("failures > 0"), postgresql_where=text("failures > 0")),
    sqlite_autoincrement=True,
)

# A table of its own: `packed` is some 30 bytes for every entry ever seen, `recalled` 32 for every one of the last
# document, and reading a feed must not read them.
feed_seen = Table(
    "feed_seen",
    metadata,
    Column("feed_id", ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("packed", LargeBinary, nullable=False),
    Column("recalled", LargeBinary),  # Reading.recalled
)

# WebSub: that a hub shall tell us of the feed.
hub = Table(
    "hub",
    metadata,
    Column("feed_id", ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("hub_url", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("secret", Text, nullable=False),
    Column("pending", Boolean, nullable=False, server_default=false()),
    Column("lease_until", UtcTime),
    Column("ask_at", UtcTime, nullable=False, index=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("callback", Text, nullable=False, server_default=""),
)

# Hubs that shall stop telling us: the feed is not followed any more, or names another hub.
hub_leaving = Table(
    "hub_leaving",
    metadata,
    Column("token", Text, primary_key=True),
    Column("hub_url", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("ask_at", UtcTime, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
)

# What hubs brought and nobody has taken in yet: on disk before the hub is told that it arrived.
push = Table(
    "push",
    metadata,
    Column("id", Int64, primary_key=True),
    Column("feed_id", ForeignKey("feed.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

# Domains that asked for fewer requests (429).
site_pause = Table(
    "site_pause",
    metadata,
    Column("domain", Text, primary_key=True),
    Column("until", UtcTime, nullable=False),
    Column("length_s", Integer, nullable=False),
)

# Known entries that came again under new identities (feeds/decide): held back from each guild until it answers.
reissue = Table(
    "reissue",
    metadata,
    Column("id", Int64, primary_key=True),
    Column("feed_id", ForeignKey("feed.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

reissue_guild = Table(
    "reissue_guild",
    metadata,
    Column("reissue_id", ForeignKey("reissue.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("guild_id", ForeignKey("guild.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True),
    Column("told_at", UtcTime),  # NULL: its people do not know yet
    Column("answer", Text, nullable=False, server_default=""),  # "" while nobody answered
    CheckConstraint("answer IN ('', 'post', 'forget')", name="answer"),
)

entry = Table(
    "entry",
    metadata,
    Column("id", Int64, primary_key=True),
    Column("feed_id", ForeignKey("feed.id", ondelete="CASCADE"), nullable=False),
    Column("key", Int64, nullable=False),  # Entry.key
    Column("guid", Text),
    Column("title", Text, nullable=False),
    Column("url", Text),
    Column("author", Text),
    Column("published_at", UtcTime),
    Column("updated_at", UtcTime),
    Column("image_url", Text),
    Column("summary", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("categories", Json, nullable=False),
    Column("media", Json, nullable=False),
    Column("source_title", Text),
    Column("first_seen_at", UtcTime, nullable=False, index=True),
    Column("backlog", Boolean, nullable=False, server_default=false()),  # PollCommit.backlog
    Column("old", Boolean, nullable=False, server_default=false()),  # PollCommit.old
    Column("wording", Int64, nullable=False),  # feeds/story.Marks: another one is a correction
    Column("story_link", Int64, index=True),
    Column("story_title", Int64, index=True),
    Column("reissue_id", ForeignKey("reissue.id", ondelete="CASCADE")),  # shown only to guilds that wanted it posted
    Column("page_image_url", Text),  # what its page named as its picture, be it the site's logo
    Column("page_image_name", Text),  # page_image.picture_name of that
    Column("page_looked_at", UtcTime),  # NULL: its page was not asked
    UniqueConstraint("feed_id", "key"),
    Index(
        "ix_entry_reissue_id",
        "reissue_id",
        sqlite_where=text("reissue_id IS NOT NULL"),
        postgresql_where=text("reissue_id IS NOT NULL"),
    ),
    Index(
        "ix_entry_page_image",
        "feed_id",
        "page_image_name",
        sqlite_where=text("page_image_name IS NOT NULL"),
        postgresql_where=text("page_image_name IS NOT NULL"),
    ),
    Index(None, "feed_id", "first_seen_at"),
    sqlite_autoincrement=True,
)

# The search index, written only by index.py: rowid is entry.id, and every value is bot.query.text.index_form's, so that
# search, keyword and filter cannot disagree about what a word is.
# Not in `metadata`: it is a virtual table in SQLite (fts.py), and has a column more in PostgreSQL (tsvector.py).
entry_fts = table(
    "entry_fts", column("rowid", Int64), column("title", Text), column("author", Text), column("body", Text)
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", Int64, primary_key=True),
    Column("guild_id", ForeignKey("guild.id", ondelete="CASCADE"), nullable=False),
    Column("channel_id", Int64, nullable=False),
    Column("feed_id", ForeignKey("feed.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("filter", Text, nullable=False),
    Column("style", Text, nullable=False),
    Column("mention_role_id", Int64),
    Column("created_by", Int64),
    Column("created_at", UtcTime),
    Column("paused_at", UtcTime),  # NULL: it runs
    Column("paused_reason", Text, nullable=False, server_default=""),
    Column("catch_up", Boolean, nullable=False, server_default=false()),  # paused: keep what comes meanwhile
    Column("skipped_from", UtcTime),  # the last pause that is over, if what came meanwhile was skipped
    Column("skipped_until", UtcTime),
    Column("after_entry_id", Int64, nullable=False, server_default="0"),  # digests tell of what came after this one
    # The guild finds the feed's entries that came after this one: what was in its document when they began, and since.
    Column("shown_after", Int64, nullable=False, server_default="0"),
    Column("follow_edits", Boolean, nullable=False, server_default=true()),
    Column("merge_stories", Boolean, nullable=False, server_default=true()),
    Column("page_images", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("guild_id", "channel_id", "feed_id"),
    Index(None, "guild_id", "feed_id", "shown_after"),
    sqlite_autoincrement=True,
)

keyword = Table(
    "keyword",
    metadata,
    Column("id", Int64, primary_key=True),
    Column("guild_id", ForeignKey("guild.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Int64, nullable=False, index=True),
    Column("query", PlainText, nullable=False),
    Column("channel_id", Int64),  # NULL: a DM to the member
    Column("feed_id", ForeignKey("feed.id", ondelete="CASCADE"), index=True),  # NULL: every feed the guild follows
    Column("mention_role_id", Int64),
    Column("muted_until", UtcTime),
    Column("created_at", UtcTime),
    Index(None, "guild_id", "user_id"),
    sqlite_autoincrement=True,
)

digest = Table(
    "digest",
    metadata,
    Column("id", Int64, primary_key=True),
    Column("guild_id", ForeignKey("guild.id", ondelete="CASCADE"), nullable=False),
    Column("channel_id", Int64, nullable=False),
    Column("schedule", Text, nullable=False),
    Column("filter", Text, nullable=False),
    Column("created_by", Int64),
    # Which entries are new is told by their ids: a poll may be committed later than its time says, and clocks are put.
    Column("after_entry_id", Int64, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("last_due_at", UtcTime),
    Column("next_due_at", UtcTime, index=True),  # NULL: to be planned
    Column("planned_zone", Text, nullable=False, server_default=""),  # the guild's when next_due_at was chosen
    UniqueConstraint("guild_id", "channel_id", "filter"),
    sqlite_autoincrement=True,
)

destination = Table(
    "destination",
    metadata,
    Column("id", Int64, primary_key=True),
    Column("guild_id", ForeignKey("guild.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("discord_id", Int64, nullable=False),
    Column("held_until", UtcTime),  # it refused us: nothing is leased for it until then
    Column("held_since", UtcTime),  # when it first refused; NULL: it takes what comes
    Column("held_code", Integer),  # Discord's JSON error code
    Column("held_reason", Text, nullable=False, server_default=""),
    Column("served_at", UtcTime),  # when it last took a message
    Column("last_message_id", Int64),  # that message: what was sent after it is newer in Discord's own count
    UniqueConstraint("guild_id", "kind", "discord_id"),
    CheckConstraint("kind IN ('channel', 'user')", name="kind"),
    sqlite_autoincrement=True,
)

posting = Table(
    "posting",
    metadata,
    Column("id", Int64, primary_key=True),
    Column("destination_id", ForeignKey("destination.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("nonce", Text, nullable=False, unique=True),
    Column("note", Json),  # a message of Herald's own instead of deliveries: as_json.note_of
    Column("page", Json),  # of a digest, instead of deliveries: as_json.page_of
    Column("digest_id", ForeignKey("digest.id", ondelete="SET NULL")),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),  # of the last put_off, degrade or give_up
    Column("leased", Boolean, nullable=False, server_default=false()),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("degraded", Integer, nullable=False, server_default="0"),
    Column("edits", Integer, nullable=False, server_default="0"),  # how often its message was corrected
    Column("silent", Boolean),  # notifies nobody; NULL until a send begins
    Column("server", Text, nullable=False, server_default=""),  # of a DM: its guild's name when the send began
    Column("created_at", UtcTime, nullable=False),
    Column("first_attempt_at", UtcTime),
    Column("next_attempt_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    CheckConstraint("state IN ('open', 'sent', 'gave up')", name="state"),
    Index(
        "ix_posting_open",
        "id",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index(
        "ix_posting_digest_id",
        "digest_id",
        sqlite_where=text("digest_id IS NOT NULL"),
        postgresql_where=text("digest_id IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Int64, primary_key=True),  # its order within the destination
    Column("entry_id", ForeignKey("entry.id", ondelete="CASCADE"), nullable=False),
    Column("destination_id", ForeignKey("destination.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("subscription_id", ForeignKey("subscription.id", ondelete="SET NULL")),
    Column("posting_id", ForeignKey("posting.id", ondelete="SET NULL")),
    Column("state", Text, nullable=False),
    Column("gist", Boolean, nullable=False, server_default=false()),  # told in one message with others: a flood
    Column("not_before", UtcTime),  # its hour is full: told when that is over; NULL: in its turn
    Column("reason", Text, nullable=False, server_default=""),
    Column("created_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    Column("channel_id", Int64),  # where its message is, once it is sent
    Column("message_id", Int64),
    Column("same_as", ForeignKey("delivery.id", ondelete="SET NULL")),  # of another feed's entry with the same story
    Column("alone", Integer),  # NULL: may share a message; else it has one of its own, so many steps plainer
    Column("picture_url", Text),  # its page's, as its message shows it, or will once it is edited
    Column("picture_until", UtcTime),  # it was sent without: until then its page's comes into the message
    Column("begun_as", Json),  # [title, url] that its message began to be sent with, if corrected since
    UniqueConstraint("entry_id", "destination_id"),
    CheckConstraint("state IN ('waiting', 'sent', 'gave up', 'same story')", name="state"),
    Index(None, "subscription_id", "id"),
    # Not of the NULLs: SQLite would look among all history for what is in no posting.
    Index(
        "ix_delivery_posting_id",
        "posting_id",
        sqlite_where=text("posting_id IS NOT NULL"),
        postgresql_where=text("posting_id IS NOT NULL"),
    ),
    Index(
        "ix_delivery_same_as",
        "same_as",
        sqlite_where=text("same_as IS NOT NULL"),
        postgresql_where=text("same_as IS NOT NULL"),
    ),
    # From a message to what it announced.
    Index(
        "ix_delivery_message_id",
        "message_id",
        sqlite_where=text("message_id IS NOT NULL"),
        postgresql_where=text("message_id IS NOT NULL"),
    ),
    Index(
        "ix_delivery_picture_until",
        "picture_until",
        sqlite_where=text("picture_until IS NOT NULL"),
        postgresql_where=text("picture_until IS NOT NULL"),
    ),
    # What is owed and in no posting yet, by lane: small however long the history grows.
    Index(
        "ix_delivery_owed",
        "destination_id",
        "id",
        sqlite_where=text("state = 'waiting' AND posting_id IS NULL AND not_before IS NULL"),
        postgresql_where=text("state = 'waiting' AND posting_id IS NULL AND not_before IS NULL"),
    ),
    Index(
        "ix_delivery_later",
        "not_before",
        sqlite_where=text("state = 'waiting' AND posting_id IS NULL AND not_before IS NOT NULL"),
        postgresql_where=text("state = 'waiting' AND posting_id IS NULL AND not_before IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

delivery_keyword = Table(
    "delivery_keyword",
    metadata,
    Column("delivery_id", ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True),
    Column("keyword_id", ForeignKey("keyword.id", ondelete="CASCADE"), primary_key=True, index=True),
)

# Messages that no longer say what their entries say. A row goes when its message is right again, or too old.
correction = Table(
    "correction",
    metadata,
    Column("posting_id", ForeignKey("posting.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("asked", Integer, nullable=False, server_default="1"),  # counts what was corrected: more may come meanwhile
    Column("leased", Boolean, nullable=False, server_default=false()),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", UtcTime, nullable=False),
)

# Each start of the process: a crash loop must not use up the day's identifies (work/connects).
start = Table(
    "start",
    metadata,
    Column("id", Int64, primary_key=True),
    Column("at", UtcTime, nullable=False),
)
