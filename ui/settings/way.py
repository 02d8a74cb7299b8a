"""What a person can change of the way to the store, and the try of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from jitclient.foundation import policy
from jitclient.foundation.policy import Setting
from jitclient.networkviews import Authority, Look
from protocol.errors import JitError
from ui import words
from ui.binding import choose_files
from ui.language import told, tr
from ui.settings.parts import Part, one_of
from ui.settings.proxy import NONE, SYSTEM, completed, shown, wrong
from ui.settings.switches import Switches
from ui.theme import tokens
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.saying import tell
from ui.widgets.text import Text

_OWN: Final = "own"
By = Callable[[Setting], str]
_CLOCKS_APART: Final = 300  # seconds from which times of messages mislead


def fixed(one: Setting) -> bool:
    """Whether what this profile says does not count."""
    return one.locked or one.source == "environment"


class Says(Text):
    """The last thing that happened here, said to who does not see it."""

    def __init__(self) -> None:
        super().__init__("", "caption", wrap=True, selectable=True)
        reveal(self, False)

    def say(self, what: str, *, bad: bool = False) -> None:
        """Show it; nothing hides it."""
        self.setText(what)
        self.restyle("danger" if bad else "caption")
        reveal(self, bool(what))
        if what:
            tell(self, what)


class ProxyPart(QWidget):
    """System, none, or an address; the last change can be undone."""

    def __init__(self, of: Switches, folder: Path, name: str, by: By, one: Setting) -> None:
        super().__init__()
        self._of, self._folder, self._now = of, folder, one
        self._before: str | None = None
        own = one.value not in (SYSTEM, NONE)
        choices = (
            (SYSTEM, tr("As the system has it")),
            (NONE, tr("None, directly")),
            (_OWN, tr("This address")),
        )
        self.choice = one_of(name, choices, _OWN if own else one.value, self._chosen)
        self.field = Field(tr("Address of the proxy"), placeholder="http://proxy.example:3128")
        self.field.edit.textEdited.connect(lambda _: self.field.complain(""))
        self.field.edit.returnPressed.connect(self._use)
        self.use = Button(tr("Use this address"))
        self.use.clicked.connect(self._use)
        self.undo = Button(tr("Undo"), "quiet")
        self.undo.clicked.connect(self._undo)
        self.says = Says()
        self._by = by
        self._part = Part(name, by(one), self.choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S2)
        column.addWidget(self._part)
        column.addWidget(self.field)
        column.addLayout(row(self.use, self.undo, None))
        column.addWidget(self.says)
        reveal(self.undo, False)
        self._show()

    def _show(self) -> None:
        value = self._now.value
        self._part.below.setText(self._by(self._now))
        own = value not in (SYSTEM, NONE)
        self.choice.setCurrentIndex(self.choice.findData(_OWN if own else value))
        self.choice.setEnabled(not fixed(self._now))
        self.field.setEnabled(not fixed(self._now))
        if own:
            self.field.edit.setText("" if "@" in value else value)
            self.field.edit.setPlaceholderText(shown(value))
        self.field.complain("")
        self._offer(own=own)

    def _offer(self, *, own: bool) -> None:
        reveal(self.field, own)
        reveal(self.use, own and not fixed(self._now))

    def _chosen(self, value: str) -> None:
        self._offer(own=value == _OWN)
        if value == _OWN:
            self.field.edit.setFocus()
        elif value != self._now.value:
            self._start(value)

    def _use(self) -> None:
        problem = wrong(self.field.text())
        self.field.complain(problem)
        if not problem:
            self._start(completed(self.field.text()))

    def _undo(self) -> None:
        reveal(self.undo, False)
        self._start(self._before, undo=True)
        self.choice.setFocus()

    def _start(self, value: str | None, *, undo: bool = False) -> None:
        self._of.tasks.start(self._set(value, undo=undo), name="proxy")

    async def _set(self, value: str | None, *, undo: bool) -> None:
        before = self._now.value if self._now.source == "profile" else None
        try:
            await self._of.desk.network.proxy(value)
            self._now = policy.settings(self._folder)["proxy"]
        except JitError as failure:
            if isValid(self):
                self._show()
                self.says.say(told(failure.sentence), bad=True)
            return
        if not isValid(self):
            return  # the sheet was closed meanwhile
        self._before = before
        self._show()
        reveal(self.undo, not undo)
        self.says.say(tr("Used from the next connection on."))


class AuthorityPart(QWidget):
    """Whether an authority is demanded beside the store's own certificate, and which."""

    def __init__(self, of: Switches, folder: Path, name: str, by: By, one: Setting) -> None:
        super().__init__()
        self._of, self._folder, self._by = of, folder, by
        self.held = Text("", "body", wrap=True, selectable=True)
        self.choose = Button(tr("Choose a file…"))
        self.choose.clicked.connect(self._ask)
        self.remove = Button(tr("Demand none"), "quiet")
        self.remove.clicked.connect(lambda: self._start(None))
        self.says = Says()
        self._fixed = fixed(one)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S2)
        self._part = Part(name, by(one), self.held)
        column.addWidget(self._part)
        column.addLayout(row(self.choose, self.remove, None))
        column.addWidget(self.says)
        reveal(self.choose, not self._fixed)
        reveal(self.remove, False)
        of.tasks.start(self._look(), name="authorities")

    def _ask(self) -> None:
        self._of.tasks.start(self._choose(), name="authority-file")

    def _start(self, file: Path | None) -> None:
        self._of.tasks.start(self.demand(file), name="authority")

    async def _choose(self) -> None:
        chosen = await choose_files(self, tr("Choose a file of authorities (PEM)"))
        if chosen:
            await self.demand(chosen[0])

    async def demand(self, file: Path | None) -> None:
        """Demand those of this file, or none."""
        try:
            await self._of.desk.network.demand(file)
        except JitError as failure:
            if isValid(self):
                self.says.say(told(failure.sentence), bad=True)
            return
        if not isValid(self):
            return
        if file is None:
            self.choose.setFocus()
        await self._look()
        if isValid(self):
            self._part.below.setText(self._by(policy.settings(self._folder)["ca_file"]))
            self.says.say(tr("Used from the next connection on."))

    async def _look(self) -> None:
        try:
            found = await self._of.desk.network.authorities()
            said = "\n".join(map(_said, found))
        except JitError as failure:
            said = told(failure.sentence)
        if isValid(self):
            self.held.setText(said or _none())
            reveal(self.remove, bool(said) and not self._fixed)


