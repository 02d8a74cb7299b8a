"""Above the list: how far work on several exhibits is, with Stop; afterwards what came of it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from protocol.ids import SpaceId
from ui.evidence.batch import Batch, BatchState
from ui.language import tr, trn
from ui.theme import tokens
from ui.widgets.bar import Bar
from ui.widgets.button import Button, IconButton
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.saying import tell
from ui.widgets.text import Text


class BatchLine(QWidget):
    """Shown in the space it is about. It stays until it is put away."""

    def __init__(self, batch: Batch) -> None:
        super().__init__()
        self._space: SpaceId | None = None
        self._shown = BatchState()
        self.said = Text("", "dense", wrap=True)
        self.stop = Button(tr("Stop"), "quiet", icon="x")
        self.stop.clicked.connect(batch.stop)
        self.away = IconButton("x", tr("Dismiss this message"), size=tokens.ICON_SMALL)
        self.away.clicked.connect(batch.dismiss)
        self.bar = Bar(tr("How much is done"))
        self.failed = Text("", "dense", wrap=True, selectable=True)
        above = row(self.said, self.stop, self.away)
        above.setStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, tokens.S2)
        column.setSpacing(tokens.S1)
        column.addLayout(above)
        column.addWidget(self.bar)
        column.addWidget(self.failed)
        batch.attach(self.render_state)

    def show_in(self, space: SpaceId | None) -> None:
        """Another space is in front."""
        self._space = space
        self._reveal()

    def render_state(self, state: BatchState) -> None:
        """Show how far it is, or what came of it."""
        ended = self._shown.running and not state.running
        self._shown = state
        self.said.setText(tr("Stopping…") if state.stopping else state.said)
        self.bar.show_percent(state.percent)
        lines = list(state.failed)
        if state.more:
            lines.append(trn("{count} more", "{count} more", state.more))
        self.failed.setText("\n".join(lines))
        reveal(self.bar, state.running)
        reveal(self.stop, state.running)
        self.stop.setEnabled(not state.stopping)
        reveal(self.away, not state.running)
        reveal(self.failed, bool(lines))
        self._reveal()
        if ended and self.isVisible():
            tell(self, "\n".join((state.said, *lines)))

    def _reveal(self) -> None:
        reveal(self, self._shown.space is not None and self._shown.space == self._space)
