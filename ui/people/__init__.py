"""The members of a space and how sure this computer is of them.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
