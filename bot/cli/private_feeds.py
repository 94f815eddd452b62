"""Whether the key that private feeds are kept under is there, and is theirs."""

from __future__ import annotations

from bot.cli.finding import Finding
from bot.errors import FetchError, SetupError
from bot.opening import keys_of, open_vault
from bot.settings import Settings
from bot.store.store import Store
from bot.work.private import Locked


async def finding(settings: Settings) -> Finding:
    try:
        vault = open_vault(settings) or Locked()
        async with await Store.open(settings.database_url, alone=False) as store:
            sealed = await store.sealed_feeds()
    except SetupError as error:
        return Finding.of(error)
    shut = 0
    for one in sealed:
        try:
            vault.open(one, name="")
        except FetchError:
            shut += 1
    if shut:
        what = f"Private feeds: {shut} of {len(sealed)} cannot be read with HERALD_SECRET_KEY as it is."
        return Finding(False, what, ("Put the key back that they were kept under; several go with commas between.",))
    if not keys_of(settings):
        return Finding(True, "Private feeds: refused, for HERALD_SECRET_KEY is not set. .env.example says how.")
    return Finding(True, f"Private feeds: {len(sealed)}, and the key opens them all.")
