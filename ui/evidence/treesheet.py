"""The files about to be handed over as their folders have them, with a check each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from ui.evidence.state import NewFile
from ui.language import tr, trn
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

_PATH: Final = Qt.ItemDataRole.UserRole
_FOLDER: Final = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsAutoTristate
_OPEN: Final = 200  # so many files are shown with every folder open


class TreeSheet(Sheet):
    """What is unchecked leaves the list; a check of a folder is that of all in it."""

    wide = 640

    def __init__(self, parent: QWidget, files: Sequence[NewFile]) -> None:
        super().__init__(
            parent,
            tr("Which files go"),
            lead=tr("Space checks and unchecks: a file, or a folder with all that is in it."),
            action=tr("Keep the checked"),
        )
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName(tr("Files by folder"))
        self.tree.setMinimumHeight(320)
        self._total = len(files)
        self._fill(files)
        self.count = Text("", "caption")
        self.body.addWidget(self.tree, 1)
        self.body.addWidget(self.count)
        self.tree.itemChanged.connect(self._say)
        self.action.clicked.connect(self.accept)
        self.tree.setFocus()
        self._say()

    def _fill(self, files: Sequence[NewFile]) -> None:
        folders: dict[tuple[str, ...], QTreeWidgetItem] = {}
        root = self.tree.invisibleRootItem()
        for file in sorted(files, key=lambda one: one.below):
            *above, name = file.below
            parent = root
            for depth in range(1, len(above) + 1):
                key = tuple(above[:depth])
                if key not in folders:
                    folders[key] = _item(parent, key[-1])
                    folders[key].setFlags(folders[key].flags() | _FOLDER)
                parent = folders[key]
            leaf = _item(parent, f"{name}  ·  {file.size}" if file.size else name)
            leaf.setData(0, _PATH, str(file.path))
        if len(files) <= _OPEN:
            self.tree.expandAll()
        if first := root.child(0):
            self.tree.setCurrentItem(first)

    def kept(self) -> frozenset[Path]:
        """The files that are checked."""
        return frozenset(
            Path(leaf.data(0, _PATH))
            for leaf in _leaves(self.tree.invisibleRootItem())
            if leaf.checkState(0) is Qt.CheckState.Checked
        )

    def _say(self) -> None:
        left = len(self.kept())
        self.count.setText(
            trn("{left} of {count} file goes", "{left} of {count} files go", self._total, left=left)
        )
        self.action.setEnabled(bool(left))


def _item(parent: QTreeWidgetItem, name: str) -> QTreeWidgetItem:
    made = QTreeWidgetItem(parent, [name])
    made.setFlags(made.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    made.setCheckState(0, Qt.CheckState.Checked)
    return made


def _leaves(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    for at in range(item.childCount()):
        child = item.child(at)
        if child is None:
            continue
        if child.data(0, _PATH) is None:
            yield from _leaves(child)
        else:
            yield child
