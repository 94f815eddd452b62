"""What a server chooses, as the service keeps it. tests/chat/test_settings_commands.py has the words."""

from __future__ import annotations

from bot.store.store import Store
from bot.work.server_settings import NoSuchZone, ServerSettings
from tests.clocks import ManualClock


async def test_who_plans_by_the_servers_clock_is_told_of_another_time_zone(store: Store) -> None:
    rung: list[str] = []
    settings = ServerSettings(store, ManualClock(), moved=lambda: rung.append("moved"))
    await settings.set_quiet_hours(1, "22", "7")
    await settings.set_notice_channel(1, 5)
    assert isinstance(await settings.set_time_zone(1, "Atlantis"), NoSuchZone)
    assert rung == []
    await settings.set_time_zone(1, "Tokyo")
    assert rung == ["moved"]
