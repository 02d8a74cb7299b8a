"""Whole teams and their store in one process, moved by one seed; an oracle knows what must hold.

Real: every line of client and store, SQLCipher, SQLite, the cryptography. Played: the wire, the
disk's failures, the clocks. Start at `run.py`; what it found is in docs/SIMULATION.md.
"""
