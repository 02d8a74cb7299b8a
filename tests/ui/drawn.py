"""What a list draws by hand, word by word, against what it tells screen readers of the same row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QRect, Qt
from PySide6.QtGui import QPaintDevice, QPaintEngine, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QWidget

from tests.ui.fitting import seen

ROWS: Final = 8
_WIDE: Final = 4000  # pixels: nothing has to be shortened
_Metric = QPaintDevice.PaintDeviceMetric
_METRICS: Final = {
    _Metric.PdmWidth: _WIDE,
    _Metric.PdmHeight: _WIDE,
    _Metric.PdmDpiX: 96,
    _Metric.PdmDpiY: 96,
    _Metric.PdmPhysicalDpiX: 96,
    _Metric.PdmPhysicalDpiY: 96,
}


class _Listener(QPaintEngine):
    """Keeps the texts that are drawn, and draws nothing."""

    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.texts: list[str] = []

    def begin(self, _device: object) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, _state: object) -> None:  # noqa: N802 - Qt names it
        pass

    def drawTextItem(self, _at: object, item: Any) -> None:  # noqa: N802 - as above
        self.texts.append(item.text())


def _nothing(_listener: _Listener, *_what: object) -> None:
    """No picture and no line is of interest."""


for _name in ("drawPixmap", "drawImage", "drawPath", "drawPolygon", "drawRects", "drawLines"):
    setattr(_Listener, _name, _nothing)


class _Sheet(QPaintDevice):
    def __init__(self) -> None:
        super().__init__()
        self.listener = _Listener()

    def paintEngine(self) -> QPaintEngine:  # noqa: N802 - as above
        return self.listener

    def metric(self, which: QPaintDevice.PaintDeviceMetric) -> int:
        return _METRICS.get(which, 1)


def unspoken(root: QWidget) -> list[str]:
    """Words that are drawn in a row and that nobody hears."""
    return [
        f"{view.accessibleName()}: {word!r} is drawn, {said!r} is said"
        for view in seen(root)
        if isinstance(view, QAbstractItemView) and not isinstance(view, QHeaderView)
        for at in _cells(view)
        for said in [_said(at)]
        for word in _lacking(_drawn(view, at), said)
    ]


def _cells(view: QAbstractItemView) -> Iterator[QModelIndex]:
    model = view.model()
    header = getattr(view, "horizontalHeader", lambda: None)()
    columns = (
        [at for at in range(header.count()) if not header.isSectionHidden(at)] if header else [0]
    )
    for row in range(min(ROWS, model.rowCount())):
        yield from (model.index(row, column) for column in columns)


def _said(at: QModelIndex) -> str:
    """As Qt tells it: its own words for readers, or what it shows."""
    own = at.data(Qt.ItemDataRole.AccessibleTextRole)
    return str(own or at.data(Qt.ItemDataRole.DisplayRole))


def _drawn(view: QAbstractItemView, at: QModelIndex) -> list[str]:
    sheet = _Sheet()
    painter = QPainter(sheet)
    option = QStyleOptionViewItem()
    option.initFrom(view)
    option.rect = QRect(0, 0, _WIDE, max(view.visualRect(at).height(), 40))
    option.widget = view
    view.itemDelegate().paint(painter, option, at)
    painter.end()
    return sheet.listener.texts


def _lacking(drawn: list[str], said: str) -> Iterator[str]:
    for text in drawn:
        initials = len(text) <= 2 and text.isupper()  # a tile, beside the name they stand for
        for word in [] if initials else re.findall(r"\w+", text):
            if word.casefold() not in said.casefold():
                yield word
