"""Puts into words what has not left: which messages wait, and why. No Qt."""

from __future__ import annotations

from datetime import tzinfo

from jitclient.views import Held, OutboxRow, QueueView
from protocol.limits import MIB
from ui import words
from ui.evidence.state import OutLine
from ui.language import told, tr


def line(row: OutboxRow, zone: tzinfo | None) -> OutLine:
    """One message that waits."""
    return OutLine(_what(row), words.plain(row.space_title), _why(row, zone))


def trouble(view: QueueView, zone: tzinfo | None) -> str:
    """Why nothing travels at all, and when that is tried again; empty while the store answers."""
    if view.held and not view.problem:
        return tr(
            "The line is metered: files over {size} wait. Messages travel.",
            size=words.size(MIB),
        )
    said = told(view.problem)
    if said and view.next_try is not None:
        said += " " + tr("Next try at {time}.", time=words.clock(view.next_try, zone))
    return said


def caught_up(view: QueueView, zone: tzinfo | None) -> str:
    """What stands where nothing travels."""
    said = tr("All caught up. Nothing travels and nothing waits.")
    if view.last_upload is not None:
        said += " " + tr("Last upload: {time}.", time=words.stamp(view.last_upload, zone))
    return said


def _what(row: OutboxRow) -> str:
    match row.kind:
        case "text" | "edit":
            return next(iter(words.plain(row.text.partition("\n")[0]).splitlines()), "")
        case "exhibit":
            return tr("An exhibit is announced")
        case "receipts":
            return tr("Receipts")
        case _:
            return tr("A notice to members")


def _why(row: OutboxRow, zone: tzinfo | None) -> str:
    if row.held is Held.KEY:
        return tr("Waits for a key of a recipient's device.")
    if row.held is Held.LATER and row.next_try is not None:
        time = words.clock(row.next_try, zone)
        return tr("The store did not take it. Next try at {time}.", time=time)
    return tr("Waits for the store.")
