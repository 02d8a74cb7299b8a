"""The access log becomes a tree: leaves, tiles, head; rows say their space."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only. Rows from before get their leaves, without a seal, when the store starts."""
    empty = sa.text("x''") if op.get_bind().dialect.name == "sqlite" else sa.text("''::bytea")
    id_ = sa.LargeBinary(length=16)
    op.add_column("access_log", sa.Column("space_id", id_, nullable=False, server_default=empty))
    op.add_column(
        "access_log",
        sa.Column("seal", sa.LargeBinary(length=32), nullable=False, server_default=empty),
    )
    op.add_column("access_log", sa.Column("leaf", sa.BigInteger()))
    op.add_column("access_log", sa.Column("number", sa.BigInteger()))
    op.create_index("access_log_by_leaf", "access_log", ["leaf"])
    op.create_index("access_log_by_space", "access_log", ["space_id", "number"])
    op.create_index("access_log_by_user", "access_log", ["user_id", "leaf"])
    op.create_table(
        "log_tile",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number"),
    )
    head = op.create_table(
        "log_head",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("unsealed", sa.BigInteger(), nullable=False),
        sa.Column("pruned", sa.BigInteger(), nullable=False),
        sa.Column("checkpoint", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("one"),
    )
    op.bulk_insert(head, [{"one": 1, "size": 0, "unsealed": 0, "pruned": 0, "checkpoint": ""}])
    op.create_table(
        "log_count",
        sa.Column("space_id", id_, nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("space_id"),
    )
