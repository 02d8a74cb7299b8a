"""Building blocks of the screens, one a file; they know the theme and nothing of the desk.

May import: ui.theme, ui.words, ui.errors.cards, PySide6. Never sees: presenters, the desk.
Start at: text.py, button.py, sheet.py.
"""
