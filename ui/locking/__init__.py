"""The window locks by itself: when nobody touches it, with the desktop, before the machine sleeps.

What locking is stands in shell.py and again.py; here is only when.
"""
