"""Banners for what was detected and refused.

May import: ui (views: PySide6). Never sees: the network, SQL, keys. Start at: presenter.py.
"""
