"""What manners and push keep on disk: pauses of domains, and hubs that cannot reach us any more."""

from __future__ import annotations

from dataclasses import replace

from bot.model import FeedFacts, SitePause
from bot.store.store import Store
from tests.store.scene import DAY, HOUR, MINUTE, NOW, Scene, a_commit


async def test_a_pause_is_kept_until_it_ends_and_one_of_a_domain(store: Store) -> None:
    first = SitePause("a.example", NOW + HOUR, MINUTE)
    for one in (first, SitePause("b.example", NOW + 2 * HOUR, MINUTE), replace(first, length=2 * MINUTE)):
        await store.save_site_pause(one)
    kept = {one.domain: one for one in await store.site_pauses(NOW)}
    assert kept == {"a.example": replace(first, length=2 * MINUTE), "b.example": kept["b.example"]}
    assert [one.domain for one in await store.site_pauses(NOW + HOUR)] == ["b.example"]
    await store.save_site_pause(SitePause("c.example", NOW + 30 * DAY, MINUTE))
    assert [one.domain for one in await store.site_pauses(NOW - DAY)] == ["c.example"], "the old are gone"


async def test_hubs_that_were_told_another_address_are_asked_anew(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    await scene.follow(feed)
    facts = FeedFacts(hub_url="https://hub.example/", self_url="https://feeds.example/a")
    await store.commit_poll(replace(a_commit(feed.id), facts=facts, pushed_until=NOW + DAY))
    [asked] = await store.hubs_due(NOW, 10)
    told = replace(asked, callback="https://here.example/websub/", lease_until=NOW + DAY, ask_at=NOW + DAY)
    await store.save_hub(told)
    await store.forget_hubs("https://here.example/websub/", NOW)
    assert await store.hub_subscription(asked.token) == told
    await store.forget_hubs("", NOW)
    [anew] = await store.hubs_due(NOW, 10)
    assert anew.token != asked.token
    assert (anew.lease_until, anew.callback) == (None, "")
    [due] = await store.due(NOW, 10)
    assert due.pushed_until is None


async def test_a_feed_whose_hub_denies_is_due_and_another_is_not(store: Store, scene: Scene) -> None:
    one, other = await scene.feed(), await scene.feed("https://feeds.example/b")
    for each in (one, other):
        await scene.follow(each)
        await store.commit_poll(replace(a_commit(each.id), pushed_until=NOW + DAY))
    await store.rely_no_more(one.id, NOW)
    assert [feed.id for feed in await store.due(NOW, 10)] == [one.id]
