"""The hash-chained log of what was done here.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
