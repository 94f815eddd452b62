"""Interactions by the book: deadlines, tokens, follow-ups, who may use what where, what a client would refuse."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox import Channel, Guild, Reply, Sandbox, Upload, User, WrongUse
from bot.sandbox.state.interactions import COMMAND, Interaction

from .discord_bot import SmallBot
from .discord_rest import Answer, HandClock, Rest

EPHEMERAL = 64


def register(sandbox: Sandbox, *commands: dict[str, Any], guild: Guild | None = None) -> None:
    bodies = [{"name": "say", "description": "Says", **command} for command in commands]
    sandbox.backend.commands.overwrite(bodies, guild.id if guild else None)


class Asked:
    """An open interaction that no bot is there to answer, and the bot's side of it."""

    def __init__(self, rest: Rest, sandbox: Sandbox, guild: Guild) -> None:
        self.rest, self.sandbox, self.channel = rest, sandbox, guild.add_channel("news")
        self.record: Interaction = sandbox.backend.interactions.open(
            COMMAND, guild.owner.id, self.channel.record, {"id": "1", "name": "say", "type": 1}
        )

    async def answer(self, kind: int, **data: Any) -> Answer:
        path = f"/interactions/{self.record.id}/{self.record.token}/callback"
        return await self.rest("POST", path, {"type": kind, "data": data})

    async def later(self, method: str, path: str = "", body: Any = None) -> Answer:
        hook = f"/webhooks/{self.sandbox.application_id}/{self.record.token}"
        return await self.rest(method, hook + path, body)


@pytest.fixture
def asked(rest: Rest, sandbox: Sandbox, guild: Guild) -> Asked:
    return Asked(rest, sandbox, guild)


async def test_an_answer_after_three_seconds_comes_too_late(asked: Asked, clock: HandClock) -> None:
    clock.move(seconds=3.1)
    late = await asked.answer(4, content="x")
    assert (late.status, late.code) == (404, 10062)
    assert asked.channel.messages == []


async def test_a_second_answer_is_refused(asked: Asked, clock: HandClock) -> None:
    assert (await asked.answer(4, content="x")).status == 204
    clock.move(minutes=1)
    second = await asked.answer(4, content="y")
    assert (second.status, second.code) == (400, 40060)


async def test_a_refused_answer_may_be_tried_again(asked: Asked) -> None:
    assert (await asked.answer(4, content="x" * 2001)).code == 50035
    assert (await asked.answer(7, content="x")).code == 50035  # there is no message to update
    assert (await asked.answer(4, content="x")).status == 204


async def test_the_token_lives_for_fifteen_minutes(asked: Asked, clock: HandClock) -> None:
    await asked.answer(5)
    clock.move(minutes=14, seconds=59)
    assert (await asked.later("PATCH", "/messages/@original", {"content": "x"})).status == 200
    clock.move(seconds=2)
    expired = await asked.later("PATCH", "/messages/@original", {"content": "y"})
    assert (expired.status, expired.code) == (401, 50027)


async def test_a_token_is_forgotten_in_the_end(asked: Asked, guild: Guild, clock: HandClock) -> None:
    await asked.answer(4, content="x")
    clock.move(minutes=61)
    sandbox, news = asked.sandbox, asked.channel
    sandbox.backend.interactions.open(COMMAND, guild.owner.id, news.record, {"id": "1", "name": "say", "type": 1})
    assert (await asked.later("GET", "/messages/@original")).code == 10015
    assert len(sandbox.backend.interactions.by_token) == 1


async def test_the_first_follow_up_takes_the_place_of_thinking(asked: Asked) -> None:
    await asked.answer(5, flags=EPHEMERAL)
    first = await asked.later("POST", "", {"content": "done"})
    second = await asked.later("POST", "", {"content": "and more"})
    original = await asked.later("GET", "/messages/@original")
    assert original.json["id"] == first.json["id"] != second.json["id"]
    assert original.json["flags"] == EPHEMERAL
    assert [message.content for message in asked.channel.messages] == ["and more"]


async def test_no_follow_up_comes_before_an_answer(asked: Asked) -> None:
    assert (await asked.later("POST", "", {"content": "x"})).code == 10015


async def test_answers_can_be_edited_and_deleted(asked: Asked) -> None:
    await asked.answer(4, content="x")
    extra = (await asked.later("POST", "", {"content": "extra"})).json["id"]
    assert (await asked.later("PATCH", f"/messages/{extra}", {"content": "changed"})).json["content"] == "changed"
    assert [message.content for message in asked.channel.messages] == ["x", "changed"]
    assert (await asked.later("DELETE", "/messages/@original")).status == 204
    assert (await asked.later("GET", "/messages/@original")).code == 10008
    assert (await asked.later("DELETE", f"/messages/{extra}")).status == 204
    assert asked.channel.messages == []


