"""The members of a space, by authority."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from protocol.ids import UserId
from ui.language import tr
from ui.people.presenter import PeoplePresenter
from ui.people.rule import rule_change
from ui.people.state import Group, PeopleState, Person
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.watching import unseen
from ui.widgets.button import Button, IconButton
from ui.widgets.chip import Chip
from ui.widgets.confirm import confirm
from ui.widgets.elided import Elided
from ui.widgets.facts import clear
from ui.widgets.glyph import Glyph
from ui.widgets.monogram import Monogram
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, Scroll, line, row
from ui.widgets.reason import AskReason
from ui.widgets.reveal import reveal
from ui.widgets.saying import about
from ui.widgets.text import Text
from ui.words import Badge


class PeopleView(QWidget):
    """Everything of the third tab."""

    add = Signal()
    verify = Signal(bytes)
    meeting = Signal()
    devices = Signal(bytes)
    share = Signal(bytes)
    designate = Signal(bytes)

    def __init__(self, presenter: PeoplePresenter, tasks: TaskScope) -> None:
        super().__init__()
        self._presenter = presenter
        self._tasks = tasks
        self._groups: tuple[Group, ...] | None = None
        self._removed: tuple[str, ...] = ()
        self._mores: dict[bytes, IconButton] = {}
        self.notice = Notice()
        self.notice.dismissed.connect(presenter.dismiss)
        self.summary = Text("", "secondary", wrap=True)
        self.rule = Chip()
        self.change = Button(tr("Change…"), "quiet", hint=tr("To whom evidence goes"))
        self.change.setAccessibleName(tr("Change to whom evidence goes"))
        self.change.clicked.connect(lambda: tasks.start(self._rule(), name="ask-rule"))
        self.busy = Text("", "caption")
        self.add_button = Button(tr("Add a member…"), "primary", icon="user-plus")
        self.add_button.clicked.connect(self.add)
        self.meet = Button(tr("Compare with everybody…"), icon="shield-check")
        self.meet.clicked.connect(self.meeting)
        self.list = QVBoxLayout()
        self.list.setSpacing(tokens.S4)
        self._scroll = scroll = Scroll(tr("Members"), measure=880)
        acts = (self.meet, self.add_button)
        head = row(self.summary, self.busy, *acts, spacing=tokens.S3)
        head.setStretch(0, 1)
        scroll.column.addLayout(head)
        scroll.column.addLayout(row(self.rule, self.change, None, spacing=tokens.S2))
        scroll.column.addWidget(self.notice)
        scroll.column.addLayout(self.list)
        scroll.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        presenter.attach(self.render_state)

    @unseen()
    def render_state(self, state: PeopleState) -> None:
        """Show the members."""
        self.summary.setText(state.summary)
        only = Badge(tr("Evidence to verified members only"), "shield-check", Tone.VERIFIED)
        every = Badge(tr("Evidence also to members not verified"), "shield")
        self.rule.show_badge(only if state.verified_only else every)
        reveal(self.change, state.can_rule)
        self.change.setEnabled(not state.busy)
        self.busy.setText(state.busy)
        self.notice.show_card(state.problem)
        self.add_button.setEnabled(state.can_add and not state.busy)
        self.add_button.setToolTip(state.why_not)
        reveal(self.meet, state.can_meet)
        if (state.groups, state.removed) != (self._groups, self._removed):
            self._groups, self._removed = state.groups, state.removed
            self._fill(state)

    def _fill(self, state: PeopleState) -> None:
        clear(self.list)
        self._mores.clear()
        for group in state.groups:
            for person in group.people:
                if person.changed:
                    self.list.addWidget(self._changed(person))
        for group in state.groups:
            self.list.addWidget(self._group(group))
        if state.alone and state.can_add:
            self.list.addWidget(
                Text(tr("You are alone here. Add the first member to begin."), "secondary")
            )
        if state.removed:
            card = Panel("card", margin=tokens.S4, spacing=tokens.S1)
            card.column.addWidget(Text(tr("Removed"), "overline"))
            for name in state.removed:
                card.column.addWidget(Text(name, "dense", wrap=True))
            self.list.addWidget(card)

    def _group(self, group: Group) -> Panel:
        card = Panel("card")
        head = row(
            Chip(Badge(group.country, "", Tone.ACCENT)),
            Elided(group.authority, "strong"),
            Elided(group.party, "caption"),
            None,
            spacing=10,
        )
        head.setContentsMargins(tokens.S4, tokens.S3, tokens.S4, tokens.S3)
        card.column.addLayout(head)
        for person in group.people:
            card.column.addWidget(line())
            card.column.addLayout(self._person(person))
            if person.waits:
                card.column.addLayout(self._waits(person))
        return card

    def _waits(self, person: Person) -> QHBoxLayout:
        """Who hands over nothing yet, and what an administrator can do about it."""
        across = row(Text(person.standing, "tone-warn", wrap=True), spacing=tokens.S3)
        across.setContentsMargins(tokens.S4, 0, tokens.S4, tokens.S3)
        across.setStretch(0, 1)
        if person.can_designate:
            name = Button(tr("Designate…"))
            name.setAccessibleName(tr("Designate a controller for {name}", name=person.name))
            name.clicked.connect(lambda: self.designate.emit(person.user))
            across.addWidget(name)
        return across

    def _person(self, person: Person) -> QHBoxLayout:
        names = QVBoxLayout()
        names.setSpacing(1)
        names.addWidget(Elided(person.name, "strong"))
        names.addWidget(Elided(f"{person.role}  ·  {person.devices}", "caption"))
        if person.compared:
            names.addWidget(Elided(person.compared, "caption"))
        if person.standing and not person.waits:
            names.addWidget(Text(person.standing, "caption", wrap=True))
        if person.note:
            names.addWidget(Text(person.note, "tone-warn", wrap=True))
        across = row(Monogram(person.letters, person.user, 36, circle=True), spacing=tokens.S3)
        across.setContentsMargins(tokens.S4, tokens.S3, tokens.S4, tokens.S3)
        across.addLayout(names, 1)
        across.addWidget(Chip(person.badge))
        if person.can_verify:
            sure = person.badge.tone is Tone.VERIFIED
            check = Button(tr("Show number…") if sure else tr("Compare…"))
            check.setMinimumWidth(132)
            about(check, person.name)
            check.clicked.connect(lambda: self.verify.emit(person.user))
            across.addWidget(check)
        if person.can_remove:
            away = Button(tr("Remove…"), "quiet")
            away.setAccessibleName(tr("Remove {name}", name=person.name))
            away.clicked.connect(lambda: self._tasks.start(self._remove(person), name="ask-remove"))
            across.addWidget(away)
        across.addWidget(self._more(person))
        return across

    def _more(self, person: Person) -> IconButton:
        """What is done about a person more rarely."""
        more = IconButton(
            "ellipsis", tr("More about {name}", name=person.name), size=tokens.ICON_SMALL
        )
        more.setPopupMode(more.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(more)
        show = menu.addAction(tr("Devices…"))
        show.triggered.connect(lambda: self.devices.emit(person.user))
        if person.can_designate:
            name = menu.addAction(tr("Designate a controller…"))
            name.triggered.connect(lambda: self.designate.emit(person.user))
        if person.can_remove:
            share = menu.addAction(tr("Share earlier messages…"))
            share.triggered.connect(lambda: self.share.emit(person.user))
            renew = menu.addAction(tr("Let in again with new devices…"))
            renew.triggered.connect(
                lambda: self._tasks.start(self._renew(person), name="ask-renew")
            )
        more.setMenu(menu)
        self._mores[person.user] = more
        return more

    def go_to(self, user: UserId) -> None:
        """Bring a member into sight, with the keyboard on what can be done about him."""
        found = self._mores.get(user)
        if found is not None:
            found.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(found, 0, tokens.S6)

    def _changed(self, person: Person) -> Panel:
        card = Panel("card", margin=tokens.S4, spacing=tokens.S2)
        head = row(
            Glyph("shield-alert", 22, Tone.DANGER),
            Text(tr("The key of {name} changed", name=person.name), "lead", wrap=True),
            spacing=tokens.S3,
        )
        head.setStretch(1, 1)
        card.column.addLayout(head)
        for cause in (
            tr("Most often: a new computer, or JIT Client was set up again."),
            tr("Sometimes: the account was given to somebody else in the authority."),
            tr("Rarely, and seriously: somebody tries to read along."),
        ):
            card.column.addWidget(Text(f"•  {cause}", "body", wrap=True))
        card.column.addWidget(
            Text(
                tr(
                    "Nothing is sent to the new key until you decide. Call a number you already "
                    "know and compare the safety number."
                ),
                "secondary",
                wrap=True,
            )
        )
        go = Button(tr("Compare safety numbers…"), "primary", icon="shield-check")
        go.clicked.connect(lambda: self.verify.emit(person.user))
        card.column.addLayout(row(go, None))
        return card

    async def _rule(self) -> None:
        wanted = not self._presenter.state.verified_only
        title, effects = rule_change(verified_only=wanted)
        sure = await confirm(
            self, title, effects, action=tr("Change"), kind="primary" if wanted else "danger"
        )
        if sure:
            self._presenter.rule(verified_only=wanted)

    async def _renew(self, person: Person) -> None:
        again = await confirm(
            self,
            tr("Let {name} in again?", name=person.name),
            (
                (
                    tr(
                        "For somebody who lost all devices and was invited anew: the present "
                        "devices of {name} take the place of the old ones, which receive "
                        "nothing more.",
                        name=person.name,
                    )
                ),
                tr("Call first: from now on you answer for it that these devices are theirs."),
                (
                    tr(
                        "Every member sees that you did it. Where the key is another one, each "
                        "member "
                        "decides before anything is sent to it."
                    )
                ),
            ),
            action=tr("Let in again"),
        )
        if again:
            self._presenter.renew(UserId(person.user))

    async def _remove(self, person: Person) -> None:
        state = self._presenter.state
        reason = await AskReason(
            self,
            tr("Remove {name}?", name=person.name),
            (
                tr(
                    "{name} receives nothing more from “{title}” from this moment.",
                    name=person.name,
                    title=state.title,
                ),
                (
                    tr(
                        "What was already received stays on that computer: a removed member is not "
                        "told when the space closes. Only a retention date wipes it there."
                    )
                ),
                tr("Every member sees the removal in the conversation and in the log."),
            ),
            action=tr("Remove"),
        ).asked()
        if reason:
            self._presenter.remove(UserId(person.user), reason)
