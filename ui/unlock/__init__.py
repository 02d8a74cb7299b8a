"""The card that asks for the passphrase.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
