"""How other programs reach this window: a second start, a link, the desktop's notices, the tray.

May import: the rooms that `ui` may. Never sees: keys, databases. Start at: reaching.py.
"""
