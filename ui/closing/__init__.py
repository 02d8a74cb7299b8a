"""How a space ends, and the receipts of what was wiped.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
