"""One's own keys: another passphrase, the recovery sheet, and opening with its words.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
