"""The window of the safe viewer: pages as pictures, made by a process that can do nothing else.

May import: ui (views: PySide6). Never sees: the exhibit's bytes, paths, keys. Start at:
presenter.py.
"""
