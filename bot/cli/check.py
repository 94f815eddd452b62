"""`herald check`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from bot.chat.identity import who_am_i
from bot.chat.permissions import invite_url
from bot.cli import private_feeds, surroundings
from bot.cli.finding import Finding
from bot.errors import DatabaseInUse, SetupError
from bot.ops import logging
from bot.settings import Settings, ignored_variables, load
from bot.store.sqlite import SQLite
from bot.store.store import Store
from bot.store.urls import backend_of
from bot.work import declared


async def check() -> list[Finding]:
    """Looks at everything that `herald run` needs, also after a first mistake; nothing but the database is made."""
    try:
        settings = load()
    except SetupError as error:
        return [Finding.of(error)]
    logging.configure(settings.ops.log_format, level="CRITICAL")
    return [finding async for finding in _findings(settings)]


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    where = settings.config if settings.config.is_file() else "defaults (there is no config file)"
    yield Finding(True, f"Settings: {where}.")
    if ignored := ignored_variables():
        yield _ignored(ignored)
    yield _declared(settings)
    database, running = await _database(settings)
    yield database
    if database.fine:
        yield await private_feeds.finding(settings)
    for found in _disk(settings):
        yield found
    yield surroundings.machine()
    yield await surroundings.health_port(settings.ops.health_port, running=running)
    yield surroundings.networks(settings.fetch.allow_networks)
    yield surroundings.contact(settings)
    yield await surroundings.push(settings.websub.public_url, running=running)
    yield await _discord(settings)
    async for found in surroundings.clock(settings.discord_api_base):
        yield found


def _ignored(variables: Mapping[str, str]) -> Finding:
    """Never at fault: others may have set them."""
    advice = (f"{name}: {advice}" for name, advice in variables.items())
    return Finding(True, "Environment: there is what looks like a setting and is none.", tuple(advice))


def _declared(settings: Settings) -> Finding:
    path = settings.config.parent / "feeds.toml"
    try:
        return Finding(True, f"Declared subscriptions: {len(declared.read(path))}.")
    except SetupError as error:
        return Finding.of(error)


async def _database(settings: Settings) -> tuple[Finding, bool]:
    """And whether a running Herald has it."""
    try:
        store = await Store.open(settings.database_url)
    except DatabaseInUse:
        return Finding(True, "Database: Herald is running and uses it."), True
    except SetupError as error:
        return Finding.of(error), False
    await store.close()
    return Finding(True, "Database: can be written, and is up to date."), False


def _disk(settings: Settings) -> list[Finding]:
    """Of a database in a file; if there is none, that was told already."""
    try:
        backend = backend_of(settings.database_url)
        return [surroundings.disk(backend.path.parent)] if isinstance(backend, SQLite) else []
    except (SetupError, OSError):
        return []


async def _discord(settings: Settings) -> Finding:
    token = settings.discord_token.get_secret_value()
    if not token.strip():
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
