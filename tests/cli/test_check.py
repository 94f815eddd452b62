"""`herald check` as an operator runs it: a line for each thing, a mark, and what to do next."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.cli import surroundings
from bot.sandbox import Sandbox
from tests.cli.process import SECRET, Ended, begin, ended, herald

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


def settings_for(sandbox: Sandbox, **more: str) -> dict[str, str]:
    return {"DISCORD_TOKEN": sandbox.token, "DISCORD_API_BASE": sandbox.api_base} | more


def marked(answer: Ended, sign: str) -> list[str]:
    """The lines with this mark, without it."""
    return [line[2:] for line in answer.out.splitlines() if line.startswith(sign)]


async def test_each_thing_has_a_line_and_nothing_at_fault_exits_with_zero(tmp_path: Path, sandbox: Sandbox) -> None:
    answer = await herald(tmp_path, "check", **settings_for(sandbox))
    assert answer.code == 0, answer.said
    kinds = [line.split(":")[0] for line in marked(answer, "✓")]
    assert kinds[:5] == ["Settings", "Declared subscriptions", "Database", "Private feeds", "Disk"]
    assert {"Machine", "Health port", "Private networks", "Contact", "Push", "Discord", "Clock"} <= set(kinds)
    assert marked(answer, "✗") == []


async def test_a_misspelt_variable_is_told_with_what_it_may_mean_and_without_its_value(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    (tmp_path / ".env").write_text(f"HERALD_SECRETKEY={SECRET}\n")
    answer = await herald(tmp_path, "check", **settings_for(sandbox), HERALD_POLL_MIN_INTERVAL="5m")
    assert answer.code == 0, answer.said
    assert "HERALD_POLL_MIN_INTERVAL: did you mean HERALD_POLL__MIN_INTERVAL?" in answer.out
    assert "HERALD_SECRETKEY: did you mean HERALD_SECRET_KEY?" in answer.out
    assert SECRET not in answer.said


async def test_a_running_herald_is_no_mistake(tmp_path: Path, sandbox: Sandbox) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    settings = settings_for(sandbox, HERALD_OPS__HEALTH_PORT=port)
    running = await begin(tmp_path, "run", **settings)
    try:
        await sandbox.bot_ready()
        answer = await herald(tmp_path, "check", **settings)
    finally:
        running.terminate()
        await ended(running)
    assert answer.code == 0, answer.said
    assert "Database: Herald is running and uses it." in answer.out
    assert f"Health port: {port}, where the running Herald answers." in answer.out


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("DISCORD_TOKEN", "", ("Token: there is none", ".env")),
        ("DISCORD_TOKEN", "MTIz.c2VjcmV0.bm90LWEtdG9rZW4", ("refused the bot token", "Reset Token")),
        ("DISCORD_API_BASE", "http://127.0.0.1:9/api/v10", ("cannot be reached", "DISCORD_API_BASE")),
        ("HERALD_DATABASE_URL", "sqlite+aiosqlite:////proc/none/herald.db", ("/proc/none", "mkdir -p")),
        ("HERALD_FETCH__ALLOW_NETWORKS", "10.0.0.0/8,0.0.0.0/0", ("0.0.0.0/0", "Name only")),
        ("HERALD_FETCH__ALLOW_NETWORKS", "::/0", ("::/0", "Name only")),
        ("HERALD_WEBSUB__PUBLIC_URL", "http://herald.example", ("no https address", "[websub]")),
    ],
)
async def test_what_is_at_fault_is_one_line_with_what_to_do(
    tmp_path: Path, sandbox: Sandbox, setting: str, value: str, words: tuple[str, str]
) -> None:
    answer = await herald(tmp_path, "check", **settings_for(sandbox) | {setting: value})
    assert answer.code == 1
    [fault] = marked(answer, "✗")
    assert words[0] in fault
    assert words[1] in answer.out


async def test_a_misspelt_key_of_feeds_toml_is_told_with_what_it_may_mean(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "feeds.toml").write_text("[[subscription]]\nfeeds = 'https://feeds.example/'\n")
    answer = await herald(tmp_path, "check", **settings_for(sandbox))
    assert answer.code == 1
    assert "there is no setting feeds (did you mean feed?)" in answer.out


async def test_a_push_address_that_nobody_answers_at_can_only_be_judged_while_herald_runs() -> None:
    nobody = "https://127.0.0.1:9/push"
    assert (await surroundings.push(nobody, running=False)).fine
    assert not (await surroundings.push(nobody, running=True)).fine


async def test_the_clock_is_held_against_what_discord_says() -> None:
    async def told(_request: web.Request) -> web.Response:
        return web.json_response({}, headers={"Date": "Fri, 01 May 2026 12:00:00 GMT"})

    app = web.Application()
    app.router.add_get("/api/v10/gateway", told)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        base = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10"
        [finding] = [one async for one in surroundings.clock(base)]
    finally:
        await runner.cleanup()
    assert not finding.fine
    assert [one async for one in surroundings.clock("http://127.0.0.1:9")] == []


@pytest.mark.parametrize(
    ("seconds", "fine", "words"),
    [
        (0, True, "agrees"),
        (60, True, "agrees"),
        (-60, True, "agrees"),
        (61, False, "0:01:01 ahead of"),
        (-7200, False, "2:00:00 behind"),
    ],
)
def test_a_minute_between_the_clocks_is_let_be(seconds: int, fine: bool, words: str) -> None:
    finding = surroundings.skew(NOW + timedelta(seconds=seconds), NOW)
    assert finding.fine is fine
    assert words in finding.text


@pytest.mark.parametrize(("free_mib", "fine"), [(0, False), (199, False), (200, True), (50_000, True)])
def test_a_disk_that_is_nearly_full_is_told(free_mib: int, fine: bool) -> None:
    assert surroundings.room(free_mib * 2**20, Path("data")).fine is fine


def test_a_small_machine_is_a_hint_and_no_fault(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text(f"{128 * 2**20}\n")
    (tmp_path / "cpu.max").write_text("20000 100000\n")
    small = surroundings.machine(cgroup=tmp_path)
    assert (small.fine, small.text, len(small.advice)) == (True, "Machine: 128 MiB of memory, 0.2 CPUs.", 2)
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert surroundings.machine(cgroup=tmp_path).fine
