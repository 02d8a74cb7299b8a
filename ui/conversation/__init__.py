"""The conversation of a space.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
