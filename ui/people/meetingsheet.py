"""The sheet that compares with everybody: people on the left, one number on the right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.binding import accept_files, bind, dropped_files
from ui.language import tr
from ui.people.codefield import CodeField
from ui.people.meeting import MeetingPresenter
from ui.people.personlist import PersonList
from ui.people.state import DIFFER, MeetingState
from ui.shortcuts import named
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.bar import Bar
from ui.widgets.button import Button
from ui.widgets.chip import Chip
from ui.widgets.digits import Digits
from ui.widgets.elided import Elided
from ui.widgets.panel import row
from ui.widgets.qr import Qr
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text
from ui.words import Badge

_LIST_WIDTH = 300


class MeetingSheet(Sheet):
    """May be closed at any moment: what was compared is on record already.

    Args:
        print_list: writes the printable list of all numbers.
    """

    wide = 1080

    def __init__(
        self,
        parent: QWidget,
        presenter: MeetingPresenter,
        tasks: TaskScope,
        print_list: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(
            parent,
            tr("Compare with everybody"),
            lead=tr(
                "Sit together, or call one another. Both computers must show the same sixty "
                "digits. You can stop at any time and go on later."
            ),
        )
        self._presenter = presenter
        self.setAcceptDrops(True)
        self.list = PersonList(tr("Members"), words=False)
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.picked.connect(presenter.go)
        self.bar = Bar(tr("Compared"))
        self.progress = Text("", "caption")
        self.print = Button(tr("Printable list…"), "quiet", icon="file-text")
        self.print.clicked.connect(lambda: tasks.start(_run(print_list), name="print"))
        self._make()
        self.field = CodeField(
            tr("Or give what they sent or show you"),
            tr(
                "A number, the line of their code, or a picture of it: paste or drop it here. "
                "A code says itself whose it is."
            ),
            presenter,
            tasks,
        )
        self._build()
        self._bind()
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        presenter.load()
        self.list.setFocus()

    def _make(self) -> None:
        self.name = Elided("", "lead")
        self.badge = Chip()
        self.digits = Digits()
        self.qr = Qr(tr("Code of the safety number, for the other computer"), size=248)
        self.back = Button(
            tr("Previous"), icon="chevron-left", hint=named(tr("Previous"), "meet-previous")
        )
        self.forth = Button(tr("Next"), icon="chevron-right", hint=named(tr("Next"), "meet-next"))
        self.skip = Button(tr("Later"), hint=named(tr("Leave for later"), "meet-later"))
        self.no = Button(
            tr("They differ"), icon="circle-x", hint=named(tr("They differ"), "meet-differ")
        )
        self.yes = Button(
            tr("They match"),
            "primary",
            icon="shield-check",
            hint=named(tr("They match"), "meet-match"),
        )
        self.advice = Text(tr(DIFFER), "danger", wrap=True)
        self.end = Text("", "ok", wrap=True)

    def _build(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(tokens.S2)
        left.addLayout(row(self.progress, None))
        left.addWidget(self.bar)
        left.addWidget(self.list, 1)
        left.addLayout(row(self.print, None))
        number = QVBoxLayout()
        number.setSpacing(tokens.S2)
        number.addWidget(self.digits)
        number.addWidget(self.advice)
        number.addStretch(1)
        shown = row(spacing=tokens.S5)
        shown.addLayout(number, 1)
        shown.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignTop)
        right = QVBoxLayout()
        right.setSpacing(tokens.S3)
        head = row(self.name, self.badge)
        head.setStretch(0, 1)
        right.addLayout(head)
        right.addLayout(shown)
        right.addWidget(self.field)
        right.addWidget(self.end)
        right.addStretch(1)
        acts = (self.back, self.forth, None, self.skip, self.no, self.yes)
        right.addLayout(row(*acts, spacing=tokens.S1))
        across = row(spacing=tokens.S3)
        across.addLayout(left)
        across.addLayout(right, 1)
        self.body.addLayout(across, 1)

    def _bind(self) -> None:
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for name, act in (
            ("meet-next", self.forth.click),
            ("meet-previous", self.back.click),
            ("meet-match", self.yes.click),
            ("meet-differ", self.no.click),
            ("meet-later", self.skip.click),
        ):
            bind(self, name, act, context=here)
        for button, does in (
            (self.forth, self._presenter.next),
            (self.back, self._presenter.previous),
            (self.yes, self._presenter.match),
            (self.no, self._presenter.differ),
            (self.skip, self._presenter.later),
        ):
            button.clicked.connect(does)

    def render_state(self, state: MeetingState) -> None:
        """Show the person in front."""
        moved = state.groups != self.digits.groups
        self.list.show_people(state.lines, state.at)
        if state.at >= 0:
            self.list.scrollTo(self.list.currentIndex())
        self.progress.setText(state.progress or tr("Reading the numbers…"))
        self.bar.show_percent(state.percent, Tone.VERIFIED)
        person = state.person
        self.name.setText(person.name if person else "")
        self.badge.show_badge(person.badge if person else Badge("", ""))
        reveal(self.advice, state.differs and state.problem is None)
        self.digits.show_groups(state.groups)
        self.qr.show_modules(state.code)
        if moved:
            self.field.clear()
        self._enable(state)
        self.end.setText(state.finished)
        self.end.restyle("ok" if state.percent == 100 else "strong")
        reveal(self.end, bool(state.finished))
        self.notice.show_card(state.problem)
        self.busy.setText(tr("Comparing…") if state.busy else "")

    def _enable(self, state: MeetingState) -> None:
        free = state.person is not None and not state.busy
        self.back.setEnabled(free and state.at > 0)
        self.forth.setEnabled(free and state.at < len(state.lines) - 1)
        for one in (self.skip, self.no, self.yes, self.field.choose):
            one.setEnabled(free)
        self.field.check.setEnabled(free and state.ready)
        self.print.setEnabled(bool(state.lines))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A picture may be dropped anywhere on the sheet."""
        accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Read it."""
        self.field.take(list(dropped_files(event)))


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()
