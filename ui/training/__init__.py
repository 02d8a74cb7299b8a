"""The training space in the window: its band and tasks, how it begins, and what it erased.

May import: ui (views: PySide6), jitclient.training.house and .views. Start at: window.py.
"""
