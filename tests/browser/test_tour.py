"""The first visit: from nothing followed to news, a search, an alert, and a bot that died and came back."""

from __future__ import annotations

import pytest

from bot.demo.stage import Stage

from .conftest import Visits

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_the_tour_leads_from_nothing_to_news_search_alert_and_restart(empty_stage: Stage, visit: Visits) -> None:
    visitor = await visit(empty_stage.sandbox, tour=True)
    await visitor.button("Begin").click()

    await visitor.see_step("follow")
    await visitor.button("Type it for me").click()
    await visitor.press("Enter")
    await visitor.see_step("news")
    await visitor.see("Following The Foundry Gazette")

    await visitor.button("Publish a story", ".tour").click()
    await visitor.see_step("search")
    await visitor.one(".message:not(.only-you) .embed").wait_for()

    await visitor.button("Type it for me").click()
    await visitor.press("Enter")
    await visitor.see_step("keyword")
    await visitor.see("found")

    await visitor.button("Type it for me").click()
    await visitor.press("Enter")
    await visitor.see_step("plug")

    await visitor.button("kill -9", ".tour").click()
    await visitor.one(".presence.offline").wait_for()
    assert not empty_stage.bot_is_running
    titles = [entry.title for entry in empty_stage.feeds[0].entries.values()]
    for _ in range(2):
        await visitor.button("Publish a story", ".tour").click()
    await visitor.button("Start it again", ".tour").click()
    await visitor.see_step("end")
    for entry in list(empty_stage.feeds[0].entries.values())[len(titles) :]:
        await visitor.see(str(entry.title))
        assert await visitor.one(".message .embed-title", has_text=str(entry.title)).count() == 1

    await visitor.button("Done", ".tour").click()
    assert await visitor.one(".tour").count() == 0


async def test_a_closed_tour_stays_closed_and_can_be_found_again(empty_stage: Stage, visit: Visits) -> None:
    visitor = await visit(empty_stage.sandbox, tour=True)
    await visitor.see_step("hello")
    await visitor.button("Close the tour").click()
    await visitor.arrive()
    assert await visitor.one(".tour").count() == 0
    await visitor.button("Tour", "#top").click()
    await visitor.see_step("hello")


async def test_a_member_who_may_not_follow_is_told_who_can(empty_stage: Stage, visit: Visits) -> None:
    visitor = await visit(empty_stage.sandbox, tour=True)
    await visitor.become("Ada")
    await visitor.button("Begin").click()
    await visitor.button("Type it for me").click()
    await visitor.see("Be the server's owner", ".composer .problem")
