"""The inbox of mentions, over all spaces.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
