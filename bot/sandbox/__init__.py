"""A Discord-compatible server on loopback, for trying out and testing any bot without Discord.

    async with Sandbox() as sandbox:
        guild = sandbox.add_guild("Reading room")
        news = guild.add_channel("news")
        discord.http.Route.BASE = sandbox.api_base     # the only thing a discord.py bot has to be told
        ...                                            # start it with sandbox.token
        await sandbox.bot_ready()
        reply = await guild.command(guild.owner, news, "feed add", url="https://example.org/feed.xml")
        assert "Example" in reply.text

REST and gateway are Discord's v10. What is not there answers 501, says so, and leaves a line in the log.

An auto-sharded discord.py client asks REST for the gateway; a plain one goes to
`discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY`, and so does either after an invalid session (op 9): set that too
(`yarl.URL(sandbox.gateway_url)`) where it matters.

Other programs act as the members over HTTP: GET /sandbox/ lists how.
"""

from bot.sandbox.backend import Logged
from bot.sandbox.members.actors import Channel, Guild, Role, User
from bot.sandbox.members.options import Upload, WrongUse
from bot.sandbox.members.reply import Modal, Reply
from bot.sandbox.records import Message, Pings
from bot.sandbox.rules.faults import Fault, Faults
from bot.sandbox.rules.ratelimits import RateLimits
from bot.sandbox.sandbox import Sandbox

__all__ = [
    "Channel",
    "Fault",
    "Faults",
    "Guild",
    "Logged",
    "Message",
    "Modal",
    "Pings",
    "RateLimits",
    "Reply",
    "Role",
    "Sandbox",
    "Upload",
    "User",
    "WrongUse",
]
