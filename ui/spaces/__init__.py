"""The list of spaces, and how a new one is opened.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
