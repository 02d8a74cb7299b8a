"""The disk of the profile takes no writing: what can still be done, and a copy elsewhere.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
