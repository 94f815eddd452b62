"""A web site on the loopback whose feeds publish, edit and misbehave."""

from bot.sandbox.site.server import FeedSite

__all__ = ["FeedSite"]
