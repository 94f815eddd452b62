"""Every mistake of an installation: a few lines that say what to do, exit 1 (2 for wrong usage), and no traceback."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.cli.process import SECRET, environment, herald
from tests.forks import ROOT


async def test_run_without_a_token_says_where_to_get_one(tmp_path: Path) -> None:
    (await herald(tmp_path, "run")).failed_with("no bot token", "discord.com/developers", "DISCORD_TOKEN")
    assert list(tmp_path.iterdir()) == [], "nothing is made before it is known that it can be used"


async def test_run_warns_of_a_misspelt_variable_and_does_not_show_its_value(tmp_path: Path) -> None:
    answer = await herald(tmp_path, "run", HERALD_FETCH_CONTACT=SECRET)
    answer.failed_with("no bot token", "HERALD_FETCH_CONTACT", "did you mean HERALD_FETCH__CONTACT?")


async def test_a_refused_token_is_told_and_not_shown(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        answer = await herald(tmp_path, "run", DISCORD_TOKEN=SECRET, DISCORD_API_BASE=sandbox.api_base)
        answer.failed_with("refused the bot token", "Reset Token")
        checked = await herald(tmp_path, "check", DISCORD_TOKEN=SECRET, DISCORD_API_BASE=sandbox.api_base)
    assert checked.code == 1
    assert "refused" in checked.out
    assert SECRET not in checked.said


async def test_a_discord_that_cannot_be_reached(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9/api/v10"  # the discard port
    answer = await herald(tmp_path, "run", DISCORD_TOKEN=SECRET, DISCORD_API_BASE=nobody)
    answer.failed_with("cannot be reached", "DISCORD_API_BASE")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite+aiosqlite:////proc/none/herald.db", ("/proc/none",)),
        ("sqlite+aiosqlite:///not/there/herald.db", ("not/there", "mkdir -p")),
        ("sqlite+aiosqlite:////proc/version", ("/proc/version",)),
        ("rubbish", ("HERALD_DATABASE_URL",)),
        (f"oracle://herald:{SECRET}@host/db", ("HERALD_DATABASE_URL",)),
    ],
)
async def test_a_database_that_cannot_be_used(tmp_path: Path, url: str, words: tuple[str, ...]) -> None:
    (await herald(tmp_path, "migrate", HERALD_DATABASE_URL=url)).failed_with(*words)


async def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear Ada, " * 100)
    (await herald(tmp_path, "migrate", HERALD_DATABASE_URL=f"sqlite+aiosqlite:///{other}")).failed_with("letter.txt")
    assert other.read_text() == "Dear Ada, " * 100


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    url = f"sqlite+aiosqlite:///{closed / 'herald.db'}"
    (await herald(tmp_path, "migrate", HERALD_DATABASE_URL=url)).failed_with(str(closed))


async def test_a_health_port_in_use_ends_run_and_is_found_by_check(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        async with Sandbox() as sandbox:
            settings = {"DISCORD_TOKEN": sandbox.token, "DISCORD_API_BASE": sandbox.api_base}
            run = await herald(tmp_path, "run", HERALD_OPS__HEALTH_PORT=port, **settings)
            check = await herald(tmp_path, "check", HERALD_OPS__HEALTH_PORT=port, **settings)
    run.failed_with(port, "HERALD_OPS__HEALTH_PORT")
    assert check.code == 1
    assert f"{port} is in use" in check.out


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[poll\n", ("herald.toml", "TOML", "line 1")),
        ("[pol]\n", ("herald.toml", "pol", "did you mean poll?")),
        ("[poll]\nmin_interval = 'soon'\n", ("poll.min_interval", '"90s"')),
        ("[poll]\nmin_intervall = '1m'\n", ("poll.min_intervall", "no such setting", "did you mean min_interval?")),
        ("[poll]\nmin_interval = [1]\n", ("poll.min_interval", '"90s"')),
        ("[poll]\nconcurrency = 'many'\n", ("poll.concurrency", "it should be a valid integer")),
        ("[poll]\nmin_interval = '2h'\nmax_interval = '1h'\n", ("min_interval", "max_interval")),
        ("[fetch]\nallow_networks = ['home']\n", ("allow_networks", "127.0.0.0/8")),
    ],
)
async def test_a_mistake_in_the_config_file_is_named(tmp_path: Path, toml: str, words: tuple[str, ...]) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "herald.toml").write_text(toml)
    (await herald(tmp_path, "run", DISCORD_TOKEN=SECRET)).failed_with(*words)


async def test_a_wrong_value_in_the_environment_is_named(tmp_path: Path) -> None:
    (await herald(tmp_path, "run", HERALD_POLL__CONCURRENCY="many")).failed_with("poll.concurrency")
    (await herald(tmp_path, "run", HERALD_CONFIG="none.toml")).failed_with("HERALD_CONFIG", "none.toml")


WRONG = [[], ["fly"], ["preview"], ["preview", "a", "b"], ["run", "--fast"], ["demo", "--seconds", "x"]]


async def test_wrong_usage_ends_with_two(tmp_path: Path) -> None:
    for answer in await asyncio.gather(*(herald(tmp_path, *arguments) for arguments in WRONG)):
        assert answer.code == 2
        assert "Usage: herald" in answer.said
        assert "Traceback" not in answer.said


async def test_a_source_that_is_neither_a_file_nor_an_address_is_called_both(tmp_path: Path) -> None:
    (await herald(tmp_path, "preview", "nothing.invalid")).failed_with("no file nothing.invalid")


def test_the_command_and_the_module_are_the_same(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("herald")
    if not command.exists():
        pytest.skip("Herald is not installed in this environment")
    texts = [
        subprocess.run([*how, "--help"], cwd=tmp_path, env=environment(), capture_output=True, check=True).stdout
        for how in ([str(command)], [sys.executable, "-m", "bot"])
    ]
    assert texts[0] == texts[1]
    assert b"preview" in texts[0]


async def test_the_version_is_that_of_the_project(tmp_path: Path) -> None:
    answer = await herald(tmp_path, "--version")
    assert answer.code == 0
    assert f'version = "{answer.out.removeprefix("herald ").strip()}"' in (ROOT / "pyproject.toml").read_text()
