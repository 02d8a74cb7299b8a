"""Alembic migrations of the store's database: forward only, each in one transaction.

May import: alembic, sqlalchemy. Start at: versions/.
"""
