"""What one guild follows, no other guild can see, change or count; and who asks to be forgotten, is."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from bot.model import (
    Destination,
    Digest,
    FeedFacts,
    ForgottenMember,
    GuildSettings,
    KeptOfMember,
    Note,
    Owed,
    Refused,
    Sent,
)
from bot.query.language import parse
from bot.store.schema import metadata
from bot.store.store import Store
from tests.store.scene import HOUR, NOW, Scene, a_commit, an_entry, channel, member, save_settings

MINE, THEIRS = 1, 2
NO_ACCESS = Refused(status=403, code=50001, reason="Missing Access")


async def test_nothing_of_another_guild_is_found(store: Store, scene: Scene) -> None:
    secret = await scene.feed("https://feeds.example/private?token=secret")
    theirs = await scene.follow(secret, channel_id=20, guild_id=THEIRS)
    word = await scene.watch("secret", guild_id=THEIRS)
    await scene.publish(theirs, [1])
    facts = FeedFacts(title="A feed", hub_url="https://hub.example/", self_url="https://feeds.example/private")
    await store.commit_poll(replace(a_commit(secret.id), held=[an_entry(9)], facts=facts))
    await store.hold(channel(20, THEIRS), NO_ACCESS, NOW, NOW + HOUR)

    assert await store.feed(MINE, secret.id) is None
    assert await store.hub_of(MINE, secret.id) is None
    assert await store.reissue(MINE, secret.id) is None
    assert await store.subscriptions(MINE) == []
    assert await store.subscriptions(MINE, feed_id=secret.id, channel_id=20) == []
    assert await store.subscription(MINE, theirs.id) is None
    assert await store.recent_deliveries(MINE, theirs.id, 10) == []
    assert await store.waiting(MINE, theirs.id) == 0
    assert await store.keywords(MINE) == []
    assert await store.keyword(MINE, word.id) is None
    assert await store.keywords(MINE, 7) == []
    assert await store.holds(MINE) == []

    assert await store.feed(THEIRS, secret.id) is not None
    assert await store.reissue(THEIRS, secret.id) is not None
    assert await store.hub_of(THEIRS, secret.id) is not None
    assert await store.waiting(THEIRS, theirs.id) == 1
    assert len(await store.recent_deliveries(THEIRS, theirs.id, 10)) == 1


async def test_nothing_of_another_guild_is_changed(store: Store, scene: Scene) -> None:
    theirs = await scene.follow(await scene.feed(), channel_id=20, guild_id=THEIRS)
    word = await scene.watch("secret", guild_id=THEIRS)
    await scene.publish(theirs, [1])
    entry_id = (await scene.lease())[0].deliveries[0].entry.id
    await store.free_leases()

    await store.pause_subscription(MINE, theirs.id, "mean", NOW)
    await store.remove_subscription(MINE, theirs.id)
    await store.update_subscription(replace(theirs, guild_id=MINE, filter="mean"))
    await store.mute_keyword(MINE, word.id, NOW + HOUR)
    await store.remove_keyword(MINE, word.id)
    assert await store.owe([(entry_id, replace(theirs, guild_id=MINE, channel_id=10))], NOW) == 0

    assert await store.subscription(THEIRS, theirs.id) == replace(theirs, feed_title="A feed")
    assert await store.keyword(THEIRS, word.id) == word
    [posting] = await scene.lease()
    assert posting.destination == Destination(kind="channel", id=20, guild_id=THEIRS)


async def test_resuming_in_one_guild_leaves_the_others_pause(store: Store, scene: Scene) -> None:
    theirs = await scene.follow(await scene.feed(), channel_id=20, guild_id=THEIRS)
    await store.pause_subscription(THEIRS, theirs.id, "by hand", NOW)
    await store.resume_subscription(MINE, theirs.id, NOW)
    paused = await store.subscription(THEIRS, theirs.id)
    assert paused is not None
    assert paused.paused_reason == "by hand"


async def test_a_shared_feed_shows_each_guild_only_its_own(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    mine = await scene.follow(feed, channel_id=10, guild_id=MINE)
    theirs = await scene.follow(feed, channel_id=20, guild_id=THEIRS)
    await scene.publish_to([mine, theirs], [1])
    for posting in await scene.lease():
        await scene.send(posting)
    assert [one.id for one in await store.subscriptions(MINE, feed_id=feed.id)] == [mine.id]
    await store.remove_subscription(MINE, mine.id)
    assert await store.feed(MINE, feed.id) is None
    assert await store.feed(THEIRS, feed.id) is not None
    assert await store.waiting(THEIRS, theirs.id) == 0


async def test_another_guilds_entries_are_neither_searched_nor_shown(store: Store, scene: Scene) -> None:
    theirs = await scene.follow(await scene.feed(), channel_id=20, guild_id=THEIRS)
    await scene.publish(theirs, [1])
    [stored] = await store.latest(THEIRS)
    query = parse("body")
    assert (await store.search(THEIRS, query))[1] == 1
    for guild_id in (MINE, 404):
        assert await store.search(guild_id, query) == ([], 0)
        assert await store.search(guild_id, query, feed_id=theirs.feed_id) == ([], 0)
        assert await store.latest(guild_id) == []
        assert await store.latest(guild_id, feed_id=theirs.feed_id) == []
        assert await store.entry(guild_id, stored.id) is None
        assert await store.titles(guild_id) == []


async def test_a_shared_entry_points_to_the_message_of_the_guild_that_asks(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    mine = await scene.follow(feed, channel_id=10, guild_id=MINE)
    theirs = await scene.follow(feed, channel_id=20, guild_id=THEIRS)
    await scene.publish_to([theirs], [1])
    await scene.drain()
    assert [(one.channel_id, one.message_id) for one in await store.latest(MINE)] == [(None, None)]
    await store.owe([((await store.latest(MINE))[0].id, mine)], NOW)
    await scene.drain()
    assert [one.channel_id for one in await store.latest(MINE)] == [10]
    assert [one.channel_id for one in await store.latest(THEIRS)] == [20]


async def test_a_direct_message_is_shown_to_nobody_else(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed(), channel_id=10, guild_id=MINE)
    word = await scene.watch("body", guild_id=MINE)
    owed = Owed(entry_key=1, destination=member(7, MINE), keyword_ids=(word.id,))
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(1)], [owed]))
    assert await scene.drain() == ["Entry 1"]
    assert [(one.channel_id, one.message_id) for one in await store.latest(MINE)] == [(None, None)]


# --- Being forgotten -----------------------------------------------------------------------------------------

MARA, OONA = 777_000_777, 888_000_888  # numbers that nothing else has


async def places_of(store: Store, number: int) -> set[str]:
    """Every column of every table in which the number stands, also inside a text."""
    found: set[str] = set()
    async with store._database.read() as connection:
        for table in metadata.tables.values():
            for row in (await connection.execute(select(table))).mappings():
                found.update(f"{table.name}.{name}" for name, value in row.items() if str(number) in str(value))
    return found


async def a_busy_member(store: Store, scene: Scene, user_id: int = MARA, *, key: int = 1) -> None:
    """Keywords of all kinds, direct messages sent, owed and refused, feeds followed and paused."""
    sub = await scene.follow(await scene.feed(f"https://feeds.example/{key}"), channel_id=key, by=user_id)
    feed = await store.feed(MINE, sub.feed_id)
    word = await scene.watch("body", user_id=user_id, feed=feed)
    await store.mute_keyword(MINE, (await scene.watch("quiet", user_id=user_id)).id, NOW + HOUR)
    await scene.watch("alert", user_id=user_id, channel_id=key)
    for entry in (key, key + 1):
        owed = Owed(entry_key=entry, destination=member(user_id, MINE), keyword_ids=(word.id,))
        await store.commit_poll(a_commit(sub.feed_id, [an_entry(entry)], [owed]))
        if entry == key:
            await scene.drain()
    await store.hold(member(user_id, MINE), Refused(status=403, code=50007, reason="Closed"), NOW, NOW + HOUR)
    await store.pause_subscription(MINE, sub.id, f"by <@{user_id}>", NOW)
    digest = Digest(
        id=0, guild_id=MINE, channel_id=key, schedule="daily", since=NOW, created_by=user_id, next_due_at=NOW
    )
    await store.set_digest(digest, at_most=9)
    await store.post_note(member(user_id, THEIRS), Note(text="To the owner"), NOW)


async def test_all_that_is_kept_of_a_member_is_shown_to_them(store: Store, scene: Scene) -> None:
    assert await store.kept_of_member(MARA) == KeptOfMember(user_id=MARA)
    await a_busy_member(store, scene)
    await a_busy_member(store, scene, OONA, key=11)
    kept = await store.kept_of_member(MARA, messages=10)
    assert [(one.query, one.channel_id) for one in kept.keywords] == [("body", None), ("quiet", None), ("alert", 1)]
    assert kept.keywords[1].muted_until == NOW + HOUR
    assert list(kept.feed_titles.values()) == ["A feed"]
    assert [(one.title, one.state, one.done_at) for one in kept.messages] == [
        ("Entry 2", "waiting", None),
        ("Entry 1", "sent", NOW),
    ]
    assert kept.message_count == 2
    assert kept.lanes == (MINE, THEIRS)
    assert [one.reason for one in kept.closed] == ["Closed"]
    assert [one.channel_id for one in kept.named_on] == [1]
    assert [one.channel_id for one in kept.digests] == [1]
    few = await store.kept_of_member(MARA, messages=1)
    assert ([one.title for one in few.messages], few.message_count) == (["Entry 2"], 2)


async def test_who_asks_to_be_forgotten_is_in_no_table_any_more(store: Store, scene: Scene) -> None:
    await a_busy_member(store, scene)
    await a_busy_member(store, scene, OONA, key=11)
    of_oona = await store.kept_of_member(OONA, messages=10), await places_of(store, OONA)
    assert await places_of(store, MARA) == {
        "keyword.user_id", "destination.discord_id", "subscription.created_by", "subscription.paused_reason",
        "digest.created_by",
        "delivery.channel_id",  # of the tests: a DM has a channel of its own
    }  # fmt: skip
    forgotten = await store.forget_member(MARA)
    assert forgotten == ForgottenMember(keywords=2, messages=2, channel_keywords=1, subscriptions=1, digests=1)
    assert await places_of(store, MARA) == set()
    assert await store.kept_of_member(MARA) == KeptOfMember(user_id=MARA)
    assert (await store.kept_of_member(OONA, messages=10), await places_of(store, OONA)) == of_oona


def test_every_column_that_names_a_person_is_known_to_privacy() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith(("_by", "user_id", "member_id", "owner_id"))
    }
    assert found == {"keyword.user_id", "subscription.created_by", "digest.created_by"}


async def test_what_a_forgotten_member_made_for_the_guild_stays_without_the_name(store: Store, scene: Scene) -> None:
    await a_busy_member(store, scene)
    await store.forget_member(MARA)
    [sub] = await store.subscriptions(MINE)
    assert (sub.created_by, sub.paused_reason, sub.paused_at) == (None, "by somebody", NOW)
    assert [(one.query, one.user_id) for one in await store.keywords(MINE)] == [("alert", 0)]


async def test_a_message_under_way_to_a_forgotten_member_leaves_no_trace(store: Store, scene: Scene) -> None:
    for end in ("sent", "unknown", "refused", "plainer", "apart"):
        sub = await scene.follow(await scene.feed(f"https://feeds.example/{end}"))
        word = await scene.watch("body", user_id=MARA)
        owed = Owed(entry_key=1, destination=member(MARA, MINE), keyword_ids=(word.id,))
        await store.commit_poll(a_commit(sub.feed_id, [an_entry(1)], [owed]))
        [posting] = await scene.lease()
        await store.forget_member(MARA)
        await store.begin_attempt(posting.id, NOW)
        match end:
            case "sent":
                await store.settle(posting.id, Sent(channel_id=5, message_id=6), NOW)
            case "unknown":
                await store.put_off(posting.id, NOW, "HTTP 500")
            case "refused":
                assert not await store.hold(posting.destination, NO_ACCESS, NOW, NOW)
                await store.put_off(posting.id, NOW, "Closed")
            case "plainer":
                await store.degrade(posting.id, NO_ACCESS, NOW)
            case "apart":
                await store.split(posting.id, NO_ACCESS, [])
        assert await places_of(store, MARA) == set()
        assert await scene.lease() == [], "it is not sent again"


async def test_a_guild_that_is_erased_is_in_no_table_any_more(store: Store, scene: Scene) -> None:
    gone = 999_000_999
    sub = await scene.follow(await scene.feed(), guild_id=gone)
    await scene.watch("body", guild_id=gone)
    await scene.publish(sub, [1])
    await store.post_note(channel(20, gone), Note(text="Word", otherwise=(member(7, gone),)), NOW)
    await save_settings(store, GuildSettings(guild_id=gone, time_zone="Asia/Tokyo"))
    await scene.drain()
    await store.forget_guild(gone, NOW)
    assert await store.erase_guilds(NOW + HOUR) == 1
    assert await places_of(store, gone) == set()
