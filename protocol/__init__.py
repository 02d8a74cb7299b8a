"""The language both programs speak: ids, roles, records, commands, limits, errors.

May import: the standard library and msgspec. Never: I/O, the clock, randomness.
Start at: records.py, then membership.py.
"""
