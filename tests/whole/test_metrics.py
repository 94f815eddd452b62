"""The numbers of a bot at work, scraped as Prometheus does."""

from __future__ import annotations

from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.settings import Ops
from tests.whole.world import World


async def scraped(port: int) -> dict[str, float]:
    """Sample name and the value of its label -> value."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as response:
        assert response.status == 200
        families = text_string_to_metric_families(await response.text())
    return {" ".join((one.name, *one.labels.values())): one.value for family in families for one in family.samples}


async def test_a_bot_at_work_counts_what_it_does(tmp_path: Path, unused_tcp_port: int) -> None:
    world = World(tmp_path)
    world.settings = world.settings.model_copy(update={"ops": Ops(health_port=unused_tcp_port)})
    async with world:
        feed = world.site.add_feed("news")
        await world.add(feed.url)
        entry = feed.publish(title="Ferry to Tallinn")
        await world.posted("Ferry to Tallinn")
        feed.edit(str(entry.guid), title="Ferry to Helsinki")
        await world.posted("Ferry to Helsinki")
        await world.ended("settle_correction", 1)
        await world.command("keyword add", query="tallinn", channel=world.news)
        await world.command("search", query="helsinki")
        await world.command("search", query="walrus")
        world.news.delete()
        feed.publish(title="Tallinn by night")
        await world.ended("put_off", 1)
        found = await scraped(unused_tcp_port)
    assert found["herald_deliveries_waiting"] == 1
    assert found["herald_feeds_failing"] == 0
    assert found["herald_new_entries_total"] == 2
    assert found["herald_polls_total failed"] == 0
    assert found["herald_keyword_matches_total"] == 1
    assert (found["herald_searches_total something"], found["herald_searches_total nothing"]) == (1, 1)
    assert (found["herald_edits_total sent"], found["herald_edits_total refused"]) == (1, 0)
    assert (found["herald_deliveries_total"], found["herald_publish_to_message_seconds_count"]) == (1, 1)
