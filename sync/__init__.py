"""Sealed bytes between this device and the store.

May import: protocol, httpx, the standard library. Never sees: plaintext, keys, the database, Qt.
Start at: machines/outbox.py, then engine.py.
"""
