"""A key for private feeds, and the vault that has it."""

from __future__ import annotations

import base64

from bot.store.vault import KeyVault

KEY = base64.b64encode(b"a key of thirty-two bytes, no more"[:32]).decode()
OTHER_KEY = base64.urlsafe_b64encode(b"\xff" * 32).decode()
VAULT = KeyVault([KEY])
