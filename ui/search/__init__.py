"""Finding messages and exhibits: a field, what was found, and the way there.

May import: ui (views: PySide6). Never sees: the index, SQL, keys. Start at: presenter.py.
"""
