"""The first run: invitation, passphrase, this computer's keys.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
