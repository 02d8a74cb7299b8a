"""Whether a controller is designated for what a member from outside uploads (R23.2).

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; nobody was designated before."""
    op.add_column("member", sa.Column("controller", sa.LargeBinary(16)))
