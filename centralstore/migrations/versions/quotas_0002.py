"""Indexes by which quotas are counted without looking at what is erased.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("file_by_uploader", "file", ["user_id", "state", "sealed_bytes"])
    op.create_index("file_by_space", "file", ["space_id", "state", "sealed_bytes"])
