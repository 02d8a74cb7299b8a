"""Every widget of the window in every state, beside the switches of the theme: `jitclient gallery`.

May import: ui.theme, ui.widgets, ui.words, ui.errors.cards, PySide6. Never sees: presenters, the
desk, a profile. Its samples are English on purpose: they are no sentences of the product.
Start at: specimens.py, window.py. ADR 52.
"""
