"""Pictures that come after their message: which messages get them, in how few edits, and which do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.model import Correction, Posting, Refused, Sent, Subscription
from bot.store.late_pictures import FRESH, OF_EACH_FEED, TOGETHER
from bot.store.store import Store
from tests.store.scene import MINUTE, NOW, Scene, a_commit, an_entry

SECOND = timedelta(seconds=1)


def picture(entry_id: int) -> str:
    return f"https://cdn.example/{entry_id}.jpg"


async def posted(scene: Scene, sub: Subscription, count: int = 1, at: datetime = NOW) -> Posting:
    """A message with so many entries, none of which has its picture yet."""
    await scene.publish(sub, range(1, count + 1), at=at)
    (posting,) = await scene.lease(at)
    await begin(scene.store, posting, at)
    await settle(scene.store, posting, at)
    return posting


async def begin(store: Store, posting: Posting, at: datetime = NOW) -> None:
    await store.begin_attempt(posting.id, at, pictures=dict.fromkeys(one.id for one in posting.deliveries))


async def settle(store: Store, posting: Posting, at: datetime = NOW) -> None:
    await store.settle(posting.id, Sent(channel_id=posting.destination.id, message_id=900 + posting.id), at)


def entries_of(posting: Posting) -> list[int]:
    return [one.entry.id for one in posting.deliveries]


async def note(store: Store, entry_id: int, at: datetime = NOW, *, nothing: bool = False) -> bool:
    return await store.note_page_image(entry_id, None if nothing else picture(entry_id), at)


async def edits(store: Store, at: datetime = NOW) -> list[Correction]:
    return await store.lease_corrections(at, 10)


def shown(correction: Correction) -> list[str | None]:
    return [one.entry.entry.image_url for one in correction.posting.deliveries]


async def awaited(store: Store, at: datetime = NOW) -> list[int]:
    return [one.id for one in await store.awaited_pictures(at, 100)]


async def test_what_a_page_names_after_its_post_is_edited_into_the_message(store: Store, scene: Scene) -> None:
    posting = await posted(scene, await scene.follow(await scene.feed()))
    (entry_id,) = entries_of(posting)
    assert await awaited(store) == [entry_id]
    assert await note(store, entry_id)
    (edit,) = await edits(store)
    assert (edit.message_id, shown(edit)) == (900 + posting.id, [picture(entry_id)])
    await store.settle_correction(edit)
    assert (await edits(store), await awaited(store)) == ([], [])


async def test_it_is_owed_on_disk_when_it_is_noted(url: str) -> None:
    async with await Store.open(url) as store:
        scene = Scene(store)
        posting = await posted(scene, await scene.follow(await scene.feed()))
        (entry_id,) = entries_of(posting)
        await note(store, entry_id)
    async with await Store.open(url) as store:
        await store.free_leases()
        (edit,) = await edits(store)
        assert shown(edit) == [picture(entry_id)]


async def test_those_of_one_message_come_together_as_soon_as_none_is_missing(store: Store, scene: Scene) -> None:
    posting = await posted(scene, await scene.follow(await scene.feed()), 4)
    *first, last = entries_of(posting)
    for second, entry_id in enumerate(first):
        await note(store, entry_id, NOW + second * SECOND)
    assert await edits(store, NOW + 3 * SECOND) == []
    assert await store.next_correction(NOW + 3 * SECOND) == NOW + TOGETHER
    await note(store, last, NOW + 4 * SECOND, nothing=True)
    (edit,) = await edits(store, NOW + 4 * SECOND)
    assert shown(edit) == [*map(picture, first), None]


async def test_slow_ones_make_two_edits_and_the_publisher_has_one_left(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    posting = await posted(scene, sub, 6)
    made: list[int] = []
    at = NOW
    for entry_id in entries_of(posting)[:-1]:
        at += MINUTE
        await note(store, entry_id, at)
        for edit in await edits(store, at + TOGETHER):
            made.append(6 - shown(edit).count(None))
            await store.settle_correction(edit)
    assert made == [1]
    (edit,) = await edits(store, NOW + FRESH)
    assert shown(edit)[:5] == [picture(entry_id) for entry_id in entries_of(posting)[:5]]
    await store.settle_correction(edit)
    late = NOW + FRESH + MINUTE
    await store.commit_poll(replace(a_commit(sub.feed_id, at=late), corrected=[an_entry(1, title="Corrected")]))
    assert len(await edits(store, late)) == 1


async def test_a_correction_of_the_publishers_waits_for_no_picture_and_takes_along_what_is_there(
    store: Store, scene: Scene
) -> None:
    sub = await scene.follow(await scene.feed())
    posting = await posted(scene, sub, 2)
    first, second = entries_of(posting)
    await note(store, first)
    await store.commit_poll(replace(a_commit(sub.feed_id), corrected=[an_entry(1, title="Corrected")]))
    (edit,) = await edits(store)
    assert (edit.posting.deliveries[0].entry.entry.title, shown(edit)) == ("Corrected", [picture(first), None])
    assert await note(store, second), "while the edit is under way"
    await store.settle_correction(edit)
    (edit,) = await edits(store)
    assert shown(edit) == [picture(first), picture(second)]


async def test_an_edit_that_was_put_off_stays_put_off(store: Store, scene: Scene) -> None:
    posting = await posted(scene, await scene.follow(await scene.feed()), 2)
    first, second = entries_of(posting)
    await note(store, first)
    (edit,) = await edits(store, NOW + TOGETHER)
    await store.put_off_correction(edit, NOW + MINUTE)
    await note(store, second, NOW + TOGETHER)
    assert await store.next_correction(NOW + TOGETHER) == NOW + MINUTE


@pytest.mark.parametrize("noted", ["before begin_attempt", "before settle"])
async def test_what_comes_while_the_message_is_sent_is_edited_in_once_it_is_there(
    store: Store, scene: Scene, noted: str
) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    (posting,) = await scene.lease()
    (entry_id,) = entries_of(posting)
    if noted == "before begin_attempt":
        assert not await note(store, entry_id)
    await begin(store, posting)
    if noted == "before settle":
        assert not await note(store, entry_id)
    assert await edits(store) == []
    await settle(store, posting)
    (edit,) = await edits(store)
    assert shown(edit) == [picture(entry_id)]


async def test_a_message_that_has_its_picture_is_not_edited(store: Store, scene: Scene) -> None:
    await scene.publish(await scene.follow(await scene.feed()), [1])
    (posting,) = await scene.lease()
    (delivery,) = posting.deliveries
    await note(store, delivery.entry.id)
    await store.begin_attempt(posting.id, NOW, pictures={delivery.id: picture(delivery.entry.id)})
    await settle(store, posting)
    assert (await edits(store), await awaited(store)) == ([], [])


async def test_a_page_that_names_nothing_or_the_logo_edits_nothing(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await store.note_site_image(sub.feed_id, "http://cdn.example/logo.png?w=64", NOW)
    posting = await posted(scene, sub, 2)
    first, second = entries_of(posting)
    await note(store, first, nothing=True)
    await store.note_page_image(second, "https://cdn.example/logo.png", NOW)
    assert (await edits(store, NOW + FRESH), await awaited(store)) == ([], [])


async def test_each_place_that_showed_the_entry_without_it_is_edited(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    subs = [await scene.follow(feed, channel_id) for channel_id in (10, 11, 12)]
    await scene.publish_to(subs, [1])
    postings = await scene.lease()
    for posting in postings:
        await begin(store, posting)
        await settle(store, posting)
    (entry_id,) = await awaited(store)
    await note(store, entry_id)
    assert {edit.channel_id for edit in await edits(store)} == {10, 11, 12}


async def test_ten_minutes_after_the_post_it_stays_as_it_is(store: Store, scene: Scene) -> None:
    posting = await posted(scene, await scene.follow(await scene.feed()), 2)
    first, second = entries_of(posting)
    await note(store, first, NOW + FRESH - SECOND)
    assert await awaited(store, NOW + FRESH) == []
    assert not await note(store, second, NOW + FRESH)
    (edit,) = await edits(store, NOW + FRESH)
    assert shown(edit) == [picture(first), None]


async def test_who_switched_pages_off_meanwhile_gets_none(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    posting = await posted(scene, sub)
    await store.update_subscription(replace(sub, page_images=False))
    assert await awaited(store) == []
    await note(store, entries_of(posting)[0])
    assert await edits(store) == []


async def test_who_follows_no_corrections_gets_the_picture_and_never_other_words_with_it(
    store: Store, scene: Scene
) -> None:
    sub = await scene.follow(await scene.feed())
    await store.update_subscription(replace(sub, follow_edits=False))
    posting = await posted(scene, sub, 2)
    first, second = entries_of(posting)
    await note(store, first)
    (edit,) = await edits(store, NOW + TOGETHER)
    assert shown(edit) == [picture(first), None]
    await store.settle_correction(edit)
    await store.commit_poll(replace(a_commit(sub.feed_id), corrected=[an_entry(1, title="Other words")]))
    await note(store, second)
    assert await edits(store, NOW + FRESH) == []


async def test_a_message_that_was_refused_with_pictures_gets_none(store: Store, scene: Scene) -> None:
    await scene.publish(await scene.follow(await scene.feed()), [1])
    (posting,) = await scene.lease()
    await begin(store, posting)
    await store.degrade(posting.id, Refused(status=400, code=50035, reason="Invalid Form Body"), NOW)
    (again,) = await scene.lease()
    await store.begin_attempt(again.id, NOW)
    await settle(store, again)
    assert await awaited(store) == []
    await note(store, entries_of(posting)[0])
    assert await edits(store) == []


async def test_a_forums_post_stays_as_it_is(store: Store, scene: Scene) -> None:
    await scene.publish(await scene.follow(await scene.feed()), [1])
    (posting,) = await scene.lease()
    await begin(store, posting)
    await store.settle(posting.id, Sent(channel_id=77, message_id=77), NOW)
    assert await awaited(store) == []
    await note(store, entries_of(posting)[0])
    assert await edits(store) == []


async def test_no_feed_keeps_the_others_from_being_asked(store: Store, scene: Scene) -> None:
    many, few = (
        await scene.follow(await scene.feed(), 10),
        await scene.follow(await scene.feed("https://b.example/"), 11),
    )
    await posted(scene, many, 9)
    other = await posted(scene, few)
    waiting = await awaited(store)
    assert len(waiting) == OF_EACH_FEED + 1
    assert set(entries_of(other)) < set(waiting)
    await note(store, waiting[0])
    assert waiting[0] not in await awaited(store)


async def test_an_entry_that_got_a_picture_of_its_own_waits_for_none(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    posting = await posted(scene, sub)
    own = an_entry(1, title="Corrected", image_url="https://cdn.example/own.jpg")
    await store.commit_poll(replace(a_commit(sub.feed_id), corrected=[own]))
    assert await awaited(store) == []
    (edit,) = await edits(store)
    await store.settle_correction(edit)
    await note(store, entries_of(posting)[0])
    assert await edits(store) == []
