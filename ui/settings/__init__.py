"""Settings (S16): every switch of the window in one place, what is kept where, and what this is.

May import: ui (views: PySide6), the desk's views. Never sees: the network, SQL, keys.
Start at: pages.py, the list of pages.
"""
