"""Going anywhere (Ctrl+K) and doing anything (Ctrl+Shift+K) by a few letters of its name.

May import: ui.bound, jitclient.searchviews. Never sees: the store. Start at: opening.py.
"""
