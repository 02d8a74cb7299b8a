"""The exhibits of a space: handing over, receiving, checking, exporting.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
