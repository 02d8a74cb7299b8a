"""The access log can be held longer than three years, for a procedure that has begun.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only."""
    column = sa.Column("held_until", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    op.add_column("log_head", column)
