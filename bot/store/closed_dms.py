"""Members who cannot be written to."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.model import Hold
from bot.store.conditions import WAITING
from bot.store.database import Part
from bot.store.holds import hold_of
from bot.store.schema import delivery, destination, keyword


class ClosedDms(Part):
    """ClosedDmStore, but for what Holds has."""

    async def closed_dms(self, user_id: int) -> tuple[list[Hold], int]:
        # By the guilds of the member's keywords, each of which is one look into an index: this is asked after every
        # command. Who has no keyword left is owed nothing.
        guilds = select(keyword.c.guild_id).where(keyword.c.user_id == user_id)
        mine = (
            destination.c.guild_id.in_(guilds),
            destination.c.kind == "user",
            destination.c.discord_id == user_id,
            destination.c.held_since.is_not(None),
        )
        async with self._database.read() as connection:
            held = (await connection.execute(select(destination).where(*mine))).all()
            if not held:
                return [], 0
            waits = delivery.c.destination_id.in_([row.id for row in held])
            count: int = await connection.scalar(select(func.count()).select_from(delivery).where(waits, WAITING))
        return [hold_of(row) for row in held], count
