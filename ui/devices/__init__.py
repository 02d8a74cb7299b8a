"""One's own devices: names, when each was seen, revoking one, linking a further one.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
