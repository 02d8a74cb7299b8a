"""The sheet that adds a member."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from protocol.roles import Role
from ui.language import tr
from ui.people.add import AddMemberPresenter
from ui.people.personlist import PersonList
from ui.people.state import AddMemberState
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.widgets.button import Button
from ui.widgets.confirm import confirm
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.saying import clearable
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

_TAKES: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)


class AddMemberSheet(Sheet):
    """Directory on the left of the eye, role below."""

    wide = 560

    def __init__(
        self, parent: QWidget, presenter: AddMemberPresenter, tasks: TaskScope, title: str
    ) -> None:
        super().__init__(
            parent,
            tr("Add a member"),
            lead=tr(
                "To “{title}”. The new member reads what is sent from now on, nothing earlier.",
                title=title,
            ),
            action=tr("Add"),
        )
        self._presenter = presenter
        self._tasks = tasks
        self.query = QLineEdit()
        self.query.setPlaceholderText(tr("Search by name, authority or country"))
        self.query.setAccessibleName(tr("Search the directory"))
        clearable(self.query)
        self.query.textChanged.connect(presenter.filter)
        self.query.installEventFilter(self)
        self.list = PersonList(tr("People"), words=True)
        self.list.setMinimumHeight(240)
        self.list.picked.connect(self._picked)
        self._build()
        self.action.clicked.connect(lambda: tasks.start(self._add(), name="add-member"))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        presenter.load()
        self.query.setFocus()

    def _build(self) -> None:
        self.nobody = Text("", "secondary", wrap=True)
        self.role = QComboBox()
        self.role.setAccessibleName(tr("Role"))
        self.role.setMinimumWidth(220)
        self.role.activated.connect(self._role)
        label = Text(tr("Role"), "label")
        label.setBuddy(self.role)
        self.note = Text("", "caption", wrap=True)
        self.look = Button(tr("Look at the new key…"), icon="shield-alert")
        self.look.clicked.connect(lambda: self._tasks.start(self._decide(), name="new-key"))
        reveal(self.look, False)
        self.body.addWidget(self.query)
        self.body.addWidget(self.nobody)
        self.body.addWidget(self.list, 1)
        across = row(label, self.role, None, spacing=tokens.S3)
        self.body.addLayout(across)
        self.body.addWidget(self.note)
        self.name_note = Text("", "tone-warn", wrap=True)
        self.body.addWidget(self.name_note)
        self.body.addLayout(row(self.look, None))

    def render_state(self, state: AddMemberState) -> None:
        """Show candidates and the roles the chosen one may hold."""
        at = state.candidates.index(state.chosen) if state.chosen in state.candidates else -1
        self.list.show_people(state.candidates, at)
        self.nobody.setText(_nobody(state))
        reveal(self.nobody, bool(self.nobody.text()))
        self._roles(state)
        self.name_note.setText(state.chosen.note if state.chosen is not None else "")
        reveal(self.name_note, bool(self.name_note.text()))
        self.notice.show_card(state.problem)
        reveal(self.look, state.another_key)
        self.look.setEnabled(not state.busy)
        self.action.setEnabled(state.chosen is not None and not state.busy)
        self.busy.setText(tr("Signing…") if state.busy else "")

    def _roles(self, state: AddMemberState) -> None:
        roles = state.chosen.roles if state.chosen is not None else ()
        if [self.role.itemData(i) for i in range(self.role.count())] != [
            one.role.value for one in roles
        ]:
            self.role.clear()
            for one in roles:
                self.role.addItem(one.word, one.role.value)
        self.role.setEnabled(len(roles) > 1)
        if state.role is not None:
            self.role.setCurrentIndex(self.role.findData(state.role.value))
        chosen = state.chosen
        self.note.setText(
            tr("The roles a representative of “{party}” may hold.", party=chosen.party)
            if chosen
            else ""
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the field, Enter takes the first of those that are left, and ↓ goes to them."""
        if (
            watched is self.query
            and isinstance(event, QKeyEvent)
            and self._presenter.state.candidates
        ):
            none = self._presenter.state.chosen is None
            if event.type() == QEvent.Type.KeyPress and event.key() in _TAKES:
                if none:
                    self._picked(0)
                if event.key() == Qt.Key.Key_Down:
                    self.list.setFocus(Qt.FocusReason.TabFocusReason)
                if none or event.key() == Qt.Key.Key_Down:
                    return True
        return super().eventFilter(watched, event)

    def _picked(self, at: int) -> None:
        self._presenter.choose(self._presenter.state.candidates[at].user)

    def _role(self, at: int) -> None:
        self._presenter.give(Role(self.role.itemData(at)))

    async def _add(self) -> None:
        if await self._presenter.add():
            self.accept()

    async def _decide(self) -> None:
        """Show both numbers; only an explicit yes takes the key and adds the person."""
        offer = await self._presenter.look()
        if offer is None:
            return
        known = tr("which you compared") if offer.was_verified else tr("which you never compared")
        sure = await confirm(
            self,
            tr("Take the new key of {name}?", name=offer.name),
            (
                tr(
                    "With the key known here, {known}, your safety number is {known2}",
                    known=known,
                    known2=offer.known,
                ),
                tr("With the new key it is {shown}", shown=offer.shown),
                tr("Call {name} at a number you know. Were all devices lost?", name=offer.name),
                tr("Do you both read the same new number? If not, somebody stands between you."),
                tr(
                    "{name} is added with the new key, not verified; every member sees it.",
                    name=offer.name,
                ),
            ),
            action=tr("Take the new key and add"),
        )
        if sure and await self._presenter.take(offer):
            self.accept()


def _nobody(state: AddMemberState) -> str:
    if state.loading:
        return tr("Reading the directory…")
    if not state.total:
        return tr("Everybody in the directory is a member already.")
    return "" if state.candidates else tr("Nobody has all these words.")
