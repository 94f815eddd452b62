"""What holds for every input: identifiers grow, rights add up, no body makes nonsense, a file keeps the state."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox import Pings, Sandbox
from bot.sandbox.backend import Backend
from bot.sandbox.gateway.compression import compressor
from bot.sandbox.records import Overwrite
from bot.sandbox.rules.problems import ApiError
from bot.sandbox.rules.ratelimits import RateLimits
from bot.sandbox.rules.shapes import SHAPES
from bot.sandbox.snowflakes import Snowflakes, created_at
from bot.sandbox.state import mentions, permissions, wire
from bot.sandbox.state.messages import Draft, edit, post
from bot.sandbox.state.permissions import ALL, BITS, bits
from tests.material import OPENAPI

from .discord_rest import HandClock

SOME_BITS = st.integers(min_value=0, max_value=ALL)
ALLOW_AND_DENY = st.tuples(SOME_BITS, SOME_BITS)


@given(st.lists(st.integers(min_value=-5000, max_value=5000), max_size=50))
def test_identifiers_only_grow_whatever_the_clock_does(steps: list[int]) -> None:
    clock = HandClock()
    new_id = Snowflakes(clock)
    given_out = []
    for step in steps:
        clock.move(milliseconds=step)
        given_out.append(new_id())
    assert given_out == sorted(set(given_out))


def test_an_identifier_tells_when_it_was_made() -> None:
    # The example of Discord's reference, "Snowflakes".
    assert created_at(175928847299117063) == datetime(2016, 4, 30, 11, 18, 25, 796000, tzinfo=UTC)


@given(role=SOME_BITS, everyone=ALLOW_AND_DENY, of_role=ALLOW_AND_DENY, own=ALLOW_AND_DENY)
def test_a_members_own_overwrite_has_the_last_word(
    role: int, everyone: tuple[int, int], of_role: tuple[int, int], own: tuple[int, int]
) -> None:
    world = Backend().world
    guild = world.add_guild("Reading room")
    channel, user = world.add_channel(guild, "news"), world.add_user("ada")
    member = world.add_member(guild, user)
    granted = world.add_role(guild, "readers", permissions=role & ~BITS["ADMINISTRATOR"])
    member.role_ids = [granted.id]
    for target, kind, (allow, deny) in ((guild.id, 0, everyone), (granted.id, 0, of_role), (user.id, 1, own)):
        channel.overwrites[target] = Overwrite(target, kind, allow, deny)  # type: ignore[arg-type]
    may = permissions.in_channel(guild, member, channel)
    if not own[0] & BITS["VIEW_CHANNEL"] and own[1] & BITS["VIEW_CHANNEL"]:
        assert may == 0
    if may & bits("VIEW_CHANNEL") and may & bits("SEND_MESSAGES"):
        assert may & own[0] == own[0]
        assert may & own[1] & ~own[0] == 0
    assert permissions.in_channel(guild, guild.members[guild.owner_id], channel) == ALL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@1> <@!2> <@1>", mentions.Mentions(users=(1, 2))),
        ("<@&3> <#4>", mentions.Mentions(roles=(3,))),
        ("@everyone", mentions.Mentions(everyone=True)),
        ("`@everyone <@1>` ```\n<@&3>\n```", mentions.Mentions()),
        ("@everybody <@x>", mentions.Mentions()),
    ],
)
def test_mentions_are_found_outside_of_code(text: str, expected: mentions.Mentions) -> None:
    assert mentions.find(text) == expected


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**20) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go", "emoji": {"name": "👍"}}
SELECT = {"type": 3, "custom_id": "pick", "options": [{"label": "A", "value": "a", "default": True}]}
ROWS = st.lists(st.sampled_from([{"type": 1, "components": [BUTTON]}, {"type": 1, "components": [SELECT]}]), max_size=2)
WORDS = st.text(min_size=1, max_size=9)
FITTING: dict[str, st.SearchStrategy[Any]] = {
    "url": st.just("https://e.example/"),
    "icon_url": st.just("https://e.example/i.png"),
    "timestamp": st.just("2026-05-13T10:57:52Z"),
    "flags": st.sampled_from([0, 4]),
    "components": ROWS,
    "allowed_mentions": st.sampled_from([{"parse": []}, {"users": ["1"]}]),
    "message_reference": st.none(),
    "attachments": st.none(),
}


def fitting(shape: Any) -> st.SearchStrategy[Any]:
    """Values of a shape that Discord would mostly take."""
    if isinstance(shape, str):
        return fitting(SHAPES[shape])
    if isinstance(shape, dict):
        return st.fixed_dictionaries(
            {}, optional={key: FITTING[key] if key in FITTING else fitting(shape[key]) for key in shape}
        )
    if isinstance(shape, list):
        return st.lists(fitting(shape[0]), max_size=3)
    return {int: st.integers(0, 9), bool: st.booleans()}.get(shape, WORDS)


@st.composite
def spoiled(draw: st.DrawFn, shape: str) -> Any:
    """A fitting value, in every second case with something else in one place of it."""
    value = draw(fitting(shape))
    if draw(st.booleans()):
        return value
    node = value = json.loads(json.dumps(value))
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        if not keys:
            return value
        key = draw(st.sampled_from(keys))
        if not node[key] or not isinstance(node[key], dict | list) or draw(st.booleans()):
            node[key] = draw(ANYTHING)
            return value
        node = node[key]


@settings(max_examples=300, deadline=None)
@given(body=spoiled("message"), change=spoiled("message"))
def test_no_body_makes_a_message_that_discord_would_not_make(body: dict[str, Any], change: dict[str, Any]) -> None:
    backend = Backend()
    world = backend.world
    channel = world.add_channel(world.add_guild("Reading room"), "news")
    try:
        message = post(world, backend.nonces, channel, world.bot.id, Draft(body))
        edit(world, channel, message, change)
    except ApiError as error:
        refusals = [error]
    else:
        refusals = []
    assert all(refused.status == 400 and json.dumps(refused.body()) for refused in refusals)
    for made in channel.messages.values():
        check_message(json.loads(json.dumps(wire.message_json(world, made))))


def check_message(message: dict[str, Any]) -> None:
    assert message["content"] or message["embeds"] or message["components"]
    if OPENAPI.exists():
        from .discord_openapi import validator

        problems = [error.message for error in validator("/components/schemas/MessageResponse").iter_errors(message)]
        assert problems == []


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_a_compressed_stream_says_what_was_said(payloads: list[bytes]) -> None:
    compress, inflate = compressor("zlib-stream"), zlib.decompressobj()
    assert compress
    for payload in payloads:
        chunk = compress(payload)
        assert chunk.endswith(b"\x00\x00\xff\xff")
        assert inflate.decompress(chunk) == payload


@given(st.lists(st.floats(min_value=0, max_value=3), max_size=80))
def test_no_window_lets_more_through_than_its_limit(waits: list[float]) -> None:
    time = 0.0
    limits = RateLimits(routes={"R": (5, 5.0)}, per_second=10**6, monotonic=lambda: time)
    passed = []
    for wait in waits:
        time += wait
        headers, refused = limits.take("R", "1", is_global=True)
        assert (refused is None) or 0 < refused["retry_after"] <= 5
        assert int(headers["X-RateLimit-Remaining"]) >= 0
        if refused is None:
            passed.append(time)
    # Discord's windows begin with their first request, so two of them may meet within any 5 seconds.
    assert all(sum(start <= each < start + 5 for each in passed) <= 10 for start in passed)


def test_a_file_keeps_everything(tmp_path: Path) -> None:
    clock = HandClock()
    sandbox = Sandbox(clock=clock)
    guild = sandbox.add_guild("Reading room")
    ada = guild.add_member("ada", permissions=["MANAGE_GUILD"])
    channel = guild.add_channel("news")
    channel.deny(guild.everyone, "SEND_MESSAGES")
    said = channel.say(guild.owner, f"hello {ada.mention}")
    channel.react(ada, said, "👍")
    guild.add_thread(channel, "about")
    ada.close_dms()
    sandbox.backend.commands.overwrite([{"name": "ping", "description": "d"}])
    sandbox.save(tmp_path / "state.json")
    again = Sandbox(clock=clock)
    again.load(tmp_path / "state.json")
    assert (again.token, again.application_id) == (sandbox.token, sandbox.application_id)
    assert again.world.users == sandbox.world.users
    assert again.world.guilds == sandbox.world.guilds
    assert again.world.channels == sandbox.world.channels
    assert again.commands() == sandbox.commands()
    assert again.guilds[0].channels[0].messages[0].pings == Pings(users=(ada.id,))
    assert again.world.new_id() > max(again.world.channels)
    again.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text() == (tmp_path / "state.json").read_text()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 99}'])
def test_a_file_that_is_no_state_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(ValueError, match=r"state|Expecting"):
        Sandbox().load(tmp_path / "state.json")


def test_the_oldest_nonce_is_forgotten_first() -> None:
    clock = HandClock()
    backend = Backend(clock, nonce_window=timedelta(seconds=10))
    world = backend.world
    channel = world.add_channel(world.add_guild("Reading room"), "news")
    made = []
    for _ in range(5):
        draft = Draft({"content": "x", "nonce": "n", "enforce_nonce": True})
        made.append(post(world, backend.nonces, channel, world.bot.id, draft).id)
        clock.move(seconds=6)
    assert made[0] == made[1] != made[2] == made[3] != made[4]
