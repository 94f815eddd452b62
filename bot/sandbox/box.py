"""A running local Discord: its server, its guilds and people, and the bot's connection."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from bot.sandbox import state_file
from bot.sandbox.backend import Backend, Logged
from bot.sandbox.members.acting import Acting
from bot.sandbox.members.actors import Guild, User
from bot.sandbox.records import Json
from bot.sandbox.rest.bot import gateway_url
from bot.sandbox.rules.faults import Faults
from bot.sandbox.server import API, Server
from bot.sandbox.state.permissions import BOT


class Box(Acting):
    """A running local Discord, with all but its browser's side. See Sandbox."""

    def __init__(self, backend: Backend, *, port: int, patience: float) -> None:
        super().__init__(backend, patience)
        self.server = Server(backend, port=port)

    async def __aenter__(self) -> Self:
        await self.server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.server.close()

    def save(self, path: Path) -> None:
        """Writes users, guilds, messages, commands and the token to a file."""
        state_file.save(self.backend, path)

    def load(self, path: Path) -> None:
        """Takes over what `save` wrote; before the sandbox starts. Raises OSError or ValueError."""
        state_file.load(self.backend, path)

    @property
    def api_base(self) -> str:
        """What a library has to be told in place of https://discord.com/api/v10."""
        return self.world.base_url + API

    @property
    def gateway_url(self) -> str:
        """What GET /gateway answers."""
        return gateway_url(self.world)

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def application_id(self) -> int:
        return self.world.bot.id

    @property
    def bot(self) -> User:
        return User(self, self.world.bot)

    @property
    def faults(self) -> Faults:
        return self.backend.faults

    @property
    def log(self) -> list[Logged]:
        """Every request so far, oldest first."""
        return list(self.backend.log)

    @property
    def guilds(self) -> list[Guild]:
        return [Guild(self, guild) for guild in self.world.guilds.values()]

    def add_guild(self, name: str, *, bot_permissions: int = BOT, owner: str = "") -> Guild:
        """A guild with an owner (`guild.owner`, of that name if one is given) and the bot in it."""
        person = self.world.add_user(owner) if owner else None
        return Guild(self, self.world.add_guild(name, bot_permissions=bot_permissions, owner=person))

    def add_user(self, name: str) -> User:
        """A person in no guild yet."""
        return User(self, self.world.add_user(name))

    def commands(self, guild: Guild | None = None) -> list[Json]:
        """What a member could choose from, in the guild or in a DM."""
        return list(self.backend.commands.usable(guild.id if guild else None))

    # --- The bot's connection -----------------------------------------------------------------------------

    async def bot_ready(self, timeout: float = 30.0) -> None:  # noqa: ASYNC109
        """Returns once every shard of the bot is connected and was told of its guilds; raises TimeoutError."""
        if not await self.waiting.until(self._all_shards_live, timeout):
            raise TimeoutError(f"the bot did not connect within {timeout} s")

    def _all_shards_live(self) -> bool:
        live = self.server.gateway.live
        return bool(live) and len({session.shard[0] for session in live}) == live[0].shard[1]

    async def drop_gateway(self, code: int = 4000) -> None:
        """Closes every gateway connection; returns when the bot has noticed. It may resume its sessions."""
        gateway = self.server.gateway
        open_before = [session.connection for session in gateway.live]
        gateway.drop(code)
        gone = lambda: not any(session.connection in open_before for session in gateway.live)  # noqa: E731
        if not await self.waiting.until(gone, self.patience):
            raise TimeoutError("the gateway connections did not close")

    async def reconnect_gateway(self) -> None:
        """Op 7: asks the bot to reconnect and resume."""
        self.server.gateway.ask_to_reconnect()

    async def invalidate_sessions(self, *, resumable: bool = False) -> None:
        """Op 9."""
        self.server.gateway.invalidate(resumable=resumable)
