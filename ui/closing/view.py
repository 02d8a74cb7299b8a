"""How a space ends: what will happen, the form, and the receipts."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from jitclient.views import SpaceState
from ui.closing.openpart import OpenPart
from ui.closing.presenter import ClosingPresenter
from ui.closing.state import ClosingState, LeftLine, WipeLine
from ui.home.state import Goal
from ui.language import mark, tr
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.button import Button
from ui.widgets.confirm import confirm
from ui.widgets.facts import Fact, clear
from ui.widgets.field import Field
from ui.widgets.glyph import Glyph
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, Scroll, row
from ui.widgets.reason import ReasonField
from ui.widgets.reveal import reveal
from ui.widgets.text import Text

_WILL = (
    ("ban", "The store takes nothing new for this space, and erases what it still holds."),
    (
        "trash-2",
        (
            "Every member's device destroys the key of the space, then its database and the "
            "copies of all evidence, and checks that they are gone."
        ),
    ),
    ("file-check", "Each device signs a receipt of its wipe. The receipts stay readable here."),
)
_CANNOT = (
    (
        "Solid-state disks keep spare blocks that no program can reach. The destroyed key makes "
        "what is left there unreadable."
    ),
    "Copies that members exported or printed are outside this program.",
    "Backups of a computer made outside this program are not reached.",
    "A device that never comes online again is listed as not confirmed.",
)


_YOURS = mark(
    "Only you see these names. Files that you saved are yours: delete them where the law asks for "
    "it. The receipt says how many there are, not which."
)


class ClosingView(QWidget):
    """Everything of the fifth tab."""

    go = Signal(Goal)

    def __init__(self, presenter: ClosingPresenter, tasks: TaskScope) -> None:
        super().__init__()
        self._presenter = presenter
        self._tasks = tasks
        self.notice = Notice()
        self.notice.dismissed.connect(presenter.dismiss)
        self.before = _Before(presenter)
        self.before.open.go.connect(self.go)
        self.before.button.clicked.connect(lambda: tasks.start(self._close(), name="ask-close"))
        self.after = _After()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.before)
        self.stack.addWidget(self.after)
        scroll = Scroll(tr("Closing"), measure=760)
        scroll.column.addWidget(self.notice)
        scroll.column.addWidget(self.stack)
        scroll.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        presenter.attach(self.render_state)

    def render_state(self, state: ClosingState) -> None:
        """Show the form, or the receipts."""
        over = state.phase in (SpaceState.CLOSING, SpaceState.WIPED)
        self.stack.setCurrentIndex(1 if over else 0)
        self.notice.show_card(state.problem)
        self.before.render_state(state)
        self.after.render_state(state)

    def showEvent(self, event: QShowEvent) -> None:
        """What is still open is counted while somebody looks."""
        super().showEvent(event)
        self._presenter.shown(yes=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """And no longer."""
        super().hideEvent(event)
        self._presenter.shown(yes=False)

    async def _close(self) -> None:
        state = self._presenter.state
        if not state.ready:
            return
        gone = await confirm(
            self,
            tr("Close “{title}” and wipe every copy?", title=state.title),
            (
                (
                    tr(
                        "All messages and evidence of this space are destroyed on every member's "
                        "computer and at the store."
                    )
                ),
                tr("This cannot be undone by anyone."),
                tr("Stated reason: {reason}", reason=state.reason.strip()),
            ),
            action=tr("Close and wipe"),
            cancel=tr("Keep the space open"),
        )
        if gone:
            self._presenter.close()


class _Before(QWidget):
    def __init__(self, presenter: ClosingPresenter) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S4)
        column.addWidget(Text(tr("Closing this space"), "title"))
        column.addWidget(
            Text(
                tr(
                    "When the joint investigation team has done its work, an administrator closes "
                    "the space. Export what the court needs before."
                ),
                "secondary",
                wrap=True,
            )
        )
        self.open = OpenPart()
        column.addWidget(self.open)
        column.addWidget(_will())
        column.addWidget(_cannot())
        self.why_not = Text("", "secondary", wrap=True)
        column.addWidget(self.why_not)
        self.form = Panel("card", margin=tokens.S5, spacing=tokens.S4)
        self.reason = ReasonField(
            tr("Every member sees it. It stays in the signed closing."),
            placeholder=tr("Why the space is closed"),
        )
        self.reason.edit.textChanged.connect(presenter.reason_changed)
        self.title = Field(tr("Type the title of the space to confirm"))
        self.title.edit.textChanged.connect(presenter.typed_changed)
        self.button = Button(tr("Close and wipe…"), "danger", icon="trash-2")
        self.busy = Text("", "caption")
        self.form.column.addWidget(self.reason)
        self.form.column.addWidget(self.title)
        self.form.column.addLayout(row(self.busy, None, self.button))
        column.addWidget(self.form)
        column.addStretch(1)

    def render_state(self, state: ClosingState) -> None:
        reveal(self.form, state.can_close)
        self.open.show_lines(state.open if state.can_close else None)
        self.why_not.setText(state.why_not)
        reveal(self.why_not, bool(state.why_not))
        if self.reason.text() != state.reason:
            self.reason.edit.setText(state.reason)
        if self.title.text() != state.typed:
            self.title.edit.setText(state.typed)
        self.title.edit.setPlaceholderText(state.title)
        self.button.setEnabled(state.ready)
        self.busy.setText(tr("Signing the closing…") if state.busy else "")


class _After(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[WipeLine, ...] | None = None
        self.title = Text("", "title")
        self.summary = Text("", "lead")
        self.reason = Text("", "secondary", wrap=True, selectable=True)
        self.list = QVBoxLayout()
        self.list.setSpacing(tokens.S3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S3)
        for one in (self.title, self.reason, self.summary):
            column.addWidget(one)
        column.addLayout(self.list)
        self.left = Panel("card", margin=tokens.S4, spacing=tokens.S2)
        self._left: tuple[LeftLine, ...] | None = None
        column.addWidget(self.left)
        column.addStretch(1)

    def render_state(self, state: ClosingState) -> None:
        closing = state.phase is SpaceState.CLOSING
        self.title.setText(
            tr("This space is being closed") if closing else tr("This space is closed")
        )
        reason = (
            " " + tr("Stated reason: {reason}", reason=state.stated_reason)
            if state.stated_reason
            else ""
        )
        self.reason.setText(tr("Its messages and evidence are gone from this computer.") + reason)
        if closing:
            self.reason.setText(tr("This computer is wiping its copies now.") + reason)
        self.summary.setText(state.confirmed)
        if state.lines != self._lines:
            self._lines = state.lines
            clear(self.list)
            for one in state.lines:
                self.list.addWidget(_receipt(one))
        self._show_left(state.left)

    def _show_left(self, left: tuple[LeftLine, ...]) -> None:
        reveal(self.left, bool(left))
        if left == self._left:
            return
        self._left = left
        clear(self.left.column)
        self.left.column.addWidget(Text(tr("What this computer's wipe could not reach"), "strong"))
        self.left.column.addWidget(Text(tr(_YOURS), "secondary", wrap=True))
        for one in left:
            self.left.column.addWidget(Text(one.word, "caption"))
            for name in one.names:
                self.left.column.addWidget(Text(name, "dense", wrap=True, selectable=True))
            if one.more:
                self.left.column.addWidget(Text(tr("and {count} more", count=one.more), "caption"))


def _receipt(wipe: WipeLine) -> Panel:
    card = Panel("card", margin=tokens.S4, spacing=tokens.S2)
    mark = Glyph(
        "circle-check" if wipe.done else "hourglass", 20, Tone.OK if wipe.done else Tone.WARN
    )
    state = Text(wipe.word, f"tone-{Tone.OK.value if wipe.done else Tone.WARN.value}")
    card.column.addLayout(
        row(mark, Text(wipe.name, "strong"), Text(wipe.device, "caption"), None, state, spacing=10)
    )
    if wipe.remaining:
        card.column.addWidget(
            Text(tr("Could not reach: {remaining}", remaining=wipe.remaining), "dense", wrap=True)
        )
    if wipe.receipt:
        card.column.addWidget(Fact(tr("Signed receipt"), wipe.receipt, mono=True, copy=True))
    return card


def _will() -> Panel:
    card = Panel("card", margin=tokens.S5, spacing=tokens.S3)
    card.column.addWidget(Text(tr("What will happen"), "strong"))
    for icon, words in _WILL:
        card.column.addLayout(_point(icon, tr(words)))
    return card


def _cannot() -> Panel:
    card = Panel("card", margin=tokens.S5, spacing=tokens.S3)
    card.column.addWidget(Text(tr("What wiping cannot promise"), "strong"))
    for words in _CANNOT:
        card.column.addLayout(_point("triangle-alert", tr(words), Tone.WARN))
    return card


def _point(icon: str, words: str, tone: Tone = Tone.NEUTRAL) -> QHBoxLayout:
    mark = Glyph(icon, 18, tone)
    across = row(mark, Text(words, "body", wrap=True), spacing=tokens.S3)
    across.setStretch(1, 1)
    across.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
    return across
