"""What pages named as pictures: kept for whoever posts the entry next, and a site's logo told from a picture."""

from __future__ import annotations

from dataclasses import replace

from bot.model import FeedFacts, Refused
from bot.store.store import Store
from tests.store.scene import HOUR, NOW, Scene, a_commit, an_entry

A, B, LOGO = (f"https://cdn.example/{name}.jpg" for name in ("a", "b", "logo"))


async def ids_of(store: Store, feed_id: int) -> list[int]:
    """The feed's entries, oldest first."""
    return sorted(one.id for one in await store.latest(1, feed_id=feed_id, limit=50))


async def test_what_a_page_named_is_kept_and_so_is_that_it_named_nothing(store: Store, scene: Scene) -> None:
    news = await scene.follow(await scene.feed())
    await scene.publish(news, [1, 2, 3])
    first, second, third = await ids_of(store, news.feed_id)
    await store.note_page_image(first, A, NOW)
    await store.note_page_image(second, None, NOW)
    assert await store.page_images([first, second, third]) == {first: A, second: None}


async def test_a_picture_of_three_entries_is_the_sites_and_of_another_feed_its_own(store: Store, scene: Scene) -> None:
    news = await scene.follow(await scene.feed())
    other = await scene.follow(await scene.feed("https://feeds.example/b"))
    await scene.publish(news, range(1, 5))
    await scene.publish(other, [9])
    ids, (elsewhere,) = await ids_of(store, news.feed_id), await ids_of(store, other.feed_id)
    for entry_id in (*ids[:2], elsewhere):
        await store.note_page_image(entry_id, LOGO, NOW)
    assert await store.page_images(ids) == {ids[0]: LOGO, ids[1]: LOGO}
    await store.note_page_image(ids[2], LOGO, NOW)
    await store.note_page_image(ids[3], B, NOW)
    assert await store.page_images([*ids, elsewhere]) == {
        **dict.fromkeys(ids[:3]),
        ids[3]: B,
        elsewhere: LOGO,
    }


async def test_the_feeds_own_picture_is_the_sites_from_the_first(store: Store, scene: Scene) -> None:
    news = await scene.follow(await scene.feed())
    commit = a_commit(news.feed_id, [an_entry(1)])
    await store.commit_poll(replace(commit, facts=FeedFacts(title="News", image_url=LOGO)))
    (entry_id,) = await ids_of(store, news.feed_id)
    await store.note_page_image(entry_id, LOGO, NOW)
    assert await store.page_images([entry_id]) == {entry_id: None}


async def test_a_message_keeps_the_picture_that_it_began_with(store: Store, scene: Scene) -> None:
    news = await scene.follow(await scene.feed())
    await scene.publish(news, [1])
    (posting,) = await scene.lease()
    await store.begin_attempt(posting.id, NOW, pictures={posting.deliveries[0].id: A})
    await store.put_off(posting.id, NOW, "reset")
    (again,) = await scene.lease()
    assert again.deliveries[0].entry.entry.image_url == A
    await store.begin_attempt(again.id, NOW)
    await store.split(again.id, Refused(status=400, code=50035, reason="Invalid Form Body"), [])
    (apart,) = await scene.lease()
    assert (apart.id != again.id, apart.deliveries[0].entry.entry.image_url) == (True, A)
    await scene.send(apart)
    changed = replace(a_commit(news.feed_id, at=NOW + HOUR), corrected=[an_entry(1, title="Corrected")])
    await store.commit_poll(changed)
    (correction,) = await store.lease_corrections(NOW + HOUR, 10)
    assert correction.posting.deliveries[0].entry.entry.image_url == A, "an edit leaves it where it is"


async def test_a_posting_puts_pictures_into_its_own_deliveries_alone(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    news, other = await scene.follow(feed), await scene.follow(feed, 11)
    await scene.publish_to([news, other], [1])
    first, second = await scene.lease()
    await store.begin_attempt(first.id, NOW, pictures={second.deliveries[0].id: A})
    await store.put_off(second.id, NOW, "")
    (again,) = await scene.lease()
    assert (again.id, again.deliveries[0].entry.entry.image_url) == (second.id, None)


async def test_a_picture_of_its_own_that_came_with_a_correction_is_shown(store: Store, scene: Scene) -> None:
    news = await scene.follow(await scene.feed())
    await scene.publish(news, [1])
    (posting,) = await scene.lease()
    await store.begin_attempt(posting.id, NOW, pictures={posting.deliveries[0].id: A})
    await store.put_off(posting.id, NOW, "reset")
    corrected = an_entry(1, title="Corrected", image_url=B)
    await store.commit_poll(replace(a_commit(news.feed_id), corrected=[corrected]))
    (again,) = await scene.lease()
    assert again.deliveries[0].entry.entry.image_url == B
