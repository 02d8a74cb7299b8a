"""Rows of the access log wait beside it until they have their place in the tree.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only. Rows that wait in the log itself get their places where they are."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "log_waiting",
        sa.Column("id", number, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
