"""Decisions of the synchronisation, as pure functions: step(state, event) -> state, effects.

May import: protocol. Never sees: the network, the clock, randomness, the database; times and
random numbers arrive inside events. Start at: outbox.py.
"""
