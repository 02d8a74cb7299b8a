"""Which rows of the table are selected, as exhibits: the same after the rows were ordered anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtWidgets import QTableView

from protocol.ids import FileId
from ui.evidence.model import ExhibitModel
from ui.evidence.state import EvidenceState

_FLAGS = QItemSelectionModel.SelectionFlag
SCATTERED: Final = 1_000
"""In more pieces than this a selection is given up: Qt looks through all of them for each cell."""


class Selecting:
    """Tells of what a person selects, and shows what is selected.

    Args:
        told: hears of the selected exhibits, and of the one that has the keyboard.
    """

    def __init__(
        self,
        table: QTableView,
        model: ExhibitModel,
        told: Callable[[frozenset[FileId], FileId | None], None],
    ) -> None:
        self._table, self._model, self._told = table, model, told
        self._marked: tuple[frozenset[FileId], FileId | None] = (frozenset(), None)
        self._showing = False
        selection = table.selectionModel()
        selection.selectionChanged.connect(self._picked)
        selection.currentRowChanged.connect(self._picked)
        model.modelReset.connect(self._forget)

    def show(self, state: EvidenceState) -> None:
        """Select what the state says, unless the table has it selected already."""
        wanted = (state.several, state.selected)
        if wanted == self._marked:
            return
        self._showing = True
        if state.several:
            self._select(state)
        elif state.place < 0:
            self._table.selectionModel().clear()
        else:
            one = self._model.index(state.place, 0)
            self._table.selectionModel().setCurrentIndex(one, _FLAGS.ClearAndSelect | _FLAGS.Rows)
        self._marked = wanted
        self._showing = False

    def _select(self, state: EvidenceState) -> None:
        places, last = state.places, len(state.items) - 1
        if len(state.several) > last:  # all of them
            found = [(0, last)]
        else:
            found = pieces(sorted(places[one] for one in state.several if one in places))
        if len(found) > SCATTERED:
            found = [(state.place, state.place)] if state.place >= 0 else []
        selection, last = QItemSelection(), self._model.columnCount() - 1
        for first, end in found:
            selection.select(self._model.index(first, 0), self._model.index(end, last))
        picked = self._table.selectionModel()
        picked.select(selection, _FLAGS.ClearAndSelect)
        if state.place >= 0:
            picked.setCurrentIndex(self._model.index(state.place, 0), _FLAGS.NoUpdate)

    def _forget(self) -> None:
        self._marked = (frozenset(), None)

    def _picked(self, *_: object) -> None:
        if self._showing:
            return
        files, front = self._files(), self._front()
        if len(files) > 1:
            front = front if front in files else next(iter(files))
            self._marked = (files, front)
        else:
            front = next(iter(files), None)
            self._marked = (frozenset(), front)
        self._told(files, front)

    def _files(self) -> frozenset[FileId]:
        items, picked = self._model.items, self._table.selectionModel().selection()
        parts = [picked.at(at) for at in range(picked.count())]
        return frozenset(
            one.file for part in parts for one in items[part.top() : part.bottom() + 1]
        )

    def _front(self) -> FileId | None:
        at = self._table.currentIndex()
        return self._model.items[at.row()].file if at.isValid() else None


def pieces(places: Sequence[int]) -> list[tuple[int, int]]:
    """Places in order as pieces without gaps: first and last of each."""
    found: list[tuple[int, int]] = []
    for at in places:
        if found and found[-1][1] == at - 1:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found
