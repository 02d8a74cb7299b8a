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


def new_window() -> str:
    """As the menu of a space says it."""
    return tr("Open here in a new window")


def keywords() -> str:
    """What the program is looked for by: its rooms in the language, and names that are the same."""
    said = (tr("Conversation"), tr("Evidence"), tr("Messages"))
    return ";".join(("JIT", "Eurojust", "Europol", *(one.replace(";", "") for one in said), ""))
