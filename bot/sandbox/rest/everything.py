"""All routes together."""

from __future__ import annotations

from bot.sandbox.rest import (
    bot,
    channels,
    commands,
    guilds,
    interactions,
    invites,
    messages,
    moderation,
    nothing,
    pins,
    polls,
    reactions,
    roles,
    threads,
    webhooks,
)
from bot.sandbox.rest.routes import Routes

MODULES = (
    bot, channels, commands, guilds, interactions, invites, messages, moderation, nothing, pins, polls, reactions,
    roles, threads, webhooks,
)  # fmt: skip


def all_routes() -> Routes:
    routes = Routes()
    for module in MODULES:
        routes.include(module.route)
    return routes
