"""`herald check`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.chat.identity import who_am_i
from bot.chat.permissions import invite_url
from bot.errors import SetupError
from bot.ops import logging
from bot.settings import Settings, load
from bot.store.store import Store
from bot.work import declared


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at and how it is; if it is not `fine`, `advice` says what to do."""

    fine: bool
    text: str
    advice: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: SetupError) -> Finding:
        """What an error of the installation reads like."""
        return cls(False, error.problem, tuple(error.advice))


async def check() -> list[Finding]:
    """Looks at everything that `herald run` needs, also after a first mistake."""
    try:
        settings = load()
    except SetupError as error:
        return [Finding.of(error)]
    logging.configure(settings.ops.log_format, level="CRITICAL")
    return [finding async for finding in _findings(settings)]


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    where = settings.config if settings.config.is_file() else "defaults (there is no config file)"
    yield Finding(True, f"Settings: {where}.")
    yield _declared(settings)
    yield await _database(settings)
    yield _health_port(settings.ops.health_port)
    yield await _discord(settings)


def _declared(settings: Settings) -> Finding:
    path = settings.config.parent / "feeds.toml"
    try:
        return Finding(True, f"Declared subscriptions: {len(declared.read(path))}.")
    except SetupError as error:
        return Finding.of(error)


async def _database(settings: Settings) -> Finding:
    try:
        store = await Store.open(settings.database_url)
    except SetupError as error:
        return Finding.of(error)
    await store.close()
    return Finding(True, "Database: can be written, and is up to date.")


def _health_port(port: int) -> Finding:
    if port == 0:
        return Finding(True, "Health port: off.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return Finding(
                False,
                f"Health port: {port} is in use.",
                ("Is Herald running already? Else set HERALD_OPS__HEALTH_PORT to a free port, or to 0 for none.",),
            )
    return Finding(True, f"Health port: {port} is free.")


async def _discord(settings: Settings) -> Finding:
    token = settings.discord_token.get_secret_value()
    if not token:
        return Finding(
            False, "Token: there is none.", ("Put it into .env: DISCORD_TOKEN=...   (cp .env.example .env)",)
        )
    try:
        name, application_id = await who_am_i(token, settings.discord_api_base)
    except SetupError as error:
        return Finding.of(error)
    return Finding(
        True, f"Discord: knows this token as {name}.", (f"Add it to a server: {invite_url(application_id)}",)
    )
