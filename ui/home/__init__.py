"""Home (S3), "Today": what waits for this person, over all spaces.

May import: ui (views: PySide6), the desk's views. Never sees: the network, SQL, keys.
Start at: presenter.py.
"""
