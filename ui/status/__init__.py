"""The strip at the foot of the window that is always true.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
