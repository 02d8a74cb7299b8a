"""The keys of the table of exhibits itself: select all, copy, details, save."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt

from ui.binding import bind
from ui.evidence.acts import Acts
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.table import ExhibitTable
from ui.language import tr


def bind_list(
    owner: Acts, table: ExhibitTable, presenter: EvidencePresenter, details: Callable[[], None]
) -> None:
    """Give them their acts. Space, Ctrl+A and Ctrl+C act where the rows have the keyboard.

    Args:
        owner: the list with what stands around it.
        table: the rows.
        presenter: of the list.
        details: shows the details of the selected exhibit, or puts them away.
    """
    rows, around = Qt.ShortcutContext.WidgetShortcut, Qt.ShortcutContext.WidgetWithChildrenShortcut
    picked = partial(_unselected, presenter)
    bind(table, "exhibits-all", table.selectAll, context=rows, why_not=partial(_none, presenter))
    bind(table, "exhibits-copy", partial(_copy, owner, table), context=rows, why_not=picked)
    bind(table, "exhibit-details", details, context=rows, why_not=partial(_none, presenter))
    bind(owner, "exhibit-save", owner.save_as, context=around, why_not=partial(_unsaved, presenter))


def _none(presenter: EvidencePresenter) -> str:
    return "" if presenter.state.items else tr("There is nothing of it here.")


def _unselected(presenter: EvidencePresenter) -> str:
    return "" if presenter.state.current is not None else tr("No exhibit is selected.")


def _unsaved(presenter: EvidencePresenter) -> str:
    state = presenter.state
    if state.current is None:
        return tr("No exhibit is selected.")
    able = presenter.several.state.can_save if state.several else state.current.can_export
    return "" if able and not state.busy else tr("A copy can be saved when all of it is here.")


def _copy(owner: Acts, table: ExhibitTable) -> None:
    owner.copy_rows(table.columns_shown())
