"""The operator's commands of `jitstore`: make a store, serve it, invite and list people.

May import: every module of centralstore. Never sees: what people exchange.
Start at: commands.py.
"""
