"""What is left of a device's one-time keys is found past those that are used.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    left = sa.text("claimed IS 0" if sqlite else "claimed IS false")
    op.create_index(
        "one_time_key_left",
        "one_time_key",
        ["device_id", "kind", "key_id"],
        sqlite_where=left,
        postgresql_where=left,
    )
