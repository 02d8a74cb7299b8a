"""The sheet that checks a space: what it reads, how far it is, what it found."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.custody.check import CheckLine, CheckPresenter, CheckState
from ui.language import tr
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.bar import Bar
from ui.widgets.button import Button
from ui.widgets.glyph import Glyph
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

_LEAD = (
    "Every exhibit on this computer is read again and compared with its signed manifest; the "
    "database, the log and the list of members are read from their beginning. Nothing is sent."
)


class CheckSheet(Sheet):
    """Begins when asked to; closing it stops it.

    Args:
        save: asks where to over this sheet, and writes what was found.
    """

    wide = 620

    def __init__(
        self,
        parent: QWidget,
        presenter: CheckPresenter,
        save: Callable[[QWidget], None],
    ) -> None:
        super().__init__(
            parent, tr("Check this space"), lead=tr(_LEAD), action=tr("Check"), cancel=tr("Close")
        )
        self.bar = Bar(tr("How much is read"))
        self.progress = Text("", "caption")
        self.verdict = Text("", "body", wrap=True, selectable=True)
        self._mark = Glyph("circle-check", 18)
        self._verdict = row(self._mark, self.verdict, spacing=tokens.S3)
        self._verdict.setStretch(1, 1)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(tokens.S3)
        self._shown: tuple[CheckLine, ...] = ()
        for part in (self.bar, self.progress):
            self.body.addWidget(part)
        self.body.addLayout(self._verdict)
        self.body.addLayout(self._lines)
        self.save = Button(tr("Save as PDF…"), "quiet", icon="file-text")
        self.save.clicked.connect(lambda: save(self))
        self.note = Text("", "ok", wrap=True)
        self.body.addLayout(row(self.save, None))
        self.body.addWidget(self.note)
        self.body.addStretch(1)
        self.follow()
        self._presenter = presenter
        self.action.clicked.connect(self._act)
        self.finished.connect(presenter.stop)
        self.finished.connect(presenter.detach)
        presenter.attach(self.render_state)

    def _act(self) -> None:
        if self._presenter.state.running:
            self._presenter.stop()
        else:
            self._presenter.check()

    def render_state(self, state: CheckState) -> None:
        """Show how far it is, then what was found."""
        reveal(self.bar, state.running)
        reveal(self.progress, state.running)
        self.bar.show_percent(state.percent)
        self.progress.setText(state.progress)
        self.verdict.setText(state.result)
        reveal(self.verdict, bool(state.result))
        reveal(self._mark, bool(state.result))
        self._mark.show_icon(
            "circle-check" if state.sound else "triangle-alert",
            Tone.OK if state.sound else Tone.WARN,
        )
        reveal(self.save, bool(state.ended))
        self.note.setText(state.note)
        reveal(self.note, bool(state.note))
        self.notice.show_card(state.problem)
        self.action.setText(
            tr("Stop") if state.running else tr("Check again") if state.result else tr("Check")
        )
        if state.lines != self._shown:
            self._shown = state.lines
            self._fill(state.lines)

    def _fill(self, lines: tuple[CheckLine, ...]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            layout = item.layout()
            while layout is not None and (part := layout.takeAt(0)) is not None:
                widget = part.widget()
                if widget is not None:
                    widget.deleteLater()
        for one in lines:
            said = Text(f"{one.what}: {one.sentence}", "body", wrap=True, selectable=True)
            glyph = Glyph("shield-x" if one.damaged else "info", 18)
            line = row(glyph, said, spacing=tokens.S3)
            line.setStretch(1, 1)
            self._lines.addLayout(line)