class TryPart(QWidget):
    """Tries the way to the store, and says how far it came."""

    def __init__(self, of: Switches) -> None:
        super().__init__()
        self._of = of
        self.go = Button(tr("Try the connection"), icon="wifi")
        self.go.clicked.connect(lambda: of.tasks.start(self.look(), name="try-connection"))
        self.says = Says()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S2)
        column.addLayout(row(self.go, None))
        column.addWidget(self.says)

    async def look(self) -> None:
        """Once; the button waits meanwhile."""
        self.go.setEnabled(False)
        self.says.say(tr("Looking for the store…"))
        try:
            seen = await self._of.desk.network.look()
            said, bad = result(seen), bool(seen.stopped)
        except JitError as failure:
            said, bad = told(failure.sentence), True
        if isValid(self):
            self.says.say(said, bad=bad)
            self.go.setEnabled(True)
            self.go.setFocus()


def result(seen: Look) -> str:
    """How far a look came, in one or two sentences."""
    if seen.stopped in ("identity", "portal"):
        return told(seen.problem)
    problem = words.plain(seen.problem)
    if seen.stopped == "name":
        return tr(
            "The name in {address} leads nowhere: {reason}. Is this computer online?",
            address=words.plain(seen.address), reason=problem,
        )  # fmt: skip
    if seen.stopped and seen.proxy:
        return tr(
            "The store was not reached through the proxy {proxy}: {reason}",
            proxy=words.plain(seen.proxy), reason=problem,
        )  # fmt: skip
    if seen.stopped:
        return tr("The store was not reached: {reason}", reason=problem)
    if abs(seen.ahead) > _CLOCKS_APART:
        return tr("Your store answers, but the clocks differ by {count} s. One of them is wrong.",
                  count=abs(seen.ahead))  # fmt: skip
    if seen.proxy:
        return tr("Your store answers, through the proxy {proxy}.", proxy=words.plain(seen.proxy))
    return tr("Your store answers, without a proxy.")


def _said(one: Authority) -> str:
    return tr("{name}, until {day}", name=words.plain(one.name), day=words.date(one.until))


def _none() -> str:
    return tr("Not demanded; the store is known by its certificate")
