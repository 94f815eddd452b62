"""Selects and forms with every kind of field: what a member may give, and what reaches the bot."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox import Channel, Guild, Reply, Upload, WrongUse

from .discord_bot import SmallBot

GOOD: dict[str, Any] = {"Words": "tea", "Mood": ["Calm", "Cross"], "Files": []}


@pytest.fixture
def news(guild: Guild) -> Channel:
    return guild.add_channel("news")


async def _form(guild: Guild, channel: Channel, name: str) -> Any:
    form = (await guild.command(guild.owner, channel, name)).modal
    assert form
    return form


async def test_a_form_takes_a_value_of_every_kind(bot: SmallBot, guild: Guild, news: Channel) -> None:
    form = await _form(guild, news, "everything")
    given = GOOD | {"Who": guild.owner, "Where": [news], "Files": [Upload("a.txt", b"1"), Upload("b.txt", b"2")]}
    reply = await guild.owner.submit(form, given)
    assert reply.content == f"tea | Calm,Cross | {guild.owner.name} | news | a.txt,b.txt"


async def test_a_field_left_alone_keeps_what_it_was_filled_with(bot: SmallBot, guild: Guild, news: Channel) -> None:
    form = await _form(guild, news, "everything")
    reply = await guild.owner.submit(form, {"Words": "tea", "Where": [news]})
    assert reply.content == f"tea |  | {guild.owner.name} | news |"


async def test_boxes_are_ticked_or_left(bot: SmallBot, guild: Guild, news: Channel) -> None:
    form = await _form(guild, news, "boxes")
    reply = await guild.owner.submit(form, {"Size": "Large", "Extras": ["map", "notes"], "Sure": True})
    assert reply.content == "Large | map,notes | True"
    form = await _form(guild, news, "boxes")
    assert (await guild.owner.submit(form, {"Size": "Small"})).content == "Small |  | False"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"Words": "x"}, "2 to 9"),
        ({"Mood": ["Calm", "Merry", "Cross"]}, "0 to 2 values"),
        ({"Mood": ["Calm", "Calm"]}, "each value once"),
        ({"Mood": ["Sleepy"]}, "no option 'Sleepy'"),
        ({"Who": []}, "1 to 1 values"),
        ({"Who": "olive"}, "does not take"),
        ({"Files": [Upload(name, b"") for name in "abc"]}, "1 to 2 values"),
    ],
)
async def test_a_form_refuses_what_a_client_would_not_send(
    bot: SmallBot, guild: Guild, news: Channel, wrong: dict[str, Any], said: str
) -> None:
    form = await _form(guild, news, "everything")
    with pytest.raises(WrongUse, match=said):
        await guild.owner.submit(form, GOOD | {"Who": guild.owner, "Where": news} | wrong)


async def test_a_form_takes_only_the_channels_that_it_names(bot: SmallBot, guild: Guild, news: Channel) -> None:
    form = await _form(guild, news, "everything")
    with pytest.raises(WrongUse, match="this type of channel"):
        await guild.owner.submit(form, GOOD | {"Who": guild.owner, "Where": guild.add_channel("hall", "voice")})


async def test_selects_of_every_kind_take_what_fits(bot: SmallBot, guild: Guild, news: Channel) -> None:
    role, forum = guild.add_role("readers"), guild.add_channel("ideas", "forum")
    owner = guild.owner
    shown: Reply = await guild.command(owner, news, "picks")
    for select, values, said in (
        ("words", ["two", "one"], "two,one"),
        ("people", [owner], owner.name),
        ("people", [], ""),
        ("roles", [role], "readers"),
        ("either", [role], "readers"),
        ("either", [owner], owner.name),
        ("forums", [forum], "ideas"),
    ):
        reply = await shown.select(owner, select, values)
        assert reply.content == f"picked {said}".strip()
    for select, values, problem in (
        ("words", ["one"], "2 to 3 values"),
        ("roles", [owner], "does not take"),
        ("forums", [news], "this type of channel"),
    ):
        with pytest.raises(WrongUse, match=problem):
            await shown.select(owner, select, values)
