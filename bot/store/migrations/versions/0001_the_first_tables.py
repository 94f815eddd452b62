"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Int64, Json, PlainText, UtcTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("id", Int64, nullable=False),
        sa.Column("url", PlainText, nullable=False),
        sa.Column("owner_guild_id", Int64),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("title", PlainText, server_default="", nullable=False),
        sa.Column("link", sa.Text()),
        sa.Column("format", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", Json(), server_default="{}", nullable=False),
        sa.Column("etag", sa.LargeBinary()),
        sa.Column("last_modified", sa.LargeBinary()),
        sa.Column("body_hash", sa.LargeBinary()),
        sa.Column("document_size", sa.Integer(), server_default="0", nullable=False),
        sa.Column("polled_at", UtcTime()),
        sa.Column("changed_at", UtcTime()),
        sa.Column("entry_times", sa.LargeBinary()),
        sa.Column("next_due_at", UtcTime()),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", UtcTime()),
        sa.Column("failing_told_at", UtcTime()),
        sa.Column("last_error", sa.Text()),
        sa.Column("moving", Json()),
        sa.Column("detour", Json()),
        sa.Column("gone_since", UtcTime()),
        sa.Column("ended_at", UtcTime()),
        sa.Column("pushed_until", UtcTime()),
        sa.Column("unfollowed_at", UtcTime()),
        sa.Column("site_image_url", sa.Text()),
        sa.Column("site_looked_at", UtcTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.CheckConstraint("(owner_guild_id IS NULL) = (sealed IS NULL)", name=op.f("ck_feed_private")),
        sa.Index(
            "uq_feed_public_url",
            "url",
            unique=True,
            sqlite_where=sa.text("owner_guild_id IS NULL"),
            postgresql_where=sa.text("owner_guild_id IS NULL"),
        ),
        sa.Index(
            "uq_feed_private_url",
            "owner_guild_id",
            "url",
            unique=True,
            sqlite_where=sa.text("owner_guild_id IS NOT NULL"),
            postgresql_where=sa.text("owner_guild_id IS NOT NULL"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feed_next_due_at", "feed", ["next_due_at"])
    op.create_index(
        "ix_feed_failing",
        "feed",
        ["id"],
        sqlite_where=sa.text("failures > 0"),
        postgresql_where=sa.text("failures > 0"),
    )
    op.create_table(
        "start",
        sa.Column("id", Int64, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start")),
    )
    op.create_table(
        "guild",
        sa.Column("id", Int64, autoincrement=False, nullable=False),
        sa.Column("notice_channel_id", Int64),
        sa.Column("time_zone", sa.Text()),
        sa.Column("quiet_from", sa.Integer()),
        sa.Column("quiet_until", sa.Integer()),
        sa.Column("keywords_stamp", Int64),
        sa.Column("left_at", UtcTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guild")),
    )
    op.create_table(
        "destination",
        sa.Column("id", Int64, nullable=False),
        sa.Column("guild_id", Int64, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("discord_id", Int64, nullable=False),
        sa.Column("held_until", UtcTime()),
        sa.Column("held_since", UtcTime()),
        sa.Column("held_code", sa.Integer()),
        sa.Column("held_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("served_at", UtcTime()),
        sa.Column("last_message_id", Int64),
        sa.CheckConstraint("kind IN ('channel', 'user')", name=op.f("ck_destination_kind")),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["guild.id"], name=op.f("fk_destination_guild_id_guild"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination")),
        sa.UniqueConstraint("guild_id", "kind", "discord_id", name=op.f("uq_destination_guild_id_kind_discord_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reissue",
        sa.Column("id", Int64, nullable=False),
        sa.Column("feed_id", Int64, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_reissue_feed_id_feed"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reissue")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reissue_feed_id", "reissue", ["feed_id"])
    op.create_table(
        "reissue_guild",
        sa.Column("reissue_id", Int64, autoincrement=False, nullable=False),
        sa.Column("guild_id", Int64, autoincrement=False, nullable=False),
        sa.Column("told_at", UtcTime()),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("answer IN ('', 'post', 'forget')", name=op.f("ck_reissue_guild_answer")),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["guild.id"], name=op.f("fk_reissue_guild_guild_id_guild"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reissue_id"], ["reissue.id"], name=op.f("fk_reissue_guild_reissue_id_reissue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reissue_id", "guild_id", name=op.f("pk_reissue_guild")),
    )
    op.create_index("ix_reissue_guild_guild_id", "reissue_guild", ["guild_id"])
    op.create_table(
        "entry",
        sa.Column("id", Int64, nullable=False),
        sa.Column("feed_id", Int64, nullable=False),
        sa.Column("key", Int64, nullable=False),
        sa.Column("guid", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("author", sa.Text()),
        sa.Column("published_at", UtcTime()),
        sa.Column("updated_at", UtcTime()),
        sa.Column("image_url", sa.Text()),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("categories", Json(), nullable=False),
        sa.Column("media", Json(), nullable=False),
        sa.Column("source_title", sa.Text()),
        sa.Column("first_seen_at", UtcTime(), nullable=False),
        sa.Column("backlog", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("old", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("wording", Int64, nullable=False),
        sa.Column("story_link", Int64),
        sa.Column("story_title", Int64),
        sa.Column("reissue_id", Int64),
        sa.Column("page_image_url", sa.Text()),
        sa.Column("page_image_name", sa.Text()),
        sa.Column("page_looked_at", UtcTime()),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_entry_feed_id_feed"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["reissue_id"], ["reissue.id"], name=op.f("fk_entry_reissue_id_reissue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("feed_id", "key", name=op.f("uq_entry_feed_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entry_feed_id_first_seen_at", "entry", ["feed_id", "first_seen_at"])
    op.create_index("ix_entry_first_seen_at", "entry", ["first_seen_at"])
    op.create_index(
        "ix_entry_reissue_id",
        "entry",
        ["reissue_id"],
        sqlite_where=sa.text("reissue_id IS NOT NULL"),
        postgresql_where=sa.text("reissue_id IS NOT NULL"),
    )
    op.create_index(
        "ix_entry_page_image",
        "entry",
        ["feed_id", "page_image_name"],
        sqlite_where=sa.text("page_image_name IS NOT NULL"),
        postgresql_where=sa.text("page_image_name IS NOT NULL"),
    )
    op.create_index("ix_entry_story_link", "entry", ["story_link"])
    op.create_index("ix_entry_story_title", "entry", ["story_title"])
    op.create_table(
        "feed_seen",
        sa.Column("feed_id", Int64, autoincrement=False, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("recalled", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_seen_feed_id_feed"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_feed_seen")),
    )
    op.create_table(
        "hub",
        sa.Column("feed_id", Int64, autoincrement=False, nullable=False),
        sa.Column("hub_url", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("pending", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("lease_until", UtcTime()),
        sa.Column("ask_at", UtcTime(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("callback", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_hub_feed_id_feed"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_hub")),
        sa.UniqueConstraint("token", name=op.f("uq_hub_token")),
    )
    op.create_index("ix_hub_ask_at", "hub", ["ask_at"])
    op.create_table(
        "hub_leaving",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("hub_url", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("ask_at", UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_hub_leaving")),
    )
    op.create_index("ix_hub_leaving_ask_at", "hub_leaving", ["ask_at"])
    op.create_table(
        "push",
        sa.Column("id", Int64, nullable=False),
        sa.Column("feed_id", Int64, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_push_feed_id_feed"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_push_feed_id", "push", ["feed_id"])
    op.create_table(
        "keyword",
        sa.Column("id", Int64, nullable=False),
        sa.Column("guild_id", Int64, nullable=False),
        sa.Column("user_id", Int64, nullable=False),
        sa.Column("query", PlainText, nullable=False),
        sa.Column("channel_id", Int64),
        sa.Column("feed_id", Int64),
        sa.Column("mention_role_id", Int64),
        sa.Column("muted_until", UtcTime()),
        sa.Column("created_at", UtcTime()),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_keyword_feed_id_feed"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["guild_id"], ["guild.id"], name=op.f("fk_keyword_guild_id_guild"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyword")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_keyword_feed_id", "keyword", ["feed_id"])
    op.create_index("ix_keyword_guild_id_user_id", "keyword", ["guild_id", "user_id"])
    op.create_index("ix_keyword_user_id", "keyword", ["user_id"])
    op.create_table(
        "subscription",
        sa.Column("id", Int64, nullable=False),
        sa.Column("guild_id", Int64, nullable=False),
        sa.Column("channel_id", Int64, nullable=False),
        sa.Column("feed_id", Int64, nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("style", sa.Text(), nullable=False),
        sa.Column("mention_role_id", Int64),
        sa.Column("created_by", Int64),
        sa.Column("created_at", UtcTime()),
        sa.Column("paused_at", UtcTime()),
        sa.Column("paused_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("catch_up", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("skipped_from", UtcTime()),
        sa.Column("skipped_until", UtcTime()),
        sa.Column("after_entry_id", Int64, server_default="0", nullable=False),
        sa.Column("shown_after", Int64, server_default="0", nullable=False),
        sa.Column("follow_edits", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("merge_stories", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("page_images", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feed.id"], name=op.f("fk_subscription_feed_id_feed"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["guild.id"], name=op.f("fk_subscription_guild_id_guild"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint(
            "guild_id", "channel_id", "feed_id", name=op.f("uq_subscription_guild_id_channel_id_feed_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscription_feed_id", "subscription", ["feed_id"])
    op.create_index(
        "ix_subscription_guild_id_feed_id_shown_after", "subscription", ["guild_id", "feed_id", "shown_after"]
    )
    op.create_table(
        "digest",
        sa.Column("id", Int64, nullable=False),
        sa.Column("guild_id", Int64, nullable=False),
        sa.Column("channel_id", Int64, nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("created_by", Int64),
        sa.Column("after_entry_id", Int64, nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("last_due_at", UtcTime()),
        sa.Column("next_due_at", UtcTime()),
        sa.Column("planned_zone", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["guild_id"], ["guild.id"], name=op.f("fk_digest_guild_id_guild"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("guild_id", "channel_id", "filter", name=op.f("uq_digest_guild_id_channel_id_filter")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_digest_next_due_at", "digest", ["next_due_at"])
    op.create_table(
        "posting",
        sa.Column("id", Int64, nullable=False),
        sa.Column("destination_id", Int64, nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("note", Json()),
        sa.Column("page", Json()),
        sa.Column("digest_id", Int64),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("leased", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("degraded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("edits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("silent", sa.Boolean()),
        sa.Column("server", sa.Text(), nullable=False, server_default=""),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("first_attempt_at", UtcTime()),
        sa.Column("next_attempt_at", UtcTime(), nullable=False),
        sa.Column("done_at", UtcTime()),
        sa.CheckConstraint("state IN ('open', 'sent', 'gave up')", name=op.f("ck_posting_state")),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["destination.id"],
            name=op.f("fk_posting_destination_id_destination"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digest.id"], name=op.f("fk_posting_digest_id_digest"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("nonce", name=op.f("uq_posting_nonce")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_posting_destination_id", "posting", ["destination_id"])
    op.create_index(
        "ix_posting_open",
        "posting",
        ["id"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_posting_digest_id",
        "posting",
        ["digest_id"],
        sqlite_where=sa.text("digest_id IS NOT NULL"),
        postgresql_where=sa.text("digest_id IS NOT NULL"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", Int64, nullable=False),
        sa.Column("entry_id", Int64, nullable=False),
        sa.Column("destination_id", Int64, nullable=False),
        sa.Column("subscription_id", Int64),
        sa.Column("posting_id", Int64),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("gist", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("not_before", UtcTime()),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("done_at", UtcTime()),
        sa.Column("channel_id", Int64),
        sa.Column("message_id", Int64),
        sa.Column("same_as", Int64),
        sa.Column("alone", sa.Integer()),
        sa.Column("picture_url", sa.Text()),
        sa.Column("picture_until", UtcTime()),
        sa.Column("begun_as", Json()),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'gave up', 'same story')", name=op.f("ck_delivery_state")),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["destination.id"],
            name=op.f("fk_delivery_destination_id_destination"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_delivery_entry_id_entry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_delivery_posting_id_posting"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["same_as"], ["delivery.id"], name=op.f("fk_delivery_same_as_delivery"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_delivery_subscription_id_subscription"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("entry_id", "destination_id", name=op.f("uq_delivery_entry_id_destination_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delivery_destination_id", "delivery", ["destination_id"])
    op.create_index(
        "ix_delivery_owed",
        "delivery",
        ["destination_id", "id"],
        sqlite_where=sa.text("state = 'waiting' AND posting_id IS NULL AND not_before IS NULL"),
        postgresql_where=sa.text("state = 'waiting' AND posting_id IS NULL AND not_before IS NULL"),
    )
    op.create_index(
        "ix_delivery_later",
        "delivery",
        ["not_before"],
        sqlite_where=sa.text("state = 'waiting' AND posting_id IS NULL AND not_before IS NOT NULL"),
        postgresql_where=sa.text("state = 'waiting' AND posting_id IS NULL AND not_before IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_picture_until",
        "delivery",
        ["picture_until"],
        sqlite_where=sa.text("picture_until IS NOT NULL"),
        postgresql_where=sa.text("picture_until IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_message_id",
        "delivery",
        ["message_id"],
        sqlite_where=sa.text("message_id IS NOT NULL"),
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_posting_id",
        "delivery",
        ["posting_id"],
        sqlite_where=sa.text("posting_id IS NOT NULL"),
        postgresql_where=sa.text("posting_id IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_same_as",
        "delivery",
        ["same_as"],
        sqlite_where=sa.text("same_as IS NOT NULL"),
        postgresql_where=sa.text("same_as IS NOT NULL"),
    )
    op.create_index("ix_delivery_subscription_id_id", "delivery", ["subscription_id", "id"])
    op.create_table(
        "correction",
        sa.Column("posting_id", Int64, autoincrement=False, nullable=False),
        sa.Column("asked", sa.Integer(), server_default="1", nullable=False),
        sa.Column("leased", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_correction_posting_id_posting"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("pk_correction")),
    )
    op.create_table(
        "delivery_keyword",
        sa.Column("delivery_id", Int64, nullable=False),
        sa.Column("keyword_id", Int64, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_keyword_delivery_id_delivery"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["keyword_id"], ["keyword.id"], name=op.f("fk_delivery_keyword_keyword_id_keyword"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "keyword_id", name=op.f("pk_delivery_keyword")),
    )
    op.create_index("ix_delivery_keyword_keyword_id", "delivery_keyword", ["keyword_id"])
    _last_of_all()


def _last_of_all() -> None:
    _search_index()
    op.create_table(
        "site_pause",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("length_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_site_pause")),
    )


def _search_index() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # 'ascii' splits at ASCII spaces and punctuation only: the values come as tokens of bot.query.text already.
        op.execute("CREATE VIRTUAL TABLE entry_fts USING fts5(title, author, body, tokenize='ascii')")
    else:
        op.execute(
            "CREATE TABLE entry_fts (rowid bigint PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,"
            " title text NOT NULL, author text NOT NULL, body text NOT NULL, tokens tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_entry_fts_tokens ON entry_fts USING gin (tokens)")
