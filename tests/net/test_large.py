from __future__ import annotations

import asyncio
import gc

from bot.net.large import LargeBodies


class Held:
    """Something that a turn may last as long as."""


async def test_a_turn_is_given_back_at_the_end_also_of_a_failure() -> None:
    bodies = LargeBodies(1)
    try:
        with bodies.turn() as turn:
            await turn.come()
            await turn.come()
            assert bodies.full
            raise ValueError
    except ValueError:
        assert not bodies.full


async def test_a_small_body_needs_no_turn() -> None:
    bodies = LargeBodies(1)
    with bodies.turn():
        assert not bodies.full


async def test_a_turn_may_last_until_nobody_holds_the_body() -> None:
    bodies, held = LargeBodies(1), Held()
    with bodies.turn() as turn:
        await turn.come()
        turn.lasts_as_long_as(held)
    assert bodies.full
    del held
    gc.collect()
    await asyncio.sleep(0)
    assert not bodies.full


async def test_waiting_for_a_turn_does_not_use_up_the_time_for_the_answer() -> None:
    bodies = LargeBodies(1)
    first = bodies.turn()
    await first.come()
    async with asyncio.timeout(60) as limit:
        until = limit.when()
        second = asyncio.create_task(bodies.turn().come(limit))
        await asyncio.sleep(0)
        assert limit.when() is None, "it does not run meanwhile"
        first.__exit__(None, None, None)
        await second
        assert until is not None
        assert (limit.when() or 0) > until
