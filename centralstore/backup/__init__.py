"""Backups: one consistent moment of database and parts, sealed to a key that is not here.

May import: every module of centralstore, crypto.sealedstream. Never sees: the secret key, except
while a person verifies or restores. Start at: create.py, then restore.py.
"""

from typing import Final

LAST_BACKUP: Final = "last-backup"
"""A file of the data folder that is touched when a backup is whole."""
LAST_ERASURES: Final = "last-erasures"
"""The same for a record of erasures."""