async def test_an_answer_needs_no_permission_in_the_channel(asked: Asked, sandbox: Sandbox) -> None:
    asked.channel.deny(sandbox.bot, "VIEW_CHANNEL", "SEND_MESSAGES")
    assert (await asked.answer(4, content="x")).status == 204


@pytest.mark.parametrize(
    "modal",
    [
        {"custom_id": "m", "title": "x" * 46, "components": []},
        {"custom_id": "", "title": "x", "components": []},
        {"custom_id": "m", "title": "x", "components": []},
    ],
)
async def test_a_modal_has_limits_too(asked: Asked, modal: dict[str, Any]) -> None:
    assert (await asked.answer(9, **modal)).code == 50035


async def test_an_unanswered_command_has_failed(sandbox: Sandbox, guild: Guild) -> None:
    register(sandbox, {})
    sandbox.patience = 0.01
    reply = await guild.command(guild.owner, guild.add_channel("news"), "say")
    assert reply.failed
    assert reply.message is None


async def test_a_deferred_command_that_is_never_finished_has_failed(
    bot: SmallBot, sandbox: Sandbox, guild: Guild
) -> None:
    sandbox.patience = 0.3
    channel = guild.add_channel("news")
    sandbox.faults.add("status", "PATCH", "/webhooks/**", status=400, body={"message": "no", "code": 50035})
    reply = await guild.command(guild.owner, channel, "places show", channel=channel)
    assert (reply.deferred, reply.thinking, reply.failed) == (True, True, True)


@pytest.mark.parametrize(
    ("contexts", "in_guild", "in_dm"),
    [(None, True, True), ([0], True, False), ([1], False, True), ([0, 1], True, True)],
)
async def test_a_command_is_offered_in_its_contexts_only(
    sandbox: Sandbox, guild: Guild, contexts: list[int] | None, in_guild: bool, in_dm: bool
) -> None:
    register(sandbox, {"contexts": contexts} if contexts else {})
    assert bool(sandbox.commands(guild)) == in_guild
    assert bool(sandbox.commands()) == in_dm
    if not in_dm:
        with pytest.raises(WrongUse, match="no command /say here"):
            await guild.owner.command("say")


async def test_a_command_in_a_dm_is_answered_there(bot: SmallBot, guild: Guild) -> None:
    ada = guild.add_member("ada")
    reply = await ada.command("ping", name="Ada")
    assert reply.content == "pong, Ada"
    assert [message.content for message in ada.dm.messages] == ["pong, Ada"]


async def test_a_guilds_own_command_comes_before_the_global_one(sandbox: Sandbox, guild: Guild) -> None:
    register(sandbox, {"description": "Everywhere"})
    register(sandbox, {"description": "Here"}, guild=guild)
    assert [command["description"] for command in sandbox.commands(guild)] == ["Here", "Everywhere"]
    found = sandbox.backend.commands.find("say", 1, guild.id)
    assert found
    assert found["description"] == "Here"


OPTIONS = [
    {"type": 3, "name": "text", "description": "d", "required": True, "min_length": 2, "max_length": 4},
    {"type": 4, "name": "number", "description": "d", "min_value": 1, "max_value": 5},
    {"type": 3, "name": "choice", "description": "d", "choices": [{"name": "A", "value": "a"}]},
    {"type": 7, "name": "place", "description": "d", "channel_types": [0]},
    {"type": 11, "name": "file", "description": "d"},
    {"type": 5, "name": "flag", "description": "d"},
]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "text is required"),
        ({"text": "abc", "other": 1}, "no option other"),
        ({"text": "a"}, "not within 2 and 4"),
        ({"text": "abcde"}, "not within 2 and 4"),
        ({"text": 3}, "does not take 3"),
        ({"text": "abc", "number": 6}, "not within 1 and 5"),
        ({"text": "abc", "number": True}, "does not take True"),
        ({"text": "abc", "choice": "b"}, "no choice 'b'"),
        ({"text": "abc", "file": "x"}, "does not take 'x'"),
        ({"text": "abc", "flag": "yes"}, "does not take 'yes'"),
    ],
)
async def test_a_client_sends_nothing_that_does_not_fit(
    sandbox: Sandbox, guild: Guild, given: dict[str, Any], problem: str
) -> None:
    register(sandbox, {"options": OPTIONS})
    with pytest.raises(WrongUse, match=problem):
        await guild.command(guild.owner, guild.add_channel("news"), "say", **given)


