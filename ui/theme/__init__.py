"""How everything looks: tokens, the sheet made from them, fonts and icons.

May import: resources, PySide6. Never sees: the desk, rows, text of a case. Start at: tokens.py.
"""
