"""How much waits for a device: at least, until it is counted anew (quota of a mailbox).

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; queues that are there already are counted."""
    for name in ("waiting", "waiting_bytes", "full_at"):
        column = sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        op.add_column("device", column)
    op.execute(
        "UPDATE device SET"
        " waiting = (SELECT count(*) FROM delivery d WHERE d.device_id = device.id),"
        " waiting_bytes = (SELECT coalesce("
        "sum(length(d.envelope) + coalesce(length(m.body), 0)), 0)"
        " FROM delivery d JOIN message m USING (space_id, message_id)"
        " WHERE d.device_id = device.id)"
    )
