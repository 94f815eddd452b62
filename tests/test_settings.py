"""Variables that look like settings and are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import ignored_variables


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.environ", {})


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("HERALD_POLL_MIN_INTERVAL", "did you mean HERALD_POLL__MIN_INTERVAL?"),
        ("HERALD_POL__MIN_INTERVAL", "did you mean HERALD_POLL__MIN_INTERVAL?"),
        ("herald_databaseurl", "did you mean HERALD_DATABASE_URL?"),
        ("HERALD_TOKEN", "did you mean HERALD_DISCORD_TOKEN?"),
        ("HERALD_8080_TCP_ADDR", "unset it"),
    ],
)
def test_what_is_no_setting_is_told_with_the_name_spelt_most_like_it(
    monkeypatch: pytest.MonkeyPatch, typed: str, advice: str
) -> None:
    monkeypatch.setattr("os.environ", {typed: "5m"})
    assert ignored_variables() == {typed.upper(): advice}


@pytest.mark.parametrize(
    "name",
    ["HERALD_POLL__MIN_INTERVAL", "herald_poll__min_interval", "HERALD_POLL", "HERALD_CONFIG", "DISCORD_TOKEN", "PATH"],
)
def test_settings_and_what_is_not_ours_are_let_be(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("os.environ", {name: "5m"})
    assert ignored_variables() == {}


def test_the_file_is_looked_at_too() -> None:
    Path(".env").write_text("HERALD_OP__HEALTH_PORT=1\n")
    assert ignored_variables() == {"HERALD_OP__HEALTH_PORT": "did you mean HERALD_OPS__HEALTH_PORT?"}
