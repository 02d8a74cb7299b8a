"""What a person is told when something fails.

May import: protocol.errors. Never sees: Qt, traces, keys. Start at: cards.py.
"""
