"""What the desktop's menus say of this program; packaging/desktop/ asks for it in each language."""

from __future__ import annotations

from ui.language.catalogue import tr


def generic_name() -> str:
    """What kind of program it is, without its name."""
    return tr("Work space for investigation teams")


def comment() -> str:
    """One line of what it does."""
    return tr("Messages and evidence between the members of a joint investigation team")


def lock() -> str:
    """What the program can be told from its icon."""
    return tr("Lock")