async def test_a_channel_of_another_type_cannot_be_chosen(sandbox: Sandbox, guild: Guild) -> None:
    register(sandbox, {"options": OPTIONS})
    forum, upload = guild.add_channel("forum", "forum"), Upload("x", b"")
    with pytest.raises(WrongUse, match="this type of channel"):
        await guild.command(guild.owner, guild.add_channel("news"), "say", text="abc", place=forum, file=upload)


async def test_what_is_not_on_a_message_cannot_be_clicked(bot: SmallBot, guild: Guild) -> None:
    channel, ada = guild.add_channel("news"), guild.add_member("ada")
    shown: Reply = await guild.command(guild.owner, channel, "counter")
    with pytest.raises(WrongUse, match="there are: Count, Note"):
        await shown.click(ada, "Buy")
    with pytest.raises(WrongUse, match="no option 'Green'"):
        await shown.select(ada, "colour", ["Green"])
    with pytest.raises(WrongUse, match="takes 1 to 1 values"):
        await shown.select(ada, "colour", [])
    assert shown.message
    channel.remove(shown.message)
    with pytest.raises(WrongUse, match="deleted"):
        await shown.click(ada, "Count")


async def test_a_modal_refuses_what_does_not_fit_its_fields(bot: SmallBot, guild: Guild) -> None:
    owner: User = guild.owner
    channel: Channel = guild.add_channel("news")
    form = (await (await guild.command(owner, channel, "counter")).click(owner, "Note")).modal
    assert form
    for values, problem in (
        ({}, "required"),
        ({"Text": "x" * 51}, "0 to 50"),
        ({"Text": "x", "Colour": "red"}, "no field"),
    ):
        with pytest.raises(WrongUse, match=problem):
            await owner.submit(form, values)  # type: ignore[arg-type]


GOOD = {"name": "feed", "description": "Feeds"}


def option(**facts: Any) -> dict[str, Any]:
    return {"type": 3, "name": "url", "description": "An address", **facts}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"name": "Feed", "description": "d"}, "0.name"),
        ({"name": "feed add", "description": "d"}, "0.name"),
        ({"name": "x" * 33, "description": "d"}, "0.name"),
        ({"name": "feed"}, "0.description"),
        ({"name": "feed", "description": "x" * 101}, "0.description"),
        ({**GOOD, "options": [option()] * 2}, "0.options.1"),
        ({**GOOD, "options": [option(name=f"o{number}") for number in range(26)]}, "0.options"),
        ({**GOOD, "options": [option(), option(name="b", required=True)]}, "0.options.1"),
        ({**GOOD, "options": [option(type=12)]}, "0.options.0.type"),
        ({**GOOD, "options": [option(description="")]}, "0.options.0.description"),
        ({**GOOD, "options": [option(), option(type=1, name="sub")]}, "0.options"),
        ({**GOOD, "options": [option(type=2, options=[option()])]}, "0.options.0.options"),
        ({**GOOD, "options": [option(choices=[{"name": "c", "value": "x" * 101}])]}, "0.options.0.choices.0.value"),
        ({**GOOD, "options": [option(autocomplete=True, choices=[{"name": "c", "value": "c"}])]},
         "0.options.0.autocomplete"),
        ({**GOOD, "contexts": [4]}, "0.contexts"),
        ({"name": "Like this", "type": 3, "description": "d"}, "0.description"),
    ],
)  # fmt: skip
async def test_a_command_over_the_limits_is_not_registered(
    rest: Rest, sandbox: Sandbox, body: dict[str, Any], place: str
) -> None:
    answer = await rest("PUT", f"/applications/{sandbox.application_id}/commands", [body])
    assert (answer.status, answer.code) == (400, 50035)
    node = answer.json["errors"]
    for step in place.split("."):
        node = node[step]
    assert node["_errors"]
    assert sandbox.commands() == []


async def test_registered_commands_keep_their_identifiers(rest: Rest, sandbox: Sandbox) -> None:
    path = f"/applications/{sandbox.application_id}/commands"
    first = (await rest("PUT", path, [GOOD, {"name": "Like this", "type": 3}])).json
    second = (await rest("PUT", path, [{**GOOD, "description": "New"}])).json
    assert second[0]["id"] == first[0]["id"]
    assert [command["description"] for command in (await rest("GET", path)).json] == ["New"]
    created = await rest("POST", path, {"name": "other", "description": "d"})
    assert created.status == 201
    assert (await rest("PATCH", f"{path}/{created.json['id']}", {"description": "e"})).json["description"] == "e"
    assert (await rest("DELETE", f"{path}/{created.json['id']}")).status == 204
    assert (await rest("GET", f"{path}/{created.json['id']}")).code == 10063
