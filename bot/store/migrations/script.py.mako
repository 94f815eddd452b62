"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Int64, Json, PlainText, UtcTime

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
